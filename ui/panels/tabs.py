"""The notes that are open in tabs: which, in which order, and which of them is on the desk.

Owns what each tab keeps while another is seen: undo, caret and the line at the top. One editor
serves all tabs: a note that is not seen costs its steps of undo and no document, and a switch is
the opening of a note. Invariants: there is always a tab; a note is in one tab at most; the note of
the tab in front is the note on the desk. Writes nothing.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from typing import Any

from PySide6.QtCore import QObject, QTimer, Signal

from ui.bridge.beginning import text_to_show
from ui.bridge.resting_text import RestingText, Seen
from ui.models.note_words import title_words
from ui.panels.desk import Desk
from ui.panels.tab import Tab
from ui.widgets.tab_strip import TabStrip

LAST = 8  # the place that Ctrl+9 means, as in browsers, whatever it is
CLOSED_MAX = 30  # closed tabs that can be opened again


class Tabs(QObject):
    """The tabs over one desk. Opening goes through here, so that the tabs always know."""

    turned = Signal()  # the person went to another tab: its note is on the desk
    changed = Signal()  # there are more tabs, or fewer

    def __init__(self, desk: Desk, strip: TabStrip) -> None:
        super().__init__(desk)
        self._desk = desk
        self._strip = strip
        self._tabs: list[Tab] = [Tab(self._name)]
        self._front = self._tabs[0]
        self._from: Tab | None = None  # where the list was gone through when it met another tab
        self._aside = False
        self._closed: list[Any] = []
        strip.add(0)
        self._name(self._front)
        strip.currentChanged.connect(self._on_strip)
        strip.tabMoved.connect(self._on_moved)
        strip.close_wanted.connect(self.close)
        strip.numbered.connect(self.choose)

    # -- what there is -------------------------------------------------------------------------

    @property
    def notes(self) -> list[Any]:
        """The note of each tab, from the left; those without one are left out."""
        return [tab.note for tab in self._tabs if tab.note is not None]

    @property
    def count(self) -> int:
        """How many tabs there are; at least one."""
        return len(self._tabs)

    @property
    def at(self) -> int:
        """The place of the tab in front."""
        return self._tabs.index(self._front)

    @property
    def can_reopen(self) -> bool:
        """Whether a note was in a tab that was closed."""
        return any(note.exists for note in self._closed)

    # -- opening -------------------------------------------------------------------------------

    def show(self, note: Any | None) -> None:
        """Puts a note on the desk: in its own tab if it has one, else in the one in front. Going
        through a list on its way over a note of another tab, one comes back to where one was."""
        own = self._tab_of(note)
        if own is self._front:
            return
        if own is not None:
            before, self._from = self._front, self._from or self._front
            self._turn(own)
            if before.note is None:
                self._drop(before)
        elif self._aside:
            self._aside = False
            self._put_in(self._insert(), note)
        else:
            back, self._from = self._from, None
            self._put_in(back or self._front, note)

    @contextmanager
    def beside(self) -> Iterator[None]:
        """The first note that is opened meanwhile comes into a tab of its own."""
        self.settle()
        self._aside = self._front.note is not None
        try:
            yield
        finally:
            self._aside = False

    def settle(self) -> None:
        """One works in the tab in front: what is opened next is opened here."""
        self._from = None

    def add(self, notes: Sequence[Any]) -> None:
        """Opens notes in tabs behind the one in front, which stays there."""
        at = self.at + 1
        for note in notes:
            if self._tab_of(note) is None:
                if self._front.note is None:
                    self._put_in(self._front, note)
                    self.turned.emit()
                else:
                    self._insert(at).hold(note)
                    at += 1

    def restore(self, left: Sequence[tuple[Any, Seen]], at: int) -> None:
        """The tabs of the last time, and where one was in each; the note on the desk, if it is
        none of them, takes the place of the one in front."""
        here = self._front.note
        at = next((place for place, (note, _) in enumerate(left) if note is here), at)
        if here is None and at < len(left):
            self._put_in(self._front, left[at][0])
            self.turned.emit()
        for place, (note, seen) in enumerate(left):
            if place != at:
                tab = self._insert(place)
                tab.hold(note)
                tab.resting = RestingText.anew(text_to_show(note, "body"), seen)
            elif note is self._front.note:  # when the window has its size
                QTimer.singleShot(0, self, partial(self._look, note, seen))

    def leave(self) -> list[tuple[Any, Seen]]:
        """The window closes: no tab is in front any more. The notes, and where one was in each."""
        self._front.resting = self._desk.put_away()
        return [(tab.note, tab.resting.seen) for tab in self._tabs if tab.resting is not None]

    # -- going, closing ------------------------------------------------------------------------

    def step(self, steps: int) -> None:
        """To a tab further right (or left), around the end."""
        self._go(self._tabs[(self.at + steps) % len(self._tabs)])

    def choose(self, at: int) -> None:
        """To the tab at a place; nothing if there is none. The ninth key is for the last one."""
        if at < len(self._tabs) or at == LAST:
            self._go(self._tabs[min(at, len(self._tabs) - 1)])

    def close(self, at: int) -> None:
        """Closes a tab; the last one stays."""
        tab = self._tabs[at]
        if len(self._tabs) == 1:
            return
        if tab.note is not None:
            self._closed = [it for it in self._closed if it is not tab.note][-CLOSED_MAX:]
            self._closed.append(tab.note)
        was_front = tab is self._front
        self._drop(tab)
        if was_front:
            self.turned.emit()

    def close_others(self, at: int) -> None:
        """Closes all tabs but one, which is in front then."""
        kept = self._tabs[at]
        self._go(kept)
        for tab in [tab for tab in self._tabs if tab is not kept]:
            self.close(self._tabs.index(tab))

    def reopen(self) -> Any | None:
        """The note of the tab that was closed last and is still there; it is for the caller to
        open it."""
        while self._closed:
            note = self._closed.pop()
            if note.exists and self._tab_of(note) is None:
                return note
        return None

    def let_go(self, notes: Collection[Any]) -> None:
        """The person deleted these notes: their tabs close, as long as there are others."""
        for tab in tuple(self._tabs):
            gone = tab.note is not None and tab.note in notes and not tab.note.exists
            if gone and len(self._tabs) > 1:
                was_front = tab is self._front
                self._drop(tab)
                if was_front:
                    self.turned.emit()

    def close_all(self) -> None:
        """Lets go of every note; what was typed is recorded."""
        self._desk.close_note()
        for tab in self._tabs:
            tab.release()

    # -- inside --------------------------------------------------------------------------------

    def _tab_of(self, note: Any | None) -> Tab | None:
        if note is None:
            return None
        return next((tab for tab in self._tabs if tab.note is note), None)

    def _insert(self, at: int | None = None) -> Tab:
        at = self.at + 1 if at is None else at
        tab = Tab(self._name)
        self._tabs.insert(at, tab)
        self._strip.add(at)
        self.changed.emit()
        return tab

    def _put_in(self, tab: Tab, note: Any | None) -> None:
        """A note into a tab, which comes to the front."""
        tab.hold(note)
        self._turn(tab)

    def _turn(self, tab: Tab) -> None:
        """Brings a tab to the front."""
        left = self._desk.put_away()
        before, self._front = self._front, tab
        if before is not tab:
            before.resting, left = left, None
        if left is not None:
            left.close()
        self._desk.open(tab.note, tab.wake())
        self._strip.turn_to(self.at)

    def _go(self, tab: Tab) -> None:
        self.settle()
        if tab is not self._front:
            self._turn(tab)
            self.turned.emit()

    def _drop(self, tab: Tab) -> None:
        """Takes a tab away; its neighbour comes to the front if it was there."""
        at = self._tabs.index(tab)
        if tab is self._front:
            self.settle()
            self._turn(self._tabs[at + 1 if at + 1 < len(self._tabs) else at - 1])
        elif tab is self._from:
            self._from = None
        self._tabs.remove(tab)
        tab.release()
        self._strip.remove(at)
        self.changed.emit()

    def _look(self, note: Any, seen: Seen) -> None:
        binding = self._desk.open_note.binding
        if self._desk.note is note and binding is not None:
            binding.look(seen)

    def _name(self, tab: Tab) -> None:
        words = self.tr("No note") if tab.note is None else title_words(tab.note.title)
        gone = tab.note is not None and not tab.note.exists
        self._strip.name(self._tabs.index(tab), words, gone=gone)

    def _on_strip(self, at: int) -> None:
        if 0 <= at < len(self._tabs):
            self._go(self._tabs[at])

    def _on_moved(self, source: int, target: int) -> None:
        self._tabs.insert(target, self._tabs.pop(source))
