"""Search in the past of a note: the moments at which words came into it or went.

Owns what was found and what is looked at. The newest moments are read first, a few at a time, so
that the window stays awake. Writes nothing; knows no versions, only the text after each moment.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from time import perf_counter

from PySide6.QtCore import QObject, QTimer, Signal

from ui.editing.find_bar import FindBar
from ui.editing.searching import find_all
from ui.language import digits

SLICE_S = 0.012  # of reading at a time
PAUSE_MS = 150  # in typing


class PastSearch(QObject):
    """`shown`: a moment is wanted; `words_changed`: what is to be lit, or "" and no case."""

    shown = Signal(int)
    words_changed = Signal(str, bool)
    left = Signal()

    def __init__(self, bar: FindBar, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._bar = bar
        self._text_after: Callable[[int], str] = lambda _number: ""
        self._count = 0
        self._found: list[int] = []  # moments, the newest first
        self._at = -1  # which of them is shown
        self._wants_next = False  # as soon as it is found
        self._reading: Iterator[None] | None = None
        self._slices = QTimer(self)
        self._slices.setInterval(0)
        self._slices.timeout.connect(self._read_some)
        self._soon = QTimer(self)
        self._soon.setSingleShot(True)
        self._soon.setInterval(PAUSE_MS)
        self._soon.timeout.connect(self._begin)
        bar.words_changed.connect(self._soon.start)
        bar.step_wanted.connect(lambda back: self.step(backwards=back))
        bar.left.connect(self.leave)

    @property
    def found(self) -> list[int]:
        """The moments that were found until now, the newest first."""
        return self._found

    @property
    def reads(self) -> bool:
        """Whether it is not done yet."""
        return self._reading is not None or self._soon.isActive()

    def ask(self) -> None:
        """Opens the bar."""
        self._bar.ask("", replaces=False)
        self._begin()

    def look_through(self, count: int, text_after: Callable[[int], str]) -> None:
        """There are so many moments; `text_after` gives the text after one of them."""
        self._count, self._text_after = count, text_after
        if not self._bar.isHidden():
            self._begin(anew=False)

    def step(self, *, backwards: bool = False) -> None:
        """On to the next older moment; or back to the newer one."""
        if self._soon.isActive():
            self._begin()
            return
        wanted = self._at + (-1 if backwards else 1)
        if 0 <= wanted < len(self._found):
            self._go(wanted)
        elif self._reading is not None and not backwards:
            self._wants_next = True
        elif self._found:
            self._go(wanted % len(self._found))

    def leave(self) -> None:
        """Closes the bar; the moment that was found stays."""
        self.end()
        self._bar.hide()
        self.words_changed.emit("", False)
        self.left.emit()

    def end(self) -> None:
        """Reads no more."""
        self._soon.stop()
        self._slices.stop()
        self._reading = None

    def _begin(self, *, anew: bool = True) -> None:
        """From the newest moment; `anew`: and goes to the first that is found."""
        self.end()
        words, exact = self._bar.line.text(), self._bar.case.isChecked()
        self._found, self._at = [], -1
        self._wants_next = anew
        self.words_changed.emit(words, exact)
        if words and self._count:
            self._reading = self._read(words, exact)
            self._slices.start()
        self._say()

    def _read(self, words: str, exact: bool) -> Iterator[None]:
        there = len(find_all(self._text_after(self._count - 1), words, exact_case=exact))
        for number in range(self._count - 1, -1, -1):
            before = 0
            if number:
                text = self._text_after(number - 1)
                before = len(find_all(text, words, exact_case=exact))
            if there != before:
                self._found.append(number)
                if self._wants_next:
                    self._wants_next = False
                    self._go(len(self._found) - 1)
            there = before
            yield

    def _read_some(self) -> None:
        reading, until = self._reading, perf_counter() + SLICE_S
        while reading is not None and reading is self._reading and perf_counter() < until:
            if next(reading, self) is self and reading is self._reading:
                self.end()
        self._say()

    def _go(self, at: int) -> None:
        self._at = at
        self.shown.emit(self._found[at])
        self._say()

    def _say(self) -> None:
        count = len(self._found)
        if not self._bar.line.text():
            said = ""
        elif self._reading is not None:
            said = self.tr("{} so far").format(digits(count))
        elif not count:
            said = self.tr("At no time")
        elif self._at < 0:
            said = self.tr("{} found").format(digits(count))
        else:
            said = self.tr("{} of {}").format(digits(self._at + 1), digits(count))
        self._bar.say(said, found=bool(count))
