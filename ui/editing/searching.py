"""Finding words in one text. Pure; must never import Qt."""

from __future__ import annotations

import re
from bisect import bisect_left

from ui.language import digits, mark, tr

Range = tuple[int, int]
NOTHING_FOUND = mark("Nothing found")


def find_all(text: str, words: str, *, exact_case: bool = False) -> list[Range]:
    """Every place of `words` in `text` that does not overlap the one before: start and stop."""
    if not words:
        return []
    flags = re.NOFLAG if exact_case else re.IGNORECASE
    return [found.span() for found in re.finditer(re.escape(words), text, flags)]


def next_after(ranges: list[Range], position: int) -> int:
    """The number of the first range at or after a position; around from the end to the start."""
    at = bisect_left(ranges, (position, position))
    return at % len(ranges)


def last_before(ranges: list[Range], position: int) -> int:
    """The number of the last range that begins before a position; around to the end."""
    return (bisect_left(ranges, (position, position)) - 1) % len(ranges)


def count_words(count: int, current: int | None) -> str:
    """`3 of 12`, `12 found`, `Nothing found`."""
    if not count:
        return tr(NOTHING_FOUND)
    if current is None:
        return tr("{} found").format(digits(count))
    return tr("{} of {}").format(digits(current + 1), digits(count))
