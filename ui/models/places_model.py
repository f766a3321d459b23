"""The sidebar's places as a tree, whose names can be edited.

Owns which names those are. Invariant: a place is one row, whatever it is called and wherever it
moves.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from PySide6.QtCore import QModelIndex, QObject, Qt, Signal

from ui.language import tr
from ui.models.places import NESTED, NOTEBOOK_PLACE, SEARCH_PLACE, Place
from ui.models.tree_model import VALUE_ROLE, Entry, Index, TreeModel

PLACE_ROLE = VALUE_ROLE
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
                int(Qt.ItemDataRole.AccessibleTextRole): spoken_words,
                int(Qt.ItemDataRole.ToolTipRole): tip_words,
            },
            parent,
        )

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

    def flags(self, index: Index) -> Qt.ItemFlag:
        flags = super().flags(index)
        place = index.data(PLACE_ROLE)
        if (
            place is not None
            and place.kind in (NOTEBOOK_PLACE, NESTED, SEARCH_PLACE)
            and place.writable
        ):
            flags |= Qt.ItemFlag.ItemIsEditable
        return flags

    def setData(self, index: Index, value: Any, role: int = _EDIT) -> bool:
        name = str(value).strip()
        if role != _EDIT or not index.isValid() or not name:
            return False
        place = index.data(PLACE_ROLE)
        if name != place.name:
            self.renamed.emit(place, name)
        return True


def spoken_words(place: Place) -> str:
    """What a screen reader says of a place."""
    return f"{place.name}, {place.count}" if place.count else place.name


def tip_words(place: Place) -> str | None:
    """Whom a place is shared with, in words."""
    if not place.shared_with:
        return None
    return tr("{}: shared with {}").format(place.name, ", ".join(place.shared_with))
