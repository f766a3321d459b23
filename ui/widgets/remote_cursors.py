"""Other people's cursors and selections over a text, with a name for a moment after each move.

Owns how they are drawn, and when names fade. What is out of sight is not drawn, and with nobody
there nothing is done. Must never import goatcore.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple

from PySide6.QtCore import QObject, QPointF, QRect, QRectF, Qt, QTimer
from PySide6.QtGui import QFontMetrics, QPainter, QTextCharFormat, QTextCursor
from PySide6.QtWidgets import QTextEdit

from ui.theme.theme import Theme
from ui.widgets.text_editor import TextEditor

LAYER = "people"
NAME_MS = 2_500  # a name is shown for so long after a move,
FADE_MS = 240  # and then fades
FRAME_MS = 30
NAME_PX_MAX = 180
PADDING_PX = 6
BAR_PX = 2
CAP_PX = 6  # what is left of the name


class RemoteCursor(NamedTuple):
    """Somebody else's place in the document, in its units."""

    name: str
    tint: int  # 1 to 6
    anchor: int
    caret: int
    moved_ms: int  # by the clock


class RemoteCursors(QObject):
    """Draws over one editor."""

    def __init__(self, theme: Theme, editor: TextEditor, clock: Callable[[], int]) -> None:
        super().__init__(editor)
        self._theme = theme
        self._editor = editor
        self._clock = clock
        self._cursors: Sequence[RemoteCursor] = ()
        self._fade = QTimer(self)
        self._fade.setSingleShot(True)
        self._fade.timeout.connect(self._on_fade)
        editor.verticalScrollBar().valueChanged.connect(self._draw)
        theme.changed.connect(self._light)
        editor.painted_over.append(self._paint)

    @property
    def cursors(self) -> Sequence[RemoteCursor]:
        """What is shown."""
        return self._cursors

    def show_cursors(self, cursors: Sequence[RemoteCursor]) -> None:
        """Shows these; last ones lie above."""
        if not cursors and not self._cursors:
            return
        self._cursors = cursors
        self._light()
        self._editor.viewport().update()
        self._on_fade()

    def opacity(self, cursor: RemoteCursor) -> float:
        """How clearly the name of a cursor is seen now, 0 to 1."""
        left = NAME_MS + FADE_MS - (self._clock() - cursor.moved_ms)
        return min(1.0, max(0.0, left / FADE_MS))

    def place_of(self, cursor: RemoteCursor) -> QRect | None:
        """Where a cursor is in the viewport; None: out of sight."""
        place = QTextCursor(self._editor.document())
        place.setPosition(self._within(cursor.caret))
        rect = self._editor.cursorRect(place)
        return rect if rect.intersects(self._editor.viewport().rect()) else None

    def name_box(self, cursor: RemoteCursor, rect: QRect) -> tuple[QRectF, str]:
        """Where its name is written, and what of it."""
        metrics = QFontMetrics(self._theme.type.small)
        words = metrics.elidedText(cursor.name, Qt.TextElideMode.ElideRight, NAME_PX_MAX)
        width = metrics.horizontalAdvance(words) + 2 * PADDING_PX
        height = metrics.height() + 2
        room = self._editor.viewport().width()
        left = max(0, min(rect.left() - BAR_PX // 2, room - width))
        top = rect.top() - height if rect.top() >= height else rect.bottom() + 1
        return QRectF(left, top, width, height), words

    # -- drawing -------------------------------------------------------------------------------

    def _within(self, unit: int) -> int:
        return max(0, min(unit, self._editor.document().characterCount() - 1))

    def _draw(self) -> None:
        if self._cursors:
            self._editor.viewport().update()

    def _on_fade(self) -> None:
        """Draws names while they fade, and rests in between."""
        now_ms = self._clock()
        ages = [now_ms - one.moved_ms for one in self._cursors]
        young = [age for age in ages if 0 <= age <= NAME_MS + FADE_MS]
        if not young:
            self._fade.stop()
        elif any(age >= NAME_MS for age in young):
            self._fade.start(FRAME_MS)
        else:
            self._fade.start(NAME_MS - max(young))
        self._draw()

    def _light(self) -> None:
        self._editor.light(
            LAYER, [self._lit(one) for one in self._cursors if one.anchor != one.caret]
        )

    def _lit(self, cursor: RemoteCursor) -> QTextEdit.ExtraSelection:
        one = QTextEdit.ExtraSelection()
        looks = QTextCharFormat()
        looks.setBackground(self._theme.colour(f"author_{cursor.tint}"))
        place = QTextCursor(self._editor.document())
        place.setPosition(self._within(cursor.anchor))
        place.setPosition(self._within(cursor.caret), QTextCursor.MoveMode.KeepAnchor)
        one.cursor, one.format = place, looks  # type: ignore[attr-defined]
        return one

    def _paint(self, painter: QPainter) -> None:
        if not self._cursors:
            return
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        for cursor in self._cursors:
            rect = self.place_of(cursor)
            if rect is not None:
                self._paint_one(painter, cursor, rect)

    def _paint_one(self, painter: QPainter, cursor: RemoteCursor, rect: QRect) -> None:
        colour = self._theme.colour(f"person_{cursor.tint}")
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(colour)
        left = rect.left() - BAR_PX / 2
        painter.drawRect(QRectF(left, rect.top() - 1, BAR_PX, rect.height() + 2))
        opacity = self.opacity(cursor)
        if opacity < 1:
            painter.drawEllipse(QPointF(left + BAR_PX / 2, rect.top() - 1), CAP_PX / 2, CAP_PX / 2)
        if not opacity:
            return
        painter.setOpacity(opacity)
        box, words = self.name_box(cursor, rect)
        painter.drawRoundedRect(box, 3, 3)
        painter.setFont(self._theme.type.small)
        painter.setPen(self._theme.colour("paper"))
        painter.drawText(box, Qt.AlignmentFlag.AlignCenter, words)
        painter.setOpacity(1)
