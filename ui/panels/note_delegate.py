"""How a note is drawn in the list: its title, its first words, its age and where it is."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QPointF, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QFontMetrics, QPainter, QTextLayout
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem, QWidget

from ui.theme.theme import Theme
from ui.widgets.direction import Mirror, direction_of, option_for

TITLE_ROLE, PREVIEW_ROLE, AGE_ROLE, PINNED_ROLE, PLACE_NAME_ROLE, PROGRESS_ROLE, AUTHOR_ROLE = (
    int(Qt.ItemDataRole.UserRole) + number for number in range(1, 8)
)

INSET_PX = 8
PADDING_PX = 12
GAP_PX = 3
PREVIEW_LINES = 2
PIN_PX = 15

Index = QModelIndex | QPersistentModelIndex


class NoteDelegate(QStyledItemDelegate):
    """Draws rows that are all of one height."""

    def __init__(self, theme: Theme, parent: QWidget) -> None:
        super().__init__(parent)
        self._theme = theme

    @property
    def row_height(self) -> int:
        """The height of every row, in logical pixels."""
        title = QFontMetrics(self._theme.type.strong).height()
        small = QFontMetrics(self._theme.type.small).height()
        lines = title + PREVIEW_LINES * small + small
        return lines + 2 * GAP_PX + 4 + 2 * PADDING_PX

    def sizeHint(self, _option: QStyleOptionViewItem, _index: Index) -> QSize:
        return QSize(220, self.row_height)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        theme = self._theme
        state, rect = option.state, option.rect
        chosen = bool(state & QStyle.StateFlag.State_Selected)
        hovered = bool(state & QStyle.StateFlag.State_MouseOver)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        box = QRectF(rect).adjusted(INSET_PX, 1, -INSET_PX, -1)
        if chosen or hovered:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(theme.colour("chosen" if chosen else "hover"))
            painter.drawRoundedRect(box, 9, 9)
        else:
            inset = INSET_PX + PADDING_PX
            line = QRect(rect.left() + inset, rect.bottom(), rect.width() - 2 * inset, 1)
            painter.fillRect(line, theme.colour("line"))
        left, width = int(box.left()) + PADDING_PX, int(box.width()) - 2 * PADDING_PX
        top = rect.top() + PADDING_PX
        room = width
        mirror = Mirror(option.direction, rect)
        if index.data(PINNED_ROLE):
            room -= PIN_PX + 6
            place = mirror.rect(left + width - PIN_PX, top + 2, PIN_PX, PIN_PX)
            theme.icon("pin", ink="accent").paint(painter, place)
        title = index.data(TITLE_ROLE) or ""
        painter.setLayoutDirection(direction_of(title))
        room_left = mirror.rect(left, top, room, 1).left()
        top += self._line(painter, "strong", "ink", title, room_left, top, room)
        top += GAP_PX
        top += self._words(painter, index.data(PREVIEW_ROLE), left, top, width)
        top += GAP_PX + 4
        painter.setLayoutDirection(option.direction)
        self._foot(painter, index, left, top, width)
        painter.restore()

    def _line(
        self, painter: QPainter, font: str, ink: str, words: Any, left: int, top: int, width: int
    ) -> int:
        painter.setFont(getattr(self._theme.type, font))
        painter.setPen(self._theme.colour(ink))
        metrics = painter.fontMetrics()
        shown = metrics.elidedText(words or "", Qt.TextElideMode.ElideRight, width)
        painter.drawText(QRect(left, top, width, metrics.height()), 0, shown)
        return metrics.height()

    def _words(self, painter: QPainter, words: str, left: int, top: int, width: int) -> int:
        """The first words, in as many lines as there is room for."""
        font = self._theme.type.small
        metrics = QFontMetrics(font)
        height = metrics.height()
        painter.setFont(font)
        painter.setPen(self._theme.colour("soft"))
        layout = QTextLayout(words, font)
        layout.setTextOption(option_for(words))
        painter.setLayoutDirection(direction_of(words))
        layout.beginLayout()
        for number in range(PREVIEW_LINES):
            line = layout.createLine()
            if not line.isValid():
                break
            line.setLineWidth(width)
            start = line.textStart()
            if number == PREVIEW_LINES - 1:
                rest = metrics.elidedText(words[start:], Qt.TextElideMode.ElideRight, width)
                painter.drawText(QRect(left, top + number * height, width, height), 0, rest)
            else:
                line.draw(painter, QPointF(left, top + number * height))
        layout.endLayout()
        return PREVIEW_LINES * height

    def _foot(self, painter: QPainter, index: Index, left: int, top: int, width: int) -> None:
        roles = (AGE_ROLE, AUTHOR_ROLE, PROGRESS_ROLE, PLACE_NAME_ROLE)
        foot = "  ·  ".join(filter(None, map(index.data, roles)))
        self._line(painter, "small", "faint", foot, left, top, width)
