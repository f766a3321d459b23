"""The tree of places: what can be dragged there, and dropped on what.

Owns what is being dragged and the place under it, which alone is marked. What may be dropped where
is decided by who is asked (`takes_notes`, `takes_place`); nothing else lights up or accepts a drop.
Changes nothing itself.
"""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QMimeData, QModelIndex, QPoint, Qt, Signal
from PySide6.QtGui import (
    QDrag,
    QDragEnterEvent,
    QDragLeaveEvent,
    QDragMoveEvent,
    QDropEvent,
    QMouseEvent,
)
from PySide6.QtWidgets import QAbstractItemView, QTreeView, QWidget

from ui.models.places import Place
from ui.models.places_model import PLACE_ROLE
from ui.panels.notes_view import NOTES_TYPE, carried_label
from ui.panels.place_delegate import MARK_PX, mark_left
from ui.widgets.direction import Mirror

PLACE_TYPE = "application/x-goat-notebook"  # what is dragged: a notebook of this window
EXPAND_AFTER_MS = 700


class PlacesView(QTreeView):
    """A tree of places; the mark before a row opens and closes it."""

    notes_dropped = Signal(object)  # Place
    place_dropped = Signal(object, object)  # the notebook, the Place it was dropped on

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setHeaderHidden(True)
        self.setIndentation(0)  # the delegate draws it, so that a chosen row is seen as a whole
        self.setRootIsDecorated(False)
        self.setExpandsOnDoubleClick(False)
        self.setMouseTracking(True)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self.setDragDropMode(QAbstractItemView.DragDropMode.DragDrop)
        self.setDropIndicatorShown(False)  # the delegate marks the place as a whole
        self.setAutoExpandDelay(EXPAND_AFTER_MS)
        self.dropping = QModelIndex()  # the place under what is being dragged, if it takes that
        self.dragged: Place | None = None
        self.takes_notes: Callable[[Place], bool] = lambda _place: False
        self.takes_place: Callable[[Place, Place], bool] = lambda _place, _target: False

    def mousePressEvent(self, event: QMouseEvent) -> None:
        index = self.indexAt(event.position().toPoint())
        if index.isValid() and self.model().rowCount(index):
            row = self.visualRect(index)
            left = mark_left(row, index.data(PLACE_ROLE).depth)
            clicked = Mirror(self.layoutDirection(), row).point(event.position())
            if left <= clicked.x() < left + MARK_PX:
                self.setExpanded(index, not self.isExpanded(index))
                return
        super().mousePressEvent(event)

    def startDrag(self, _actions: Qt.DropAction) -> None:
        """The current notebook; where it goes, what is in it goes, too."""
        index = self.currentIndex()
        if not index.flags() & Qt.ItemFlag.ItemIsDragEnabled:
            return
        place: Place = index.data(PLACE_ROLE)
        self.dragged = place
        drag = QDrag(self)
        carried = QMimeData()
        carried.setData(PLACE_TYPE, b"")
        drag.setMimeData(carried)
        drag.setPixmap(carried_label(place.name))
        drag.setHotSpot(QPoint(-12, -6))
        drag.exec(Qt.DropAction.MoveAction)
        self.dragged = None

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        carried = event.mimeData()
        event.setAccepted(carried.hasFormat(NOTES_TYPE) or carried.hasFormat(PLACE_TYPE))

    def dragMoveEvent(self, event: QDragMoveEvent) -> None:
        super().dragMoveEvent(event)  # rolls at the edges, opens what one waits over
        index = self.indexAt(event.position().toPoint())
        place = index.data(PLACE_ROLE) if index.isValid() else None
        event.setAccepted(place is not None and self._takes(event.mimeData(), place))
        self._mark(index if event.isAccepted() else QModelIndex())

    def dragLeaveEvent(self, event: QDragLeaveEvent) -> None:
        super().dragLeaveEvent(event)
        self._mark(QModelIndex())

    def dropEvent(self, event: QDropEvent) -> None:
        place = self.dropping.data(PLACE_ROLE) if self.dropping.isValid() else None
        super().dragLeaveEvent(QDragLeaveEvent())  # nothing rolls any more
        self._mark(QModelIndex())
        if place is None or not self._takes(event.mimeData(), place):
            return
        event.accept()
        if event.mimeData().hasFormat(NOTES_TYPE):
            self.notes_dropped.emit(place)
        else:
            self.place_dropped.emit(self.dragged, place)

    def _takes(self, carried: QMimeData, place: Place) -> bool:
        if carried.hasFormat(NOTES_TYPE):
            return self.takes_notes(place)
        return self.dragged is not None and self.takes_place(self.dragged, place)

    def _mark(self, index: QModelIndex) -> None:
        if index != self.dropping:
            self.dropping = index
            self.viewport().update()
