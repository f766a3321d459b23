"""Who wrote what: every letter on the ground of its author, with name and moment at the pointer.

Owns whether it is shown, and the runs as they were read last. They are read at pauses of typing;
while one types, the runs move along with the text. Must never write.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Iterable, Sequence
from itertools import accumulate
from typing import Any, NamedTuple

from PySide6.QtCore import QEvent, QObject, QTimer, Signal
from PySide6.QtGui import QHelpEvent, QTextCharFormat, QTextCursor
from PySide6.QtWidgets import QTextEdit, QToolTip

from ui.bridge.text_binding import TextBinding
from ui.editing.tints import Tints
from ui.models.moments import when_words
from ui.theme.theme import Theme
from ui.widgets.text_editor import TextEditor

PAUSE_MS = 400
LAYER = "authors"


class AuthorRun(NamedTuple):
    """Letters next to each other that one person wrote, in one go or in several."""

    start: int  # code points
    stop: int
    author: str
    time_ms: int  # of the newest of them


class Authors(QObject):
    """`legend` tells the names with the numbers of their grounds, from the most letters down."""

    legend = Signal(object)

    def __init__(
        self, theme: Theme, editor: TextEditor, tints: Tints, clock: Callable[[], int]
    ) -> None:
        super().__init__(editor)
        self._theme = theme
        self._editor = editor
        self._colours = tints
        self._clock = clock
        self._note: Any | None = None
        self._binding: TextBinding | None = None
        self._runs: list[AuthorRun] = []
        self._tints: dict[str, int] = {}
        self.shown = False
        self._pause = QTimer(self)
        self._pause.setSingleShot(True)
        self._pause.setInterval(PAUSE_MS)
        self._pause.timeout.connect(self.refresh)
        editor.textChanged.connect(self._on_text)
        editor.verticalScrollBar().valueChanged.connect(self._light)
        editor.viewport().installEventFilter(self)
        theme.changed.connect(self._light)

    @property
    def runs(self) -> Sequence[AuthorRun]:
        """Who wrote what, from the first letter on."""
        return self._runs

    def toggle(self) -> None:
        """Shows it, or stops."""
        self.shown = not self.shown
        self.refresh()

    def show_note(self, note: Any | None, binding: TextBinding | None) -> None:
        """Another note is open, or none."""
        self._note, self._binding = note, binding
        self.refresh()

    def refresh(self) -> None:
        """Reads anew who wrote what."""
        self._pause.stop()
        self._runs = []
        if self.shown and self._note is not None:
            self._runs = joined((r.length, r.author, r.time) for r in self._note.blame("body"))
        letters: dict[str, int] = {}
        for run in self._runs:
            letters[run.author] = letters.get(run.author, 0) + run.stop - run.start
        self._tints = self._colours.of(sorted(letters))
        order = sorted(letters, key=lambda name: (-letters[name], name))
        self.legend.emit([(name, self._tints[name]) for name in order])
        self._light()

    def run_at(self, place: int) -> AuthorRun | None:
        """Who wrote the letter at a place; None if that is not known yet."""
        at = bisect_right(self._runs, place, key=lambda run: run.start) - 1
        return self._runs[at] if at >= 0 and place < self._runs[at].stop else None

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if self.shown and isinstance(event, QHelpEvent) and event.type() == QEvent.Type.ToolTip:
            cursor = self._editor.cursorForPosition(event.pos())
            run = None
            if self._binding is not None:
                run = self.run_at(self._binding.points_at(cursor.position()))
            words = "" if run is None else f"{run.author} · {self._when(run)}"
            QToolTip.showText(event.globalPos(), words, self._editor)
            return True
        return super().eventFilter(watched, event)

    def _when(self, run: AuthorRun) -> str:
        return when_words(run.time_ms, self._clock())

    def _on_text(self) -> None:
        if self.shown:
            self._pause.start()

    def _light(self) -> None:
        """Colours what can be seen."""
        binding = self._binding
        if not self._runs or binding is None:
            self._editor.light(LAYER, [])
            return
        area = self._editor.viewport().rect()
        first = binding.points_at(self._editor.cursorForPosition(area.topLeft()).position())
        last = binding.points_at(self._editor.cursorForPosition(area.bottomRight()).position())
        seen = [run for run in self._runs if run.stop > first and run.start <= last]
        ends = min(self._runs[-1].stop, len(binding.text))
        places = binding.units_at([min(p, ends) for run in seen for p in (run.start, run.stop)])
        self._editor.light(
            LAYER,
            [
                self._lit(places[2 * at], places[2 * at + 1], self._tints[run.author])
                for at, run in enumerate(seen)
            ],
        )

    def _lit(self, start: int, stop: int, tint: int) -> QTextEdit.ExtraSelection:
        one = QTextEdit.ExtraSelection()
        looks = QTextCharFormat()
        looks.setBackground(self._theme.colour(f"author_{tint}"))
        cursor = QTextCursor(self._editor.document())
        cursor.setPosition(start)
        cursor.setPosition(stop, QTextCursor.MoveMode.KeepAnchor)
        one.cursor, one.format = cursor, looks  # type: ignore[attr-defined]
        return one


def joined(runs: Iterable[tuple[int, str, int]]) -> list[AuthorRun]:
    """Runs (letters, author, time in ms) with neighbours of one author joined."""
    given = list(runs)
    found: list[AuthorRun] = []
    starts = accumulate((length for length, _, _ in given), initial=0)
    for start, (length, author, time_ms) in zip(starts, given, strict=False):
        last = found[-1] if found else None
        if last is not None and last.author == author:
            found[-1] = last._replace(stop=start + length, time_ms=max(last.time_ms, time_ms))
        else:
            found.append(AuthorRun(start, start + length, author, time_ms))
    return found
