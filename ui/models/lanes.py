"""Where each row of a version graph is drawn, and what lines cross it.

The lanes of `git log --graph` and gitk, as P. Vigier tells of them ("Commit graph drawing
algorithms", 2019): rows go from the newest to the oldest; a lane is open from a child to the parent
that it waits for; a row stands in the leftmost lane that waits for it, its first parent takes that
lane over, every further one the leftmost lane that is free. Invariant: a line stays in one lane
from below its child's row until its parent's, so no line runs through the dot of another row.
Pure. Must never import Qt or goatcore.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple


class Line(NamedTuple):
    """A line to a parent, in one row; `row`: that of the child that it comes from."""

    lane: int
    row: int


class LaneRow(NamedTuple):
    """What is drawn in one row: its dot in `lane`, lines from above that end in it, lines that
    leave it downwards, and lines that pass."""

    lane: int
    ending: tuple[Line, ...]
    leaving: tuple[Line, ...]
    passing: tuple[Line, ...]


def lanes(parents: Sequence[Sequence[int]]) -> list[LaneRow]:
    """The rows of a graph, newest first: `parents[row]` are rows further down."""
    waiting: list[tuple[int, int] | None] = []  # lane -> (row that it waits for, child's row)
    found: list[LaneRow] = []
    for row, on in enumerate(parents):
        ending = [
            Line(lane, slot[1])
            for lane, slot in enumerate(waiting)
            if slot is not None and slot[0] == row
        ]
        lane = ending[0].lane if ending else _free(waiting)
        passing = tuple(
            [
                Line(at, slot[1])
                for at, slot in enumerate(waiting)
                if slot is not None and slot[0] != row
            ]
        )
        for line in ending:
            waiting[line.lane] = None
        leaving: list[Line] = []
        for parent in on:
            assert parent > row, "a parent above its child"
            target = _free(waiting) if leaving else lane
            if target == len(waiting):
                waiting.append(None)
            waiting[target] = (parent, row)
            leaving.append(Line(target, row))
        while waiting and waiting[-1] is None:
            waiting.pop()
        found.append(LaneRow(lane, tuple(ending), tuple(leaving), passing))
    return found


def _free(waiting: Sequence[object]) -> int:
    return next((lane for lane, slot in enumerate(waiting) if slot is None), len(waiting))
