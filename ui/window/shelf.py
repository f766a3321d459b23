"""The shelf: every notebook of every workspace, kept up to date.

Owns the subscriptions to workspaces and notebooks. Tells once per turn of the loop that places have
changed, however much happened. Writes nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from PySide6.QtCore import QObject, QTimer, Signal

from ui.models.places import NESTED, Place, list_places, search_places
from ui.models.switching import repositories_of
from ui.operations.links import Mention, linking
from ui.operations.schemas import NOTEBOOK, NOTES_PATH
from ui.operations.searches import SEARCH, SEARCHES_PATH
from ui.workspaces import Workspaces


class Shelf(QObject):
    """Places, and what they stand for."""

    changed = Signal()

    def __init__(self, workspaces: Workspaces, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._workspaces = workspaces
        self._unsubscribes: list[Callable[[], None]] = []
        self._heard: dict[tuple[bytes, str], Callable[[], None]] = {}
        self._heard_databases: set[bytes] = set()
        self._soon = QTimer(self)
        self._soon.setSingleShot(True)
        self._soon.setInterval(0)
        self._soon.timeout.connect(self.refresh)
        self.places: list[Place] = []
        self.searches: list[Place] = []
        self._places_in: dict[int, dict[str, Place]] = {}  # by repository, by nested notebook
        self._unsubscribes.append(workspaces.subscribe(self._soon.start))
        self.refresh()

    @property
    def databases(self) -> Sequence[Any]:
        """The open workspaces, one's own first."""
        return self._workspaces.databases

    @property
    def repositories(self) -> list[Any]:
        """Every notebook of every workspace, without the nested ones."""
        return repositories_of(self.databases, self.places)

    def linking(self, note: Any, title: str | None = None) -> list[Mention]:
        """The notes that link to a note, by this title of it or the one it has."""
        title = note.title if title is None else title
        return linking(self.repositories, note, title)

    def refresh(self) -> None:
        """Reads all places anew."""
        places = list_places(self.databases)
        self._listen()
        self._places_in = {}
        for place in places:
            repository = self.repository_of(place)
            if repository is not None:
                self._places_in.setdefault(id(repository), {})[place.key] = place
        searches = search_places(self.databases)
        if (places, searches) != (self.places, self.searches):
            self.places, self.searches = places, searches
            self.changed.emit()

    def close(self) -> None:
        """Hears nothing any more."""
        self._soon.stop()
        for unsubscribe in (*self._unsubscribes, *self._heard.values()):
            unsubscribe()
        self._unsubscribes.clear()
        self._heard.clear()

    def database_of(self, place: Place) -> Any:
        """The workspace that a place is in; one's own for all notes."""
        for database in self.databases:
            if database.id == place.workspace:
                return database
        return self.databases[0]

    def repository_of(self, place: Place) -> Any | None:
        """The notebook of a place; None for all notes."""
        return None if not place.is_notebook else self.database_of(place).repository(place.path)

    def place_of(self, note: Any) -> Place | None:
        """The notebook that a note is in, the nested one if it is in one."""
        here = self._places_in.get(id(note.repository), {})
        return here.get(note.notebook or "") or here.get("")

    def beside(self, place: Place) -> str:
        """What tells a notebook from others that are called the same: the one at the top that it
        is in, and whom that is shared with."""
        if place.kind != NESTED:
            return place.beside
        top = next(
            it
            for it in self.places
            if (it.workspace, it.path, it.key) == (place.workspace, place.path, "")
        )
        return f"{top.name}, {top.beside}" if top.beside else top.name

    def others(self, place: Place) -> tuple[str, ...]:
        """Whom a place is shared with; for all notes: whom anything is shared with."""
        if place.is_notebook:
            return place.shared_with
        names = (name for other in self.places for name in other.shared_with)
        return tuple(dict.fromkeys(names))

    def _listen(self) -> None:
        for database in self.databases:
            if database.id not in self._heard_databases:
                self._heard_databases.add(database.id)
                self._unsubscribes.append(database.subscribe(self._soon.start))
            for info in database.repositories():
                known = (database.id, info.path)
                named = info.path.startswith(NOTES_PATH) or info.path == SEARCHES_PATH
                if named and known not in self._heard:
                    repository = database.repository(info.path)
                    self._heard[known] = repository.subscribe(self._on_change)

    def _on_change(self, change: Any) -> None:
        if change.item.schema.name in (NOTEBOOK.name, SEARCH.name):
            self._soon.start()
