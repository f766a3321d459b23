"""Links between notes, by their titles: who links where, and links that follow a new title.

A link is `[[Title]]`, `[[Title|shown]]`, `[[Title#part]]`, or one of them after `!`. Titles are
compared without case and outer spaces. Free of Qt.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import Final, NamedTuple

from goatcore import Item, Repository
from ui.language import counted
from ui.operations.schemas import NOTE
from ui.operations.undo import Undo

_LINK: Final = re.compile(r"\[\[([^\[\]\n]+)\]\]")
_CONTEXT_LETTERS: Final = 60


class Mention(NamedTuple):
    """A note that links to another one, and the words around its first link."""

    note: Item
    words: str


def places_of(text: str, title: str) -> list[tuple[int, int]]:
    """Where a text names this title inside a link: the letters of the title alone."""
    wanted = title.strip().casefold()
    found: list[tuple[int, int]] = []
    if not wanted or "[[" not in text:
        return found
    for match in _LINK.finditer(text):
        name = re.split(r"[|#]", match[1], maxsplit=1)[0]
        if name.strip().casefold() == wanted:
            start = match.start(1) + len(name) - len(name.lstrip())
            found.append((start, start + len(name.strip())))
    return found


def linking(repositories: Iterable[Repository], note: Item, title: str) -> list[Mention]:
    """The notes that link to a note by this title of it, the newest first."""
    if not title.strip():
        return []
    found: list[Mention] = []
    for repository in repositories:
        query = repository.query(NOTE).where(body__icontains=title.strip())
        for other in query.order_by("-edited"):
            body = str(other.body)
            places = places_of(body, title)
            if places and other is not note:
                found.append(Mention(other, _around(body, *places[0])))
        query.close()
    return sorted(found, key=lambda mention: -(mention.note.edited or 0))


def _around(text: str, start: int, stop: int) -> str:
    """The line of a place, as far as it is near."""
    begin = max(text.rfind("\n", 0, start) + 1, start - _CONTEXT_LETTERS)
    end = text.find("\n", stop)
    end = min(len(text) if end < 0 else end, stop + _CONTEXT_LETTERS)
    return " ".join(text[begin:end].replace("[[", "").replace("]]", "").strip(" #>-*").split())


def follow_title(mentions: Sequence[Mention], old: str, new: str) -> Undo:
    """Links to the old title lead to the new one; one step a notebook. Raises `Refused` where this
    device may not write."""
    changed: list[tuple[Item, list[tuple[int, int]]]] = []
    by_repository: dict[int, list[Item]] = {}
    for mention in mentions:
        by_repository.setdefault(id(mention.note.repository), []).append(mention.note)
    for group in by_repository.values():
        with group[0].repository.transaction("links follow a new title"):
            for note in group:
                places = places_of(str(note.body), old)
                for start, stop in reversed(places):
                    note.body.splice(start, stop - start, new)
                changed.append((note, places))

    def undo() -> None:
        for note, _ in changed:
            for start, stop in reversed(places_of(str(note.body), new)):
                note.body.splice(start, stop - start, old)

    words = counted(
        "Links in {n} note lead to “{title}”",
        "Links in {n} notes lead to “{title}”",
        len(changed),
        title=new,
    )
    return Undo(words, undo)
