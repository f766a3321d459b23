"""A line to type in and what answers to it below: the palette, the switcher, a choice of notebook.

Owns the keys (up, down, Enter, Escape) and the focus, which goes back where it was. What answers
is a function given from outside. Must never import goatcore.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

from PySide6.QtCore import (
    QAbstractTableModel,
    QEvent,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    Qt,
    Signal,
)
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QApplication,
    QFrame,
    QHeaderView,
    QLabel,
    QLineEdit,
    QTableView,
    QVBoxLayout,
    QWidget,
)

from ui.theme.theme import Theme
from ui.widgets.choice_delegate import CHOICE_ROLE, ChoiceDelegate

WIDTH_PX = 560
ROWS_MAX = 9
TOP_PX = 72


class Choice(NamedTuple):
    """One row: words, quieter ones beside them, keys or a place at the right end."""

    words: str
    target: Any
    detail: str = ""
    aside: str = ""
    icon: str = ""
    enabled: bool = True


Find = Callable[[str], Sequence[Choice]]
Index = QModelIndex | QPersistentModelIndex
_DISPLAY = int(Qt.ItemDataRole.DisplayRole)
_ACCESSIBLE = int(Qt.ItemDataRole.AccessibleTextRole)


class _Choices(QAbstractTableModel):
    """The rows; replaced as a whole."""

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self.choices: Sequence[Choice] = ()

    def show(self, choices: Sequence[Choice]) -> None:
        self.beginResetModel()
        self.choices = choices
        self.endResetModel()

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        return 0 if parent.isValid() else len(self.choices)

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        return 0 if parent.isValid() else 1

    def data(self, index: Index, role: int = 0) -> Any:
        if not index.isValid():
            return None
        choice = self.choices[index.row()]
        if role == CHOICE_ROLE:
            return choice
        if role == _DISPLAY:
            return choice.words
        if role == _ACCESSIBLE:
            return ", ".join(part for part in (choice.words, choice.detail, choice.aside) if part)
        return None

    def flags(self, index: Index) -> Qt.ItemFlag:
        flags = super().flags(index)
        if index.isValid() and not self.choices[index.row()].enabled:
            flags &= ~Qt.ItemFlag.ItemIsEnabled
        return flags


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
        self._model = _Choices(self)
        self._delegate = ChoiceDelegate(theme, self)
        self.view = QTableView(self)
        self.view.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.view.setModel(self._model)
        self.view.setItemDelegate(self._delegate)
        self.view.horizontalHeader().hide()
        self.view.horizontalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Stretch)
        self.view.verticalHeader().hide()
        self.view.verticalHeader().setDefaultSectionSize(self._delegate.row_height)
        self.view.verticalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        self.view.setShowGrid(False)
        self.view.setMouseTracking(True)
        self.view.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.view.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
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
        self.view.clicked.connect(lambda index: self._choose(index.row()))
        window.installEventFilter(self)
        theme.changed.connect(self.view.viewport().update)
        self.hide()

    @property
    def choices(self) -> Sequence[Choice]:
        """What is shown."""
        return self._model.choices

    @property
    def current(self) -> Choice | None:
        """The row that Enter chooses."""
        row = self.view.currentIndex().row()
        return self.choices[row] if 0 <= row < len(self.choices) else None

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
                self._choose(self.view.currentIndex().row())
            case _:
                return False
        return True

    def _on_typed(self, words: str) -> None:
        self._model.show(self._find(words))
        if self.choices:
            first = (at for at, choice in enumerate(self.choices) if choice.enabled)
            self._mark(next(first, 0))
        else:
            self.line.setAccessibleDescription(self._nothing)
        self.empty.setText(self._nothing)
        self.empty.setVisible(not self.choices)
        self.view.setVisible(bool(self.choices))
        self._fit()

    def _step(self, rows: int, *, around: bool = True) -> None:
        count = len(self.choices)
        if count:
            wanted = self.view.currentIndex().row() + rows
            self._mark(wanted % count if around else min(max(wanted, 0), count - 1))

    def _mark(self, row: int) -> None:
        index = self._model.index(row, 0)
        self.view.setCurrentIndex(index)
        self.view.scrollTo(index)
        self.line.setAccessibleDescription(index.data(_ACCESSIBLE))

    def _choose(self, row: int) -> None:
        if 0 <= row < len(self.choices) and self.choices[row].enabled:
            target = self.choices[row].target
            self.leave()
            self.chosen.emit(target)

    def _fit(self) -> None:
        width = min(WIDTH_PX, self._window.width() - 48)
        rows = min(len(self.choices), ROWS_MAX)
        self.view.setFixedHeight(max(rows, 1) * self._delegate.row_height)
        self.setFixedWidth(width)
        self.adjustSize()
        top = min(TOP_PX, max(self._window.height() - self.height() - 8, 0))
        self.move((self._window.width() - width) // 2, top)
