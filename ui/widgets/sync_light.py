"""The sync light: a dot and one sentence. What it says is decided in `ui/models/sync_words`."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from ui.models.sync_words import QUIET, SyncWords
from ui.theme.theme import Theme

DOT_PX = 8
GAP_PX = 8


class SyncLight(QWidget):
    """Shows one SyncWords; elides a sentence that does not fit, and has it whole as a tool tip."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._said = SyncWords("", QUIET)
        self.setFont(theme.type.small)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        theme.changed.connect(self.update)

    @property
    def words(self) -> str:
        return self._said.words

    def say(self, said: SyncWords, details: str = "") -> None:
        """Shows `said`; `details` (who is connected) are its tool tip."""
        if said != self._said:
            self._said = said
            self.setAccessibleName(said.words)
            self.updateGeometry()
            self.update()
        self.setToolTip(details or said.words)

    def sizeHint(self) -> QSize:
        width = self.fontMetrics().horizontalAdvance(self._said.words) + 2
        return QSize(DOT_PX + GAP_PX + width, self.fontMetrics().height() + 6)

    def minimumSizeHint(self) -> QSize:
        return QSize(DOT_PX + 2, self.sizeHint().height())

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(self._theme.colour(self._said.shade))
        middle = self.height() / 2
        painter.drawEllipse(QPointF(DOT_PX / 2, middle), DOT_PX / 2, DOT_PX / 2)
        left = DOT_PX + GAP_PX
        room = self.width() - left
        words = self.fontMetrics().elidedText(
            self._said.words, Qt.TextElideMode.ElideRight, int(room)
        )
        quiet = self._said.shade not in ("warn", "danger")
        painter.setPen(self._theme.colour("soft" if quiet else self._said.shade))
        painter.drawText(QRectF(left, 0, room, self.height()), Qt.AlignmentFlag.AlignVCenter, words)
