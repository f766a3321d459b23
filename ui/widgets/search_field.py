"""A field to search in: tells at a pause in typing what is wanted; Escape clears, Down leaves."""

from __future__ import annotations

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QLineEdit, QWidget

from ui.theme.theme import Theme

SEARCH_AFTER_MS = 120  # a pause in typing, before the search begins


class SearchField(QLineEdit):
    """`searched` gives the words, with single spaces between them."""

    searched = Signal(str)
    left = Signal()  # on to what was found

    def __init__(self, theme: Theme, prompt: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self.setObjectName("search")
        self.setPlaceholderText(prompt)
        self.setAccessibleName(prompt)
        self._glass = self.addAction(
            theme.icon("search", ink="faint"), QLineEdit.ActionPosition.LeadingPosition
        )
        self._clear = self.addAction(
            theme.icon("close", ink="faint"), QLineEdit.ActionPosition.TrailingPosition
        )
        self._clear.setToolTip(self.tr("Clear search"))
        self._clear.setVisible(False)
        self._clear.triggered.connect(self._on_clear)
        self._pause = QTimer(self)
        self._pause.setSingleShot(True)
        self._pause.setInterval(SEARCH_AFTER_MS)
        self._pause.timeout.connect(self.tell)
        self.textChanged.connect(self._on_typed)
        self.returnPressed.connect(self.tell)
        theme.changed.connect(self._draw)

    def flush(self) -> str:
        """The words as they stand now; they are not told any more."""
        self._pause.stop()
        return " ".join(self.text().split())

    def tell(self) -> None:
        """Tells the words now."""
        self.searched.emit(self.flush())

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self._on_clear()
            self.left.emit()
        elif event.key() == Qt.Key.Key_Down:
            self.tell()
            self.left.emit()
        else:
            super().keyPressEvent(event)

    def _on_clear(self) -> None:
        self.clear()
        self.tell()

    def _on_typed(self, words: str) -> None:
        self._clear.setVisible(bool(words))
        self._pause.start()

    def _draw(self) -> None:
        self._glass.setIcon(self._theme.icon("search", ink="faint"))
        self._clear.setIcon(self._theme.icon("close", ink="faint"))
