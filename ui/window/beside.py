"""A second column beside the text: the outline, or the page to read. In a narrow window the sidebar
makes room for it.

Owns when the sidebar is away for that. Writes nothing.
"""

from __future__ import annotations

from PySide6.QtWidgets import QWidget

from ui.panels.desk import Desk
from ui.panels.reader import BOTH

TEXT_AND_MORE_PX = 500  # the desk, so that there is room to write beside the second column


class Beside:
    """Shows and hides the column. A sidebar that it hid comes back with it gone."""

    def __init__(self, desk: Desk, sidebar: QWidget) -> None:
        self._desk = desk
        self._sidebar = sidebar
        self._hid = False
        desk.reader.mode_changed.connect(lambda _mode: self._make_room())

    def toggle_about(self) -> None:
        """Shows or hides the outline."""
        self._desk.about.setVisible(self._desk.about.isHidden())
        self._make_room()

    def give_back(self) -> None:
        """Shows a sidebar that was hidden for the column."""
        if self._hid:
            self._sidebar.show()
            self._hid = False

    def _make_room(self) -> None:
        wanted = not self._desk.about.isHidden() or self._desk.reader.mode == BOTH
        if wanted and self._desk.width() < TEXT_AND_MORE_PX and not self._sidebar.isHidden():
            self._sidebar.hide()
            self._hid = True
        elif not wanted:
            self.give_back()
