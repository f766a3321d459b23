"""What is done with the chosen notes: new, delete, restore, pin, move.

Owns which notes are meant, and what is open afterwards. Writes nothing itself: verbs do.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from PySide6.QtWidgets import QWidget

from ui.dialogs.purge import ask_purge
from ui.language import tr
from ui.models.note_words import title_words
from ui.models.places import FOUND, TRASH, Place
from ui.operations.daily import TEMPLATE, is_template
from ui.operations.notes import shown_title
from ui.operations.schemas import NOTE
from ui.panels.desk import Desk
from ui.panels.note_list import NoteList
from ui.panels.sidebar import Sidebar
from ui.panels.tabs import Tabs
from ui.widgets.choice_list import Choice
from ui.widgets.chooser import Find
from ui.window.flow import Flow
from ui.window.shelf import Shelf
from ui.window.verbs import Verbs

Ask = Callable[[str, Find, str, Callable[[Any], None]], None]
ChooseNotebook = Callable[[Callable[[Place], object]], None]


class ChosenNotes:
    """The notes that are marked in the list; the open one if none is."""

    def __init__(
        self,
        shelf: Shelf,
        sidebar: Sidebar,
        listing: NoteList,
        desk: Desk,
        tabs: Tabs,
        flow: Flow,
        verbs: Verbs,
    ) -> None:
        self._shelf = shelf
        self._sidebar = sidebar
        self._list = listing
        self._desk = desk
        self._tabs = tabs
        self._flow = flow
        self._verbs = verbs

    @property
    def all(self) -> list[Any]:
        """All of them, deleted ones too."""
        return self._list.chosen or ([self._desk.note] if self._desk.note else [])

    @property
    def live(self) -> list[Any]:
        """Those that something can be done with."""
        return [note for note in self.all if note.exists and note.repository.writable]

    @property
    def deleted(self) -> list[Any]:
        """Those that can be restored."""
        return [note for note in self.all if not note.exists and note.repository.writable]

    @property
    def can_purge(self) -> bool:
        """Whether there is one that can be deleted for good."""
        return any(not note.exists and note.repository.may_purge for note in self.all)

    @property
    def can_change(self) -> bool:
        """Whether there is one that something can be done with."""
        return any(note.exists and note.repository.writable for note in self.all)

    @property
    def can_restore(self) -> bool:
        """Whether there is one that can be restored."""
        return any(not note.exists and note.repository.writable for note in self.all)

    @property
    def pinned(self) -> bool:
        """Whether all of them are."""
        chosen = self.all
        return bool(chosen) and all(note.pinned for note in chosen)

    def new(self, title: str = "") -> None:
        """Makes a note in this place, opens it and waits for its title, or, if it has one, for
        its text."""
        if self._flow.place.kind == TRASH:
            self._sidebar.choose(self._shelf.places[0])
        if self._list.words:
            self._list.clear_search()
        note = self._verbs.new_note(self._flow.place, self._desk.note, title)
        if note is not None:
            if self._shelf.place_of(note) is None:  # the first notebook was made for it
                self._shelf.refresh()
            if not self._list.choose(note):
                self._list.choose_none()
            self._flow.open(note)
            (self._desk.editor if title else self._desk.title).setFocus()

    def open_today(self) -> None:
        """Opens the note of this day to write in."""
        note = self._verbs.note_of_today(self._desk.note)
        if note is not None:
            self._shelf.refresh()  # the first notebook may have been made for it
            self._flow.go_to(note)

    def ask_template(self, ask: Ask) -> None:
        """Asks for a template, and begins a note as that one."""
        rows = [
            Choice(title_words(note.title), note, aside=place.name, icon="note")
            for place in self._shelf.places
            if place.is_notebook and not place.key
            for note in self._templates(place)
        ]

        def begin(template: Any) -> None:
            note = self._verbs.note_from(template, self._flow.place)
            if note is not None:
                self._flow.go_to(note)

        ask(
            tr("Begin as which note?"),
            lambda words: [row for row in rows if words.casefold() in row.words.casefold()],
            tr("A note with the tag #template is one that others can begin as."),
            begin,
        )

    def _templates(self, place: Place) -> list[Any]:
        repository = self._shelf.repository_of(place)
        if repository is None:
            return []
        query = repository.query(NOTE).where(body__icontains=f"#{TEMPLATE}").order_by("title")
        found = [note for note in query if is_template(note)]
        query.close()
        return found

    @property
    def only(self) -> Any | None:
        """The note that is marked, if it is one."""
        chosen = self.all
        return chosen[0] if len(chosen) == 1 else None

    @property
    def can_open_beside(self) -> bool:
        """Whether there is one that is not on the desk."""
        return any(note is not self._desk.note for note in self.all)

    def open_beside(self) -> None:
        """Opens it in a new tab; if they are several, each in its own, behind the one in front."""
        if len(self.all) > 1:
            self._tabs.add(self.all)
        elif self.only is not None:
            with self._tabs.beside():
                self._flow.open(self.only)

    def start(self) -> None:
        """What an empty place offers: a first note; where one cannot write, all notes."""
        place = self._flow.place
        if place.kind in (TRASH, *FOUND) or not place.writable:
            self._sidebar.choose(self._shelf.places[0])
        else:
            self.new()

    def delete(self) -> None:
        """Deletes them; a toast brings them back."""
        chosen = [note for note in self.all if note.exists]
        if chosen:
            self._desk.record()
            with self._flow.deleting(chosen):
                self._verbs.delete_notes(chosen)

    def restore(self) -> None:
        """Brings them back out of the trash."""
        if deleted := self.deleted:
            with self._flow.deleting():
                self._verbs.restore_notes(deleted)

    def ask_purge(self, window: QWidget) -> None:
        """Asks whether those in the trash shall go for good, and deletes them."""
        doomed = [note for note in self.deleted if note.repository.may_purge]
        if not doomed:
            return

        def purge() -> None:
            with self._flow.deleting():
                self._verbs.purge_notes(doomed)

        ask_purge(window, len(doomed), shown_title(doomed[0]), purge)

    def restore_open(self, note: Any) -> None:
        """Brings back the open note, which somebody deleted."""
        with self._flow.deleting():
            self._verbs.restore_notes([note])
        self._list.choose(note)

    def pin(self) -> None:
        """Pins them, or lets them go if all of them are pinned."""
        if live := self.live:
            self._verbs.pin_notes(live, not self.pinned)

    def tag(self, tag: str, live: list[Any]) -> None:
        """Gives a tag to notes."""
        self._desk.record()
        self._verbs.tag_notes(live, tag)

    def ask_move(self, choose_notebook: ChooseNotebook) -> None:
        """Asks for a notebook and moves them there."""
        if live := self.live:
            choose_notebook(lambda place: self._move(place, live))

    def move_to(self, place: Place) -> None:
        """Moves them to a notebook, or into the trash."""
        self._move(place, self.live)

    def _move(self, place: Place, live: list[Any]) -> None:
        self._desk.record()
        with self._flow.deleting(live):
            if place.is_notebook:
                self._verbs.move_notes(live, place)
            else:
                self._verbs.delete_notes(live)
