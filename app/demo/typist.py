"""Somebody who types into a note, fast, while somebody else types into it, too.

Owns a caret that others' edits move, and the two lists that latency is measured by. Every word ends
in a mark that names its author and number; it is *recorded* when it is committed here, and *seen*
when the other's mark shows in the text here. Times are of the monotonic clock that all processes of
one computer share.
"""

from __future__ import annotations

import asyncio
import random
from time import perf_counter_ns
from typing import Final

from goatcore import Item, ItemChange

WORDS: Final = ("clover", "meadow", "fence", "apple", "bramble", "ridge", "thistle", "willow")
LETTER_S: Final = (0.004, 0.014)  # between two letters


class Typist:
    """Types as `mine` and watches for `other`; both are single letters."""

    def __init__(self, note: Item, mine: str, other: str, seed: int) -> None:
        self.recorded_ns: list[int] = []  # of each own word, when it was committed
        self.seen_ns: list[int] = []  # of each word of the other
        self._note = note
        self._mine = mine
        self._other = other
        self._random = random.Random(seed)
        self._caret = len(note.body)
        self._unsubscribe = note.subscribe(self._on_change)

    async def type(self, seconds: float) -> None:
        """Type for a while; ends between two words."""
        end = perf_counter_ns() + round(seconds * 1e9)
        self._letter("\n")
        while perf_counter_ns() < end:
            for letter in f"{self._random.choice(WORDS)}{_mark(self._mine, len(self.recorded_ns))}":
                await asyncio.sleep(self._random.uniform(*LETTER_S))
                self._letter(letter)
            now_ns = perf_counter_ns()
            self._note.repository.record_drafts()
            self.recorded_ns.append(now_ns)

    def close(self) -> None:
        """Watch no more."""
        self._unsubscribe()

    def _letter(self, letter: str) -> None:
        self._note.body.splice(self._caret, 0, letter)
        self._caret += 1

    def _on_change(self, change: ItemChange) -> None:
        if change.local:
            return
        for position, deleted, inserted in change.splices.get("body", ()):
            if position < self._caret:
                gone = min(deleted, self._caret - position)
                self._caret += len(inserted) - gone
        now_ns, text = perf_counter_ns(), str(self._note.body)
        while _mark(self._other, len(self.seen_ns)) in text:
            self.seen_ns.append(now_ns)


def _mark(letter: str, number: int) -> str:
    return f"-{letter}{number} "


def latencies_ms(recorded_ns: list[int], seen_ns: list[int]) -> list[float]:
    """From recorded at one side to seen at the other, of every word that was seen."""
    return [(seen - made) / 1e6 for made, seen in zip(recorded_ns, seen_ns, strict=False)]


def percentile(values: list[float], percent: float) -> float:
    """The value that this many percent of all do not exceed."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(len(ordered) * percent / 100))]
