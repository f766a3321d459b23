"""A live query as a Qt model: every splice of the query is one exact change of the model.

Owns its own list of rows, which moves only between Qt's begin and end calls: a view never reads
rows of a later state. Invariant: after a delivery the rows here are the query's rows.
What a row shows is given from outside, a function a role. Must never know a schema.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from PySide6.QtCore import (
    QAbstractTableModel,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    Qt,
    Signal,
)

from goatcore import Insert, Move, Remove, Splice, Update
from ui.models.merged_rows import LiveRows

Index = QModelIndex | QPersistentModelIndex

ROW_ROLE = int(Qt.ItemDataRole.UserRole)  # the row itself
SINGLE_CHANGES_MAX = 200  # more runs of splices than that at once: the model is reset


class QueryModel(QAbstractTableModel):
    """One column; shows whatever query it was given last."""

    count_changed = Signal(int)
    row_updated = Signal(object)  # the row; its place may be another

    def __init__(
        self, roles: Mapping[int, Callable[[Any], Any]], parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._readers = dict(roles)
        self._readers[ROW_ROLE] = lambda row: row
        self._query: LiveRows | None = None
        self._unsubscribe: Callable[[], None] | None = None
        self._rows: list[Any] = []
        self.removing = False  # rows leave right now: a view that loses its current row knows why

    @property
    def rows(self) -> Sequence[Any]:
        """The rows as the views know them."""
        return self._rows

    def show_query(self, query: LiveRows | None) -> None:
        """Shows `query` from now on; closes the one before."""
        self.beginResetModel()
        self._drop()
        self._query = query
        self._rows = list(query.rows) if query is not None else []
        self.endResetModel()
        if query is not None:
            self._unsubscribe = query.subscribe(self._on_splices)
        self.count_changed.emit(len(self._rows))

    def close(self) -> None:
        """Lets go of the query; the rows stay as they are."""
        self._drop()

    def row_of(self, wanted: Callable[[Any], bool]) -> int:
        """The place of the first row that `wanted` is true of, or -1."""
        return next((at for at, row in enumerate(self._rows) if wanted(row)), -1)

    def refresh(self) -> None:
        """Everything may look different (time went by, the theme changed)."""
        if self._rows:
            self.dataChanged.emit(self.index(0, 0), self.index(len(self._rows) - 1, 0))

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

    # -- what the query says -------------------------------------------------------------------

    def _drop(self) -> None:
        if self._unsubscribe is not None:
            self._unsubscribe()
            self._unsubscribe = None
        if self._query is not None:
            self._query.close()
            self._query = None

    def _on_splices(self, splices: Sequence[Splice[Any]]) -> None:
        runs = join_runs(splices)
        before = len(self._rows)
        if len(runs) > SINGLE_CHANGES_MAX:
            assert self._query is not None
            self.beginResetModel()
            self._rows = list(self._query.rows)
            self.endResetModel()
        else:
            for run in runs:
                self._apply(run)
        if len(self._rows) != before:
            self.count_changed.emit(len(self._rows))

    def _apply(self, run: list[Splice[Any]]) -> None:
        rows, nowhere = self._rows, QModelIndex()
        match run[0]:
            case Insert(at, _):
                self.beginInsertRows(nowhere, at, at + len(run) - 1)
                rows[at:at] = [splice.row for splice in run]
                self.endInsertRows()
            case Remove(at, _):
                self.removing = True
                self.beginRemoveRows(nowhere, at, at + len(run) - 1)
                del rows[at : at + len(run)]
                self.endRemoveRows()
                self.removing = False
            case Move(source, target, row):
                if source != target:
                    below = target + 1 if target > source else target
                    self.beginMoveRows(nowhere, source, source, nowhere, below)
                    rows.insert(target, rows.pop(source))
                    self.endMoveRows()
                self._updated(target, row)
            case Update(at, row):
                self._updated(at, row)

    def _updated(self, at: int, row: Any) -> None:
        self._rows[at] = row
        index = self.index(at, 0)
        self.dataChanged.emit(index, index)
        self.row_updated.emit(row)


def join_runs(splices: Sequence[Splice[Any]]) -> list[list[Splice[Any]]]:
    """Neighbouring insertions and removals that are one change of a list, each as one run."""
    runs: list[list[Splice[Any]]] = []
    for splice in splices:
        run = runs[-1] if runs else None
        if run is not None:
            match run[0], splice:
                case (Insert(start, _), Insert(at, _)) if at == start + len(run):
                    run.append(splice)
                    continue
                case (Remove(start, _), Remove(at, _)) if at == start:
                    run.append(splice)
                    continue
        runs.append([splice])
    return runs
