"""A live query as a Qt model: what a query delivers is announced to the views, exactly.

Owns its own list of rows, which moves only between Qt's begin and end calls: a view never reads
rows of a later state. **When**: the first delivery in a turn of the loop is announced at once, so
what a person does is there when the line is done; whatever else is delivered in the same turn
waits, and is announced together before anything is painted, or as soon as `rows` is read. So
the rows that a view knows may be older than the query's within a turn, never after it.
What a row shows is given from outside, a function a role, and so is what becomes of a row when
something is entered. Must never know a schema.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

from PySide6.QtCore import (
    QAbstractTableModel,
    QCoreApplication,
    QEvent,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    Qt,
    Signal,
)

from goatcore import GoatError, Splice
from ui.engine_words import told_by
from ui.models.merged_rows import LiveRows
from ui.models.row_runs import Changed, Entered, Left, Moved, Run, join_runs

Index = QModelIndex | QPersistentModelIndex
Readers = Mapping[int, Callable[[Any], Any]]
Writers = Mapping[int, Callable[[Any, Any], object]]

ROW_ROLE = int(Qt.ItemDataRole.UserRole)  # the row itself
SINGLE_CHANGES_MAX = 200  # more runs of splices than that at once: the model is reset

_EDIT = int(Qt.ItemDataRole.EditRole)
_CHECK = int(Qt.ItemDataRole.CheckStateRole)
_TURN_ENDS = QEvent.Type(QEvent.registerEventType())


class QueryModel(QAbstractTableModel):
    """One column; shows whatever query it was given last. `editable` says, by role, what writes
    what was entered into a row; a `GoatError` of it is told by `failed`."""

    count_changed = Signal(int)
    failed = Signal(str)  # why what was entered was not taken, in a sentence

    def __init__(
        self, roles: Readers, parent: QObject | None = None, *, editable: Writers | None = None
    ) -> None:
        super().__init__(parent)
        self._readers = dict(roles)
        self._readers[ROW_ROLE] = lambda row: row
        self._writers = dict(editable or {})
        self._offers = Qt.ItemFlag.NoItemFlags
        if _EDIT in self._writers:
            self._offers |= Qt.ItemFlag.ItemIsEditable
        if _CHECK in self._writers:
            self._offers |= Qt.ItemFlag.ItemIsUserCheckable
        self._query: LiveRows | None = None
        self._unsubscribe: Callable[[], None] | None = None
        self._rows: list[Any] = []
        self._waiting: list[Splice[Any]] = []
        self._in_turn = False  # something was announced in this turn
        self._announcing = False
        self.removing = False  # rows leave right now: a view that loses its current row knows why

    @property
    def rows(self) -> Sequence[Any]:
        """The rows as they are. Inside a signal of this model: as the views know them."""
        self.settle()
        return self._rows

    def show_query(self, query: LiveRows | None) -> None:
        """Shows `query` from now on; closes the one before."""
        with self._announces():
            self.beginResetModel()
            self._drop()
            self._waiting = []
            self._query = query
            self._rows = list(query.rows) if query is not None else []
            self.endResetModel()
        if query is not None:
            self._unsubscribe = query.subscribe(self._on_splices)
        self.count_changed.emit(len(self._rows))

    def close(self) -> None:
        """Lets go of the query; the rows stay as they are."""
        self.settle()
        self._drop()

    def row_of(self, wanted: Callable[[Any], bool]) -> int:
        """The place of the first row that `wanted` is true of, or -1."""
        return next((at for at, row in enumerate(self.rows) if wanted(row)), -1)

    def refresh(self) -> None:
        """Everything may look different (time went by, the theme changed)."""
        if self._rows:
            self.dataChanged.emit(self.index(0, 0), self.index(len(self._rows) - 1, 0))

    def settle(self) -> None:
        """Announces what waits for the end of the turn."""
        if self._announcing:
            return
        while self._waiting:
            splices, self._waiting = self._waiting, []
            before = len(self._rows)
            with self._announces():
                self._announce(join_runs(splices))
            if len(self._rows) != before:
                self.count_changed.emit(len(self._rows))

    # -- what Qt asks --------------------------------------------------------------------------

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        return 0 if parent.isValid() else len(self._rows)

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        return 0 if parent.isValid() else 1

    def data(self, index: Index, role: int = 0) -> Any:
        reader = self._readers.get(role)
        if reader is None or not index.isValid():
            return None
        return reader(self._rows[index.row()])

    def flags(self, index: Index) -> Qt.ItemFlag:
        flags = super().flags(index)
        return flags | self._offers if index.isValid() else flags

    def setData(self, index: Index, value: Any, role: int = _EDIT) -> bool:
        """Writes what was entered; False if it was refused, which `failed` tells."""
        writer = self._writers.get(role)
        if writer is None or not index.isValid():
            return False
        try:
            writer(self._rows[index.row()], value)
        except GoatError as refused:
            self.failed.emit(told_by(refused))
            return False
        self.settle()
        return True

    def customEvent(self, event: QEvent) -> None:
        if event.type() == _TURN_ENDS:
            self._in_turn = False
            self.settle()

    # -- what the query says -------------------------------------------------------------------

    @contextmanager
    def _announces(self) -> Iterator[None]:
        """Whoever hears an announcement and reads on sees what was announced, no more."""
        self._announcing = True
        try:
            yield
        finally:
            self._announcing = False

    def _drop(self) -> None:
        if self._unsubscribe is not None:
            self._unsubscribe()
            self._unsubscribe = None
        if self._query is not None:
            self._query.close()
            self._query = None

    def _on_splices(self, splices: Sequence[Splice[Any]]) -> None:
        self._waiting += splices
        if not self._in_turn:
            self._in_turn = True
            QCoreApplication.postEvent(
                self, QEvent(_TURN_ENDS), Qt.EventPriority.HighEventPriority.value
            )
            self.settle()

    def _announce(self, runs: Sequence[Run]) -> None:
        if len(runs) > SINGLE_CHANGES_MAX:
            self.beginResetModel()
            for run in runs:
                self._put_in_place(run)
            self.endResetModel()
            return
        query = self._query
        for run in runs:
            if self._query is query:  # else whoever heard of one shows another query now
                self._announce_run(run)

    def _announce_run(self, run: Run) -> None:
        nowhere = QModelIndex()
        match run:
            case Entered():
                self.beginInsertRows(nowhere, run.at, run.at + len(run.rows) - 1)
                self._put_in_place(run)
                self.endInsertRows()
            case Left():
                self.removing = True
                self.beginRemoveRows(nowhere, run.at, run.at + run.count - 1)
                self._put_in_place(run)
                self.endRemoveRows()
                self.removing = False
            case Moved():
                if run.source == run.target:
                    self._put_in_place(run)
                else:
                    below = run.target + 1 if run.target > run.source else run.target
                    self.beginMoveRows(nowhere, run.source, run.source, nowhere, below)
                    self._put_in_place(run)
                    self.endMoveRows()
                self._look_different(run.target, run.target)
            case Changed():
                self._put_in_place(run)
                self._look_different(min(run.rows), max(run.rows))

    def _look_different(self, first: int, last: int) -> None:
        self.dataChanged.emit(self.index(first, 0), self.index(last, 0))

    def _put_in_place(self, run: Run) -> None:
        rows = self._rows
        match run:
            case Entered():
                rows[run.at : run.at] = run.rows
            case Left():
                del rows[run.at : run.at + run.count]
            case Moved():
                del rows[run.source]
                rows.insert(run.target, run.row)
            case Changed():
                for at, row in run.rows.items():
                    rows[at] = row
