"""The sidebar's places as a tree, whose names can be edited.

Owns which names those are, and the light of each notebook. Invariant: a place is one row, whatever
it is called and wherever it moves.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from PySide6.QtCore import QModelIndex, QObject, Qt, Signal

from ui.language import digits, tr
from ui.models.names import plain_tip
from ui.models.places import NESTED, NOTEBOOK_PLACE, SEARCH_PLACE, Place
from ui.models.sync_words import SyncWords, named
from ui.models.tree_model import VALUE_ROLE, Entry, Index, TreeModel

PLACE_ROLE = VALUE_ROLE
LIGHT_ROLE = VALUE_ROLE + 1  # SyncWords of a notebook
Notebook = tuple[bytes, str]  # the workspace, the path in it
_NAMED = (NOTEBOOK_PLACE, NESTED, SEARCH_PLACE)
_EDIT = int(Qt.ItemDataRole.EditRole)


class PlacesModel(TreeModel):
    """Places, nested ones below what they are in."""

    renamed = Signal(object, str)  # place, the wanted name

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(
            {
                int(Qt.ItemDataRole.DisplayRole): lambda place: place.name,
                _EDIT: lambda place: place.name,
                int(Qt.ItemDataRole.AccessibleTextRole): lambda place: spoken_words(
                    place, self.light_of(place)
                ),
                int(Qt.ItemDataRole.ToolTipRole): lambda place: tip_words(
                    place, self.light_of(place)
                ),
                LIGHT_ROLE: self.light_of,
            },
            parent,
        )
        self._lights: dict[Notebook, SyncWords] = {}

    @property
    def places(self) -> Sequence[Place]:
        """All places, as they are seen when all is open."""
        return self.values

    def index_of_place(self, place: Place) -> QModelIndex:
        """Where a place is; an invalid index if it is nowhere."""
        return self.index_of(place.identity)

    def show_places(self, wanted: Sequence[Place]) -> None:
        """Becomes `wanted`, step by step."""
        self.show([Entry(place.identity, place.depth, place) for place in wanted])

    def light_of(self, place: Place) -> SyncWords | None:
        """How far the changes of a notebook have come; None of what is nested in one, or none."""
        return None if place.key else self._lights.get((place.workspace, place.path))

    def show_lights(self, lights: Mapping[Notebook, SyncWords]) -> None:
        """How far the changes of each notebook have come now."""
        before, self._lights = self._lights, dict(lights)
        for place in self.places:
            notebook = (place.workspace, place.path)
            if not place.key and before.get(notebook) != self._lights.get(notebook):
                index = self.index_of_place(place)
                self.dataChanged.emit(index, index)

    def flags(self, index: Index) -> Qt.ItemFlag:
        flags = super().flags(index)
        place = index.data(PLACE_ROLE)
        if (
            place is not None
            and place.kind in (NOTEBOOK_PLACE, NESTED, SEARCH_PLACE)
            and place.writable
        ):
            flags |= Qt.ItemFlag.ItemIsEditable
            if place.kind == NESTED:  # the others are shared, each as it is
                flags |= Qt.ItemFlag.ItemIsDragEnabled
        return flags

    def setData(self, index: Index, value: Any, role: int = _EDIT) -> bool:
        name = str(value).strip()
        if role != _EDIT or not index.isValid() or not name:
            return False
        place = index.data(PLACE_ROLE)
        if name != place.name:
            self.renamed.emit(place, name)
        return True


def spoken_words(place: Place, light: SyncWords | None = None) -> str:
    """What a screen reader says of a place."""
    name = f"{place.name}, {digits(place.count)}" if place.count else place.name
    shared = ""
    if place.shared_with and not place.beside:  # which says so, too
        shared = tr("shared with {}").format(named(place.shared_with))
    return ", ".join(filter(None, (name, place.beside, light.words if light else "", shared)))


def tip_words(place: Place, light: SyncWords | None = None) -> str | None:
    """Whom a place is shared with, and how far its changes have come, in words."""
    if not place.is_notebook or place.key:
        return None
    lines = [place.name]
    if place.shared_with:
        shared = tr("{}: shared with {}")
        lines = [shared.format(place.name, ", ".join(place.shared_with))]
    return plain_tip("\n".join([*lines, *([light.words] if light else [])]))
