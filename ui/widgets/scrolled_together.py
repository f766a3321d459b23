"""Two versions of a text beside each other: where one is scrolled to, the other is, too.

Owns which place of one text belongs to which of the other. Invariant: a text that is scrolled by
the other one does not scroll that one back. Must never import goatcore.
"""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QObject, QPoint
from PySide6.QtGui import QTextCursor
from PySide6.QtWidgets import QPlainTextEdit

from ui.bridge.text_units import units
from ui.widgets.difference_view import Piece


def place_beside(pieces: Sequence[Piece], place: int, *, to_before: bool) -> int:
    """Where the other version has what stands at `place` in one, in UTF-16 units; what the other
    one lacks is where it would stand. `to_before`: from the version after the change."""
    here, there = ("insert", "delete") if to_before else ("delete", "insert")
    at = beside = 0
    for piece in pieces:
        size = units(piece.text)
        if piece.kind == there:
            beside += size
        elif place < at + size:
            return beside if piece.kind == here else beside + place - at
        else:
            at += size
            beside += 0 if piece.kind == here else size
    return beside


class ScrolledTogether(QObject):
    """Holds the two texts together while `pieces` says what is other; without, each is free."""

    def __init__(self, before: QPlainTextEdit, after: QPlainTextEdit) -> None:
        super().__init__(after)
        self._before, self._after = before, after
        self._pieces: Sequence[Piece] = ()
        self._follows = False
        before.verticalScrollBar().valueChanged.connect(lambda: self._follow(to_before=False))
        after.verticalScrollBar().valueChanged.connect(lambda: self._follow(to_before=True))

    def hold(self, pieces: Sequence[Piece]) -> None:
        """These are the pieces of the two texts from now on; the text before goes to where the
        one after is."""
        self._pieces = pieces
        self._follow(to_before=True)

    def _follow(self, *, to_before: bool) -> None:
        if self._follows or not self._pieces:
            return
        led, leading = self._before, self._after
        if not to_before:
            led, leading = leading, led
        bar, leader = led.verticalScrollBar(), leading.verticalScrollBar()
        self._follows = True
        if leader.value() == leader.maximum() > 0:
            bar.setValue(bar.maximum())
        else:
            top = leading.cursorForPosition(QPoint(0, 0)).position()
            bar.setValue(_line_of(led, place_beside(self._pieces, top, to_before=to_before)))
        self._follows = False


def _line_of(text: QPlainTextEdit, place: int) -> int:
    """The line as it is broken, which is what such a text is scrolled by."""
    cursor = QTextCursor(text.document())
    cursor.setPosition(place)
    block = cursor.block()
    line = block.layout().lineForTextPosition(cursor.positionInBlock())
    return block.firstLineNumber() + max(line.lineNumber() if line.isValid() else 0, 0)
