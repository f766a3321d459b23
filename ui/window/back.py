"""Back and forward through the notes that were open, by keys and by the buttons of a mouse.

Owns the trail of one window. Writes nothing; the flow goes.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QMouseEvent
from PySide6.QtWidgets import QWidget

from ui.models.places import Place, note_identity
from ui.models.trail import Trail
from ui.panels.desk import Desk
from ui.window.flow import Flow
from ui.window.shelf import Shelf

_STEPS = {Qt.MouseButton.BackButton: -1, Qt.MouseButton.ForwardButton: 1}


class _Stop:
    """A note, and the place in which it was chosen; equal if they are the same ones."""

    __slots__ = ("note", "place")
    __hash__ = None  # type: ignore[assignment]

    def __init__(self, place: Place, note: Any) -> None:
        self.place = place
        self.note = note

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, _Stop):
            return NotImplemented
        mine = (self.place.identity, note_identity(self.note))
        return mine == (other.place.identity, note_identity(other.note))


class BackAndForward(QObject):
    """Follows the flow; `areas` are where the buttons of a mouse are heard."""

    def __init__(
        self,
        shelf: Shelf,
        flow: Flow,
        desk: Desk,
        areas: Iterable[QWidget],
        clock: Callable[[], int],
        parent: QObject,
    ) -> None:
        super().__init__(parent)
        self._shelf = shelf
        self._flow = flow
        self._desk = desk
        self._clock = clock
        self._trail: Trail[_Stop] = Trail()
        self._going = False
        flow.moved.connect(self._on_moved)
        for area in areas:
            area.installEventFilter(self)

    def can(self, step: int) -> bool:
        """Whether there is anywhere to go: -1 is back, 1 is forward."""
        return self._trail.can(step)

    def go(self, step: int) -> None:
        """Opens the note that was open before, or after, this one; what is gone for good is left
        out."""
        while self._trail.can(step):
            stop = self._trail.go(step)
            place, note = stop.place, stop.note
            if self._shelf.place_of(note) is None:
                continue
            self._going = True
            try:
                self._flow.go_to(note, place if note.exists else None)
            finally:
                self._going = False
            return

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.MouseButtonPress:
            assert isinstance(event, QMouseEvent)
            step = _STEPS.get(event.button())
            if step is not None:
                self.go(step)
                return True
        return False

    def _on_moved(self) -> None:
        note = self._desk.note
        if note is not None and not self._going:
            self._trail.arrive(_Stop(self._flow.place, note), self._clock())
