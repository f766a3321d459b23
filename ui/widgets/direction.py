"""Which way words run, and where things stand in a window for a language from right to left.

Owns how painted parts are mirrored: they reckon from the left, and what they paint goes to the
other side. Words keep their own direction, whatever the window's is. Must never import goatcore.
"""

from __future__ import annotations

from unicodedata import bidirectional

from PySide6.QtCore import QPointF, QRect, QRectF, Qt
from PySide6.QtGui import QTextOption
from PySide6.QtWidgets import QPlainTextEdit, QStyle

RIGHT_TO_LEFT = Qt.LayoutDirection.RightToLeft
_STRONG = {
    "L": Qt.LayoutDirection.LeftToRight,
    "R": RIGHT_TO_LEFT,
    "AL": RIGHT_TO_LEFT,
}


def direction_of(words: str) -> Qt.LayoutDirection:
    """The direction of the first letter that has one; from left to right if none has."""
    if words.isascii():
        return Qt.LayoutDirection.LeftToRight
    found = (_STRONG[kind] for kind in map(bidirectional, words) if kind in _STRONG)
    return next(found, Qt.LayoutDirection.LeftToRight)


def option_for(words: str) -> QTextOption:
    """How words are laid out in lines of their own: from the side where they begin."""
    option = QTextOption()
    direction = direction_of(words)
    option.setTextDirection(direction)
    if direction == RIGHT_TO_LEFT:
        option.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignAbsolute)
    return option


def each_its_own(option: QTextOption) -> QTextOption:
    """Lets each paragraph of a plain text begin at the side that is its own. What is both
    justified and left is not stretched, and is set right where a paragraph runs from the right."""
    option.setTextDirection(Qt.LayoutDirection.LayoutDirectionAuto)
    option.setAlignment(Qt.AlignmentFlag.AlignJustify | Qt.AlignmentFlag.AlignLeft)
    return option


def hold_sideways(editor: QPlainTextEdit) -> None:
    """A text whose lines are wrapped stays where it is: Qt reckons a few pixels too much for it,
    and from right to left it would stand shifted by them."""
    bar = editor.horizontalScrollBar()
    bar.rangeChanged.connect(lambda _low, high: bar.setRange(0, 0) if high else None)


class Mirror:
    """Places within a row or a widget, as they are in a window of this direction."""

    def __init__(self, direction: Qt.LayoutDirection, around: QRect) -> None:
        self._direction = direction
        self._around = around

    def rect(self, left: int, top: int, width: int, height: int) -> QRect:
        """A rectangle that is reckoned from the left."""
        return QStyle.visualRect(self._direction, self._around, QRect(left, top, width, height))

    def point(self, place: QPointF) -> QPointF:
        """A point that is reckoned from the left; of a click the way back."""
        if self._direction != RIGHT_TO_LEFT:
            return place
        around = QRectF(self._around)
        return QPointF(around.left() + around.right() - place.x(), place.y())
