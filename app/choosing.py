"""What a person means by the name of a notebook or a note.

Owns the rules: a path or key is exact; a name is matched without regard to case, whole first, then
from its beginning; more than one match is a question, never a guess.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TypeVar

from app.command_line import Failed
from goatcore import Database, Item, Repository
from ui.operations import notebooks, notes
from ui.operations.notebooks import Listed
from ui.operations.schemas import NOTE

Thing = TypeVar("Thing")


def all_notebooks(databases: Sequence[Database]) -> list[Listed]:
    """The notebooks of all workspaces, by name."""
    found = [listed for database in databases for listed in notebooks.listing(database)]
    return sorted(found, key=lambda one: (one.name.casefold(), one.path))


def find_notebook(databases: Sequence[Database], words: str) -> Listed | None:
    """The notebook of that name or path. Raises `Failed` if there are several."""
    listed = all_notebooks(databases)
    exact = [one for one in listed if one.path == words]
    return _one(exact or listed, words, lambda one: one.name, lambda one: one.path, whole=True)


def database_of(databases: Sequence[Database], repository: Repository) -> Database:
    """The workspace that a notebook is in."""
    return next(db for db in databases if repository in db.opened())


def find_note(repositories: Sequence[Repository], words: str) -> Item | None:
    """The note of that title or key. Raises `Failed` if there are several."""
    listed = [note for repository in repositories for note in repository.items(NOTE)]
    exact = [note for note in listed if note.key == words]
    return _one(exact or listed, words, notes.shown_title, lambda note: note.key, whole=False)


def _one(
    things: Sequence[Thing],
    words: str,
    name: Callable[[Thing], str],
    key: Callable[[Thing], str],
    *,
    whole: bool,
) -> Thing | None:
    wanted = words.strip().casefold()
    found = [thing for thing in things if key(thing) == words or name(thing).casefold() == wanted]
    if not found and not whole and wanted:
        found = [thing for thing in things if name(thing).casefold().startswith(wanted)]
    if len(found) > 1:
        choices = "\n".join(f"  {key(thing)}  {name(thing)}" for thing in found[:20])
        raise Failed(f"“{words}” is the name of {len(found)}. Say which by its key:\n{choices}")
    return found[0] if found else None
