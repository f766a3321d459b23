"""Tags: `#garden`, `#garden/beds`, as they stand in the text of a note. Free of Qt."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from goatcore import Item
from ui.language import counted, tr
from ui.operations.notes import shown_title
from ui.operations.undo import Undo

TAG: Final = re.compile(r"(?<![\w#&/])#([^\W\d_][\w/-]*)")


def tag_of(words: str) -> str:
    """The tag that is meant by what somebody typed: `#Garden beds` is `Garden-beds`; "" if that
    can be none."""
    name = "-".join(words.replace("#", " ").split()).strip("/-")
    match = TAG.fullmatch(f"#{name}")
    return "" if match is None else match[1]


def has(note: Item, tag: str) -> bool:
    """Whether a note has a tag; capital letters do not matter."""
    wanted = tag.casefold()
    return any(match[1].casefold() == wanted for match in TAG.finditer(str(note.body)))


def add(notes: Sequence[Item], tag: str) -> Undo:
    """Write a tag at the end of notes of one repository, in one step; beside the tags that stand
    there, or below the text. Notes that have it stay as they are.

    Raises `Refused` where this device may not write.
    """
    assert notes
    repository = notes[0].repository
    written: list[tuple[Item, str]] = []
    with repository.transaction("tag"):
        for note in notes:
            if not has(note, tag):
                place, words = _ending(str(note.body), tag)
                note.body.splice(place, 0, words)
                written.append((note, words))

    def undo() -> None:
        with repository.transaction("undo tag"):
            for note, words in written:
                place = str(note.body).rfind(words)
                if place >= 0:
                    note.body.splice(place, len(words), "")

    if len(written) == 1:
        label = tr("“{title}” has the tag #{tag} now")
        return Undo(label.format(title=shown_title(written[0][0]), tag=tag), undo)
    label = counted(
        "{n} note has the tag #{tag} now",
        "{n} notes have the tag #{tag} now",
        len(written),
        tag=tag,
    )
    return Undo(label, undo)


def _ending(text: str, tag: str) -> tuple[int, str]:
    """Where a tag comes to stand at the end of a text, and what is written there."""
    end = len(text.rstrip())
    if not end:
        return len(text), f"#{tag}"
    line = text[text.rfind("\n", 0, end) + 1 : end]
    if all(TAG.fullmatch(word) for word in line.split()):
        return end, f" #{tag}"
    gap = "\n" * max(0, 2 - text[end:].count("\n"))
    return len(text), f"{gap}#{tag}"
