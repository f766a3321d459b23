"""What is being written at the caret that could be completed: a link to a note, a tag, a block.

Owns where each begins and ends, and what stands in its place when it is chosen. Pure; must never
import Qt.
"""

from __future__ import annotations

import re
from typing import Final, NamedTuple

from ui.bridge.edits import from_ranges
from ui.editing.line_edits import Edited, line_end, line_start

NOTE, TAG, BLOCK = "note", "tag", "block"
_LETTERS_MAX: Final = 80  # a longer run of words is no title in the making
_TAG: Final = re.compile(r"(?<![\w#&/\]])#([^\W\d_][\w/-]*)$")
_BLOCK: Final = re.compile(r"[ \t]*/(\w*)$")


class Wanted(NamedTuple):
    """What could be completed: its kind, what is typed of it, and where it begins in the text."""

    kind: str
    words: str
    start: int


def wanted_at(text: str, caret: int) -> Wanted | None:
    """What the letters before the caret begin; None if there is nothing to complete."""
    start = line_start(text, caret)
    line = text[start:caret]
    opening = line.rfind("[[")
    if opening >= 0:
        words = line[opening + 2 :]
        if len(words) <= _LETTERS_MAX and not set(words) & set("[]|#"):
            return Wanted(NOTE, words, start + opening)
    if found := _TAG.search(line):
        return Wanted(TAG, found[1], start + found.start())
    if found := _BLOCK.fullmatch(line):
        return Wanted(BLOCK, found[1], start + found.start(1) - 1)
    return None


def completed(text: str, caret: int, wanted: Wanted, inserted: str, back: int = 0) -> Edited:
    """The text with `inserted` in the place of what was typed; the caret is `back` letters before
    its end. Brackets that close a link already are used."""
    stop = caret
    if wanted.kind == NOTE:
        rest = text[caret : line_end(text, caret)]
        stop += 2 if rest.startswith("]]") else 0
    place = wanted.start + len(inserted) - back
    return Edited(from_ranges([(wanted.start, stop, inserted)]), place, place)
