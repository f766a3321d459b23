"""A line to type in and what answers to it below: the palette, the switcher, a choice of notebook.

Owns the keys (up, down, Enter, Escape) and the focus, which goes back where it was. What answers
is a function given from outside. Must never import goatcore.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QApplication, QFrame, QLabel, QLineEdit, QVBoxLayout, QWidget

from ui.theme.theme import Theme
from ui.widgets.choice_list import Choice, ChoiceList

WIDTH_PX = 560
ROWS_MAX = 9
TOP_PX = 72

Find = Callable[[str], Sequence[Choice]]


class Chooser(QFrame):
    """One a window, over its upper middle. `chosen` gives the target of a row."""

    chosen = Signal(object)

    def __init__(self, theme: Theme, window: QWidget) -> None:
        super().__init__(window)
        self._window = window
        self._find: Find = lambda _words: ()
        self._nothing = ""
        self._before: QWidget | None = None
        self.setObjectName("chooser")
        self.line = QLineEdit(self)
        self.line.setObjectName("wanted")
        self.view = ChoiceList(theme, ROWS_MAX, self)
        self.empty = QLabel(self)
        self.empty.setObjectName("soft")
        self.empty.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.empty.setContentsMargins(16, 14, 16, 20)
        self.empty.setWordWrap(True)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(8, 8, 8, 8)
        layout.setSpacing(6)
        layout.addWidget(self.line)
        layout.addWidget(self.view)
        layout.addWidget(self.empty)
        self.line.textChanged.connect(self._on_typed)
        self.line.installEventFilter(self)
        self.view.taken.connect(self._choose)
        window.installEventFilter(self)
        self.hide()

    @property
    def choices(self) -> Sequence[Choice]:
        """What is shown."""
        return self.view.choices

    @property
    def current(self) -> Choice | None:
        """The row that Enter chooses."""
        return self.view.current

    def ask(self, prompt: str, find: Find, nothing: str) -> None:
        """Opens empty; `find` says what answers to what is typed, `nothing` is said if none."""
        focused = QApplication.focusWidget()
        if focused is not self.line:
            self._before = focused
        self._find = find
        self._nothing = nothing
        self.line.setPlaceholderText(prompt)
        self.line.setAccessibleName(prompt)
        self.view.setAccessibleName(prompt)
        self.setAccessibleName(prompt)
        self.line.blockSignals(True)
        self.line.clear()
        self.line.blockSignals(False)
        self._on_typed("")
        self.show()
        self.raise_()
        self.line.setFocus(Qt.FocusReason.PopupFocusReason)

    def leave(self) -> None:
        """Closes without a choice; the focus goes back where it was."""
        if self.isHidden():
            return
        had_focus = self.line.hasFocus()
        self.hide()
        before, self._before = self._before, None
        if had_focus and before is not None:
            before.setFocus(Qt.FocusReason.PopupFocusReason)

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
            self._fit()
        return super().eventFilter(watched, event)

    def _on_key(self, event: QKeyEvent) -> bool:
        match event.key():
            case Qt.Key.Key_Escape:
                self.leave()
            case Qt.Key.Key_Down | Qt.Key.Key_Tab:
                self._step(1)
            case Qt.Key.Key_Up | Qt.Key.Key_Backtab:
                self._step(-1)
            case Qt.Key.Key_PageDown:
                self._step(ROWS_MAX - 1, around=False)
            case Qt.Key.Key_PageUp:
                self._step(1 - ROWS_MAX, around=False)
            case Qt.Key.Key_Return | Qt.Key.Key_Enter:
                self.view.take()
            case _:
                return False
        return True

    def _on_typed(self, words: str) -> None:
        self.view.show_choices(self._find(words))
        self._describe()
        self.empty.setText(self._nothing)
        self.empty.setVisible(not self.choices)
        self.view.setVisible(bool(self.choices))
        self._fit()

    def _step(self, rows: int, *, around: bool = True) -> None:
        self.view.step(rows, around=around)
        self._describe()

    def _describe(self) -> None:
        words = self.view.accessible_words if self.choices else self._nothing
        self.line.setAccessibleDescription(words)

    def _choose(self, target: Any) -> None:
        self.leave()
        self.chosen.emit(target)

    def _fit(self) -> None:
        width = min(WIDTH_PX, self._window.width() - 48)
        self.setFixedWidth(width)
        self.adjustSize()
        top = min(TOP_PX, max(self._window.height() - self.height() - 8, 0))
        self.move((self._window.width() - width) // 2, top)
