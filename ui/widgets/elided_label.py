"""A line of words that gives way: what does not fit ends in dots, and is whole at the pointer."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QLabel, QSizePolicy, QStyle, QStyleOption, QWidget

from ui.models.names import plain_tip


class ElidedLabel(QLabel):
    """Plain text in one line, in the style of its object name."""

    def __init__(self, words: str, style: str, parent: QWidget | None = None) -> None:
        super().__init__(words, parent)
        self.setObjectName(style)
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setToolTip(plain_tip(words))
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)

    def minimumSizeHint(self) -> QSize:
        return QSize(self.fontMetrics().averageCharWidth() * 3, super().minimumSizeHint().height())

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        option = QStyleOption()
        option.initFrom(self)
        room = self.contentsRect()
        words = self.fontMetrics().elidedText(
            self.text(), Qt.TextElideMode.ElideRight, room.width()
        )
        self.style().drawItemText(
            painter, room, int(self.alignment()), option.palette,
            bool(option.state & QStyle.StateFlag.State_Enabled), words, self.foregroundRole(),
        )  # fmt: skip
