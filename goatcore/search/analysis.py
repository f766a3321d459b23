"""Analysis: which words a text has, and where, so that case, accents and writing do not matter.

Owns what a word is. A letter is folded by itself, whatever stands beside it: compatibility forms
are taken apart, accents dropped, case folded. Scripts that put no spaces between words (Han, kana,
Hangul, Thai …) and pictures such as emoji are words of one letter each: a word of them is found as
a phrase, however short it is. Invariant: `tokens` and `spans` give the same words.
Pure; imports nothing of ours.
"""

from __future__ import annotations

import re
import unicodedata
from itertools import accumulate
from typing import Final, NamedTuple

TOKEN_LETTERS_MAX: Final = 64  # a longer run is several words

_ALONE: Final = (
    "\u0e00-\u0fff\u1000-\u109f\u1780-\u17ff"  # Thai, Lao, Tibetan, Myanmar, Khmer
    "\u1100-\u11ff\u3005-\u3007\u3040-\u30ff\u3100-\u318f\u31f0-\u31ff\u3400-\u4dbf\u4e00-\u9fff"
    "\ua960-\ua97f\uac00-\ud7ff\uf900-\ufaff\U0001b000-\U0001b16f\U00020000-\U0003ffff"
    "\u2190-\u2bff\U0001f000-\U0001f3fa\U0001f400-\U0001faff"  # arrows, signs, emoji
)
_JOINED: Final = "\u0900-\u0963\u0966-\u0dff"  # Indic scripts: vowel signs belong to the word
_DROPPED: Final = re.compile(
    "[\u0300-\u036f\u0483-\u0489\u0591-\u05bd\u05bf\u05c1\u05c2\u05c4\u05c5\u05c7\u0610-\u061a"
    "\u064b-\u065f\u0670\u06d6-\u06dc\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\ufe00-\ufe0f\ufe20-\ufe2f"
    "\u00ad\u200b-\u200f\u2060\ufeff\U0001f3fb-\U0001f3ff]"
)
_STROKED: Final = str.maketrans("łøđħŧıŀ", "lodhtil")
_ASCII: Final = re.compile(rf"[a-z0-9]{{1,{TOKEN_LETTERS_MAX}}}")
_ANY: Final = re.compile(
    rf"[{_ALONE}]|(?:(?![{_ALONE}])[^\W_]|[{_JOINED}]){{1,{TOKEN_LETTERS_MAX}}}"
)


class Span(NamedTuple):
    """A word of a text: letters `start` to `stop` of the text in NFC."""

    token: str
    start: int
    stop: int


class _Folds(dict[int, str]):
    """What each letter is folded to, as far as letters were met."""

    def __missing__(self, point: int) -> str:
        letters = _DROPPED.sub("", unicodedata.normalize("NFKD", chr(point))).casefold()
        folded = unicodedata.normalize("NFC", letters.translate(_STROKED))
        self[point] = folded
        return folded


_FOLDS: Final = _Folds()


def composed(text: str) -> str:
    """The text in NFC, which places are counted in."""
    if text.isascii() or unicodedata.is_normalized("NFC", text):
        return text
    return unicodedata.normalize("NFC", text)


def folded(text: str) -> str:
    """The text as it is compared: without case, accents and invisible signs."""
    return text.lower() if text.isascii() else composed(text).translate(_FOLDS)


def tokens(text: str) -> list[str]:
    """The words of a text, folded, in order."""
    letters = folded(text)
    return (_ASCII if letters.isascii() else _ANY).findall(letters)


def spans(text: str) -> list[Span]:
    """The words of a text that is in NFC, and where they are."""
    if text.isascii():
        return [Span(found[0], *found.span()) for found in _ASCII.finditer(text.lower())]
    parts = [_FOLDS[ord(letter)] for letter in text]
    starts: list[int] = []  # of every folded letter, the letter that it came from
    for at, part in enumerate(parts):
        starts += [at] * len(part)
    letters = "".join(parts)
    pattern = _ASCII if letters.isascii() else _ANY
    stops = _stops(parts)
    return [
        Span(found[0], starts[found.start()], stops[starts[found.end() - 1]])
        for found in pattern.finditer(letters)
    ]


def stands_alone(token: str) -> bool:
    """Whether a word is one letter of a script without spaces, or a picture."""
    return len(token) == 1 and not token.isascii() and re.match(f"[{_ALONE}]", token) is not None


def _stops(parts: list[str]) -> list[int]:
    """Where each letter ends, with the accents that stand behind it."""
    stops = list(accumulate((1 for _ in parts), initial=0))[1:]
    for at in range(len(parts) - 2, -1, -1):
        if not parts[at + 1]:
            stops[at] = stops[at + 1]
    return stops
