"""The knots of a note's version graph as rows of a table, the newest on top.

Owns the words and colours of a row. Invariant: the rows are fixed until another graph is shown, and
what a row says is made when it is seen.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt

from ui.language import counted, tr
from ui.models.commit_graph import CommitGraph, Knot
from ui.models.lanes import LaneRow, lanes
from ui.models.moments import done_words, when_words

ROW_ROLE = int(Qt.ItemDataRole.UserRole) + 1  # a `Drawn`
TINTS = 6

Index = QModelIndex | QPersistentModelIndex


class Drawn(NamedTuple):
    """One row with its words."""

    lanes: LaneRow
    width: int  # lanes that this row needs
    lane_count: int  # those of the whole graph
    tint: int  # of the author's colour, 1 … 6
    tints: Sequence[int]  # of all rows: a line has that of the row it comes from
    who: str
    when: str
    what: str
    label: str  # the name of a branch, or ""
    merges: bool


class Told(NamedTuple):
    """What only the last change of a knot itself tells."""

    summary: str
    branch: str


class GraphModel(QAbstractTableModel):
    """One column; `knot` gives what is in a row."""

    def __init__(self, clock: Callable[[], int], parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._clock = clock
        self._graph = CommitGraph([], [])
        self._lanes: list[LaneRow] = []
        self._lane_count = 0
        self._tints: list[int] = []
        self._told: Callable[[Knot], Told] = lambda _knot: Told("", "")

    def show_graph(self, graph: CommitGraph, told: Callable[[Knot], Told]) -> None:
        """Another graph; `told` looks into a knot, and is asked for what is seen."""
        self.beginResetModel()
        self._graph, self._told = graph, told
        knots = graph.knots
        last = len(knots) - 1
        self._lanes = lanes([_on(knots, knot, last) for knot in reversed(knots)])
        self._lane_count = 1 + max((_width(row) for row in self._lanes), default=0)
        names = sorted({knot.author for knot in knots})
        tint = {name: at % TINTS + 1 for at, name in enumerate(names)}
        self._tints = [tint[knot.author] for knot in reversed(knots)]
        self.endResetModel()

    def knot(self, row: int) -> Knot:
        """What is in a row."""
        return self._graph.knots[-1 - row]

    def row_of(self, change: int) -> int:
        """The row that a change is in, by its place in the history."""
        return len(self._graph.knots) - 1 - self._graph.knot_of[change]

    def above(self, knot: Knot) -> list[Knot]:
        """The knots that a knot was made on."""
        return [self._graph.knots[parent] for parent in knot.parents]

    def rowCount(self, parent: Index | None = None) -> int:
        return 0 if parent is not None and parent.isValid() else len(self._graph.knots)

    def columnCount(self, parent: Index | None = None) -> int:
        return 0 if parent is not None and parent.isValid() else 1

    def data(self, index: Index, role: int = int(Qt.ItemDataRole.DisplayRole)) -> Any:
        if not index.isValid():
            return None
        if role == ROW_ROLE:
            return self._drawn(index.row())
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole):
            row = self._drawn(index.row())
            return ", ".join(filter(None, (row.who, row.when, row.what, row.label)))
        return None

    def _drawn(self, row: int) -> Drawn:
        knot = self.knot(row)
        letters = knot.inserted or knot.deleted
        told = self._told(knot) if knot.aside or not letters else Told("", "")
        what = done_words(
            knot.inserted,
            knot.deleted,
            first=not knot.parents and knot.count == 1,
            title="title" in told.summary,
            exists="deleted" not in told.summary,
        )
        merges = len(knot.parents) > 1
        if merges and not letters and knot.count == 1:
            what = tr("brought together")
        if knot.count > 1:
            what = f"{what} · {counted('{n} change', '{n} changes', knot.count)}"
        return Drawn(
            self._lanes[row],
            1 + _width(self._lanes[row]),
            self._lane_count,
            self._tints[row],
            self._tints,
            knot.author,
            when_words(knot.end_ms, self._clock()),
            what,
            told.branch,
            merges,
        )


def _on(knots: Sequence[Knot], knot: Knot, last: int) -> list[int]:
    """The rows of what a knot was made on; that of the same person goes on straight."""
    parents = sorted(knot.parents, key=lambda at: (knots[at].author != knot.author, -at))
    return [last - at for at in parents]


def _width(row: LaneRow) -> int:
    return max([row.lane, *(line.lane for line in (*row.ending, *row.leaving, *row.passing))])
