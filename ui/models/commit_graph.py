"""The graph of a note's changes as rows: what somebody did in one go is one of them.

Owns what is folded: changes of one person that follow each other, where nobody else went on from
between them. Invariant: every change is in exactly one knot; a knot comes after all that its first
change was made on. Pure. Must never import Qt or goatcore.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple, Protocol

from ui.models.moments import PAUSES_MS, SESSION_PAUSES

PAUSE_MS = PAUSES_MS[0]
SESSION_MS_MAX = SESSION_PAUSES * PAUSE_MS


class Mark(Protocol):
    """One change: by whom, when, made on which others (by their places in the row)."""

    @property
    def author(self) -> str: ...
    @property
    def time(self) -> int: ...
    @property
    def parents(self) -> tuple[int, ...]: ...
    @property
    def aside(self) -> bool: ...


class Knot(NamedTuple):
    """What one person did in one go: changes `first` … `last`, each made on the one before it."""

    first: int  # places in the row of changes
    last: int
    count: int
    author: str
    start_ms: int
    end_ms: int
    inserted: int  # letters
    deleted: int
    aside: bool
    parents: tuple[int, ...]  # by their places among the knots


class CommitGraph(NamedTuple):
    """The knots, the oldest first, and for each change the place of the knot that it is in."""

    knots: list[Knot]
    knot_of: list[int]


def commit_graph(marks: Sequence[Mark], sizes: Sequence[tuple[int, int]]) -> CommitGraph:
    """The graph of a row of changes (parents first); `sizes`: letters inserted and deleted by
    each."""
    children = [0] * len(marks)
    for mark in marks:
        for parent in mark.parents:
            children[parent] += 1
    open_at: list[int] = []  # change -> the knot that it is in, as they are opened
    found: list[list[int]] = []  # first, last, count, start, end, inserted, deleted
    for place, mark in enumerate(marks):
        inserted, deleted = sizes[place]
        parents = mark.parents
        if len(parents) == 1 and children[parents[0]] == 1:
            before = marks[parents[0]]
            knot = found[open_at[parents[0]]]
            if (
                before.author == mark.author
                and before.aside == mark.aside
                and mark.time - knot[4] <= PAUSE_MS
                and mark.time - knot[3] <= SESSION_MS_MAX
            ):
                knot[1] = place
                knot[2] += 1
                knot[4] = max(knot[4], mark.time)
                knot[5] += inserted
                knot[6] += deleted
                open_at.append(open_at[parents[0]])
                continue
        open_at.append(len(found))
        found.append([place, place, 1, mark.time, mark.time, inserted, deleted])
    order = sorted(range(len(found)), key=lambda at: found[at][1])  # where each ends
    row_of = [0] * len(found)
    for row, at in enumerate(order):
        row_of[at] = row
    knots = []
    for at in order:
        first, last, count, start_ms, end_ms, inserted, deleted = found[at]
        author, aside = marks[last].author, marks[last].aside
        on = tuple([row_of[open_at[parent]] for parent in marks[first].parents])
        knots.append(
            Knot(first, last, count, author, start_ms, end_ms, inserted, deleted, aside, on)
        )
    return CommitGraph(knots, [row_of[at] for at in open_at])
