"""What is done with what is on the desk: tabs, links, the past, and where one writes.

Owns nothing: each verb asks those who know. Writes nothing itself.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, QPoint
from PySide6.QtWidgets import QApplication

if TYPE_CHECKING:
    from ui.window.main_window import MainWindow


class AtDesk(QObject):
    """The verbs of one window's desk."""

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window)
        self._window = window

    def where_one_writes(self, verb: str) -> None:
        """Undo and redo belong to the field that has the focus, else to the note's text."""
        field = QApplication.focusWidget()
        own = field is not None and field is not self._window.desk.editor and hasattr(field, verb)
        getattr(field if own else self._window.desk, verb)()

    def restore_version(self, note: Any, version: Any, when: str) -> None:
        """Brings a note back to what it was, and shows it as it is now."""
        if self._window.verbs.restore_version(note, version, when):
            self._window.desk.leave_past()
            self._window.then.leave()

    def close_tab(self) -> None:
        """Closes the tab in front; with the last one, the window."""
        if self._window.tabs.count > 1:
            self._window.tabs.close(self._window.tabs.at)
        else:
            self._window.close()

    def reopen_tab(self) -> None:
        """Opens the note of the tab that was closed last."""
        note = self._window.tabs.reopen()
        if note is not None:
            self._window.flow.go_to_beside(note)

    def pop_tab_menu(self, at: int, where: QPoint) -> None:
        """What can be done with a tab; it comes to the front first."""
        self._window.tabs.choose(at)
        self._window.menus.pop_tab_menu(where)

    def toggle_past(self) -> None:
        """Shows the past of the chosen note, or the note again."""
        if self._window.chosen.only not in (None, self._window.desk.note):
            self._window.flow.open(self._window.chosen.only)
        if self._window.then.active:
            self._window.then.leave()
        elif self._window.desk.shows_past:
            self._window.desk.leave_past()
        else:
            self._window.desk.show_past()

    def open_link(self, title: str, *, beside: bool = False) -> None:
        """A link to a note was followed: the note of that title opens, if there is one."""
        if not self._window.going.open_title(title, beside=beside):
            self._window.toast.tell(self.tr("No note is called “{}”").format(title))

    def leave_editor(self) -> None:
        """Escape in the text: out of what is open over it, else to the list."""
        if self._window.desk.finder.active:
            self._window.desk.finder.leave()
        elif self._window.focus.active:
            self._window.focus.leave()
        else:
            self._window.list.view.setFocus()
