"""How a row of a note's version graph is drawn: its dot and lines, who, when, and how much.

Owns where a lane lies. Invariant: what is drawn depends on its row alone, so only rows that are
seen are painted. Must never import goatcore.
"""

from __future__ import annotations

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QPointF, QRect, QRectF, Qt
from PySide6.QtGui import QColor, QFontMetrics, QPainter, QPainterPath, QPen
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem, QWidget

from ui.models.graph_model import ROW_ROLE, Drawn
from ui.theme.theme import Theme

LANE_PX = 16
LANES_PX_MAX = 112  # more lanes stand closer together
DOT_PX = 4.5
PADDING_PX = 8
GAP_PX = 2

Index = QModelIndex | QPersistentModelIndex


class GraphDelegate(QStyledItemDelegate):
    """Draws rows that are all of one height."""

    def __init__(self, theme: Theme, parent: QWidget) -> None:
        super().__init__(parent)
        self._theme = theme

    @property
    def row_height(self) -> int:
        """The height of every row, in logical pixels."""
        kinds = self._theme.type
        lines = QFontMetrics(kinds.strong).height() + QFontMetrics(kinds.small).height()
        return lines + GAP_PX + 2 * PADDING_PX

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        row: Drawn = index.data(ROW_ROLE)
        state, rect = option.state, QRectF(option.rect)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if state & (QStyle.StateFlag.State_Selected | QStyle.StateFlag.State_MouseOver):
            chosen = bool(state & QStyle.StateFlag.State_Selected)
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(self._theme.colour("chosen" if chosen else "hover"))
            painter.drawRoundedRect(rect.adjusted(4, 0, -4, 0), 9, 9)
        step = min(LANE_PX, LANES_PX_MAX / max(row.lane_count, 1))
        right_to_left = option.direction == Qt.LayoutDirection.RightToLeft
        if right_to_left:  # the lanes are at the reading edge
            painter.save()
            painter.translate(rect.left() + rect.right(), 0)
            painter.scale(-1, 1)
        self._draw_lines(painter, rect, row, step)
        if right_to_left:
            painter.restore()
        room = round(LANE_PX + step * (row.width - 1) + LANE_PX)
        words = option.rect.adjusted(room + 4, PADDING_PX, -14, -PADDING_PX)
        if right_to_left:
            words = option.rect.adjusted(14, PADDING_PX, -room - 4, -PADDING_PX)
        self._draw_words(painter, words, row)
        painter.restore()

    # -- the graph -----------------------------------------------------------------------------

    def _draw_lines(self, painter: QPainter, rect: QRectF, row: Drawn, step: float) -> None:
        def across(lane: int) -> float:
            return rect.left() + LANE_PX + lane * step

        dot = QPointF(across(row.lanes.lane), rect.center().y())
        painter.setBrush(Qt.BrushStyle.NoBrush)
        for line in row.lanes.passing:
            painter.setPen(self._pen(row.tints[line.row]))
            painter.drawLine(
                QPointF(across(line.lane), rect.top()),
                QPointF(across(line.lane), rect.top() + rect.height()),
            )
        for lines, y in (
            (row.lanes.ending, rect.top()),
            (row.lanes.leaving, rect.top() + rect.height()),
        ):
            for line in lines:
                painter.setPen(self._pen(row.tints[line.row]))
                painter.drawPath(_bow(QPointF(across(line.lane), y), dot))
        painter.setPen(QPen(self._theme.colour("listing"), 2))
        painter.setBrush(self._strong(row.tint))
        size = DOT_PX + 1 if row.merges else DOT_PX
        painter.drawEllipse(dot, size + 1, size + 1)
        if row.merges:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(self._theme.colour("listing"))
            painter.drawEllipse(dot, 2, 2)

    def _pen(self, tint: int) -> QPen:
        return QPen(self._strong(tint), 2)

    def _strong(self, tint: int) -> QColor:
        """An author's colour, strong enough for a line."""
        ground, paper = self._theme.colour(f"author_{tint}"), self._theme.colour("paper")
        hue = max(ground.hslHueF(), 0.0)
        return QColor.fromHslF(hue, 0.5, 0.42 if paper.lightnessF() > 0.5 else 0.66)

    # -- the words -----------------------------------------------------------------------------

    def _draw_words(self, painter: QPainter, rect: QRect, row: Drawn) -> None:
        kinds, colour = self._theme.type, self._theme.colour
        painter.setFont(kinds.small)
        small = painter.fontMetrics()
        painter.setPen(colour("faint"))
        right_to_left = painter.layoutDirection() == Qt.LayoutDirection.RightToLeft
        trailing, leading = Qt.AlignmentFlag.AlignRight, Qt.AlignmentFlag.AlignLeft  # Qt mirrors
        strong = QFontMetrics(kinds.strong)
        top = QRect(rect.left(), rect.top(), rect.width(), strong.height())
        painter.drawText(top, int(trailing | Qt.AlignmentFlag.AlignVCenter), row.when)
        taken = small.horizontalAdvance(row.when) + 10
        painter.setFont(kinds.strong)
        painter.setPen(colour("ink"))
        who = strong.elidedText(row.who, Qt.TextElideMode.ElideRight, top.width() - taken)
        top = top.adjusted(taken if right_to_left else 0, 0, 0 if right_to_left else -taken, 0)
        painter.drawText(top, int(leading | Qt.AlignmentFlag.AlignVCenter), who)
        below = QRect(rect.left(), top.bottom() + 1 + GAP_PX, rect.width(), small.height() + 2)
        painter.setFont(kinds.small)
        if row.label:
            below = self._draw_label(painter, below, row.label, right_to_left=right_to_left)
        painter.setPen(colour("soft"))
        what = small.elidedText(row.what, Qt.TextElideMode.ElideRight, below.width())
        painter.drawText(below, int(leading | Qt.AlignmentFlag.AlignVCenter), what)

    def _draw_label(
        self, painter: QPainter, rect: QRect, label: str, *, right_to_left: bool
    ) -> QRect:
        metrics = painter.fontMetrics()
        label = metrics.elidedText(label, Qt.TextElideMode.ElideRight, rect.width() // 2)
        width = metrics.horizontalAdvance(label) + 12
        box = QRect(rect.left(), rect.top(), width, rect.height())
        if right_to_left:
            box.moveRight(rect.right())
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(self._theme.colour("line"))
        painter.drawRoundedRect(box, 6, 6)
        painter.setPen(self._theme.colour("ink"))
        painter.drawText(box, int(Qt.AlignmentFlag.AlignCenter), label)
        taken = width + 8
        return rect.adjusted(0 if right_to_left else taken, 0, -taken if right_to_left else 0, 0)


def _bow(edge: QPointF, dot: QPointF) -> QPainterPath:
    """From the edge of a row to its dot: straight down, or over to another lane."""
    path = QPainterPath(edge)
    middle = (edge.y() + dot.y()) / 2
    path.cubicTo(QPointF(edge.x(), middle), QPointF(dot.x(), middle), dot)
    return path
