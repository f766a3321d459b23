"""The desk: one open note, its title and its text, and what can be done with it.

Owns which face is seen: the note, its past, or what to do when there is none. The open note with
its bindings is `OpenNote`'s. The verbs are told by signals. Must never open a repository.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QStackedLayout,
    QVBoxLayout,
    QWidget,
)

from ui.bridge.resting_text import RestingText
from ui.bridge.text_binding import TextBinding
from ui.editing.authors import Authors
from ui.editing.completing import Completing
from ui.editing.find_bar import FindBar
from ui.editing.finder import Finder
from ui.editing.habits import Habits
from ui.editing.others import Others
from ui.editing.pasting import Pasting
from ui.editing.tints import Tints
from ui.panels.about import AboutPanel
from ui.panels.desk_bar import DeskBar
from ui.panels.open_note import OpenNote
from ui.panels.past import PastPanel
from ui.panels.reader import READ, WRITE, Reader
from ui.theme.theme import Theme
from ui.widgets.banner import Banner
from ui.widgets.empty_state import EmptyState
from ui.widgets.legend import Legend
from ui.widgets.tab_strip import TabStrip
from ui.widgets.text_editor import TextEditor
from ui.widgets.title_choice import TitleChoice
from ui.widgets.title_edit import TitleEdit

ALONE_TOP_PX = 36


class Desk(QWidget):
    """Shows one note at a time, or what to do when there is none."""

    share_wanted = Signal()
    new_note_wanted = Signal()
    title_settled = Signal(object, str)  # the note, one of several titles that it has
    restore_wanted = Signal(object)  # a note that was deleted while it was open
    retitled = Signal(object, str)  # the note, and what it was called before
    version_wanted = Signal(object, object, str)  # the note, a version, when it was
    told = Signal(str, object)  # what was done here, and a way back or None
    failed = Signal(str)

    def __init__(
        self, theme: Theme, clock: Callable[[], int], parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.setObjectName("desk")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.head = QWidget(self)  # what stands over a note
        self.tab_strip = TabStrip(theme, self.head)
        self.bar = DeskBar(theme, self.head)
        self.crumb, self.light = self.bar.crumb, self.bar.light
        self.more_button = self.bar.more_button
        self.notice = Banner(theme, self, alarming=False)
        self.title = TitleEdit(theme, self)
        self.title_choice = TitleChoice(self)
        self.editor = TextEditor(theme, self)
        self.editor.setPlaceholderText(self.tr("Write…"))
        self.open_note = OpenNote(self.title, self.title_choice, self.editor, self.notice, clock)
        self.undo, self.redo = self.open_note.undo, self.open_note.redo
        self.record, self.refresh = self.open_note.record, self.open_note.refresh
        self.find_bar = FindBar(theme, self)
        self.finder = Finder(theme, self.editor, self.find_bar)
        self.habits = Habits(self.editor)
        self.pasting = Pasting(self.editor, self.habits)
        self.pasting.told.connect(lambda words: self.told.emit(words, None))
        self.pasting.failed.connect(self.failed)
        self.completing = Completing(theme, self.editor, clock)
        tints = Tints()
        self.authors = Authors(theme, self.editor, tints, clock)
        self.others = Others(theme, self.editor, tints, clock)
        self.others.here.connect(self.bar.people.show_people)
        self.legend = Legend(theme, self)
        self.reader = Reader(theme, self.editor)
        self.about = AboutPanel(theme, self.editor, self)
        self.past = PastPanel(theme, clock, self)
        self.empty = EmptyState(theme, self)
        self._build()
        self._connect()
        self.open(None)

    def _build(self) -> None:
        head = QVBoxLayout(self.head)
        head.setContentsMargins(0, 0, 0, 0)
        head.setSpacing(0)
        head.addWidget(self.tab_strip)
        head.addWidget(self.bar)
        self._title_row = QHBoxLayout()
        self._title_row.setContentsMargins(28, 14, 28, 10)
        self._title_row.addWidget(self.title)
        page = QFrame(self)
        page_layout = QVBoxLayout(page)
        page_layout.setContentsMargins(0, 0, 0, 0)
        page_layout.setSpacing(0)
        page_layout.addWidget(self.notice)
        page_layout.addWidget(self.find_bar)
        page_layout.addLayout(self._title_row)
        self._choice_row = QHBoxLayout()
        self._choice_row.setContentsMargins(28, 0, 28, 0)
        self._choice_row.addWidget(self.title_choice)
        page_layout.addLayout(self._choice_row)
        beside = QHBoxLayout()
        beside.setSpacing(0)
        beside.addWidget(self.reader.parts, 1)
        beside.addWidget(self.about)
        page_layout.addLayout(beside, 1)
        page_layout.addWidget(self.legend)
        self._page = page
        self._stack = QStackedLayout()
        self._stack.addWidget(page)
        self._stack.addWidget(self.empty)
        self._stack.addWidget(self.past)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(self.head)
        layout.addLayout(self._stack, 1)

    def _connect(self) -> None:
        self.bar.share_wanted.connect(self.share_wanted)
        self.empty.acted.connect(self.new_note_wanted)
        self.open_note.bound.connect(self._on_bound)
        self.open_note.title_settled.connect(self.title_settled)
        self.open_note.restore_wanted.connect(self.restore_wanted)
        self.open_note.retitled.connect(self.retitled)
        self.open_note.told.connect(self.told)
        self.open_note.failed.connect(self.failed)
        self.title.left_downwards.connect(self.focus_text)
        self.about.place_wanted.connect(self._go_to_place)
        self.authors.legend.connect(self.legend.show_names)
        self.editor.left_upwards.connect(self.title.setFocus)
        self.editor.margin_changed.connect(self._on_margin)
        self.past.left.connect(self.leave_past)
        self.past.restore_wanted.connect(self.version_wanted)
        self.past.passage_wanted.connect(self._bring_back)
        self.past.failed.connect(self.failed)

    # -- the note ------------------------------------------------------------------------------

    @property
    def note(self) -> Any | None:
        """The open note."""
        return self.open_note.note

    def open(self, note: Any | None, resting: RestingText | None = None) -> None:
        """Puts a note on the desk, from its first line or as it was left; what was on the desk is
        recorded."""
        if note is self.note and note is not None:
            return
        left = self.put_away()
        if left is not None:
            left.close()
        self._stack.setCurrentIndex(1 if note is None else 0)
        self.more_button.setEnabled(note is not None)
        self.notice.hide()
        if note is not None:
            self.open_note.open(note, resting)

    def put_away(self) -> RestingText | None:
        """Takes the note off the desk; with what comes back it can be opened as it was left. Close
        that if nobody will."""
        self.past.leave()
        return self.open_note.put_away()

    def close_note(self) -> None:
        """Lets go of the note and records what was typed."""
        self.open(None)

    @property
    def shows_past(self) -> bool:
        """Whether the past of the note is shown instead of the note."""
        return self._stack.currentIndex() == 2

    def show_past(self, version: Any | None = None) -> None:
        """Shows what the open note was, now or at a version; what was typed until now belongs to
        it."""
        if self.open_note.too_long:
            self.failed.emit(self.tr("This note is too long to show what it was."))
        elif self.note is not None:
            self.record()
            self._stack.setCurrentIndex(2)
            self.past.look(self.note, version)

    def show_graph(self) -> None:
        """Shows the past of the open note as a graph."""
        self.past.show_graph()
        if not self.shows_past:
            self.show_past()
        if self.shows_past:
            self.past.graph.setFocus()

    def find_in_past(self) -> None:
        """Shows the past of the open note, to look for words in it."""
        if not self.shows_past:
            self.show_past()
        self.past.search.ask()

    def leave_past(self) -> None:
        """Back to the note as it is now."""
        if self.shows_past:
            self.past.leave()
            self._stack.setCurrentIndex(0)
            self.editor.setFocus()

    def _bring_back(self, version: Any, start: int, stop: int) -> None:
        """Letters of a version's text come back into the note."""
        self.leave_past()
        self.open_note.bring_back(version, start, stop)

    def stand_alone(self, alone: bool) -> None:
        """Nothing stands over the note: it has some air there instead."""
        self.setContentsMargins(0, ALONE_TOP_PX if alone else 0, 0, 0)

    def focus_text(self) -> None:
        """The keys go to what is seen of the text."""
        (self.reader.view if self.editor.isHidden() else self.editor).setFocus()

    def _on_bound(self, note: Any | None, binding: TextBinding | None) -> None:
        """All that work on the text work on this one."""
        self.habits.binding = self.completing.binding = binding
        if binding is None:
            self.completing.leave()
        self.finder.show_text(binding)
        self.reader.show_text(binding)
        self.about.show_note(note, binding)
        whole = None if self.open_note.too_long else note  # what counts letters of the whole text
        self.authors.show_note(whole, binding)
        self.others.show_note(whole, binding if whole is not None else None)

    def _go_to_place(self, place: int) -> None:
        binding = self.open_note.binding
        if binding is not None:
            self.reader.set_mode(WRITE if self.reader.mode == READ else self.reader.mode)
            binding.select(place, place)
            self.editor.setFocus()

    def _on_margin(self, margin: int) -> None:
        self._title_row.setContentsMargins(margin, 14, margin, 10)
        self._choice_row.setContentsMargins(margin, 0, margin, 0)
