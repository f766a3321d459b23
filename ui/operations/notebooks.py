"""What a person does with notebooks: the repositories of notes of a workspace, and nested ones."""

from __future__ import annotations

from typing import NamedTuple

from goatcore import Database, Item, Repository
from ui.language import mark, tr
from ui.operations.one_line import one_line
from ui.operations.schemas import NOTEBOOK, NOTEBOOK_KEY, NOTES_PATH

UNNAMED = mark("Notebook")


class Listed(NamedTuple):
    """A notebook of a workspace, as a list shows it."""

    path: str
    name: str
    repository: Repository


def create(database: Database, name: str) -> Repository:
    """A new, empty notebook."""
    repository = database.repository(NOTES_PATH + database.random(8).hex())
    repository.create(NOTEBOOK, NOTEBOOK_KEY, name=one_line(name))
    return repository


def rename(repository: Repository, name: str) -> None:
    """Give a notebook another name."""
    item = repository.item(NOTEBOOK_KEY)
    if item is None:
        repository.create(NOTEBOOK, NOTEBOOK_KEY, name=one_line(name))
    else:
        item.name = one_line(name)


def name_of(repository: Repository) -> str:
    """What a notebook is called."""
    repository.register(NOTEBOOK)
    item = repository.item(NOTEBOOK_KEY)
    return str(item.name) if item is not None and item.name else tr(UNNAMED)


def listing(database: Database) -> list[Listed]:
    """The notebooks of a workspace that this device may read, by name."""
    found = []
    for info in database.repositories():
        if info.path.startswith(NOTES_PATH):
            repository = database.repository(info.path)
            found.append(Listed(info.path, name_of(repository), repository))
    return sorted(found, key=lambda one: (one.name.casefold(), one.path))


def nested(repository: Repository, name: str, parent: str = "", key: str | None = None) -> Item:
    """A notebook in a notebook; an existing one of that key is given back."""
    if key is not None:
        repository.register(NOTEBOOK)
        known = repository.item(key)
        if known is not None:
            return known
    return repository.create(NOTEBOOK, key, name=one_line(name), parent=parent)
