"""Find and replace in the open note: which places there are, which is current, what is lit.

Owns the places found. Invariant: they are places of the text as the editor shows it, found anew
after every change of anybody. A replacement is an edit of the binding: one step of undo, and
others' work beside it stays. Must never import goatcore.
"""

from __future__ import annotations

from PySide6.QtCore import QObject, QTimer
from PySide6.QtGui import QTextCharFormat, QTextCursor
from PySide6.QtWidgets import QTextEdit

from ui.bridge.edits import from_ranges
from ui.bridge.text_binding import TextBinding
from ui.editing.find_bar import FindBar
from ui.editing.searching import Range, count_words, find_all, last_before, next_after
from ui.language import digits
from ui.theme.theme import Theme
from ui.widgets.text_editor import TextEditor

LIT_MAX = 400  # places that are lit at once: far more than fit a screen


class Finder(QObject):
    """One editor's; give it the binding of each note that is opened."""

    def __init__(self, theme: Theme, editor: TextEditor, bar: FindBar) -> None:
        super().__init__(editor)
        self._theme = theme
        self._editor = editor
        self._bar = bar
        self._binding: TextBinding | None = None
        self._found: list[Range] = []
        self._current: int | None = None
        self._soon = QTimer(self)
        self._soon.setSingleShot(True)
        self._soon.setInterval(0)
        self._soon.timeout.connect(self._find)
        bar.words_changed.connect(self._on_words)
        bar.step_wanted.connect(lambda back: self.step(backwards=back))
        bar.replace_wanted.connect(self._replace)
        bar.left.connect(self.leave)
        editor.verticalScrollBar().valueChanged.connect(self._light)
        editor.margin_changed.connect(self._light)
        theme.changed.connect(self._light)

    @property
    def found(self) -> list[Range]:
        """The places, in code points."""
        return self._found

    @property
    def active(self) -> bool:
        """Whether the bar is there."""
        return not self._bar.isHidden()

    def show_text(self, binding: TextBinding | None) -> None:
        """Another note is open now."""
        self._binding = binding
        self._current = None
        if binding is not None:
            binding.edited.connect(self._on_text)
            binding.received.connect(self._on_text)
        self._find()

    def ask(self, *, replaces: bool) -> None:
        """Opens the bar; what is selected in one line is what to look for."""
        words = self._editor.textCursor().selectedText()
        self._bar.ask("" if "\u2029" in words else words, replaces=replaces)
        self._find()

    def look_for(self, words: str, at: int) -> None:
        """Opens the bar with these words and selects their first place from a letter on; the
        editor keeps the keys, F3 goes on."""
        self._bar.ask(words, replaces=False)
        self._editor.setFocus()
        self._find()
        if self._binding is not None and self._found:
            self._select(next_after(self._found, at))

    def leave(self) -> None:
        """Closes the bar; the place that was found stays selected."""
        self._bar.hide()
        self._find()
        self._editor.setFocus()

    def step(self, *, backwards: bool = False) -> None:
        """Selects the next place, or the one before."""
        if not self.active and self._bar.line.text():
            self._bar.ask("", replaces=False)
            self._editor.setFocus()
        self._find()
        if self._binding is None or not self._found:
            return
        low, high = sorted(self._binding.selection)
        here = last_before(self._found, low) if backwards else next_after(self._found, high)
        self._select(here)

    def _replace(self, everything: bool) -> None:
        binding = self._binding
        if binding is None or self._editor.isReadOnly() or not self._found:
            return
        new = self._bar.other.text()
        low, high = sorted(binding.selection)
        if everything:
            count = len(self._found)
            edit = from_ranges((start, stop, new) for start, stop in self._found)
            grown = sum(len(new) - (b - a) for a, b in self._found if b <= low)
            binding.edit(edit, low + grown, low + grown)
            self._find()
            self._bar.say(self.tr("{} replaced").format(digits(count)), found=bool(self._found))
        elif (low, high) in self._found:
            caret = low + len(new)
            binding.edit(from_ranges([(low, high, new)]), caret, caret)
            self.step()
        else:
            self.step()

    def _on_words(self) -> None:
        """What is typed is looked for from the caret on, and shown at once."""
        self._find()
        if self._binding is not None and self._found:
            self._select(next_after(self._found, min(self._binding.selection)))

    def _on_text(self) -> None:
        if self.active:
            self._soon.start()

    def _find(self) -> None:
        self._soon.stop()
        words = self._bar.line.text() if self.active else ""
        self._found, self._current = [], None
        if self._binding is not None and words:
            exact = self._bar.case.isChecked()
            self._found = find_all(self._binding.text, words, exact_case=exact)
            chosen = tuple(sorted(self._binding.selection))
            if chosen in self._found:
                self._current = self._found.index(chosen)
        said = count_words(len(self._found), self._current) if words else ""
        self._bar.say(said, found=bool(self._found))
        self._light()

    def _select(self, number: int) -> None:
        assert self._binding is not None
        self._current = number
        self._binding.end_step()
        self._binding.select(*self._found[number])
        self._bar.say(count_words(len(self._found), number), found=True)
        self._light()

    def _light(self) -> None:
        """Lights the places that can be seen."""
        lit: list[QTextEdit.ExtraSelection] = []
        if self._found and self._binding is not None:
            top = self._editor.cursorForPosition(self._editor.viewport().rect().topLeft())
            first = self._binding.points_at(top.block().position())
            start = (
                next_after(self._found, first) if first <= self._found[-1][0] else len(self._found)
            )
            seen = self._found[start : start + LIT_MAX]
            places = self._binding.units_at([point for span in seen for point in span])
            lit = [
                self._lit(places[2 * number], places[2 * number + 1])
                for number in range(len(seen))
                if start + number != self._current  # that one is selected
            ]
        self._editor.light("found", lit)

    def _lit(self, start: int, stop: int) -> QTextEdit.ExtraSelection:
        one = QTextEdit.ExtraSelection()
        looks = QTextCharFormat()
        looks.setBackground(self._theme.colour("found"))
        looks.setForeground(self._theme.colour("ink"))
        cursor = QTextCursor(self._editor.document())
        cursor.setPosition(start)
        cursor.setPosition(stop, QTextCursor.MoveMode.KeepAnchor)
        one.cursor, one.format = cursor, looks  # type: ignore[attr-defined]
        return one
