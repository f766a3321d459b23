"""Completion while one writes: a list at the caret, and the keys that choose from it.

Owns when the list is open. Typing always goes on into the text; only up, down, Enter, Tab and
Escape are the list's, and only while it is open. Must never import goatcore.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple

from PySide6.QtCore import QEvent, QObject, QPoint, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QFrame, QVBoxLayout

from ui.bridge.text_binding import TextBinding
from ui.editing.blocks import matching
from ui.editing.completion import BLOCK, NOTE, TAG, Wanted, completed, wanted_at
from ui.editing.habits import is_prose
from ui.theme.theme import Theme
from ui.widgets.choice_list import Choice, ChoiceList
from ui.widgets.text_editor import TextEditor

ROWS_MAX = 7
WIDTH_PX = 320


class Inserted(NamedTuple):
    """What a choice writes, and how many letters before its end the caret goes."""

    text: str
    back: int = 0


class Suggested(NamedTuple):
    """A name to complete to, and quieter words beside it."""

    name: str
    aside: str = ""


Suggest = Callable[[str], Sequence[Suggested]]


class Completing(QFrame):
    """The list of one editor. `titles` and `tags` say what answers to what is typed."""

    def __init__(self, theme: Theme, editor: TextEditor, clock: Callable[[], int]) -> None:
        super().__init__(editor)
        self.setObjectName("chooser")
        self._editor = editor
        self._clock = clock
        self._wanted: Wanted | None = None
        self._left: tuple[str, int] | None = None  # what Escape was pressed for
        self.binding: TextBinding | None = None
        self.titles: Suggest = lambda _words: ()
        self.tags: Suggest = lambda _words: ()
        self.list = ChoiceList(theme, ROWS_MAX, self)
        self.list.setAccessibleName(self.tr("Completion"))
        self.list.taken.connect(self._on_taken)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(5, 5, 5, 5)
        layout.addWidget(self.list)
        editor.installEventFilter(self)
        editor.textChanged.connect(self._look)
        editor.cursorPositionChanged.connect(self._on_caret)
        editor.verticalScrollBar().valueChanged.connect(self._on_scroll)
        self.hide()

    def leave(self) -> None:
        """Closes the list."""
        self._wanted = None
        self.hide()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.FocusOut:
            self.leave()
        elif isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress:
            return self.isVisible() and self._on_key(event)
        return super().eventFilter(watched, event)

    def _on_key(self, event: QKeyEvent) -> bool:
        if event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier:
            return False
        match event.key():
            case Qt.Key.Key_Down:
                self.list.step(1)
            case Qt.Key.Key_Up:
                self.list.step(-1)
            case Qt.Key.Key_Return | Qt.Key.Key_Enter | Qt.Key.Key_Tab:
                self.list.take()
            case Qt.Key.Key_Escape:
                if self._wanted is not None:
                    self._left = (self._wanted.kind, self._wanted.start)
                self.leave()
            case _:
                return False
        return True

    def _look(self) -> None:
        """The text changed: is there something to complete now?"""
        binding = self.binding
        if binding is None or not self._editor.hasFocus() or self._editor.composes:
            return
        anchor, caret = binding.selection
        wanted = wanted_at(binding.text, caret) if anchor == caret else None
        if wanted is None or not is_prose(self._editor.textCursor().block()):
            self._left = None
            self.leave()
            return
        if self._left == (wanted.kind, wanted.start):
            return
        self._show(wanted)

    def _on_caret(self) -> None:
        """The caret went elsewhere without typing."""
        wanted, binding = self._wanted, self.binding
        if wanted is not None and binding is not None:
            now = wanted_at(binding.text, binding.selection[1])
            if now is None or now[::2] != wanted[::2]:
                self.leave()

    def _on_scroll(self) -> None:
        """The list stays at the caret for as long as that is seen."""
        if self._editor.viewport().rect().intersects(self._editor.cursorRect()):
            self.move(self._place())
        else:
            self.leave()

    def _show(self, wanted: Wanted) -> None:
        choices = self._choices(wanted)
        if not choices:
            self.leave()
            return
        self._wanted = wanted
        self.list.show_choices(choices)
        self.setFixedWidth(min(WIDTH_PX, self._editor.width() - 16))
        self.adjustSize()
        self.move(self._place())
        self.show()
        self.raise_()

    def _choices(self, wanted: Wanted) -> list[Choice]:
        if wanted.kind == BLOCK:
            return [
                Choice(block.words, Inserted(block.text, block.back))
                for block in matching(wanted.words, self._clock())
            ]
        if wanted.kind == TAG:
            return [
                Choice(f"#{it.name}", Inserted(f"#{it.name} "), aside=it.aside)
                for it in self.tags(wanted.words)
                if it.name != wanted.words
            ]
        assert wanted.kind == NOTE
        return [
            Choice(it.name, Inserted(f"[[{it.name}]]"), aside=it.aside, icon="note")
            for it in self.titles(wanted.words)
        ]

    def _place(self) -> QPoint:
        """Under the caret, over it where there is no room below."""
        caret = self._editor.cursorRect()
        corner = self._editor.viewport().mapTo(self._editor, caret.bottomLeft())
        left = min(corner.x() - 10, self._editor.width() - self.width() - 8)
        top = corner.y() + 6
        if top + self.height() > self._editor.height():
            top = max(0, corner.y() - caret.height() - self.height() - 6)
        return QPoint(max(0, left), top)

    def _on_taken(self, target: Inserted) -> None:
        wanted, binding = self._wanted, self.binding
        self.leave()
        if wanted is None or binding is None or self._editor.isReadOnly():
            return
        caret = binding.selection[1]
        done = completed(binding.text, caret, wanted, target.text, target.back)
        binding.edit(done.edit, done.anchor, done.caret)
        self._look()
