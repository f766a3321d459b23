"""Names that others gave themselves and their devices, so that they harm no sentence. Pure.

Invariant: what is shown is one line of at most NAME_LETTERS_MAX letters, without signs that change
the direction of what follows or cannot be seen. Must never import Qt or goatcore.
"""

from __future__ import annotations

import unicodedata
from html import escape

from ui.language import tr

NAME_LETTERS_MAX = 60
MARKS_MAX = 3  # upon one letter
_ISOLATE, _END = "\u2068", "\u2069"
_JOINERS = "\u200c\u200d"  # emoji and several scripts need them
_UNSEEN = ("Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp")


def shown_name(name: str, none: str = "") -> str:
    """A name as it can stand in any sentence; `none` (or “Somebody”) for one that is empty. One
    with letters that are written from right to left is set apart from what is around it."""
    letters: list[str] = []
    marks = 0
    for letter in name[: 8 * NAME_LETTERS_MAX]:
        kind = unicodedata.category(letter)
        marks = marks + 1 if kind in ("Mn", "Me") else 0
        if letter.isspace():
            letters.append(" ")
        elif letter in _JOINERS or (kind not in _UNSEEN and marks <= MARKS_MAX):
            letters.append(letter)
    shown = " ".join("".join(letters).split())
    if not shown.strip(_JOINERS + " "):
        return none or tr("Somebody")
    if len(shown) > NAME_LETTERS_MAX:
        shown = shown[: NAME_LETTERS_MAX - 1].rstrip() + "…"
    turns = any(unicodedata.bidirectional(letter) in ("R", "AL", "AN") for letter in shown)
    return f"{_ISOLATE}{shown}{_END}" if turns else shown


def plain_tip(words: str) -> str:
    """A tool tip that shows these words as they are, whatever signs are in them."""
    return escape(words).replace("\n", "<br>") if "<" in words else words
