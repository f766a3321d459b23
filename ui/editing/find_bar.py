"""The strip to find and replace in a note: fields, a count, buttons. Finds nothing itself."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QKeyEvent, QResizeEvent
from PySide6.QtWidgets import (
    QFrame,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPushButton,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from ui.editing.searching import NOTHING_FOUND
from ui.theme.theme import Theme

NARROW_PX = 460


class FindBar(QFrame):
    """Hidden until it is asked for. Enter goes on, Shift+Enter back, Escape closes."""

    words_changed = Signal()
    step_wanted = Signal(bool)  # backwards
    replace_wanted = Signal(bool)  # all
    left = Signal()

    def __init__(self, theme: Theme, parent: QWidget | None = None, *, prompt: str = "") -> None:
        super().__init__(parent)
        self.setObjectName("findbar")
        self._theme = theme
        self.line = self._field(prompt or self.tr("Find in this note"))
        self.other = self._field(self.tr("Replace by"))
        self.count = QLabel(self)
        self.count.setObjectName("small")
        self._narrow = False
        self.count.setMinimumWidth(
            self.count.fontMetrics().horizontalAdvance(self.tr(NOTHING_FOUND))
        )
        self.before = self._tool(self.tr("Previous"), "previous")
        self.next = self._tool(self.tr("Next"), "next")
        self.case = QToolButton(self)
        self.case.setText("Aa")
        self.case.setCheckable(True)
        self.case.setToolTip(self.tr("Capital letters matter"))
        self.case.setAccessibleName(self.tr("Capital letters matter"))
        self._close = self._tool(self.tr("Close (Escape)"), "close")
        self.one = QPushButton(self.tr("Replace"), self)
        self.all = QPushButton(self.tr("Replace all"), self)
        self._beside = first = QHBoxLayout()
        first.setSpacing(4)
        for part in (self.count, self.case, self.before, self.next, self._close):
            first.addWidget(part)
        self._below = second = QHBoxLayout()
        second.setSpacing(6)
        second.addWidget(self.one)
        second.addWidget(self.all)
        second.addStretch(1)
        self._rows = QVBoxLayout(self)
        self._rows.setContentsMargins(24, 8, 12, 8)
        self._rows.setSpacing(6)
        self._grid = layout = QGridLayout()
        self._rows.addLayout(layout)
        layout.setHorizontalSpacing(10)
        layout.setVerticalSpacing(6)
        layout.addWidget(self.line, 0, 0)
        layout.addLayout(first, 0, 1)
        layout.addWidget(self.other, 1, 0)
        layout.addLayout(second, 1, 1)
        layout.setColumnStretch(0, 1)
        self.line.textChanged.connect(self.words_changed)
        self.case.toggled.connect(self.words_changed)
        self.before.clicked.connect(lambda: self.step_wanted.emit(True))
        self.next.clicked.connect(lambda: self.step_wanted.emit(False))
        self.one.clicked.connect(lambda: self.replace_wanted.emit(False))
        self.all.clicked.connect(lambda: self.replace_wanted.emit(True))
        self._close.clicked.connect(self.left)
        theme.changed.connect(self._draw)
        self._draw()
        self.hide()

    def ask(self, words: str, *, replaces: bool) -> None:
        """Opens, with `words` (if any) to be found, selected; the second line only to replace."""
        for part in (self.other, self.one, self.all):
            part.setVisible(replaces)
        if words:
            self.line.setText(words)
        self.show()
        self.line.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self.line.selectAll()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """In a narrow window count and buttons get a row of their own: the fields need the room."""
        narrow = self.width() < NARROW_PX
        if narrow != self._narrow:
            self._narrow = narrow
            (self._grid if narrow else self._rows).removeItem(self._below)
            self._below.setParent(None)
            if narrow:
                self._rows.addLayout(self._below)
                self._below.addWidget(self.count)
            else:
                self._grid.addLayout(self._below, 1, 1)
                self._beside.insertWidget(0, self.count)
        super().resizeEvent(event)

    def say(self, words: str, *, found: bool) -> None:
        """What came of it."""
        self.count.setText(words)
        self.line.setAccessibleDescription(words)
        for part in (self.before, self.next, self.one, self.all):
            part.setEnabled(found)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress:
            if event.key() == Qt.Key.Key_Escape:
                self.left.emit()
                return True
            if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
                if watched is self.other:
                    self.replace_wanted.emit(False)
                else:
                    back = event.modifiers() & Qt.KeyboardModifier.ShiftModifier
                    self.step_wanted.emit(bool(back))
                return True
        return super().eventFilter(watched, event)

    def _field(self, words: str) -> QLineEdit:
        field = QLineEdit(self)
        field.setPlaceholderText(words)
        field.setAccessibleName(words)
        field.installEventFilter(self)
        return field

    def _tool(self, words: str, icon: str) -> QToolButton:
        tool = QToolButton(self)
        tool.setToolTip(words)
        tool.setAccessibleName(words.partition(" (")[0])
        tool.setProperty("picture", icon)
        return tool

    def _draw(self) -> None:
        for tool in (self.before, self.next, self._close):
            tool.setIcon(self._theme.icon(tool.property("picture")))
