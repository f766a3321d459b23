"""The open note: its title and its text in their fields, both ways.

Owns the bindings of the open note and when a title is written. Invariant: what stands in the fields
is what the item holds, in both directions, until another note is opened. `bound` tells all that
work on the text which binding is the one now. Must never open a repository.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from PySide6.QtCore import QObject, QTimer, Signal

from goatcore import GoatError
from ui.bridge.beginning import is_too_long, text_to_show
from ui.bridge.resting_text import RestingText
from ui.bridge.text_binding import TextBinding
from ui.editing.returning import bring_back
from ui.engine_words import told_by
from ui.language import digits
from ui.operations import notes
from ui.widgets.banner import Banner
from ui.widgets.text_editor import TextEditor
from ui.widgets.title_choice import TitleChoice
from ui.widgets.title_edit import TitleEdit

TITLE_PAUSE_MS = 300


class OpenNote(QObject):
    """One note at a time, or none."""

    bound = Signal(object, object)  # the note and its TextBinding; None and None
    title_settled = Signal(object, str)  # the note, one of several titles that it has
    restore_wanted = Signal(object)  # a note that was deleted while it was open
    retitled = Signal(object, str)  # the note, and what it was called before
    told = Signal(str, object)  # what was done here, and a way back or None
    failed = Signal(str)

    def __init__(
        self,
        title: TitleEdit,
        title_choice: TitleChoice,
        editor: TextEditor,
        notice: Banner,
        clock: Callable[[], int],
    ) -> None:
        super().__init__(editor)
        self.title = title
        self.title_choice = title_choice
        self.editor = editor
        self.notice = notice
        self._clock = clock
        self.note: Any | None = None
        self.binding: TextBinding | None = None
        self._unsubscribe: Callable[[], None] | None = None
        self._title_before = ""
        self.too_long = False  # only the beginning of the text is shown
        self._title_pause = QTimer(self)
        self._title_pause.setSingleShot(True)
        self._title_pause.setInterval(TITLE_PAUSE_MS)
        self._title_pause.timeout.connect(self._write_title)
        title.title_edited.connect(lambda _title: self._title_pause.start())
        title.left.connect(self._on_title_left)
        title_choice.chosen.connect(self._on_title_chosen)
        notice.acted.connect(self._on_notice)
        editor.undo_wanted.connect(self.undo)
        editor.redo_wanted.connect(self.redo)
        editor.step_ended.connect(self._end_step)
        editor.composing.connect(self._on_composing)

    def open(self, note: Any, resting: RestingText | None) -> None:
        """Shows a note, from its first line or where it was left; nothing may be open."""
        assert self.note is None
        self.note = note
        self.title.show_title(note.title)
        self._title_before = note.title
        self.too_long = is_too_long(note, "body")
        if self.too_long and resting is not None:
            resting.close()
            resting = None
        binding = TextBinding(self.editor, text_to_show(note, "body"), self._clock, resting)
        self.binding = binding
        if resting is None:
            self.editor.verticalScrollBar().setValue(0)  # a hidden editor may be at its caret
        binding.edited.connect(self._on_edited)
        binding.received.connect(self._show_undo)
        binding.failed.connect(self.failed)
        self.bound.emit(note, binding)
        self._unsubscribe = note.subscribe(self._on_change)
        self._show_undo()
        self.refresh()

    def put_away(self) -> RestingText | None:
        """Records what was typed and lets go of the note. What comes back hears what others do
        until it is given to `open`, or closed."""
        self.record()
        if self._unsubscribe is not None:
            self._unsubscribe()
            self._unsubscribe = None
        binding, self.binding = self.binding, None
        self.note, self.too_long = None, False
        if binding is None:
            return None
        self.bound.emit(None, None)
        resting = binding.rest()
        binding.deleteLater()
        return resting

    def record(self) -> None:
        """Records what was typed until now."""
        if self._title_pause.isActive():
            self._write_title()
        if self.note is not None and not self.note.repository.closed:
            self._try(self.note.repository.record_drafts)

    def undo(self) -> None:
        """Takes back the newest step of one's own in this text."""
        if self.binding is not None and not self.editor.isReadOnly():
            self.binding.undo()

    def redo(self) -> None:
        """Does again what was taken back."""
        if self.binding is not None and not self.editor.isReadOnly():
            self.binding.redo()

    def bring_back(self, version: Any, start: int, stop: int) -> None:
        """Brings letters of a version's text back into the note, where they stood."""
        note, binding = self.note, self.binding
        if note is None or binding is None or self.too_long:
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

    def refresh(self) -> None:
        """Shows whether one may write here, and says why not."""
        note = self.note
        if note is None:
            return
        writable = note.repository.writable
        exists = note.exists
        self.title.setReadOnly(not (writable and exists))
        self.editor.setReadOnly(not (writable and exists) or self.too_long)
        if not exists:
            self.notice.tell(
                self.tr("This note was deleted."), self.tr("Restore") if writable else ""
            )
        elif not writable:
            self.notice.tell(self.tr("You can read this notebook, but not write in it."))
        elif self.too_long:
            self.notice.tell(
                self.tr(
                    "This note is too long to write in: {} letters. Its beginning is shown; the "
                    "search finds all of it."
                ).format(digits(len(note.body)))
            )
        else:
            self.notice.hide()
        self._show_titles()

    # -- both ways -----------------------------------------------------------------------------

    def _write_title(self) -> None:
        """A title is one value: it is written at a pause in typing, not letter by letter."""
        self._title_pause.stop()
        note = self.note
        if note is not None:
            self._try(lambda: notes.set_title(note, self.title.title, self._clock()))

    def _on_title_left(self) -> None:
        """The title is done: links may follow it."""
        if self._title_pause.isActive():
            self._write_title()
        note, before = self.note, self._title_before
        if note is not None and before and note.title and before != note.title:
            self._title_before = note.title
            self.retitled.emit(note, before)

    def _on_title_chosen(self, title: str) -> None:
        self._title_pause.stop()
        if self.note is not None:
            self.title_settled.emit(self.note, title)
            self._show_titles()

    def _on_edited(self) -> None:
        note = self.note
        if note is not None:
            self._try(lambda: notes.touch(note, self._clock()))
        self._show_undo()

    def _on_change(self, change: Any) -> None:
        typed = self._title_pause.isActive()
        if "title" in change.fields and not typed and self.title.title != change.item.title:
            self.title.show_title(change.item.title)
        if change.kind != "edited":
            self.refresh()
        else:
            self._show_titles()

    def _try(self, write: Callable[[], object]) -> None:
        try:
            write()
        except GoatError as error:
            self.failed.emit(told_by(error))

    def _end_step(self) -> None:
        if self.binding is not None:
            self.binding.end_step()

    def _on_composing(self, composes: bool) -> None:
        if self.binding is not None:
            if composes:
                self.binding.hold()
            else:
                self.binding.release()

    def _on_notice(self) -> None:
        if self.note is not None:
            self.restore_wanted.emit(self.note)

    # -- looks ---------------------------------------------------------------------------------

    def _show_undo(self) -> None:
        binding = self.binding
        self.editor.can_undo = binding is not None and binding.can_undo
        self.editor.can_redo = binding is not None and binding.can_redo

    def _show_titles(self) -> None:
        """Titles that were written at the same time are shown with a choice."""
        note = self.note
        assert note is not None
        titles = note.alternatives("title") if note.exists and note.repository.writable else []
        self.title_choice.show_titles([str(title) for title in titles])
