"""The sidebar's places as a Qt model.

Owns the list of places as the view knows it. Invariant: `show_places` changes only what differs, so
that the selection stays on its place while others come, go and are renamed.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from PySide6.QtCore import (
    QAbstractTableModel,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    Qt,
    Signal,
)

from ui.models.places import NESTED, NOTEBOOK_PLACE, Place

PLACE_ROLE = int(Qt.ItemDataRole.UserRole)
_DISPLAY = int(Qt.ItemDataRole.DisplayRole)
_EDIT = int(Qt.ItemDataRole.EditRole)
_TIP = int(Qt.ItemDataRole.ToolTipRole)

Index = QModelIndex | QPersistentModelIndex


class PlacesModel(QAbstractTableModel):
    """One column of places; names of notebooks can be edited in place."""

    renamed = Signal(object, str)  # place, the wanted name

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._places: list[Place] = []

    @property
    def places(self) -> Sequence[Place]:
        return self._places

    def row_of(self, identity: tuple[bytes, str, str]) -> int:
        """The row of a place, or -1."""
        found = (at for at, place in enumerate(self._places) if place.identity == identity)
        return next(found, -1)

    def show_places(self, wanted: Sequence[Place]) -> None:
        """Becomes `wanted`, step by step."""
        places, nowhere = self._places, QModelIndex()
        keep = {place.identity for place in wanted}
        for at in range(len(places) - 1, -1, -1):
            if places[at].identity not in keep:
                self.beginRemoveRows(nowhere, at, at)
                del places[at]
                self.endRemoveRows()
        for at, place in enumerate(wanted):
            now = self.row_of(place.identity)
            if now < 0:
                self.beginInsertRows(nowhere, at, at)
                places.insert(at, place)
                self.endInsertRows()
                continue
            if now != at:  # always further down: what is above is in order
                self.beginMoveRows(nowhere, now, now, nowhere, at)
                places.insert(at, places.pop(now))
                self.endMoveRows()
            if places[at] != place:
                places[at] = place
                self.dataChanged.emit(self.index(at, 0), self.index(at, 0))

    # -- what Qt asks --------------------------------------------------------------------------

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        return 0 if parent.isValid() else len(self._places)

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        return 0 if parent.isValid() else 1

    def data(self, index: Index, role: int = 0) -> Any:
        if not index.isValid():
            return None
        place = self._places[index.row()]
        if role in (_DISPLAY, _EDIT):
            return place.name
        if role == PLACE_ROLE:
            return place
        if role == _TIP and place.shared_with:
            return f"{place.name}: shared with {', '.join(place.shared_with)}"
        return None

    def flags(self, index: Index) -> Qt.ItemFlag:
        flags = super().flags(index)
        if index.isValid():
            place = self._places[index.row()]
            if place.kind in (NOTEBOOK_PLACE, NESTED) and place.writable:
                flags |= Qt.ItemFlag.ItemIsEditable
        return flags

    def setData(self, index: Index, value: Any, role: int = _EDIT) -> bool:
        name = str(value).strip()
        if role != _EDIT or not index.isValid() or not name:
            return False
        place = self._places[index.row()]
        if name != place.name:
            self.renamed.emit(place, name)
        return True
