"""A line to type in, over the upper middle of a window, with what answers to it below.

Owns the keys (up, down, pages, Enter, Escape), the place in the window, and the focus, which goes
back where it was. What is listed, and what is done with it, belongs to who is one.
"""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QApplication, QFrame, QLineEdit, QVBoxLayout, QWidget

MARGIN_PX = 24


class Overlay(QFrame):
    """Hidden until it is opened. Put what answers into `layout()`, below the line."""

    def __init__(self, window: QWidget, width_px: int, top_px: int) -> None:
        super().__init__(window)
        self.setObjectName("chooser")
        self._window = window
        self._width_px = width_px
        self._top_px = top_px
        self._before: QWidget | None = None
        self.line = QLineEdit(self)
        self.line.setObjectName("wanted")
        self.line.installEventFilter(self)
        self.below = QVBoxLayout(self)
        self.below.setContentsMargins(8, 8, 8, 8)
        self.below.setSpacing(6)
        self.below.addWidget(self.line)
        window.installEventFilter(self)
        self.hide()

    # -- what each one says for itself ---------------------------------------------------------

    @property
    def page_rows(self) -> int:
        """How far a page goes."""
        raise NotImplementedError

    def step(self, rows: int, *, around: bool) -> None:
        """Marks a row further down (or up)."""
        raise NotImplementedError

    def take(self) -> None:
        """Chooses the marked row."""
        raise NotImplementedError

    def size_rows(self, room_px: int) -> None:
        """Gives what is listed its height; there is so much room in the window below the top."""

    # -- opening and leaving -------------------------------------------------------------------

    def call(self, name: str) -> None:
        """Names all of it, for those who cannot see it."""
        self.line.setPlaceholderText(name)
        for part in (self, self.line):
            part.setAccessibleName(name)

    def open_up(self) -> None:
        """Shows it, and types into it from now on."""
        focused = QApplication.focusWidget()
        if focused is not self.line:
            self._before = focused
        self.show()
        self.raise_()
        self.line.setFocus(Qt.FocusReason.PopupFocusReason)
        self.fit()

    def leave(self) -> None:
        """Closes; the focus goes back where it was."""
        if self.isHidden():
            return
        had_focus = self.line.hasFocus()
        self.hide()
        before, self._before = self._before, None
        if had_focus and before is not None:
            before.setFocus(Qt.FocusReason.PopupFocusReason)

    def fit(self) -> None:
        """Takes its place in the window."""
        width = min(self._width_px, self._window.width() - 2 * MARGIN_PX)
        self.setFixedWidth(width)
        self.size_rows(self._window.height() - self._top_px - MARGIN_PX)
        self.adjustSize()
        top = min(self._top_px, max(self._window.height() - self.height() - 8, 0))
        self.move((self._window.width() - width) // 2, top)

    # -- keys ----------------------------------------------------------------------------------

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if watched is self.line:
            if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress:
                return self._on_key(event)
            if event.type() == QEvent.Type.FocusOut and self.line.isVisible():
                reason = event.reason()  # type: ignore[attr-defined]
                if reason in (Qt.FocusReason.MouseFocusReason, Qt.FocusReason.TabFocusReason):
                    self._before = None
                    self.hide()
        elif watched is self._window and event.type() == QEvent.Type.Resize:
            self.fit()
        return super().eventFilter(watched, event)

    def _on_key(self, event: QKeyEvent) -> bool:
        match event.key():
            case Qt.Key.Key_Escape:
                self.leave()
            case Qt.Key.Key_Down | Qt.Key.Key_Tab:
                self.step(1, around=True)
            case Qt.Key.Key_Up | Qt.Key.Key_Backtab:
                self.step(-1, around=True)
            case Qt.Key.Key_PageDown:
                self.step(self.page_rows, around=False)
            case Qt.Key.Key_PageUp:
                self.step(-self.page_rows, around=False)
            case Qt.Key.Key_Return | Qt.Key.Key_Enter:
                self.take()
            case _:
                return False
        return True
