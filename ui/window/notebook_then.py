"""The whole notebook at a date: its past stands where the list of notes is, and the desk follows.

Owns whether a notebook's past is shown. Invariant: while it is, the desk shows a note's past or
nothing, and whatever else opens a note or a place leads back to now. Writes nothing: it finds out
what is to be brought back.
"""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import QObject, Signal

from ui.models.places import NESTED, keys_below
from ui.operations.notebook_then import nested_then, others_now
from ui.operations.schemas import NOTE
from ui.panels.desk import Desk
from ui.panels.note_list import NoteList
from ui.panels.past_notes import PastNotes
from ui.window.flow import Flow
from ui.window.shelf import Shelf


class NotebookThen(QObject):
    """The past of the chosen notebook, in one window."""

    restore_wanted = Signal(object, object, str)  # the repository, versions in it, of which day
    told = Signal(str)

    def __init__(
        self, shelf: Shelf, listing: NoteList, past: PastNotes, desk: Desk, flow: Flow
    ) -> None:
        super().__init__(flow)
        self._shelf = shelf
        self._list = listing
        self._past = past
        self._desk = desk
        self._flow = flow
        self._opens = False
        self.active = False
        past.chosen.connect(self._open)
        past.left.connect(self.leave)
        past.restore_wanted.connect(self._restore)
        desk.past.left.connect(self.leave)
        desk.past.passage_wanted.connect(lambda *_: self.leave())  # it was brought back
        flow.opened.connect(self._on_opened)
        flow.placed.connect(self.leave)

    def toggle(self) -> None:
        """Shows the past of the chosen notebook, or now again."""
        if self.active:
            self.leave()
            return
        place = self._flow.place
        repository = self._shelf.repository_of(place)
        if repository is None:
            return
        self._desk.record()
        note = self._desk.note
        keys = keys_below(self._shelf.places, place) if place.kind == NESTED else ()
        self.active = True
        self._list.hide()
        self._past.show()
        self._past.look(
            place.name, list(repository.known_items(NOTE)), keys, note.key if note else ""
        )
        self._flow.moved.emit()

    def leave(self) -> None:
        """Back to now; the note whose past was open is open."""
        if not self.active:
            return
        self.active = False
        self._past.leave()
        self._past.hide()
        self._list.show()
        self._desk.leave_past()
        note = self._desk.note
        if note is None or not note.exists:
            self._list.choose_first()
        self._flow.moved.emit()

    def _restore(self) -> None:
        """Everything is to be as it was on the day that is shown."""
        repository = self._shelf.repository_of(self._flow.place)
        if repository is None:
            return
        past = self._past
        notebooks = nested_then(repository, list(past.keys), past.time_ms)
        when = past.day.text()

        def found(versions: list[Any] | None) -> None:
            wanted = [*notebooks, *(versions or ())]
            if wanted:
                self.leave()
                self.restore_wanted.emit(repository, wanted, when)
            else:
                self.told.emit(self.tr("All of them are as they were"))

        versions = [row.version for row in past.rows]
        past.work(others_now(versions), len(versions), found)

    def _open(self, version: Any | None) -> None:
        self._opens = True
        try:
            if version is None:
                self._list.choose_none()
                self._flow.open(None)
            else:
                note = version.item
                if not self._list.choose(note):
                    self._list.choose_none()
                self._flow.open(note)
                self._desk.show_past(version)
        finally:
            self._opens = False

    def _on_opened(self, _note: Any) -> None:
        if not self._opens:
            self.leave()
