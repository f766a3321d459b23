"""Words in one line: as a title is kept, and as it stands among other words.

Pure. Invariants: what is kept can be stored, and read aloud; what is shown cannot turn the words
around it, and is empty where there is nothing to see. Must never import Qt or goatcore.
"""

from __future__ import annotations

import re
from typing import Final

LETTERS_MAX: Final = 10_000  # of a title

_CONTROLS: Final = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]+")
_HALVES: Final = re.compile(r"[\ud800-\udfff]")
# Overrides and embeddings of direction; the gentle marks, which one letter may need, stay.
_TURNING: Final = re.compile(r"[\u202a-\u202e\u2066-\u2069]")
_UNSEEN: Final = re.compile(
    r"[\s\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180e\u200b-\u200f\u2060-\u2064"
    r"\u206a-\u206f\u2800\u3164\ufe00-\ufe0f\ufeff\uffa0]*"
)


def one_line(words: str) -> str:
    """Words as a title is kept: without line ends and controls, halves of a pair replaced, at most
    `LETTERS_MAX` letters. Blanks stay: somebody may be going on to write."""
    return _HALVES.sub("\ufffd", _CONTROLS.sub(" ", words[:LETTERS_MAX]))


def seen_line(words: str, letters_max: int) -> str:
    """The beginning of a title as it stands among others; empty if nobody would see it."""
    line = " ".join(_TURNING.sub("", one_line(words[: 2 * letters_max])).split())[:letters_max]
    return "" if _UNSEEN.fullmatch(line) else line
