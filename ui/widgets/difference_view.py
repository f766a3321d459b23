"""A text that cannot be written in, with what was added and what was removed in colour.

Owns which places are coloured, and which letters one means: the selected ones, or else the line
that one points at. Must never import goatcore.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from typing import Final, NamedTuple, Protocol

from PySide6.QtCore import Qt
from PySide6.QtGui import QAction, QContextMenuEvent, QKeySequence, QTextCharFormat, QTextCursor
from PySide6.QtWidgets import QMenu, QTextEdit, QWidget

from ui.bridge.text_units import points_floor, shown, units
from ui.editing.searching import find_all
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


class Offer(NamedTuple):
    """Something that can be done with letters of the text."""

    words: str
    act: Callable[[], None]


class DifferenceView(TextEditor):
    """Looks like the paper one writes on. `offers` says what can be done with letters `start` …
    `stop` - 1 of what is shown."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(theme, parent)
        self._text = ""
        self._gone: list[tuple[int, int]] = []  # what is struck out
        self.offers: Callable[[int, int], Sequence[Offer]] = lambda _start, _stop: ()
        self.setReadOnly(True)
        self.setTextInteractionFlags(
            Qt.TextInteractionFlag.TextSelectableByMouse
            | Qt.TextInteractionFlag.TextSelectableByKeyboard
        )
        self.setTabChangesFocus(True)

    def meant(self, cursor: QTextCursor | None = None) -> tuple[int, int]:
        """The letters that one means (code points, from and to): what is selected, else the whole
        line of the caret, or of another place, with its break."""
        at = self.textCursor()
        if not at.hasSelection():
            block = (cursor or at).block()
            start, stop = block.position(), block.position() + block.length()
        else:
            start, stop = at.selectionStart(), at.selectionEnd()
        return points_floor(self._text, start), points_floor(self._text, stop)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        menu = self.menu_at(self.cursorForPosition(event.pos()))
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.popup(event.globalPos())

    def menu_at(self, cursor: QTextCursor) -> QMenu:
        """What can be done with what is selected, or with the line of a place."""
        menu = QMenu(self)
        for words, act in self.offers(*self.meant(cursor)):
            menu.addAction(words).triggered.connect(act)
        if menu.actions():
            menu.addSeparator()
        copy, everything = QAction(self.tr("Copy"), menu), QAction(self.tr("Select all"), menu)
        copy.setShortcut(QKeySequence.StandardKey.Copy)
        copy.setEnabled(self.textCursor().hasSelection())
        copy.triggered.connect(self.copy)
        everything.setShortcut(QKeySequence.StandardKey.SelectAll)
        everything.triggered.connect(self.selectAll)
        menu.addActions([copy, everything])
        return menu

    def show_pieces(
        self, pieces: Sequence[Piece], *, changes: bool, kinds: Collection[str] = ALL_KINDS
    ) -> None:
        """The pieces of these kinds as one text; with `changes`, what is other is coloured, and
        the first change is scrolled to, if it is out of sight."""
        wanted = [piece for piece in pieces if piece.kind in kinds]
        bar = self.verticalScrollBar()
        place = bar.value()
        self._text = "".join(piece.text for piece in wanted)
        self.setPlainText(shown(self._text))
        bar.setValue(place)
        coloured: list[QTextEdit.ExtraSelection] = []
        self._gone = []
        at = 0
        for piece in wanted:
            stop = at + units(piece.text)
            if changes and piece.kind != "equal" and len(coloured) < COLOURED_MAX:
                gone = piece.kind == "delete"
                if gone:
                    self._gone.append((at, stop))
                coloured.append(self._lit(at, stop, "removed" if gone else "added", struck=gone))
            at = stop
        self.light("changes", coloured)
        if coloured:
            self._show_place(coloured[0].cursor)  # type: ignore[attr-defined]

    def light_words(self, words: str, exact_case: bool) -> None:
        """Lights these words; the first place is scrolled to if none of them can be seen."""
        places = find_all(shown(self._text), words, exact_case=exact_case)[:COLOURED_MAX]
        lit: list[QTextEdit.ExtraSelection] = []
        at = unit = 0
        for start, stop in places:
            unit += units(self._text[at:start])
            end = unit + units(self._text[start:stop])
            struck = any(first < end and unit < last for first, last in self._gone) or None
            lit.append(self._lit(unit, end, "found", struck=struck))
            at, unit = stop, end
        self.light("found", lit)
        area = self.viewport().rect()
        if lit and not any(area.contains(self.cursorRect(one.cursor)) for one in lit):  # type: ignore[attr-defined]
            self._show_place(lit[0].cursor)  # type: ignore[attr-defined]

    def _show_place(self, cursor: QTextCursor) -> None:
        start = QTextCursor(cursor)
        start.setPosition(cursor.selectionStart())
        if not self.viewport().rect().contains(self.cursorRect(start)):
            self.setTextCursor(start)
            self.centerCursor()

    def _lit(
        self, start: int, stop: int, ground: str, *, struck: bool | None = None
    ) -> QTextEdit.ExtraSelection:
        looks = QTextCharFormat()
        looks.setBackground(self._theme.colour(ground))
        looks.setForeground(self._theme.colour("ink"))
        if struck is not None:  # else what Markdown strikes out stays so
            looks.setFontStrikeOut(struck)
        cursor = QTextCursor(self.document())
        cursor.setPosition(start)
        cursor.setPosition(stop, QTextCursor.MoveMode.KeepAnchor)
        one = QTextEdit.ExtraSelection()
        one.cursor, one.format = cursor, looks  # type: ignore[attr-defined]
        return one
