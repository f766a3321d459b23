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
    start = 0
    while start < limit and old[start] == new[start]:
        start += 1
    end = 0
    while end < limit - start and old[-1 - end] == new[-1 - end]:
        end += 1
    return TextSplice(start, len(old) - start - end, new[start : len(new) - end])
