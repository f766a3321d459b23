"""What a person does in the window: each verb calls one operation and tells what came of it.

Owns the words for toasts and failures. Invariant: no failure of the database leaves here as an
exception; it becomes a sentence. Must never touch a widget.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

from PySide6.QtCore import QObject, Signal

from goatcore import GoatError
from ui.models.places import ALL, NESTED, Place
from ui.operations import notebooks, notes
from ui.window.shelf import Shelf

FIRST_NOTEBOOK = "Notes"


class Verbs(QObject):
    """`told`: a sentence and a way back (or None). `failed`: a sentence."""

    told = Signal(str, object)
    failed = Signal(str)

    def __init__(
        self, shelf: Shelf, clock: Callable[[], int], parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._shelf = shelf
        self._clock = clock

    def new_note(self, place: Place, near: Any | None) -> Any | None:
        """A new, empty note in a place; in `all notes` it goes where `near` is, or else into the
        first notebook, which is made if there is none."""

        def make() -> Any:
            repository = self._shelf.repository_of(place)
            if repository is None:
                repository = self._notebook_for(near)
            key = place.key if place.kind == NESTED else ""
            return notes.create(repository, notebook=key, now_ms=self._clock())

        return self._try(make)

    def delete_notes(self, chosen: Sequence[Any]) -> bool:
        """Deletes notes, of whatever notebooks; one toast brings all of them back."""
        by_repository: dict[int, list[Any]] = {}
        for note in chosen:
            by_repository.setdefault(id(note.repository), []).append(note)
        undos = []
        for group in by_repository.values():
            undo = self._try(partial(notes.delete, group))
            if undo is not None:
                undos.append(undo)
        if not undos:
            return False
        label = undos[0].label if len(undos) == 1 else f"Deleted {len(chosen)} notes"
        self.told.emit(label, lambda: [self._try(undo.undo) for undo in undos])
        return True

    def restore_note(self, note: Any) -> None:
        """Brings back a note that was deleted."""
        self._try(note.restore)

    def new_notebook(self, name: str) -> Any | None:
        """A new notebook in one's own workspace."""
        return self._try(lambda: notebooks.create(self._shelf.databases[0], name))

    def rename(self, place: Place, name: str) -> None:
        """Another name for a notebook, nested or not."""

        def write() -> None:
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
            if place.kind != ALL and place.writable:
                repository = self._shelf.repository_of(place)
                if repository is not None:
                    return repository
        return notebooks.create(self._shelf.databases[0], FIRST_NOTEBOOK)

    def _try(self, write: Callable[[], Any]) -> Any | None:
        try:
            return write()
        except GoatError as error:
            self.failed.emit(str(error))
            return None
