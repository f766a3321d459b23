"""The headings of a text, and how long it is. Pure.

Invariant: a heading inside a fence or the front matter is none; places count code points.
"""

from __future__ import annotations

import re
from typing import Final, NamedTuple

from ui.widgets.markdown_spans import PLAIN, read_line

WORDS_A_MINUTE: Final = 220
_HEADING: Final = re.compile(r"(#{1,6})[ \t]+(.*?)[ \t#]*$")
_WORD: Final = re.compile(r"[^\W_]+(?:['’\-.][^\W_]+)*")
_IDEOGRAPH: Final = re.compile("[぀-ヿ㐀-鿿가-힯豈-﫿]")  # every sign is read as one word
_MARKS: Final = re.compile(r"\*\*|__|~~|[*`]|\[\[|\]\]|\]\([^)]*\)|\[")


class Heading(NamedTuple):
    """A heading: its level (1 to 6), its words, and where its line begins."""

    level: int
    words: str
    place: int


class Length(NamedTuple):
    """How much there is to read."""

    words: int
    letters: int

    @property
    def minutes(self) -> int:
        """The time to read it, at least one."""
        return max(1, round(self.words / WORDS_A_MINUTE))


def headings(text: str) -> list[Heading]:
    """The headings of a text, from the top."""
    if "#" not in text:
        return []
    found: list[Heading] = []
    state, place = PLAIN, 0
    for number, line in enumerate(text.split("\n")):
        before = state
        if number == 0 or state != PLAIN or line.startswith(("```", "~~~", " ")):
            _, state = read_line(line, state, first=number == 0)
        if before == PLAIN and state == PLAIN and line.startswith("#"):
            match = _HEADING.match(line)
            if match is not None and match[2]:
                found.append(Heading(len(match[1]), _MARKS.sub("", match[2]), place))
        place += len(line) + 1
    return found


def length(text: str) -> Length:
    """Words and letters of a text; of Chinese, Japanese and Korean, every sign is a word."""
    ideographs = len(_IDEOGRAPH.findall(text)) if not text.isascii() else 0
    plain = _IDEOGRAPH.sub(" ", text) if ideographs else text
    return Length(len(_WORD.findall(plain)) + ideographs, len(text))
