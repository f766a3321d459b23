"""The sidebar: all notes, the notebooks, and whom they are shared with.

Owns the choice of a place. Tells what the person wants by signals; changes nothing itself.
"""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QItemSelectionModel, QModelIndex, QPoint, Qt, Signal
from PySide6.QtGui import QDragEnterEvent, QDragLeaveEvent, QDragMoveEvent, QDropEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHBoxLayout,
    QHeaderView,
    QLabel,
    QTableView,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from ui.models.places import ALL, Place
from ui.models.places_model import PLACE_ROLE, PlacesModel
from ui.panels.notes_view import NOTES_TYPE
from ui.panels.place_delegate import ROW_PX, PlaceDelegate
from ui.theme.theme import Theme


class PlacesView(QTableView):
    """A table of one column and fixed rows: the quickest list that Qt has. Notes can be dropped
    on notebooks and on the trash."""

    notes_dropped = Signal(object)  # Place

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.horizontalHeader().hide()
        self.horizontalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Stretch)
        self.verticalHeader().hide()
        self.verticalHeader().setMinimumSectionSize(ROW_PX)
        self.verticalHeader().setDefaultSectionSize(ROW_PX)
        self.verticalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        self.setShowGrid(False)
        self.setMouseTracking(True)
        self.setTabKeyNavigation(False)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self.setAcceptDrops(True)
        self.drop_row = -1  # the place under the notes that are being dragged

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if event.mimeData().hasFormat(NOTES_TYPE):
            event.accept()
        else:
            event.ignore()

    def dragMoveEvent(self, event: QDragMoveEvent) -> None:
        index = self.indexAt(event.position().toPoint())
        place = index.data(PLACE_ROLE) if index.isValid() else None
        takes = place is not None and place.writable and place.kind != ALL
        event.setAccepted(takes and event.mimeData().hasFormat(NOTES_TYPE))
        self._mark(index.row() if event.isAccepted() else -1)

    def dragLeaveEvent(self, _event: QDragLeaveEvent) -> None:
        self._mark(-1)

    def dropEvent(self, event: QDropEvent) -> None:
        row, _ = self.drop_row, self._mark(-1)
        if row >= 0 and event.mimeData().hasFormat(NOTES_TYPE):
            event.accept()
            self.notes_dropped.emit(self.model().index(row, 0).data(PLACE_ROLE))

    def _mark(self, row: int) -> None:
        if row != self.drop_row:
            self.drop_row = row
            self.viewport().update()


class Sidebar(QWidget):
    """Emits `place_chosen` whenever another place is to be shown."""

    place_chosen = Signal(object)  # Place
    new_notebook_wanted = Signal()
    join_wanted = Signal()
    notes_dropped = Signal(object)  # Place
    menu_wanted = Signal(object, QPoint)  # Place, where on the screen

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("sidebar")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._theme = theme
        self.model = PlacesModel(self)
        self.view = PlacesView(self)
        self.view.setAccessibleName(self.tr("Notebooks"))
        self.view.setModel(self.model)
        self.view.setItemDelegate(PlaceDelegate(theme, self.view))
        heading = QLabel(self.tr("Notebooks"), self)
        heading.setObjectName("section")
        self.new_button = QToolButton(self)
        self.new_button.setToolTip(self.tr("New notebook (Ctrl+Shift+N)"))
        self.new_button.setAccessibleName(self.tr("New notebook"))
        self.new_button.clicked.connect(self.new_notebook_wanted)
        self.join_button = QToolButton(self)
        self.join_button.setObjectName("wide")
        self.join_button.setText(self.tr("Join a notebook"))
        self.join_button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self.join_button.clicked.connect(self.join_wanted)
        self.sharing = QLabel(self)
        self.sharing.setObjectName("small")
        self.sharing.setWordWrap(True)

        top = QHBoxLayout()
        top.setContentsMargins(18, 16, 10, 2)
        top.addWidget(heading, 1)
        top.addWidget(self.new_button)
        bottom = QVBoxLayout()
        bottom.setContentsMargins(8, 6, 8, 12)
        bottom.setSpacing(2)
        bottom.addWidget(self.join_button, 0, Qt.AlignmentFlag.AlignLeft)
        self.sharing.setContentsMargins(15, 0, 8, 2)
        bottom.addWidget(self.sharing)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(2)
        layout.addLayout(top)
        layout.addWidget(self.view, 1)
        layout.addLayout(bottom)

        self.view.selectionModel().currentRowChanged.connect(self._on_current)
        self.view.notes_dropped.connect(self.notes_dropped)
        self.view.customContextMenuRequested.connect(self._on_menu)
        theme.changed.connect(self._draw)
        self._draw()

    @property
    def place(self) -> Place | None:
        """The chosen place."""
        index = self.view.currentIndex()
        return index.data(PLACE_ROLE) if index.isValid() else None

    def show_places(self, places: Sequence[Place]) -> None:
        """The places there are now; the choice stays if it can."""
        self.model.show_places(places)
        if not self.view.currentIndex().isValid() and places:
            self.choose(places[0])

    def choose(self, place: Place) -> None:
        """Chooses a place as a click does."""
        row = self.model.row_of(place.identity)
        if row >= 0:
            self.view.selectionModel().setCurrentIndex(
                self.model.index(row, 0),
                QItemSelectionModel.SelectionFlag.ClearAndSelect
                | QItemSelectionModel.SelectionFlag.Rows,
            )

    def rename(self, place: Place) -> None:
        """Opens the name of a place for editing."""
        row = self.model.row_of(place.identity)
        if row >= 0:
            self.choose(place)
            self.view.setFocus()
            self.view.edit(self.model.index(row, 0))

    def say_sharing(self, words: str) -> None:
        """One quiet sentence below: whom this is shared with."""
        self.sharing.setText(words)
        self.sharing.setVisible(bool(words))

    def _on_current(self, current: QModelIndex, _previous: QModelIndex) -> None:
        if current.isValid():
            self.place_chosen.emit(current.data(PLACE_ROLE))

    def _on_menu(self, point: QPoint) -> None:
        index = self.view.indexAt(point)
        if index.isValid():
            place = index.data(PLACE_ROLE)
            self.menu_wanted.emit(place, self.view.viewport().mapToGlobal(point))

    def _draw(self) -> None:
        self.new_button.setIcon(self._theme.icon("new-notebook"))
        self.join_button.setIcon(self._theme.icon("join"))
        self.view.viewport().update()
