"""What a person does in the window: each verb calls one operation and tells what came of it.

Owns the words for toasts and failures. Invariant: no failure of the database leaves here as an
exception; it becomes a sentence. Must never touch a widget.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from functools import partial
from typing import Any

from PySide6.QtCore import QObject, Signal

from goatcore import GoatError
from ui.engine_words import told_by
from ui.language import counted, mark
from ui.models.places import NESTED, SEARCH_PLACE, TAG, Place
from ui.operations import daily, links, nesting, notebook_then, notebooks, notes, searches, tags
from ui.operations.one_line import one_line
from ui.operations.undo import Undo
from ui.window.shelf import Shelf

FIRST_NOTEBOOK = mark("Notes")


class Verbs(QObject):
    """`told`: a sentence and a way back (or None). `failed`: a sentence."""

    told = Signal(str, object)
    offered = Signal(str, object, str)  # a sentence, something that could be done, its words
    failed = Signal(str)

    def __init__(
        self, shelf: Shelf, clock: Callable[[], int], parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._shelf = shelf
        self._clock = clock

    def new_note(self, place: Place, near: Any | None, title: str = "") -> Any | None:
        """A new note in a place, without a text; in `all notes` it goes where `near` is, or else
        into the first notebook, which is made if there is none."""

        def make() -> Any:
            repository = self._shelf.repository_of(place)
            if repository is None:
                repository = self._notebook_for(near)
            key = place.key if place.kind == NESTED else ""
            body = f"#{place.key} " if place.kind == TAG else ""
            return notes.create(repository, title, notebook=key, body=body, now_ms=self._clock())

        return self._try(make)

    def quick_note(self, place: Place, near: Any | None, text: str) -> Any | None:
        """A new note with a text and no title, as `new_note` places it."""

        def make() -> Any:
            repository = self._shelf.repository_of(place) or self._notebook_for(near)
            key = place.key if place.kind == NESTED else ""
            return notes.create(repository, notebook=key, body=text, now_ms=self._clock())

        return self._try(make)

    def rewrite(self, note: Any, text: str) -> None:
        """Another text for a note."""

        def write() -> None:
            note.body = text
            notes.touch(note, self._clock())

        self._try(write)

    def drop(self, note: Any) -> None:
        """Takes back a note that has nothing in it."""
        self._try(lambda: notes.delete([note]))

    def note_of_today(self, near: Any | None) -> Any | None:
        """The note of this day, in the notebook where `near` is, or the first one."""
        today = datetime.fromtimestamp(self._clock() / 1000).date()
        return self._try(lambda: daily.note_of(self._notebook_for(near), today))

    def note_from(self, template: Any, place: Place) -> Any | None:
        """A new note that begins as another one."""

        def make() -> Any:
            repository = self._shelf.repository_of(place) or self._notebook_for(template)
            key = place.key if place.kind == NESTED else ""
            return daily.from_template(template, repository, notebook=key, now_ms=self._clock())

        return self._try(make)

    def delete_notes(self, chosen: Sequence[Any]) -> bool:
        """Deletes notes, of whatever notebooks; one toast brings all of them back."""
        words = counted("Deleted {n} note", "Deleted {n} notes", len(chosen))
        return self._each(chosen, notes.delete, words)

    def restore_notes(self, chosen: Sequence[Any]) -> bool:
        """Brings back notes that were deleted."""
        words = counted("Restored {n} note", "Restored {n} notes", len(chosen))
        return self._each(chosen, notes.restore, words)

    def purge_notes(self, chosen: Sequence[Any]) -> None:
        """Deletes notes for good, of whatever notebooks. There is no way back."""
        by_repository: dict[int, list[Any]] = {}
        for note in chosen:
            by_repository.setdefault(id(note.repository), []).append(note)
        for group in by_repository.values():
            words = self._try(partial(notes.purge, group))
            if words is not None:
                self.told.emit(words, None)

    def pin_notes(self, chosen: Sequence[Any], pinned: bool) -> bool:
        """Pins notes to the top of the lists, or lets them go."""
        return self._each(chosen, lambda group: notes.pin(group, pinned), self.tr("Done"))

    def tag_notes(self, chosen: Sequence[Any], tag: str) -> bool:
        """Gives a tag to notes, of whatever notebooks, that do not have it."""
        lacking = [note for note in chosen if not tags.has(note, tag)]
        words = counted(
            "{n} note has the tag #{tag} now",
            "{n} notes have the tag #{tag} now",
            len(lacking),
            tag=tag,
        )
        return self._each(lacking, lambda group: tags.add(group, tag), words)

    def nest(self, notebook: Any, target: Any, parent: str, name: str) -> None:
        """Puts a nested notebook into another one."""
        undo = self._try(lambda: nesting.nest(notebook, target, parent, name))
        if undo is not None:
            self.told.emit(undo.label, lambda: self._try(undo.undo))

    def move_notes(self, chosen: Sequence[Any], place: Place) -> bool:
        """Puts notes into a notebook, of whatever notebooks they are."""
        target = self._shelf.repository_of(place)
        assert target is not None
        key = place.key if place.kind == NESTED else ""
        moving = [n for n in chosen if n.repository is not target or (n.notebook or "") != key]
        words = counted(
            "Moved {n} note to “{place}”",
            "Moved {n} notes to “{place}”",
            len(moving),
            place=place.name,
        )
        if len(moving) == 1:
            title = notes.shown_title(moving[0])
            words = self.tr("Moved “{title}” to “{place}”").format(title=title, place=place.name)

        def move(group: list[Any]) -> Undo:
            return notes.move(group, target, key)._replace(label=words)

        return self._each(moving, move, words)

    def restore_version(self, note: Any, version: Any, when: str) -> bool:
        """Brings a note back to what it was."""
        undo = self._try(lambda: notes.restore_version(note, version))
        if undo is None:
            return False
        words = self.tr("{} as it was: {}").format(undo.label, when)
        self.told.emit(words, lambda: self._try(undo.undo))
        return True

    def restore_notebook(self, repository: Any, versions: Sequence[Any], when: str) -> None:
        """Brings what is in a notebook back to what it was on a day."""
        undo = self._try(lambda: notebook_then.bring_back(repository, versions))
        if undo is not None:
            words = self.tr("{}, as of {}").format(undo.label, when)
            self.told.emit(words, lambda: self._try(undo.undo))

    def settle_title(self, note: Any, title: str) -> None:
        """Chooses one of the titles that were written at the same time."""
        self._try(lambda: notes.settle_title(note, title, self._clock()))

    def offer_links(self, note: Any, before: str) -> None:
        """A note has another title: offers that the links to it follow."""
        mentions = [it for it in self._shelf.linking(note, before) if it.note.repository.writable]
        if not mentions:
            return
        words = counted(
            "{n} note links to “{title}”",
            "{n} notes link to “{title}”",
            len(mentions),
            title=before,
        )

        def follow() -> None:
            undo = self._try(lambda: links.follow_title(mentions, before, note.title))
            if undo is not None:
                self.told.emit(undo.label, lambda: self._try(undo.undo))

        self.offered.emit(words, follow, self.tr("Update links"))

    def _each(
        self,
        chosen: Sequence[Any],
        operation: Callable[[list[Any]], Undo],
        words: str,
    ) -> bool:
        """One operation a repository, one toast with one way back for all."""
        by_repository: dict[int, list[Any]] = {}
        for note in chosen:
            by_repository.setdefault(id(note.repository), []).append(note)
        undos: list[Undo] = []
        for group in by_repository.values():
            undo = self._try(partial(operation, group))
            if undo is not None:
                undos.append(undo)
        if not undos:
            return False
        label = undos[0].label if len(undos) == 1 else words
        self.told.emit(label, lambda: [self._try(undo.undo) for undo in undos])
        return True

    def new_notebook(self, name: str) -> Any | None:
        """A new notebook in one's own workspace."""
        return self._try(lambda: notebooks.create(self._shelf.databases[0], name))

    def nested_notebook(self, place: Place, name: str) -> Any | None:
        """A new notebook in another one."""
        repository = self._shelf.repository_of(place)
        return self._try(lambda: notebooks.nested(repository, name, parent=place.key))

    def keep_search(self, words: str) -> Any | None:
        """Keeps a search in one's own workspace."""
        return self._try(lambda: searches.keep(self._shelf.databases[0], words))

    def remove_search(self, place: Place) -> None:
        """Keeps a search no longer; a toast brings it back."""
        item = self._search_of(place)
        undo = None if item is None else self._try(lambda: searches.drop(item))
        if undo is not None:
            self.told.emit(undo.label, lambda: self._try(undo.undo))

    def _search_of(self, place: Place) -> Any | None:
        found = (
            item
            for database in self._shelf.databases
            for item in searches.kept(database)
            if database.id == place.workspace and item.key == place.key
        )
        return next(found, None)

    def rename(self, place: Place, name: str) -> None:
        """Another name for a notebook, nested or not, or for a search."""

        def write() -> None:
            if place.kind == SEARCH_PLACE:
                search = self._search_of(place)
                if search is not None:
                    search.name = one_line(name)
                return
            repository = self._shelf.repository_of(place)
            assert repository is not None
            if place.kind == NESTED:
                item = repository.item(place.key)
                if item is not None:
                    item.name = name
            else:
                notebooks.rename(repository, name)

        self._try(write)

    def _notebook_for(self, near: Any | None) -> Any:
        if near is not None and near.exists and near.repository.writable:
            return near.repository
        for place in self._shelf.places:
            if place.is_notebook and place.writable:
                repository = self._shelf.repository_of(place)
                if repository is not None:
                    return repository
        return notebooks.create(self._shelf.databases[0], self.tr(FIRST_NOTEBOOK))

    def _try(self, write: Callable[[], Any]) -> Any | None:
        try:
            return write()
        except GoatError as error:
            self.failed.emit(told_by(error))
            return None
