"""Notes as people keep them, made up from real words: the same ones every time.

Owns the text of the corpus. Words come from what the project itself says of itself, in the order of
how often it says them (so a few are in nearly every note and most in hardly any), beside names that
occur once in a while, words with accents, and sentences without spaces between their words.
Deterministic: number and seed give the same notes on every machine and Python.
"""

from __future__ import annotations

import re
from bisect import bisect
from collections import Counter
from collections.abc import Iterator, Sequence
from hashlib import shake_256
from itertools import accumulate
from math import exp, log, sqrt
from pathlib import Path
from random import Random
from typing import NamedTuple

ROOT = Path(__file__).resolve().parents[2]
SOURCES = ("README.md", "LICENSE", "goatcore/*.md", "ui/*.md", "resources/help/*.md")
WORDS = 1_400  # the commonest of the sources
NAMES = 30_000  # beside them; one word in fifteen is one of these
LETTERS_MEDIAN = 700  # of a body; they go from a line to 30,000
NOW_MS = 1_763_722_800_000
DAY_MS = 86_400_000

ACCENTED = """café naïve Zürich Gräser Äpfel Öl über Frühling crème brûlée jalapeño Ångström
smörgås piñata garçon élève São Paulo Dvořák Łódź Kraków Čapek Škoda İstanbul Ελλάδα Москва ёлка"""
UNSPACED = """今日は庭で豆を植えました。 東京の天気は晴れです。 日本語のメモを書く。
会議は明日の午後です。 我们明天去图书馆看书。 北京的冬天很冷。 请把会议记录发给我。
春天种豆子和胡萝卜。
오늘은 정원에 콩을 심었다. カタカナとひらがな。"""
TAGS = """garden work home recipes reading travel health ideas family money music letters school
project/alpha project/beta someday spring house repair books"""
_SYLLABLES = """ba be bi bo da del dor fen gar gil ha hol ian ka kel la lin lo mar mi na nor o pe
ri ro sa sel ta tho ul va ven wi zo"""


class Note(NamedTuple):
    """A note to be written."""

    title: str
    body: str
    edited_ms: int


def notes(count: int, seed: int = 1) -> Iterator[Note]:
    """So many notes; the first ones are the same however many are asked for."""
    words = _Words()
    for number in range(count):
        chance = Random(int.from_bytes(shake_256(f"{seed}:{number}".encode()).digest(8), "big"))
        yield _note(chance, words, number)


_ACCENTED, _UNSPACED, _TAGS, _PARTS = (
    tuple(words.split()) for words in (ACCENTED, UNSPACED, TAGS, _SYLLABLES)
)


class _Words:
    """Words by how often they are said."""

    def __init__(self) -> None:
        found: Counter[str] = Counter()
        for pattern in SOURCES:
            for path in sorted(ROOT.glob(pattern)):
                found.update(re.findall(r"[a-z]{2,20}", path.read_text(encoding="utf-8").lower()))
        common = sorted(found.items(), key=lambda pair: (-pair[1], pair[0]))[:WORDS]
        self._words = [word for word, _ in common]
        self._upto = list(accumulate(count for _, count in common))

    def word(self, chance: Random) -> str:
        """One more word of a text."""
        kind = chance.random()
        if kind < 0.92:
            return self._words[bisect(self._upto, chance.random() * (self._upto[-1] - 1))]
        if kind < 0.985:
            return name(int(exp(chance.random() * log(NAMES))))
        return _one(chance, _ACCENTED)


def name(number: int) -> str:
    """A name that nobody has: the smaller its number, the more often it is met."""
    digest = shake_256(b"name%d" % number).digest(4)
    size = 2 + digest[3] % 3
    return "".join(_PARTS[byte % len(_PARTS)] for byte in digest[: min(size, 4)])


def _note(chance: Random, words: _Words, number: int) -> Note:
    title = " ".join(words.word(chance) for _ in range(2 + int(chance.random() * 6))).capitalize()
    if number % 40 == 7:
        title = _UNSPACED[number % len(_UNSPACED)].rstrip("。.")
    letters = min(30_000, int(exp(log(LETTERS_MEDIAN) + chance.gauss(0, 1.1))))
    body = "\n\n".join(_parts(chance, words, letters))
    tags = [_TAGS[int(len(_TAGS) * chance.random() ** 2)] for _ in range(int(chance.random() * 4))]
    if tags:
        body += "\n\n" + " ".join(f"#{tag}" for tag in dict.fromkeys(tags))
    age = int(chance.random() ** 2 * 1_500 * DAY_MS)
    return Note(title, body, NOW_MS - age)


def _parts(chance: Random, words: _Words, letters: int) -> Iterator[str]:
    left = letters
    while left > 0:
        kind = chance.random()
        if kind < 0.1:
            part = "## " + " ".join(words.word(chance) for _ in range(3))
        elif kind < 0.2:
            part = "\n".join(
                f"- [{' x'[chance.random() < 0.5]}] " + _sentence(chance, words) for _ in range(4)
            )
        elif kind < 0.26:
            part = f"See [[{words.word(chance)} {words.word(chance)}]] and <https://example.org>"
        elif kind < 0.3:
            part = _one(chance, _UNSPACED)
        else:
            many = 1 + int(sqrt(chance.random()) * 6)
            part = " ".join(_sentence(chance, words) for _ in range(many))
        left -= len(part) + 2
        yield part


def _sentence(chance: Random, words: _Words) -> str:
    many = 3 + int(chance.random() * 12)
    return " ".join(words.word(chance) for _ in range(many)).capitalize() + "."


def _one(chance: Random, words: Sequence[str]) -> str:
    return words[int(chance.random() * len(words))]
