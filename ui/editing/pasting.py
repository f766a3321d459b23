"""What becomes of something pasted or dropped into a text.

Owns which of the forms that the clipboard offers is taken. An address over words makes a link of
them; formatted text becomes Markdown, where it says more than its words do and the caret is not in
a program; all else comes as it is. Invariants: one paste is one step of undo; what is too long is
refused before anything is touched, and said. Must never import goatcore.
"""

from __future__ import annotations

from time import perf_counter
from typing import Final

from PySide6.QtCore import QCoreApplication, QMimeData, QObject, Signal
from PySide6.QtGui import QGuiApplication

from ui.bridge.edits import from_ranges
from ui.editing.habits import Habits, is_prose
from ui.editing.line_edits import line_end, line_start
from ui.language import digits
from ui.markup.page import Converted, TooLong, markdown_of
from ui.widgets.text_editor import TextEditor

LETTERS_MAX: Final = 2_000_000  # in one paste: a moment to lay out
FORMATTED_S_MAX: Final = 1.0  # for reading what is formatted
FORMATTED_LETTERS_MAX: Final = 50_000_000  # with all its marks, and pictures that are not taken
_BLOCK_BEGINS: Final = ("- ", "# ", "## ", "### ", "#### ", "> ", "| ", "```", "---", "1. ")


class Pasting(QObject):
    """The paste of one editor."""

    told = Signal(str)  # that something came otherwise than it was copied
    failed = Signal(str)  # why nothing came

    def __init__(self, editor: TextEditor, habits: Habits) -> None:
        super().__init__(editor)
        self._editor = editor
        self._habits = habits
        self._plainly = False
        editor.paste_taken = self.take

    def paste_words(self) -> None:
        """Pastes the words that were copied, without their looks."""
        source = QGuiApplication.clipboard().mimeData()
        if source is not None and not self._editor.isReadOnly():
            self._plainly = True
            self._editor.insertFromMimeData(source)
            self._plainly = False

    def take(self, source: QMimeData) -> bool:
        """Takes what is pasted; False: it is to come as it is."""
        if self._habits.binding is None or self._editor.isReadOnly():
            return False
        words = source.text() if source.hasText() else ""
        if not self._plainly and self._habits.paste(words):
            return True
        formatted = self._formatted(source)
        if formatted is not None and (formatted.says or not words):
            words, made = formatted.text, True
        else:
            made = False
        if len(words) > LETTERS_MAX:
            self.failed.emit(too_long_words(len(words)))
            return True
        if made:
            self._put(words)
        return made

    def _formatted(self, source: QMimeData) -> Converted | None:
        """What is pasted as Markdown; None if it is not formatted, or is not to be so here."""
        if self._plainly or not source.hasHtml():
            return None
        if not is_prose(self._editor.textCursor().block()):
            return None
        html = source.html()
        until = perf_counter() + FORMATTED_S_MAX
        if len(html) <= FORMATTED_LETTERS_MAX:
            try:
                return markdown_of(html, lambda: perf_counter() > until)
            except TooLong:
                pass
        if source.hasText() and len(source.text()) <= LETTERS_MAX:
            self.told.emit(self.tr("This is very long, so its words came without their looks"))
        return None

    def _put(self, words: str) -> None:
        """Writes what was made, away from the words around it if it is more than words."""
        binding = self._habits.binding
        assert binding is not None
        text, (anchor, caret) = binding.text, binding.selection
        low, high = min(anchor, caret), max(anchor, caret)
        if "\n" in words or words.startswith(_BLOCK_BEGINS):
            if text[line_start(text, low) : low].strip():
                words = "\n\n" + words
            if text[high : line_end(text, high)].strip():
                words += "\n\n"
        end = low + len(words)
        binding.edit(from_ranges([(low, high, words)]), end, end)


def too_long_words(letters: int) -> str:
    """Why so much cannot be pasted, and what can be done."""
    return QCoreApplication.translate(
        "pasting",
        "This is too long to paste: {} letters. At most {} can come at once. "
        "Paste it in parts, into several notes.",
    ).format(digits(letters), digits(LETTERS_MAX))
