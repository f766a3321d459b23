"""The title of a note: one line of meaning, shown in as many lines as it needs.

Owns its height and its keys: Enter and Down go on to the body. Never holds a line break.
Must never import goatcore.
"""

from __future__ import annotations

import math

from PySide6.QtCore import QMimeData, QSize, Qt, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent, QPalette, QResizeEvent, QTextCursor, QTextOption
from PySide6.QtWidgets import QFrame, QPlainTextEdit, QSizePolicy, QWidget

from ui.operations.one_line import LETTERS_MAX
from ui.theme.theme import Theme
from ui.widgets.direction import each_its_own, hold_sideways

LINES_MAX = 4


class TitleEdit(QPlainTextEdit):
    """`title_edited` is told after every change by the person, never after `show_title`."""

    title_edited = Signal(str)
    left = Signal()  # the keys go elsewhere
    left_downwards = Signal()

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("title")
        self._theme = theme
        self._showing = False
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setAccessibleName(self.tr("Title of the note"))
        self.setPlaceholderText(self.tr("Title"))
        document = self.document()
        document.setDocumentMargin(0)
        hold_sideways(self)
        document.setDefaultTextOption(each_its_own(document.defaultTextOption()))
        self.setTabChangesFocus(True)
        self.setWordWrapMode(QTextOption.WrapMode.WrapAtWordBoundaryOrAnywhere)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setCursorWidth(2)
        self.textChanged.connect(self._on_changed)
        theme.changed.connect(self._on_theme)
        theme.zoomed.connect(self._on_zoom)
        self._on_theme()
        self._on_zoom()

    @property
    def title(self) -> str:
        """What stands there."""
        return self.toPlainText()

    def show_title(self, title: str) -> None:
        """Shows a title that was set elsewhere; the caret stays at its letter."""
        title = " ".join(title.splitlines())
        if title == self.toPlainText():
            return
        place = self.textCursor().position()
        self._showing = True
        self.setPlainText(title)
        self._showing = False
        cursor = self.textCursor()
        cursor.setPosition(min(place, self.document().characterCount() - 1))
        self.setTextCursor(cursor)

    def select_title(self) -> None:
        """Focus, with everything selected."""
        self.setFocus()
        self.selectAll()

    def sizeHint(self) -> QSize:
        return QSize(200, self._height())

    def minimumSizeHint(self) -> QSize:
        return self.sizeHint()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        enters = event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter)
        if enters or (event.key() == Qt.Key.Key_Down and self._in_last_line()):
            self.left_downwards.emit()
        else:
            super().keyPressEvent(event)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        self.left.emit()

    def insertFromMimeData(self, source: QMimeData) -> None:
        if source.hasText():
            beginning = source.text()[: 2 * LETTERS_MAX]
            self.textCursor().insertText(" ".join(beginning.split())[:LETTERS_MAX])

    def _in_last_line(self) -> bool:
        cursor = self.textCursor()
        return not cursor.movePosition(QTextCursor.MoveOperation.Down)

    def _on_changed(self) -> None:
        self._fit()
        if not self._showing:
            self.title_edited.emit(self.toPlainText())

    def _height(self) -> int:
        lines = max(1, min(int(self.document().size().height()), LINES_MAX))
        return math.ceil(lines * self.fontMetrics().lineSpacing()) + 4

    def _fit(self) -> None:
        if self.height() != self._height():
            self.setFixedHeight(self._height())

    def _on_zoom(self) -> None:
        self.setFont(self._theme.type.title)
        self._fit()

    def _on_theme(self) -> None:
        colours = self.palette()
        for role, shade in (
            (QPalette.ColorRole.Text, "ink"),
            (QPalette.ColorRole.Base, "paper"),
            (QPalette.ColorRole.Highlight, "selected"),
            (QPalette.ColorRole.HighlightedText, "ink"),
            (QPalette.ColorRole.PlaceholderText, "faint"),
        ):
            colours.setColor(role, self._theme.colour(shade))
        self.setPalette(colours)
