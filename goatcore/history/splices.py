"""The edit of a text as a value, and the edit between two texts. Must import nothing of ours."""

from __future__ import annotations

from typing import NamedTuple


class TextSplice(NamedTuple):
    """At `position` take `deleted` letters away, then put `inserted` there; all in code points."""

    position: int
    deleted: int
    inserted: str


def difference(old: str, new: str) -> TextSplice | None:
    """One splice that makes `new` of `old`; None if they are equal."""
    if old == new:
        return None
    limit = min(len(old), len(new))
    start = _alike(old, new, limit)
    end = _alike(old[start:][::-1], new[start:][::-1], limit - start)
    return TextSplice(start, len(old) - start - end, new[start : len(new) - end])


def _alike(one: str, other: str, limit: int) -> int:
    """How many letters at the beginning are the same."""
    at, step = 0, 1 << 12
    while step:
        while at + step <= limit and one[at : at + step] == other[at : at + step]:
            at += step
        step //= 16
    return at
