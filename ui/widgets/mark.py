"""The mark of how things stand: a form for each shade, so that nobody has to tell colours apart.

A ring: quiet. Half a disc: on its way. A disc: good. A ring with a dot: waits. A triangle: needs
attention.
"""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QPen, QPolygonF
from PySide6.QtWidgets import QWidget

from ui.models.sync_words import ATTENTION, BUSY, GOOD, QUIET, WAITING
from ui.theme.theme import Theme

MARK_PX = 9


def paint_mark(painter: QPainter, theme: Theme, shade: str, middle: QPointF) -> None:
    """Paints the mark of a shade, MARK_PX wide, around a point."""
    colour = theme.colour(shade)
    half = MARK_PX / 2
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(QPen(colour, 1.5))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    ring = QRectF(0, 0, MARK_PX - 1.5, MARK_PX - 1.5)
    ring.moveCenter(middle)
    if shade == ATTENTION:
        points = ((0, -half), (half + 0.5, half - 0.5), (-half - 0.5, half - 0.5))
        painter.setBrush(colour)
        painter.setPen(QPen(colour, 1))
        painter.drawPolygon(QPolygonF([middle + QPointF(*point) for point in points]))
    elif shade == QUIET:
        painter.drawEllipse(ring)
    elif shade == WAITING:
        painter.drawEllipse(ring)
        painter.setBrush(colour)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.drawEllipse(middle, 1.7, 1.7)
    elif shade == BUSY:
        painter.drawEllipse(ring)
        painter.setBrush(colour)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.drawPie(ring, 0, 180 * 16)
    else:
        assert shade == GOOD
        painter.setBrush(colour)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.drawEllipse(middle, half, half)
    painter.restore()


class Mark(QWidget):
    """One mark beside words, which say the same."""

    def __init__(self, theme: Theme, shade: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self.shade = shade
        self.setFixedSize(self.sizeHint())
        theme.changed.connect(self.update)

    def sizeHint(self) -> QSize:
        return QSize(MARK_PX + 3, MARK_PX + 3)

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        paint_mark(painter, self._theme, self.shade, QRectF(self.rect()).center())
