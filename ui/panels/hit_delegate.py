"""How a hit is drawn: its title and the place in its text, with what was found lit."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QPointF, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QFont, QFontMetrics, QPainter, QTextCharFormat, QTextLayout
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem, QWidget

from ui.bridge.text_units import points_floor, units
from ui.theme.theme import Theme
from ui.widgets.direction import Mirror, option_for

TITLE_ROLE, SNIPPET_ROLE, ASIDE_ROLE = (
    int(Qt.ItemDataRole.UserRole) + number for number in range(1, 4)
)

PADDING_PX = 12
GAP_PX = 3
SNIPPET_LINES = 2

Index = QModelIndex | QPersistentModelIndex
Ranges = Sequence[tuple[int, int]]


class HitDelegate(QStyledItemDelegate):
    """Rows of one height."""

    def __init__(self, theme: Theme, parent: QWidget) -> None:
        super().__init__(parent)
        self._theme = theme

    @property
    def row_height(self) -> int:
        """The height of every row, in logical pixels."""
        title = QFontMetrics(self._theme.type.strong).height()
        small = QFontMetrics(self._theme.type.small).height()
        return title + GAP_PX + SNIPPET_LINES * small + 20

    def sizeHint(self, _option: QStyleOptionViewItem, _index: Index) -> QSize:
        return QSize(300, self.row_height)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        theme, state = self._theme, option.state
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        chosen = bool(state & QStyle.StateFlag.State_Selected)
        if chosen or state & QStyle.StateFlag.State_MouseOver:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(theme.colour("chosen" if chosen else "hover"))
            painter.drawRoundedRect(QRectF(option.rect).adjusted(0, 1, 0, -1), 8, 8)
        left = option.rect.left() + PADDING_PX
        width = option.rect.width() - 2 * PADDING_PX
        top = option.rect.top() + 9
        mirror = Mirror(option.direction, option.rect)
        aside = QRect(left, top, width, QFontMetrics(theme.type.strong).height())
        room = width - self._aside(painter, index.data(ASIDE_ROLE) or "", aside, mirror)
        strong, small = theme.type.strong, theme.type.small
        text, ranges = index.data(TITLE_ROLE)
        self._lit(painter, text, ranges, strong, "ink", mirror.rect(left, top, room, 0), 1)
        top += QFontMetrics(strong).height() + GAP_PX
        text, ranges = index.data(SNIPPET_ROLE)
        self._lit(painter, text, ranges, small, "soft", QRect(left, top, width, 0), SNIPPET_LINES)
        painter.restore()

    def _aside(self, painter: QPainter, words: str, row: QRect, mirror: Mirror) -> int:
        """Where and when, at the far end; how much room it took."""
        if not words:
            return 0
        painter.setFont(self._theme.type.small)
        painter.setPen(self._theme.colour("faint"))
        metrics = painter.fontMetrics()
        shown = metrics.elidedText(words, Qt.TextElideMode.ElideMiddle, row.width() // 2)
        used = metrics.horizontalAdvance(shown) + 2
        room = mirror.rect(row.right() + 1 - used, row.top(), used, row.height())
        painter.drawText(room, Qt.AlignmentFlag.AlignCenter, shown)
        return used + 12

    def _lit(
        self,
        painter: QPainter,
        text: str,
        ranges: Ranges,
        font: QFont,
        ink: str,
        room: QRect,
        lines: int,
    ) -> None:
        """Words in so many lines at most, the last one cut where the room ends."""
        layout = self._laid_out(text, ranges, font, room.width())
        if layout.lineCount() > lines:
            last = layout.lineAt(lines - 1)
            stop = points_floor(text, last.textStart() + last.textLength())
            metrics = QFontMetrics(font)
            begin = points_floor(text, last.textStart())
            rest = text[begin : stop + 60]
            cut = metrics.elidedText(rest, Qt.TextElideMode.ElideRight, room.width())
            kept = [(start, min(end, begin + len(cut))) for start, end in ranges]
            shown = text[:begin] + cut
            kept = [(start, end) for start, end in kept if start < end]
            layout = self._laid_out(shown, kept, font, room.width())
        painter.setPen(self._theme.colour(ink))
        height = QFontMetrics(font).height()
        for number in range(min(lines, layout.lineCount())):
            layout.lineAt(number).setPosition(QPointF(0, number * height))
        painter.setClipRect(QRect(room.left(), room.top(), room.width(), lines * height))
        layout.draw(painter, QPointF(room.left(), room.top()))
        painter.setClipping(False)

    def _laid_out(self, text: str, ranges: Ranges, font: QFont, width: int) -> QTextLayout:
        layout = QTextLayout(text, font)
        layout.setTextOption(option_for(text))
        looks = QTextCharFormat()
        looks.setBackground(self._theme.colour("found"))
        looks.setForeground(self._theme.colour("ink"))
        formats = []
        for start, stop in ranges:
            one = QTextLayout.FormatRange()
            one.start = units(text[:start])  # type: ignore[attr-defined]
            one.length = units(text[start:stop])  # type: ignore[attr-defined]
            one.format = looks  # type: ignore[attr-defined]
            formats.append(one)
        layout.setFormats(formats)
        layout.beginLayout()
        while (line := layout.createLine()).isValid():
            line.setLineWidth(max(width, 1))
        layout.endLayout()
        return layout
