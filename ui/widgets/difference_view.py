"""A text that cannot be written in, with what was added and what was removed in colour.

Owns which places are coloured. Must never import goatcore.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Final, Protocol

from PySide6.QtGui import QTextCharFormat, QTextCursor
from PySide6.QtWidgets import QTextEdit, QWidget

from ui.bridge.text_units import shown, units
from ui.theme.theme import Theme
from ui.widgets.text_editor import TextEditor

COLOURED_MAX = 2_000
BEFORE: Final = ("equal", "delete")  # the kinds of piece that make the text before a change,
AFTER: Final = ("equal", "insert")  # after it,
ALL_KINDS: Final = ("equal", "insert", "delete")  # and both in one


class Piece(Protocol):
    """A piece of a text: `equal`, `insert` or `delete`."""

    @property
    def kind(self) -> str: ...
    @property
    def text(self) -> str: ...


class DifferenceView(TextEditor):
    """Looks like the paper one writes on."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(theme, parent)
        self.setReadOnly(True)
        self.setTabChangesFocus(True)

    def show_pieces(
        self, pieces: Sequence[Piece], *, changes: bool, kinds: Collection[str] = ALL_KINDS
    ) -> None:
        """The pieces of these kinds as one text; with `changes`, what is other is coloured, and
        the first change is scrolled to, if it is out of sight."""
        wanted = [piece for piece in pieces if piece.kind in kinds]
        bar = self.verticalScrollBar()
        place = bar.value()
        self.setPlainText(shown("".join(piece.text for piece in wanted)))
        bar.setValue(place)
        coloured: list[QTextEdit.ExtraSelection] = []
        at = 0
        for piece in wanted:
            stop = at + units(piece.text)
            if changes and piece.kind != "equal" and len(coloured) < COLOURED_MAX:
                coloured.append(self._coloured(at, stop, removed=piece.kind == "delete"))
            at = stop
        self.light("changes", coloured)
        if coloured:
            self._show_place(coloured[0].cursor)  # type: ignore[attr-defined]

    def _show_place(self, cursor: QTextCursor) -> None:
        start = QTextCursor(cursor)
        start.setPosition(cursor.selectionStart())
        if not self.viewport().rect().contains(self.cursorRect(start)):
            self.setTextCursor(start)
            self.centerCursor()

    def _coloured(self, start: int, stop: int, *, removed: bool) -> QTextEdit.ExtraSelection:
        looks = QTextCharFormat()
        looks.setBackground(self._theme.colour("removed" if removed else "added"))
        looks.setForeground(self._theme.colour("ink"))
        looks.setFontStrikeOut(removed)
        cursor = QTextCursor(self.document())
        cursor.setPosition(start)
        cursor.setPosition(stop, QTextCursor.MoveMode.KeepAnchor)
        one = QTextEdit.ExtraSelection()
        one.cursor, one.format = cursor, looks  # type: ignore[attr-defined]
        return one
