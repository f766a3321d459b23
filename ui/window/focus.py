"""Nothing but the text: everything around the open note steps aside until Escape.

Owns what was hidden, which comes back as it was. Invariant: it ends when no note is open, and when
something is asked for that stands in a hidden part; it is never remembered. Writes nothing.
"""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QMainWindow, QWidget

from ui.commands.registry import Verb
from ui.panels.desk import Desk


class FocusMode(QObject):
    """Hides `parts`, and what is on the desk besides the note."""

    def __init__(self, window: QMainWindow, desk: Desk, parts: Sequence[QWidget]) -> None:
        super().__init__(window)
        self._desk = desk
        self._parts = (window.menuBar(), *parts, desk.head, desk.about)
        self._hidden: list[QWidget] = []
        self.active = False
        window.installEventFilter(self)

    def toggle(self) -> None:
        """Shows the text alone, or everything again."""
        if self.active:
            self.leave()
        elif self._desk.note is not None:
            self.active = True
            self._hidden = [part for part in self._parts if not part.isHidden()]
            for part in self._hidden:
                part.hide()
            self._desk.stand_alone(True)
            self._desk.focus_text()

    def leave(self) -> None:
        """Shows everything again."""
        if self.active:
            self.active = False
            for part in self._hidden:
                part.show()
            self._hidden = []
            self._desk.stand_alone(False)

    def settle(self) -> None:
        """Ends when there is no text to be alone with."""
        if self._desk.note is None:
            self.leave()

    def leaving(self, verb: Verb) -> Verb:
        """A verb that needs what is hidden: everything is shown first."""

        def do() -> object:
            self.leave()
            return verb()

        return do

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Escape, when nobody inside the window had a use for it."""
        if (
            self.active
            and isinstance(event, QKeyEvent)
            and event.type() == QEvent.Type.KeyPress
            and event.key() == Qt.Key.Key_Escape
        ):
            self.leave()
            return True
        return super().eventFilter(watched, event)
