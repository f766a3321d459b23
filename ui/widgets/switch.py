"""A switch: something that is on or off, with its words beside it.

Must never import goatcore.
"""

from __future__ import annotations

from PySide6.QtCore import QPoint, QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QCheckBox, QWidget

from ui.theme.theme import Theme

WIDTH_PX, HEIGHT_PX = 34, 20
GAP_PX = 12


class Switch(QCheckBox):
    """A check box in another dress; a click anywhere on it turns it."""

    def __init__(self, theme: Theme, words: str, parent: QWidget | None = None) -> None:
        super().__init__(words, parent)
        self._theme = theme
        theme.changed.connect(self.update)

    def sizeHint(self) -> QSize:
        metrics = self.fontMetrics()
        wide = WIDTH_PX + GAP_PX + metrics.horizontalAdvance(self.text()) + 4
        return QSize(wide, max(HEIGHT_PX, metrics.height()) + 6)

    def minimumSizeHint(self) -> QSize:
        return self.sizeHint()

    def hitButton(self, place: QPoint) -> bool:
        return self.rect().contains(place)

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        colour = self._theme.colour
        mirrored = self.layoutDirection() == Qt.LayoutDirection.RightToLeft
        left = self.width() - WIDTH_PX - 2.0 if mirrored else 2.0
        track = QRectF(left, (self.height() - HEIGHT_PX) / 2, WIDTH_PX, HEIGHT_PX)
        on = self.isChecked()
        edge = colour("ink") if self.hasFocus() else colour("accent" if on else "faint")
        painter.setPen(QPen(edge, 1.6 if self.hasFocus() else 1.0))
        painter.setBrush(colour("accent" if on else "code"))
        painter.drawRoundedRect(track, HEIGHT_PX / 2, HEIGHT_PX / 2)
        far = track.right() - HEIGHT_PX / 2
        near = track.left() + HEIGHT_PX / 2
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(colour("on_accent" if on else "faint"))
        painter.drawEllipse(QPointF(far if on != mirrored else near, track.center().y()), 6, 6)
        painter.setPen(colour("ink" if self.isEnabled() else "faint"))
        start = 0 if mirrored else WIDTH_PX + GAP_PX
        words = self.rect().adjusted(start, 0, -(WIDTH_PX + GAP_PX if mirrored else 0), 0)
        side = Qt.AlignmentFlag.AlignRight if mirrored else Qt.AlignmentFlag.AlignLeft
        painter.drawText(words, side | Qt.AlignmentFlag.AlignVCenter, self.text())
