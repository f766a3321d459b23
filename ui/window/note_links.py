"""Links to notes: copied from the open note, and followed from wherever they come.

Owns what is said when one leads nowhere. A link opens a note and can do nothing else.
"""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QGuiApplication

from ui.operations.note_links import follow_link, link_to
from ui.panels.desk import Desk
from ui.window.flow import Flow
from ui.window.shelf import Shelf


class NoteLinks(QObject):
    """`told`: a sentence and a way back (there is none). `failed`: why a link leads nowhere."""

    told = Signal(str, object)
    failed = Signal(str)

    def __init__(
        self,
        shelf: Shelf,
        flow: Flow,
        desk: Desk,
        leave_past: Callable[[], None],
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._shelf = shelf
        self._flow = flow
        self._desk = desk
        self._leave_past = leave_past

    def copy(self) -> None:
        """Puts a link to the open note on the clipboard."""
        note = self._desk.note
        place = None if note is None else self._shelf.place_of(note)
        if note is not None and place is not None:
            link = link_to(self._shelf.database_of(place), note)
            QGuiApplication.clipboard().setText(link)
            self.told.emit(self.tr("The link to this note is copied"), None)

    def open(self, link: str) -> None:
        """Opens the note that a link names, or says why it cannot be."""
        led = follow_link(self._shelf.databases, link)
        if led.note is None:
            self.failed.emit(led.words)
            return
        self._leave_past()
        self._flow.go_to(led.note)
        if led.words:
            self.told.emit(led.words, None)
