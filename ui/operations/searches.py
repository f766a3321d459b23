"""Searches that a person keeps: a name and the words that are searched for.

They are items of a repository beside the notebooks of one's own workspace, so that one's other
devices have them, too, and those who share a notebook do not. Free of Qt.
"""

from __future__ import annotations

from collections.abc import Iterator

from goatcore import Database, Item, Repository, Schema, string
from ui.language import tr
from ui.operations.one_line import one_line
from ui.operations.undo import Undo

SEARCH = Schema("search", 1, name=string(), words=string())
SEARCHES_PATH = "/app/searches"


def repository_of(database: Database) -> Repository | None:
    """Where the searches of a workspace are; None if none was ever kept."""
    paths = {info.path for info in database.repositories()}
    return database.repository(SEARCHES_PATH) if SEARCHES_PATH in paths else None


def keep(database: Database, words: str, name: str = "") -> Item:
    """Keeps a search; one with the same words is given back."""
    words = " ".join(words.split())
    repository = database.repository(SEARCHES_PATH)
    for item in repository.items(SEARCH):
        if item.words == words:
            return item
    return repository.create(SEARCH, name=one_line(name or words), words=words)


def kept(database: Database) -> Iterator[Item]:
    """The searches of a workspace."""
    repository = repository_of(database)
    if repository is not None:
        yield from repository.items(SEARCH)


def drop(item: Item) -> Undo:
    """Keeps a search no longer."""
    item.delete()
    return Undo(tr("Removed the search “{}”").format(item.name), item.restore)
