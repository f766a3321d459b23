"""Splices: how a list of rows changed, as index operations applied strictly in order.

Owns the four values and their meaning. Invariant: replaying the splices of one delivery on the
rows before it gives the rows after it. Imports nothing of ours.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Generic, NamedTuple, TypeVar

R = TypeVar("R")


class Insert(NamedTuple, Generic[R]):
    """`row` enters at `index`."""

    index: int  # type: ignore[assignment]  # the field hides tuple.index
    row: R


class Remove(NamedTuple, Generic[R]):
    """`row`, which stands at `index`, leaves."""

    index: int  # type: ignore[assignment]  # the field hides tuple.index
    row: R


class Move(NamedTuple, Generic[R]):
    """`row` is taken out at `source` and put in at `target` of the list without it; its fields may
    have changed too."""

    source: int
    target: int
    row: R


class Update(NamedTuple, Generic[R]):
    """`row` keeps its place, `index`; some of its fields changed."""

    index: int  # type: ignore[assignment]  # the field hides tuple.index
    row: R


Splice = Insert[R] | Remove[R] | Move[R] | Update[R]


def replay(rows: Sequence[R], splices: Iterable[Splice[R]]) -> list[R]:
    """The rows after `splices`, from the rows before them; `rows` itself is left as it is."""
    result = list(rows)
    for splice in splices:
        match splice:
            case Insert(index, row):
                assert 0 <= index <= len(result), splice
                result.insert(index, row)
            case Remove(index, row):
                removed = result.pop(index)
                assert removed is row, splice
            case Move(source, target, row):
                result.pop(source)
                assert 0 <= target <= len(result), splice
                result.insert(target, row)
            case Update(index, row):
                result[index] = row
    return result
