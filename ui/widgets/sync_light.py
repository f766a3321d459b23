"""The sync light: a mark and one sentence; a click asks for more.

What it says is decided in `ui/models/sync_words`.
"""

from __future__ import annotations

from PySide6.QtCore import QPointF, QSize, Qt, Signal
from PySide6.QtGui import QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from ui.models.names import plain_tip
from ui.models.sync_words import QUIET, SyncWords
from ui.theme.theme import Theme
from ui.widgets.direction import Mirror
from ui.widgets.mark import paint_mark

DOT_PX = 9
GAP_PX = 8


class SyncLight(QWidget):
    """Shows one SyncWords; elides a sentence that does not fit, and has it whole as a tool tip."""

    pressed = Signal()

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
        self.setToolTip(plain_tip(details or said.words))

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        if self.rect().contains(event.position().toPoint()):
            self.pressed.emit()

    def sizeHint(self) -> QSize:
        width = self.fontMetrics().horizontalAdvance(self._said.words) + 2
        return QSize(DOT_PX + GAP_PX + width, self.fontMetrics().height() + 6)

    def minimumSizeHint(self) -> QSize:
        return QSize(DOT_PX + 3, self.sizeHint().height())

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        mirror = Mirror(self.layoutDirection(), self.rect())
        middle = mirror.point(QPointF(DOT_PX / 2 + 1, self.height() / 2))
        paint_mark(painter, self._theme, self._said.shade, middle)
        left = DOT_PX + GAP_PX
        room = self.width() - left
        words = self.fontMetrics().elidedText(self._said.words, Qt.TextElideMode.ElideRight, room)
        quiet = self._said.shade not in ("warn", "danger")
        painter.setPen(self._theme.colour("soft" if quiet else self._said.shade))
        place = mirror.rect(left, 0, room, self.height())
        painter.drawText(place, Qt.AlignmentFlag.AlignVCenter, words)
