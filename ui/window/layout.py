"""How the window is laid out, and how it finds itself again after the next start.

Owns the names under which sizes, the place and the note are remembered. Must never write a note.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from PySide6.QtCore import QSize
from PySide6.QtWidgets import QMainWindow, QSplitter, QVBoxLayout, QWidget

from ui.bridge.resting_text import Seen
from ui.models.places import TRASH_PLACE, Place, remembered
from ui.panels.note_list import NoteList
from ui.panels.sidebar import Sidebar
from ui.panels.tabs import Tabs
from ui.window.memory import WindowMemory

SIZE_PX = (1180, 760)
FRAME_PX = 36  # the title bar, about
PARTS_PX = (220, 310, 650)


class Layout:
    """The three panels side by side, as the person left them."""

    def __init__(
        self, window: QMainWindow, parts: QSplitter, sidebar: Sidebar, memory: WindowMemory
    ) -> None:
        self._window = window
        self._parts = parts
        self._sidebar = sidebar
        self._memory = memory

    def restore(self) -> None:
        """Sizes as they were left, or good ones."""
        memory = self._memory
        self._window.resize(*SIZE_PX)
        self._parts.setSizes(list(PARTS_PX))
        geometry = memory.bytes_of("geometry")
        if not geometry.isEmpty():
            self._window.restoreGeometry(geometry)
        parts = memory.bytes_of("parts")
        if not parts.isEmpty():
            self._parts.restoreState(parts)
        self._sidebar.close_places(memory.text_of("closed places").split("\n"))
        self._sidebar.setHidden(memory.text_of("sidebar") == "hidden")

    def choose_remembered(self, places: Sequence[Place], listing: NoteList) -> None:
        """The place and the note that were open, if they are still there."""
        wanted = self._memory.text_of("place")
        place = next((p for p in (*places, TRASH_PLACE) if remembered(p) == wanted), None)
        if place is not None:
            self._sidebar.choose(place)
        note = self._memory.text_of("note")
        row = listing.model.row_of(lambda it: it.key == note)
        if row >= 0:
            listing.choose(listing.model.rows[row])

    def restore_tabs(self, repositories: Sequence[Any], tabs: Tabs) -> None:
        """The notes that were in tabs, if they are still there, each as it was left."""
        there = {bytes(repository.id).hex(): repository for repository in repositories}
        front = self._memory.text_of("tab in front")
        found: list[tuple[Any, Seen]] = []
        at = 0
        for line in self._memory.text_of("tabs").split("\n"):
            parts = line.split(" ", 5)
            if len(parts) < 6 or not all(number.isdecimal() for number in parts[:4]):
                continue
            repository = there.get(parts[4])
            note = repository.item(parts[5]) if repository is not None else None
            if note is not None and note.exists:
                at = len(found) if _tab_name(note) == front else at
                found.append((note, Seen(*map(int, parts[:4]))))
        if found:
            tabs.restore(found, at)

    def keep_tabs(self, tabs: Tabs, note: Any | None) -> None:
        """Remembers the tabs, where one was in each, and that `note` was in front."""
        lines = [" ".join((*map(str, seen), _tab_name(it))) for it, seen in tabs.leave()]
        self._memory.keep("tabs", "\n".join(lines))
        self._memory.keep("tab in front", _tab_name(note) if note is not None else "")

    def keep(self, place: Place, note_key: str) -> None:
        """Remembers how things stand, on disk when this returns."""
        keep = self._memory.keep
        keep("geometry", self._window.saveGeometry())
        keep("parts", self._parts.saveState())
        keep("sidebar", "hidden" if self._sidebar.isHidden() else "shown")
        keep("closed places", "\n".join(self._sidebar.closed))
        keep("place", remembered(place))
        keep("note", note_key)
        self._memory.save()


def _tab_name(note: Any) -> str:
    return f"{bytes(note.repository.id).hex()} {note.key}"


def fitting(size: QSize, room: QSize) -> QSize:
    """A size that lies within a screen with this room, with the frame that the system adds."""
    return size.boundedTo(QSize(room.width(), room.height() - FRAME_PX))


def one_of(*parts: QWidget) -> QWidget:
    """One panel for several that take turns; those that are hidden take no room."""
    holder = QWidget()
    layout = QVBoxLayout(holder)
    layout.setContentsMargins(0, 0, 0, 0)
    for part in parts:
        layout.addWidget(part)
    return holder


def side_by_side(window: QWidget, parts: Sequence[tuple[QWidget, int]]) -> QSplitter:
    """The panels with their least widths; the last one takes what is left."""
    splitter = QSplitter(window)
    splitter.setChildrenCollapsible(False)
    splitter.setHandleWidth(1)
    for part, least_px in parts:
        part.setMinimumWidth(least_px)
        splitter.addWidget(part)
    splitter.setStretchFactor(len(parts) - 1, 1)
    return splitter
