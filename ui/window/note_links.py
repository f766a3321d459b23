"""Links to notes: copied from notes, and followed from wherever they come.

Owns what is said when one leads nowhere. A link opens a note and can do nothing else.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QGuiApplication

from ui.language import counted
from ui.operations.note_links import follow_link, link_to
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
        leave_past: Callable[[], None],
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._shelf = shelf
        self._flow = flow
        self._leave_past = leave_past

    def copy(self, notes: Sequence[Any]) -> None:
        """Puts links to these notes on the clipboard, a line each."""
        placed = ((note, self._shelf.place_of(note)) for note in notes)
        links = [
            link_to(self._shelf.database_of(it), note) for note, it in placed if it is not None
        ]
        if links:
            QGuiApplication.clipboard().setText("\n".join(links))
            told = counted(
                "The link to this note is copied", "{n} links to notes are copied", len(links)
            )
            self.told.emit(told, None)

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
