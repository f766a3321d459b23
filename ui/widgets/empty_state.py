"""What stands where nothing is yet: a picture, a sentence, and the one thing to do."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QLabel, QPushButton, QVBoxLayout, QWidget

from ui.theme import icons
from ui.theme.theme import Theme

PICTURE_PX = 44


class EmptyState(QWidget):
    """One picture, one heading, one sentence, one action."""

    acted = Signal()

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._name = "all-notes"
        self._picture = QLabel(self)
        self._picture.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._heading = QLabel(self)
        self._heading.setObjectName("heading")
        self._sentence = QLabel(self)
        self._sentence.setObjectName("soft")
        for label in (self._heading, self._sentence):
            label.setAlignment(Qt.AlignmentFlag.AlignCenter)
            label.setWordWrap(True)
            label.setTextFormat(Qt.TextFormat.PlainText)
        self.button = QPushButton(self)
        self.button.setProperty("main", True)
        self.button.clicked.connect(self.acted)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(28, 20, 28, 20)
        layout.setSpacing(8)
        layout.addStretch(2)
        layout.addWidget(self._picture)
        layout.addSpacing(4)
        layout.addWidget(self._heading)
        layout.addWidget(self._sentence)
        layout.addSpacing(10)
        layout.addWidget(self.button, 0, Qt.AlignmentFlag.AlignHCenter)
        layout.addStretch(3)
        theme.changed.connect(self._draw)

    def say(self, icon: str, heading: str, sentence: str, action: str) -> None:
        """Shows these; an empty `action` hides the button."""
        self._name = icon
        self._heading.setText(heading)
        self._sentence.setText(sentence)
        self._sentence.setVisible(bool(sentence))
        self.button.setText(action)
        self.button.setVisible(bool(action))
        self._draw()

    def _draw(self) -> None:
        ratio = self.devicePixelRatioF()
        ink = self._theme.shades.faint
        self._picture.setPixmap(icons.pixmap(self._name, ink, PICTURE_PX, ratio))
