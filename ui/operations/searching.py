"""How notes are searched: what of a note is found, by which operators, in which notebooks.

Owns the declaration for the database's search. Free of Qt.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from goatcore import Database, Document, Facets, Item, Repository, Search, Searched
from ui.operations import notebooks
from ui.operations.schemas import NOTE, NOTEBOOK, NOTEBOOK_KEY, NOTES_PATH
from ui.operations.tags import TAG

PINNED: Final = "pinned"
_FENCE: Final = re.compile(r"^ {0,3}(?:```|~~~)", re.MULTILINE)
_CODE: Final = re.compile(r"`[^`\n]+`")
_MARKS: Final = {  # what `has:` finds
    "todo": re.compile(r"^[ \t>]*(?:[-+*]|\d{1,9}[.)])[ \t]+\[ \]", re.MULTILINE),
    "done": re.compile(r"^[ \t>]*(?:[-+*]|\d{1,9}[.)])[ \t]+\[[xX]\]", re.MULTILINE),
    "link": re.compile(r"https?://|\]\([^)\s]|\[\["),
    "image": re.compile(r"!\["),
    "table": re.compile(r"^[ \t]*\|?[ \t]*:?-{3,}:?[ \t]*\|", re.MULTILINE),
}
MARKS: Final = (*_MARKS, "code", "tag", PINNED)


def document(note: Item) -> Document:
    """What search knows of a note beside its text."""
    pinned = Facets(marks=(PINNED,)) if note.pinned else Facets()
    return Document(
        note.title, str(note.body), note.notebook or "", note.edited or note.edited_ms, pinned
    )


def facets(lines: str) -> Facets:
    """The tags of some lines of Markdown, and what else is in them. Code has no tags."""
    marks = [mark for mark, pattern in _MARKS.items() if pattern.search(lines)]
    fences = [found.start() for found in _FENCE.finditer(lines)] if "#" in lines else []
    prose = "".join(_outside(lines, fences)) if fences else lines
    tags = set(TAG.findall(_CODE.sub(" ", prose))) if "#" in lines else set()
    if _FENCE.search(lines) or _CODE.search(lines):
        marks.append("code")
    if tags:
        marks.append("tag")
    return Facets(tags, marks)


def _outside(lines: str, fences: list[int]) -> Iterator[str]:
    """What stands between fenced parts."""
    start = 0
    for number, fence in enumerate(fences):
        if number % 2 == 0:
            yield lines[start:fence]
        else:
            end = lines.find("\n", fence)
            start = len(lines) if end < 0 else end
    if len(fences) % 2 == 0:
        yield lines[start:]


SEARCHED: Final = Searched(NOTE, document, facets, version=1, marks=MARKS)


def search_of(database: Database) -> Search:
    """The search over all notebooks of a workspace; close it before the workspace."""
    return Search(database, [SEARCHED], under=NOTES_PATH, places=place_names)


def place_names(repository: Repository) -> dict[str, str]:
    """What a notebook and those nested in it are called, a nested one after those it is in: so a
    notebook is found with all that is nested in it."""
    repository.register(NOTEBOOK)
    top = notebooks.name_of(repository)
    items = {item.key: item for item in repository.items(NOTEBOOK) if item.key != NOTEBOOK_KEY}
    names = {"": top}
    for key in items:
        path: list[str] = []
        at = key
        while at in items and len(path) < len(items):  # a circle, made on two devices, has an end
            path.append(str(items[at].name))
            at = items[at].parent or ""
        names[key] = " / ".join([top, *reversed(path)])
    return names
