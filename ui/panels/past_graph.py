"""The graph of a note's changes, as a version control's log draws it: what was made on what.

Owns which knot is chosen. Writes nothing; a knot's version is what its author saw when it was made.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any, NamedTuple

from PySide6.QtCore import QModelIndex, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QAbstractItemView, QFrame, QHeaderView, QTableView, QWidget

from ui.models.commit_graph import Knot, commit_graph
from ui.models.graph_model import GraphModel, Told
from ui.panels.graph_delegate import GraphDelegate
from ui.theme.theme import Theme


class Place(NamedTuple):
    """Where a change is to be found."""

    commit: bytes
    item: Any  # the note, or what it is on a branch
    branch: str  # that is not merged yet


class PastGraph(QTableView):
    """Shows one history at a time."""

    chosen = Signal(object)  # a `Knot`, by the person
    entered = Signal()  # the chosen one is to be read

    def __init__(
        self, theme: Theme, clock: Callable[[], int], parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.setObjectName("graph")
        self.setAccessibleName(self.tr("Changes of this note, the newest first"))
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setShowGrid(False)
        self.setMouseTracking(True)
        self.setTabKeyNavigation(False)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.horizontalHeader().hide()
        self.horizontalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Stretch)
        self.verticalHeader().hide()
        self.verticalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        self.graph = GraphModel(clock, self)
        self._delegate = GraphDelegate(theme, self)
        self.setModel(self.graph)
        self.setItemDelegate(self._delegate)
        self._quiet = False
        self._commits: dict[bytes, int] = {}  # place among the marks
        self._places: list[Place] = []  # of every mark
        self.selectionModel().currentRowChanged.connect(self._on_current)
        theme.changed.connect(self._draw)
        theme.zoomed.connect(self._draw)
        self._draw()

    def show_history(self, note: Any, history: Any, marks: Sequence[Any]) -> None:
        """The graph of a note's history and its marks, with what was done on branches that are not
        merged yet; the newest change is chosen."""
        commits = [entry.commit for entry in history.timeline.entries]
        self._commits = {commit: place for place, commit in enumerate(commits)}
        self._places = [Place(commit, note, "") for commit in commits]
        marks, sizes = list(marks), history.sizes("body")
        for branch in note.repository.main.branches():
            there = branch.item(note.key)
            if there is not None:
                self._add(there, branch.name, marks, sizes)
        with self._quietly():
            self.graph.show_graph(commit_graph(marks, sizes), self._tell)
            self.selectRow(0)

    def _add(self, there: Any, name: str, marks: list[Any], sizes: list[Any]) -> None:
        """What is on a branch and nowhere else."""
        history = there.history
        entries = history.timeline.entries
        if all(entry.commit in self._commits for entry in entries):
            return
        rows = zip(entries, history.marks(), history.sizes("body"), strict=True)
        for entry, mark, size in rows:
            if entry.commit not in self._commits:
                on = sorted(self._commits[entries[parent].commit] for parent in mark.parents)
                self._commits[entry.commit] = len(marks)
                self._places.append(Place(entry.commit, there, name))
                marks.append(mark._replace(parents=tuple(on), aside=True))
                sizes.append(size)

    def leave(self) -> None:
        """Lets go of the history."""
        self._commits, self._places = {}, []
        with self._quietly():
            self.graph.show_graph(commit_graph([], []), self._tell)

    def choose(self, change: int) -> None:
        """Chooses the knot with a change, by its place in the history, and tells nobody."""
        with self._quietly():
            self.selectRow(self.graph.row_of(change))

    def choose_commit(self, commit: bytes) -> Knot | None:
        """Chooses the knot with a commit, and tells nobody; None: there is none any more."""
        place = self._commits.get(commit)
        if place is None:
            return None
        self.choose(place)
        return self.knot

    def commit(self, knot: Knot) -> bytes:
        """The last commit of a knot."""
        return self._places[knot.last].commit

    @property
    def knot(self) -> Knot | None:
        """The chosen knot."""
        row = self.currentIndex().row()
        return self.graph.knot(row) if row >= 0 else None

    def versions(self, knot: Knot) -> tuple[Any, Any | None]:
        """What a knot led to, and what it was made on; None: on nothing."""
        commit, item, _ = self._places[knot.last]
        return item.at([commit]), item.at([self.commit(one) for one in self.graph.above(knot)])

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.entered.emit()
        else:
            super().keyPressEvent(event)

    def _on_current(self, current: QModelIndex, _previous: QModelIndex) -> None:
        if current.isValid() and not self._quiet:
            self.chosen.emit(self.graph.knot(current.row()))

    def _tell(self, knot: Knot) -> Told:
        commit, item, branch = self._places[knot.last]
        version = item.at([commit])
        return Told(version.summary, branch or (version.branch or "" if knot.aside else ""))

    @contextmanager
    def _quietly(self) -> Iterator[None]:
        self._quiet = True
        try:
            yield
        finally:
            self._quiet = False

    def _draw(self) -> None:
        self.verticalHeader().setMinimumSectionSize(self._delegate.row_height)
        self.verticalHeader().setDefaultSectionSize(self._delegate.row_height)
        self.viewport().update()
