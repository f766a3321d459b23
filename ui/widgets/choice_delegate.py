"""How one row of a chooser is drawn: an icon, words, quieter words, keys at the right end."""

from __future__ import annotations

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QFontMetrics, QPainter
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem, QWidget

from ui.theme.theme import Theme
from ui.widgets.direction import Mirror

CHOICE_ROLE = int(Qt.ItemDataRole.UserRole)
ICON_PX = 18
PADDING_PX = 12
GAP_PX = 10

Index = QModelIndex | QPersistentModelIndex


class ChoiceDelegate(QStyledItemDelegate):
    """Rows of one height."""

    def __init__(self, theme: Theme, parent: QWidget) -> None:
        super().__init__(parent)
        self._theme = theme

    @property
    def row_height(self) -> int:
        """The height of every row, in logical pixels."""
        return QFontMetrics(self._theme.type.interface).height() + 18

    def sizeHint(self, _option: QStyleOptionViewItem, _index: Index) -> QSize:
        return QSize(200, self.row_height)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        choice = index.data(CHOICE_ROLE)
        theme = self._theme
        rect = option.rect
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        state = option.state
        chosen = bool(state & QStyle.StateFlag.State_Selected) or (
            bool(state & QStyle.StateFlag.State_HasFocus)
        )
        hovered = bool(state & QStyle.StateFlag.State_MouseOver)
        if chosen or hovered:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(theme.colour("chosen" if chosen else "hover"))
            painter.drawRoundedRect(QRectF(rect).adjusted(0, 1, 0, -1), 7, 7)
        mirror = Mirror(option.direction, rect)
        left, right = rect.left() + PADDING_PX, rect.right() - PADDING_PX
        if choice.icon:
            top = rect.center().y() - ICON_PX // 2 + 1
            icon = theme.icon(choice.icon, ink="soft" if choice.enabled else "faint")
            icon.paint(painter, mirror.rect(left, top, ICON_PX, ICON_PX))
            left += ICON_PX + GAP_PX
        if choice.aside:
            painter.setFont(theme.type.small)
            width = painter.fontMetrics().horizontalAdvance(choice.aside) + 2
            width = min(width, (right - left) // 2)
            room = mirror.rect(right - width, rect.top(), width, rect.height())
            painter.setPen(theme.colour("soft" if choice.enabled else "faint"))
            self._write(painter, room, choice.aside)
            right -= width + GAP_PX
        painter.setFont(theme.type.interface)
        painter.setPen(theme.colour("ink" if choice.enabled else "faint"))
        used = self._write(
            painter, mirror.rect(left, rect.top(), right - left, rect.height()), choice.words
        )
        left += used + GAP_PX
        if choice.detail and right - left > 40:
            painter.setFont(theme.type.small)
            painter.setPen(theme.colour("faint"))
            self._write(
                painter, mirror.rect(left, rect.top(), right - left, rect.height()), choice.detail
            )
        painter.restore()

    @staticmethod
    def _write(painter: QPainter, room: QRect, words: str) -> int:
        """Elided words in the middle of the row; how wide they came out."""
        metrics = painter.fontMetrics()
        shown = metrics.elidedText(words, Qt.TextElideMode.ElideRight, room.width())
        painter.drawText(room, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, shown)
        return metrics.horizontalAdvance(shown)
