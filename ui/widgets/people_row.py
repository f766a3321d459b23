"""Who has this note open: a small round of initials each, in the colour of their cursor.

Shows what it is given; hidden while nobody is there. Must never import goatcore.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from PySide6.QtCore import QEvent, QPoint, QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QHelpEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QToolTip, QWidget

from ui.models.names import plain_tip
from ui.theme.theme import Theme
from ui.widgets.direction import Mirror

ROUND_PX = 24
GAP_PX = 4
RING_PX = 2
SHOWN_MAX = 4


class Here(NamedTuple):
    """Somebody who is here."""

    name: str
    tint: int  # 1 to 6
    typing: bool
    words: str  # a sentence about it


class PeopleRow(QWidget):
    """Four of them at most; the last one stands for all others."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._people: Sequence[Here] = ()
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        theme.changed.connect(self.update)
        self.hide()

    @property
    def people(self) -> Sequence[Here]:
        """Who is shown."""
        return self._people

    def show_people(self, people: Sequence[Here]) -> None:
        """Shows these."""
        if people == self._people:
            return
        self._people = people
        self.setAccessibleName(" ".join(one.words for one in people))
        self.setVisible(bool(people))
        self.updateGeometry()
        self.update()

    def sizeHint(self) -> QSize:
        count = min(len(self._people), SHOWN_MAX)
        return QSize(count * (ROUND_PX + GAP_PX) + RING_PX, ROUND_PX + 2 * RING_PX)

    def minimumSizeHint(self) -> QSize:
        return self.sizeHint()

    def words_at(self, place: QPoint) -> str:
        """What is told of whom the pointer is at."""
        at = int(self._mirror.point(QPointF(place)).x()) // (ROUND_PX + GAP_PX)
        if not 0 <= at < min(len(self._people), SHOWN_MAX):
            return ""
        told = self._people[at : at + 1] if at < self._alone else self._people[self._alone :]
        return "\n".join(one.words for one in told)

    @property
    def _mirror(self) -> Mirror:
        return Mirror(self.layoutDirection(), self.rect())

    @property
    def _alone(self) -> int:
        """How many have a round of their own."""
        return len(self._people) if len(self._people) <= SHOWN_MAX else SHOWN_MAX - 1

    def event(self, event: QEvent) -> bool:
        if isinstance(event, QHelpEvent) and event.type() == QEvent.Type.ToolTip:
            words = plain_tip(self.words_at(event.pos()))
            QToolTip.showText(event.globalPos(), words, self)
            return True
        return super().event(event)

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setFont(self._theme.type.small)
        for at, one in enumerate(self._people[: self._alone]):
            self._round(painter, at, f"person_{one.tint}", initials(one.name), typing=one.typing)
        left = len(self._people) - self._alone
        if left:
            self._round(painter, self._alone, "soft", f"+{left}", typing=False)

    def _round(self, painter: QPainter, at: int, shade: str, letters: str, *, typing: bool) -> None:
        colour = self._theme.colour(shade)
        left = RING_PX + at * (ROUND_PX + GAP_PX)
        box = QRectF(self._mirror.rect(left, RING_PX, ROUND_PX, ROUND_PX))
        if typing:
            painter.setPen(QPen(colour, 1.5))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawEllipse(box.adjusted(-0.75, -0.75, 0.75, 0.75))
            box = box.adjusted(2, 2, -2, -2)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(colour)
        painter.drawEllipse(box)
        painter.setPen(self._theme.colour("paper"))
        painter.drawText(box, Qt.AlignmentFlag.AlignCenter, letters)


def initials(name: str) -> str:
    """The first letters of the first two words that have one; else the first sign."""
    firsts = (next(filter(str.isalnum, word), "") for word in name.split())
    return "".join([first for first in firsts if first][:2]).upper() or name.strip()[:1]
