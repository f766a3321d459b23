"""The desk: one open note, its title and its text, and what can be done with it.

Owns the bindings of the open note. Invariant: what stands on the desk is what the item holds, in
both directions, until another note is opened. The verbs are told by signals; `touched` says that
something was written here. Must never open a repository.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QStackedLayout,
    QVBoxLayout,
    QWidget,
)

from goatcore import GoatError
from ui.bridge.item_text import ItemText
from ui.bridge.text_binding import TextBinding
from ui.editing.authors import Authors
from ui.editing.completing import Completing
from ui.editing.find_bar import FindBar
from ui.editing.finder import Finder
from ui.editing.habits import Habits
from ui.editing.returning import bring_back
from ui.engine_words import told_by
from ui.operations import notes
from ui.panels.about import AboutPanel
from ui.panels.desk_bar import DeskBar
from ui.panels.past import PastPanel
from ui.panels.reader import READ, WRITE, Reader
from ui.theme.theme import Theme
from ui.widgets.banner import Banner
from ui.widgets.empty_state import EmptyState
from ui.widgets.legend import Legend
from ui.widgets.text_editor import TextEditor
from ui.widgets.title_choice import TitleChoice
from ui.widgets.title_edit import TitleEdit

TITLE_PAUSE_MS = 300


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
        self._theme = theme
        self._clock = clock
        self._note: Any | None = None
        self._binding: TextBinding | None = None
        self._unsubscribe: Callable[[], None] | None = None
        self._title_before = ""
        self._title_pause = QTimer(self)
        self._title_pause.setSingleShot(True)
        self._title_pause.setInterval(TITLE_PAUSE_MS)
        self._title_pause.timeout.connect(self._write_title)
        self.bar = DeskBar(theme, self)
        self.bar.share_wanted.connect(self.share_wanted)
        self.crumb, self.light = self.bar.crumb, self.bar.light
        self.more_button = self.bar.more_button
        self.notice = Banner(theme, self, alarming=False)
        self.notice.acted.connect(self._on_notice)
        self.title = TitleEdit(theme, self)
        self.title_choice = TitleChoice(self)
        self.title_choice.chosen.connect(self._on_title_chosen)
        self.editor = TextEditor(theme, self)
        self.editor.setPlaceholderText(self.tr("Write…"))
        self.find_bar = FindBar(theme, self)
        self.finder = Finder(theme, self.editor, self.find_bar)
        self.habits = Habits(self.editor)
        self.completing = Completing(theme, self.editor, clock)
        self.authors = Authors(theme, self.editor, clock)
        self.legend = Legend(theme, self)
        self.authors.legend.connect(self.legend.show_names)
        self.reader = Reader(theme, self.editor)
        self.about = AboutPanel(theme, self.editor, self)
        self.past = PastPanel(theme, clock, self)
        self.past.left.connect(self.leave_past)
        self.past.restore_wanted.connect(self.version_wanted)
        self.past.passage_wanted.connect(self.bring_back)
        self.past.failed.connect(self.failed)
        self.empty = EmptyState(theme, self)
        self.empty.acted.connect(self.new_note_wanted)
        self._build()
        self._connect()
        self.open(None)

    def _build(self) -> None:
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
        layout.addWidget(self.bar)
        layout.addLayout(self._stack, 1)

    def _connect(self) -> None:
        self.title.title_edited.connect(self._on_title)
        self.title.left_downwards.connect(self.focus_text)
        self.title.left.connect(self._on_title_left)
        self.about.place_wanted.connect(self._go_to_place)
        self.editor.left_upwards.connect(self.title.setFocus)
        self.editor.margin_changed.connect(self._on_margin)
        self.editor.undo_wanted.connect(self.undo)
        self.editor.redo_wanted.connect(self.redo)
        self.editor.step_ended.connect(self._end_step)
        self.editor.composing.connect(self._on_composing)

    # -- the note ------------------------------------------------------------------------------

    @property
    def note(self) -> Any | None:
        """The open note."""
        return self._note

    def open(self, note: Any | None) -> None:
        """Puts a note on the desk; what was on it is recorded."""
        if note is self._note and note is not None:
            return
        self._put_away()
        self._note = note
        self._stack.setCurrentIndex(1 if note is None else 0)
        self.more_button.setEnabled(note is not None)
        self.notice.hide()
        if note is None:
            return
        self.title.show_title(note.title)
        self._title_before = note.title
        self._binding = TextBinding(self.editor, ItemText(note, "body"), self._clock)
        self.editor.verticalScrollBar().setValue(0)  # a hidden editor may have moved to its caret
        self._binding.edited.connect(self._on_edited)
        self._binding.received.connect(self._show_undo)
        self._binding.failed.connect(self.failed)
        self.habits.binding = self.completing.binding = self._binding
        self.finder.show_text(self._binding)
        self.reader.show_text(self._binding)
        self.about.show_note(note, self._binding)
        self.authors.show_note(note, self._binding)
        self._unsubscribe = note.subscribe(self._on_change)
        self._show_undo()
        self._show_state()

    @property
    def shows_past(self) -> bool:
        """Whether the past of the note is shown instead of the note."""
        return self._stack.currentIndex() == 2

    def show_past(self, version: Any | None = None) -> None:
        """Shows what the open note was, now or at a version; what was typed until now belongs to
        it."""
        if self._note is not None:
            self.record()
            self._stack.setCurrentIndex(2)
            self.past.look(self._note, version)

    def leave_past(self) -> None:
        """Back to the note as it is now."""
        if self.shows_past:
            self.past.leave()
            self._stack.setCurrentIndex(0)
            self.editor.setFocus()

    def bring_back(self, version: Any, start: int, stop: int) -> None:
        """Brings letters of a version's text back into the note, where they stood."""
        note, binding = self._note, self._binding
        self.leave_past()
        if note is None or binding is None:
            return
        try:
            undo = bring_back(note, binding, version, start, stop)
        except GoatError as error:
            self.failed.emit(told_by(error))
            return
        if undo is None:
            self.told.emit(self.tr("This stands in the note as it was"), None)
        else:
            self.told.emit(undo.label, undo.undo)

    def focus_text(self) -> None:
        """The keys go to what is seen of the text."""
        (self.reader.view if self.editor.isHidden() else self.editor).setFocus()

    def refresh(self) -> None:
        """Rights may have changed."""
        if self._note is not None:
            self._show_state()

    def undo(self) -> None:
        """Takes back the newest step of one's own in this text."""
        if self._binding is not None and not self.editor.isReadOnly():
            self._binding.undo()

    def redo(self) -> None:
        """Does again what was taken back."""
        if self._binding is not None and not self.editor.isReadOnly():
            self._binding.redo()

    def close_note(self) -> None:
        """Lets go of the note and records what was typed."""
        self.open(None)

    def record(self) -> None:
        """Records what was typed until now."""
        if self._title_pause.isActive():
            self._write_title()
        if self._note is not None and not self._note.repository.closed:
            self._try(self._note.repository.record_drafts)

    def _put_away(self) -> None:
        self.past.leave()
        self.record()
        if self._unsubscribe is not None:
            self._unsubscribe()
            self._unsubscribe = None
        if self._binding is not None:
            self.habits.binding = self.completing.binding = None
            self.completing.leave()
            self.finder.show_text(None)
            self.reader.show_text(None)
            self.about.show_note(None, None)
            self.authors.show_note(None, None)
            self._binding.verify()
            self._binding.close()
            self._binding.deleteLater()
            self._binding = None
        self._note = None

    # -- both ways -----------------------------------------------------------------------------

    def _on_title(self, _title: str) -> None:
        self._title_pause.start()

    def _write_title(self) -> None:
        """A title is one value: it is written at a pause in typing, not letter by letter."""
        self._title_pause.stop()
        note = self._note
        if note is not None:
            self._try(lambda: notes.set_title(note, self.title.title, self._clock()))

    def _on_title_left(self) -> None:
        """The title is done: links may follow it."""
        if self._title_pause.isActive():
            self._write_title()
        note, before = self._note, self._title_before
        if note is not None and before and note.title and before != note.title:
            self._title_before = note.title
            self.retitled.emit(note, before)

    def _go_to_place(self, place: int) -> None:
        if self._binding is not None:
            self.reader.set_mode(WRITE if self.reader.mode == READ else self.reader.mode)
            self._binding.select(place, place)
            self.editor.setFocus()

    def _on_edited(self) -> None:
        note = self._note
        if note is not None:
            self._try(lambda: notes.touch(note, self._clock()))
        self._show_undo()

    def _on_change(self, change: Any) -> None:
        typed = self._title_pause.isActive()
        if "title" in change.fields and not typed and self.title.title != change.item.title:
            self.title.show_title(change.item.title)
        if change.kind != "edited":
            self._show_state()
        else:
            self._show_titles()

    def _try(self, write: Callable[[], object]) -> None:
        try:
            write()
        except GoatError as error:
            self.failed.emit(told_by(error))

    def _end_step(self) -> None:
        if self._binding is not None:
            self._binding.end_step()

    def _on_composing(self, composes: bool) -> None:
        if self._binding is not None:
            if composes:
                self._binding.hold()
            else:
                self._binding.release()

    def _on_notice(self) -> None:
        if self._note is not None:
            self.restore_wanted.emit(self._note)

    # -- looks ---------------------------------------------------------------------------------

    def _show_undo(self) -> None:
        binding = self._binding
        self.editor.can_undo = binding is not None and binding.can_undo
        self.editor.can_redo = binding is not None and binding.can_redo

    def _show_state(self) -> None:
        note = self._note
        assert note is not None
        writable = note.repository.writable
        exists = note.exists
        for part in (self.title, self.editor):
            part.setReadOnly(not (writable and exists))
        if not exists:
            self.notice.tell(
                self.tr("This note was deleted."), self.tr("Restore") if writable else ""
            )
        elif not writable:
            self.notice.tell(self.tr("You can read this notebook, but not write in it."))
        else:
            self.notice.hide()
        self._show_titles()

    def _show_titles(self) -> None:
        """Titles that were written at the same time are shown with a choice."""
        note = self._note
        assert note is not None
        titles = note.alternatives("title") if note.exists and note.repository.writable else []
        self.title_choice.show_titles([str(title) for title in titles])

    def _on_title_chosen(self, title: str) -> None:
        self._title_pause.stop()
        if self._note is not None:
            self.title_settled.emit(self._note, title)
            self._show_titles()

    def _on_margin(self, margin: int) -> None:
        self._title_row.setContentsMargins(margin, 14, 28, 10)
        self._choice_row.setContentsMargins(margin, 0, 28, 0)
