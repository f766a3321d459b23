"""The sidebar: all notes, the notebooks, and whom they are shared with.

Owns the choice of a place. Tells what the person wants by signals; changes nothing itself.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

from PySide6.QtCore import QItemSelectionModel, QModelIndex, QPoint, Qt, Signal
from PySide6.QtWidgets import (
    QHBoxLayout,
    QLabel,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from ui.models.places import Place, remembered
from ui.models.places_model import PLACE_ROLE, Notebook, PlacesModel
from ui.models.sync_words import SyncWords
from ui.panels.place_delegate import PlaceDelegate
from ui.panels.places_view import PlacesView
from ui.theme.theme import Theme


class Sidebar(QWidget):
    """Emits `place_chosen` whenever another place is to be shown."""

    place_chosen = Signal(object)  # Place
    new_notebook_wanted = Signal()
    join_wanted = Signal()
    people_wanted = Signal()
    menu_wanted = Signal(object, QPoint)  # Place, where on the screen

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("sidebar")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._theme = theme
        self._closed: set[str] = set()
        self.model = PlacesModel(self)
        self.view = PlacesView(self)
        self.view.setAccessibleName(self.tr("Notebooks"))
        self.view.setModel(self.model)
        self.view.setItemDelegate(PlaceDelegate(theme, self.view))
        heading = QLabel(self.tr("Notebooks"), self)
        heading.setObjectName("section")
        self.new_button = QToolButton(self)
        self.new_button.setAccessibleName(self.tr("New notebook"))
        self.new_button.clicked.connect(self.new_notebook_wanted)
        self.join_button = QToolButton(self)
        self.join_button.setObjectName("wide")
        self.join_button.setText(self.tr("Join a notebook"))
        self.join_button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self.join_button.clicked.connect(self.join_wanted)
        self.people_button = QToolButton(self)
        self.people_button.setObjectName("wide")
        self.people_button.setText(self.tr("People"))
        self.people_button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self.people_button.clicked.connect(self.people_wanted)
        self.sharing = QLabel(self)
        self.sharing.setTextFormat(Qt.TextFormat.PlainText)
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
        bottom.addWidget(self.people_button, 0, Qt.AlignmentFlag.AlignLeft)
        self.sharing.setContentsMargins(15, 0, 8, 2)
        bottom.addWidget(self.sharing)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(2)
        layout.addLayout(top)
        layout.addWidget(self.view, 1)
        layout.addLayout(bottom)

        self.view.selectionModel().currentRowChanged.connect(self._on_current)
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
        fresh = {place.identity for place in places} - {it.identity for it in self.model.places}
        self.model.show_places(places)
        for place in places:  # what is new is seen, unless it was closed before
            if place.identity in fresh and remembered(place) not in self._closed:
                self.view.setExpanded(self.model.index_of_place(place), True)
        if not self.view.currentIndex().isValid() and places:
            self.choose(places[0])

    def choose(self, place: Place) -> None:
        """Chooses a place as a click does."""
        index = self.model.index_of_place(place)
        if index.isValid():
            self.view.selectionModel().setCurrentIndex(
                index, QItemSelectionModel.SelectionFlag.ClearAndSelect
            )
            self.view.scrollTo(index)

    def rename(self, place: Place) -> None:
        """Opens the name of a place for editing."""
        index = self.model.index_of_place(place)
        if index.isValid():
            self.choose(place)
            self.view.setFocus()
            self.view.edit(index)

    @property
    def closed(self) -> list[str]:
        """The places whose nested ones are not seen, by their names in memory."""
        found: list[str] = []
        stack = [self.model.index(row, 0) for row in range(self.model.rowCount())]
        while stack:
            index = stack.pop()
            count = self.model.rowCount(index)
            if count and not self.view.isExpanded(index):
                found.append(remembered(index.data(PLACE_ROLE)))
            stack.extend(self.model.index(row, 0, index) for row in range(count))
        return sorted(found)

    def close_places(self, closed: Collection[str]) -> None:
        """Closes these, as they were left."""
        self._closed = set(closed)
        for place in self.model.places:
            if remembered(place) in self._closed:
                self.view.setExpanded(self.model.index_of_place(place), False)

    def show_lights(self, lights: Mapping[Notebook, SyncWords]) -> None:
        """How far the changes of each notebook have come."""
        self.model.show_lights(lights)

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
        self.people_button.setIcon(self._theme.icon("people"))
        self.view.viewport().update()
