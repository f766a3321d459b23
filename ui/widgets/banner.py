"""A strip at the top of the window or of the note: something needs attention, said plainly."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QToolButton, QWidget

from ui.theme import icons
from ui.theme.theme import Theme

PICTURE_PX = 18


class Banner(QFrame):
    """Hidden until it has something to say. `alarming`: a failure, not a mere notice."""

    acted = Signal()

    def __init__(self, theme: Theme, parent: QWidget | None = None, *, alarming: bool) -> None:
        super().__init__(parent)
        self.setObjectName("banner" if alarming else "notice")
        self._theme = theme
        self._ink = "danger" if alarming else "soft"
        self._picture = QLabel(self)
        self._label = QLabel(self)
        self._label.setWordWrap(True)
        self._label.setTextFormat(Qt.TextFormat.PlainText)
        self._label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.button = QPushButton(self)
        self.button.clicked.connect(self.acted)
        self._close = QToolButton(self)
        self._close.setAccessibleName(self.tr("Close this message"))
        self._close.setToolTip(self.tr("Close"))
        self._close.clicked.connect(self.hide)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(16, 7, 10, 7)
        layout.setSpacing(10)
        layout.addWidget(self._picture)
        layout.addWidget(self._label, 1)
        layout.addWidget(self.button)
        layout.addWidget(self._close)
        theme.changed.connect(self._draw)
        self._draw()
        self.hide()

    @property
    def words(self) -> str:
        return self._label.text()

    def tell(self, words: str, action: str = "") -> None:
        """Says `words` until it is closed; `action` names its button, if it has one."""
        self._label.setText(words)
        self.setAccessibleName(words)
        self.button.setText(action)
        self.button.setVisible(bool(action))
        self.show()

    def _draw(self) -> None:
        ink = getattr(self._theme.shades, self._ink)
        ratio = self.devicePixelRatioF()
        self._picture.setPixmap(icons.pixmap("warning", ink, PICTURE_PX, ratio))
        self._close.setIcon(self._theme.icon("close"))
