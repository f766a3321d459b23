"""How well a name answers to what was typed: the whole, its beginning, its words, its letters.

Pure. Owns the order of hits. Case and accents do not matter. Must never import Qt or goatcore.
"""

from __future__ import annotations

import re
import unicodedata

EQUAL, BEGINS, WORDS_BEGIN, CONTAINS, LETTERS = range(5)  # the better the smaller

_WORDS_MIN_FOR_LETTERS = 2  # one letter alone is in nearly every name


def folded(name: str) -> str:
    """A name as it is compared: without case and accents."""
    if name.isascii():
        return name.lower()
    parts = unicodedata.normalize("NFKD", name.casefold())
    return "".join(letter for letter in parts if not unicodedata.combining(letter))


class Wanted:
    """What was typed, ready to be compared with many names."""

    def __init__(self, typed: str) -> None:
        self.whole = " ".join(folded(typed).split())
        self.words = self.whole.split()
        self._begins = [re.compile(r"(?<!\w)" + re.escape(word)) for word in self.words]
        letters = self.whole.replace(" ", "")
        self._letters = (
            re.compile(".*?".join(map(re.escape, letters)), re.DOTALL)
            if len(letters) >= _WORDS_MIN_FOR_LETTERS
            else None
        )

    def __bool__(self) -> bool:
        return bool(self.words)

    def rank(self, name: str) -> int | None:
        """How well a folded name answers; None: not at all."""
        for word in self.words:
            if word not in name:
                break
        else:
            if name.startswith(self.whole):
                return EQUAL if name == self.whole else BEGINS
            if all(begins.search(name) for begins in self._begins):
                return WORDS_BEGIN
            return CONTAINS
        if self._letters is not None and self._letters.search(name):
            return LETTERS
        return None
