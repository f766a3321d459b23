"""How a choice in one panel moves the others: place, list, note, and back.

Owns which place and which note are shown, and what was shown before. Invariant: the note on the
desk changes only because a person chose another one, or deleted it here; never because of what
others did. Writes nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from typing import Any

from PySide6.QtCore import QObject, QTimer, Signal

from ui.language import tr
from ui.models.merged_rows import LiveRows
from ui.models.places import (
    ALL,
    FOUND,
    TAG,
    TODAY,
    TODAY_PLACE,
    TRASH,
    TRASH_PLACE,
    Place,
    keys_below,
    notes_of,
    said,
)
from ui.panels.desk import Desk
from ui.panels.note_list import NoteList
from ui.panels.sidebar import Sidebar
from ui.panels.tabs import Tabs
from ui.window.shelf import Shelf
from ui.window.sync_display import SyncDisplay


class Flow(QObject):
    """`moved` is told when another place or note is shown, or what may be done there changed."""

    moved = Signal()
    placed = Signal()  # the person goes to another place, or to a note by name
    opened = Signal(object)  # a note was put on the desk

    def __init__(
        self,
        shelf: Shelf,
        sidebar: Sidebar,
        listing: NoteList,
        desk: Desk,
        tabs: Tabs,
        sync: SyncDisplay,
        clock: Callable[[], int],
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._shelf = shelf
        self._sidebar = sidebar
        self._list = listing
        self._desk = desk
        self._tabs = tabs
        self._sync = sync
        self._clock = clock
        self._deleting = self._switching = self._going = False
        self._tags: Sequence[Place] = ()
        self.find_rows: Callable[[str], LiveRows] | None = None  # of what is searched for
        self._shown: object = None
        shelf.changed.connect(self.on_places)
        sidebar.place_chosen.connect(self._on_place)
        listing.note_chosen.connect(self.open)
        tabs.turned.connect(self._on_turned)
        listing.note_left.connect(self._on_note_left)
        listing.model.count_changed.connect(self._on_count)
        listing.search_changed.connect(lambda _words: self.show_notes())

    @property
    def place(self) -> Place:
        """The chosen place."""
        return self._sidebar.place or self._shelf.places[0]

    # -- to a place, to a note -----------------------------------------------------------------

    def open(self, note: Any | None) -> None:
        """Puts a note on the desk, whether or not it is in the list; in its tab, if it has one."""
        self._tabs.show(note)
        self._desk.empty.setVisible(note is None and bool(self._list.model.rows))
        self._show_crumb()
        self.show_sync()
        self.moved.emit()
        if note is not None:
            self.opened.emit(note)

    def choose_place(self, place: Place) -> None:
        """Shows another place, and its list has the keys."""
        self._sidebar.choose(place)
        self._list.view.setFocus()

    def go_to(self, note: Any, place: Place | None = None) -> None:
        """Opens a note to write in, chosen in the list of `place` or of this one; in its own
        notebook if it is not in there."""
        self.placed.emit()
        self._tabs.settle()
        self._going = True
        if place is not None:
            self._sidebar.choose(place)
        self._show_in_list(note)
        self._going = False
        self._desk.editor.setFocus()

    def go_to_beside(self, note: Any) -> None:
        """Opens a note to write in, in a tab of its own."""
        with self._tabs.beside():
            self.go_to(note)

    def go_to_tag(self, name: str) -> None:
        """Shows the notes of a tag, if it is known already."""
        wanted = name.casefold()
        found = (p for p in self._tags if p.kind == TAG and p.key.casefold() == wanted)
        place = next(found, None)
        if place is not None:
            self.choose_place(place)

    def _show_in_list(self, note: Any) -> None:
        if self._list.choose(note):
            return
        if self._list.words:
            self._list.clear_search()
            if self._list.choose(note):
                return
        place = self._shelf.place_of(note)
        if not note.exists:
            place = TRASH_PLACE
        if place is not None and place.identity != self.place.identity:
            self._sidebar.choose(place)
        if not self._list.choose(note):
            self._list.choose_none()
            self.open(note)

    @contextmanager
    def deleting(self, doomed: Collection[Any] = ()) -> Iterator[None]:
        """What leaves the list now leaves by our own doing: the next note is opened, and the tabs
        of notes that are deleted close."""
        self._list.model.settle()  # what arrived until now is not ours
        self._deleting = True
        try:
            yield
            self._list.model.settle()
        finally:
            self._deleting = False
        self._tabs.let_go(doomed)

    # -- what the panels say -------------------------------------------------------------------

    def on_places(self) -> None:
        """Notebooks came, went or were renamed, or rights changed."""
        before = self._shown
        everything, *notebooks = self._shelf.places
        searches, tags = self._shelf.searches, self._tags
        self._sidebar.show_places(
            [everything, said(TODAY_PLACE), *notebooks, *searches, *tags, said(TRASH_PLACE)]
        )
        if self._what_to_show() != before:
            self.show_notes(stay=True)
        self._show_crumb()
        self.show_sync()
        self._desk.refresh()
        self.moved.emit()

    def show_notes(self, *, stay: bool = False) -> None:
        """Asks for the notes of this place anew; `stay`: an open note that is not among them stays
        open."""
        self._list.flush_search()
        place = self.place
        self._shown = self._what_to_show()
        query = self._rows_of(place)
        self._say_empty(place)
        self._switching = True
        self._list.show_notes(place.name, query, self._place_name_for(place))
        self._switching = False
        note = self._desk.note
        known = note is not None and self._shelf.place_of(note) is not None
        stays = self._going or (stay and known)
        if self._list.current is None and not stays:
            self._list.choose_first()
        self.show_sync()
        self.moved.emit()

    def show_tags(self, tags: Sequence[Place]) -> None:
        """There are other tags now, or they are on more notes, or fewer."""
        if tags != self._tags:
            self._tags = tags
            self.on_places()

    def _rows_of(self, place: Place) -> LiveRows:
        words = self._list.words
        if place.kind in FOUND and self.find_rows is not None:
            return self.find_rows(f"{place.words} {words}".strip())
        since = midnight_ms(self._clock()) if place.kind == TODAY else 0
        return notes_of(self._shelf.databases, self._shelf.places, place, words, since)

    def show_sync(self) -> None:
        """Says how far changes have come."""
        place, coming = self.place, self._sync.coming
        self._sync.show(place, self._desk.note)
        if self._sync.coming != coming:
            self._say_empty(place)

    def _say_empty(self, place: Place) -> None:
        icon, heading, sentence, action = empty_words(place)
        if self._sync.coming:
            heading, sentence, action = self._sync.coming, "", ""
        self._list.say_empty(icon, heading, sentence, action)

    def _on_place(self, _place: Place) -> None:
        if self._list.words:
            self._list.search.clear()
        self.placed.emit()
        self.show_notes()

    def _what_to_show(self) -> object:
        """Says whether the list of notes has to be asked anew."""
        place, places = self.place, self._shelf.places
        if not place.is_notebook:
            paths = {(p.workspace, p.path) for p in places if p.is_notebook}
            return (place.identity, place.words, frozenset(paths), self._list.words)
        keys = tuple(keys_below(places, place)) if place.key else ()
        return (place.identity, keys, place.name, self._list.words)

    def _place_name_for(self, place: Place) -> Callable[[Any], str]:
        if not place.is_notebook and len(self._shelf.places) > 2:
            return self._place_name
        return lambda _note: ""

    def _place_name(self, note: Any) -> str:
        place = self._shelf.place_of(note)
        return place.name if place is not None else ""

    def _on_turned(self) -> None:
        """Another tab is in front: the list marks its note, if it is there."""
        note = self._desk.note
        if note is None or not self._list.choose(note):
            self._list.choose_none()
            self.open(note)

    def _on_count(self, count: int) -> None:
        """Notes arrive where there were none: the first of them is opened."""
        if count and self._desk.note is None and not self._switching:
            QTimer.singleShot(0, self, self._open_something)

    def _open_something(self) -> None:
        if self._desk.note is None:
            self._list.choose_first()

    def _on_note_left(self) -> None:
        """The open note went out of the list: by our own doing the next one is opened; else it
        stays on the desk, since somebody may be writing in it."""
        if self._switching:
            return
        if self._deleting:
            current = self._list.current
            if current is None:
                self._list.choose_first()
            else:
                self.open(current)
        else:
            self._list.choose_none()

    def _show_crumb(self) -> None:
        note = self._desk.note
        place = self._shelf.place_of(note) if note is not None else None
        words = filter(None, (place.name, place.beside)) if place is not None else ()
        self._desk.crumb.setText(" · ".join(words))


def midnight_ms(now_ms: int) -> int:
    """When the day began, where this computer is; milliseconds since 1970."""
    now = datetime.fromtimestamp(now_ms / 1000)
    return int(now.replace(hour=0, minute=0, second=0, microsecond=0).timestamp() * 1000)


def empty_words(place: Place) -> tuple[str, str, str, str]:
    """What stands in a place without notes: an icon, a heading, a sentence, the one action."""
    empty, write = tr("An empty notebook"), tr("Write your first note")
    show_all = tr("Show all notes")
    if place.kind == TRASH:
        waits = tr("Notes that you delete wait here.")
        return "trash", tr("The trash is empty"), waits, show_all
    if place.kind == TODAY:
        today = tr("Notes that you edit today are here.")
        return "today", tr("Nothing today yet"), today, tr("Write a note")
    if place.kind in FOUND:
        comes = tr("Notes come and go here by themselves.")
        return "search", tr("Nothing is found"), comes, show_all
    if place.kind == ALL:
        return "all-notes", tr("No notes yet"), tr("What is on your mind?"), write
    if place.writable:
        return "notebook", empty, "", write
    return "notebook", empty, tr("Notes will show up here."), show_all
