"""How a place is drawn in the sidebar: an icon, a name, people and a light if it is shared."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QPointF, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import (
    QLineEdit,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTreeView,
    QWidget,
)

from ui.language import digits
from ui.models.places import ALL, SEARCH_PLACE, TAG, TAGS, TODAY, TRASH, Place
from ui.models.places_model import LIGHT_ROLE, PLACE_ROLE
from ui.models.sync_words import ATTENTION
from ui.theme.theme import Theme
from ui.widgets.direction import RIGHT_TO_LEFT, Mirror
from ui.widgets.mark import paint_mark

ROW_PX = 34
INSET_PX = 8
ICON_PX = 18
ROOM_OF_LIGHT_PX = 12
INDENT_PX = 16
ICONS = {
    ALL: "all-notes",
    TODAY: "today",
    SEARCH_PLACE: "search",
    TAGS: "tag",
    TAG: "tag",
    TRASH: "trash",
}
BESIDE_PX = 16  # more height for what tells notebooks of one name apart
MARK_PX = 16  # the mark that opens and closes a row

Index = QModelIndex | QPersistentModelIndex


class PlaceDelegate(QStyledItemDelegate):
    """Draws and renames places."""

    def __init__(self, theme: Theme, parent: QWidget) -> None:
        super().__init__(parent)
        self._theme = theme

    def sizeHint(self, _option: QStyleOptionViewItem, index: Index) -> QSize:
        place: Place = index.data(PLACE_ROLE)
        return QSize(160, ROW_PX + (BESIDE_PX if place.beside else 0))

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        place: Place = index.data(PLACE_ROLE)
        theme = self._theme
        state, rect = option.state, option.rect
        chosen = bool(state & QStyle.StateFlag.State_Selected)
        view = option.widget
        assert isinstance(view, QTreeView)
        dropping = getattr(view, "dropping", None) == index
        hovered = bool(state & QStyle.StateFlag.State_MouseOver)
        box = QRectF(rect).adjusted(INSET_PX, 1, -INSET_PX, -1)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if chosen or hovered:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(theme.colour("chosen" if chosen else "hover"))
            painter.drawRoundedRect(box, 7, 7)
        if dropping:
            painter.setPen(theme.colour("accent"))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRoundedRect(box.adjusted(0.5, 0.5, -0.5, -0.5), 7, 7)
        mirror = Mirror(option.direction, rect)
        left = mark_left(rect, place.depth)
        if index.model().rowCount(index):
            side = mirror.rect(left, rect.center().y() - 5, 11, 11)
            if view.isExpanded(QModelIndex(index)):
                theme.icon("open", ink="faint").paint(painter, side)
            else:
                paint_closed(painter, theme, side, option.direction)
        left += MARK_PX
        name = ICONS.get(place.kind, "notebook")
        icon = theme.icon(name, ink="accent" if chosen else "soft")
        top = rect.center().y() - ICON_PX // 2 + 1
        icon.paint(painter, mirror.rect(left, top, ICON_PX, ICON_PX))
        right = int(box.right()) - 10
        light = index.data(LIGHT_ROLE)
        if light is not None and (place.shared_with or light.shade == ATTENTION):
            right -= ROOM_OF_LIGHT_PX
            middle = QPointF(right + ROOM_OF_LIGHT_PX / 2, rect.center().y() + 1)
            paint_mark(painter, theme, light.shade, mirror.point(middle))
            right -= 4
        if place.shared_with and not place.key:
            right -= ICON_PX
            people = theme.icon("people", ink="faint")
            people.paint(painter, mirror.rect(right, top, ICON_PX, ICON_PX))
            right -= 6
        if place.count:
            painter.setFont(theme.type.small)
            painter.setPen(theme.colour("faint"))
            count = digits(place.count)
            width = painter.fontMetrics().horizontalAdvance(count)
            painter.drawText(
                mirror.rect(right - width, rect.top(), width, rect.height()),
                Qt.AlignmentFlag.AlignCenter,
                count,
            )
            right -= width + 6
        left += ICON_PX + 9
        painter.setFont(theme.type.strong if chosen else theme.type.interface)
        painter.setPen(theme.colour("ink"))
        text = painter.fontMetrics().elidedText(
            place.name, Qt.TextElideMode.ElideRight, right - left
        )
        line = mirror.rect(left, rect.top(), right - left, rect.height())
        align = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft
        painter.drawText(line.adjusted(0, 0, 0, -BESIDE_PX if place.beside else 0), align, text)
        if place.beside:
            painter.setFont(theme.type.small)
            painter.setPen(theme.colour("soft"))
            words = painter.fontMetrics().elidedText(
                place.beside, Qt.TextElideMode.ElideRight, right - left
            )
            painter.drawText(line.adjusted(0, BESIDE_PX, 0, 0), align, words)
        painter.restore()

    def createEditor(self, parent: QWidget, _option: Any, _index: Index) -> QWidget:
        editor = QLineEdit(parent)
        editor.setObjectName("rename")
        editor.setStyleSheet("QLineEdit { padding: 2px 8px; border-radius: 6px; }")
        return editor

    def updateEditorGeometry(
        self, editor: QWidget, option: QStyleOptionViewItem, index: Index
    ) -> None:
        place: Place = index.data(PLACE_ROLE)
        rect: QRect = option.rect
        left = mark_left(rect, place.depth) + MARK_PX + 22
        width = rect.right() - INSET_PX - left
        mirror = Mirror(option.direction, rect)
        editor.setGeometry(mirror.rect(left, rect.top() + 2, width, rect.height() - 4))


def paint_closed(
    painter: QPainter, theme: Theme, side: QRect, direction: Qt.LayoutDirection
) -> None:
    """The mark of a closed row points to where its words are."""
    painter.save()
    if direction == RIGHT_TO_LEFT:
        painter.translate(2 * QRectF(side).center().x(), 0)
        painter.scale(-1, 1)
    theme.icon("closed", ink="faint").paint(painter, side)
    painter.restore()


def mark_left(rect: QRect, depth: int) -> int:
    """Where the mark of a row begins."""
    return rect.left() + INSET_PX + 2 + depth * INDENT_PX
