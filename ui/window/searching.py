"""Searching all notes: the searches of the open workspaces, and the panel with what they find.

Owns when searches begin and end: some time after the window is there, so that its start is not
slowed down, or when somebody searches. Writes nothing.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, QTimer, Signal
from PySide6.QtWidgets import QWidget

from ui.editing.completing import Suggested
from ui.models.found_notes import FoundNotes
from ui.models.merged_rows import LiveRows
from ui.models.places import tag_places
from ui.models.searched_rows import SearchedRows
from ui.panels.desk import Desk
from ui.panels.search_panel import SearchPanel
from ui.theme.theme import Theme
from ui.window.flow import Flow
from ui.window.shelf import Shelf

if TYPE_CHECKING:  # loaded by who searches
    from goatcore import Database, Hit, Search

START_AFTER_MS = 2_000
SUGGESTED_MAX = 30


class Searching(QObject):
    """The search of a window."""

    tags_changed = Signal(object)  # places

    def __init__(
        self,
        window: QWidget,
        theme: Theme,
        shelf: Shelf,
        flow: Flow,
        desk: Desk,
        clock: Callable[[], int],
    ) -> None:
        super().__init__(window)
        self._shelf = shelf
        self._flow = flow
        self._desk = desk
        self._searches: dict[bytes, Search] = {}
        self._ends: list[Callable[[], None]] = []
        self.found: FoundNotes | None = None
        self._closed = False
        self.panel = SearchPanel(theme, window, clock, self._place_name)
        self.panel.typed.connect(self._on_typed)
        self.panel.chosen.connect(self._on_chosen)
        self._later = QTimer(self)
        self._later.setSingleShot(True)
        self._later.setInterval(START_AFTER_MS)
        self._later.timeout.connect(self.begin)
        self._later.start()
        shelf.changed.connect(self._on_places)

    def ask(self) -> None:
        """Opens the panel."""
        self.begin()
        self.panel.ask()
        self._show_answer()

    def begin(self) -> None:
        """Begins to take in the notes of every open workspace."""
        if self._closed:
            return
        from ui.operations.searching import search_of  # not needed for the first window

        self._later.stop()
        fresh = [it for it in self._shelf.databases if it.id not in self._searches]
        for database in fresh:
            search = self._searches[database.id] = search_of(database)
            self._ends.append(search.subscribe(self._on_news))
            search.start()
        if fresh:
            self.found = FoundNotes(list(self._searches.values()), self._show_answer)
            self.panel.show_rows(self.found)
            self.found.ask(self.panel.line.text())

    def of(self, database: Database) -> Search:
        """The search over one workspace."""
        self.begin()
        return self._searches[database.id]

    def rows(self, words: str) -> LiveRows:
        """The notes that are found by these words, live."""
        self.begin()
        return SearchedRows(list(self._searches.values()), words)

    def tags(self) -> dict[str, int]:
        """All tags, and on how many notes each is."""
        found: dict[str, int] = {}
        names: dict[str, str] = {}
        for search in self._searches.values():
            for tag, count in search.tags.items():
                name = names.setdefault(tag.casefold(), tag)
                found[name] = found.get(name, 0) + count
        return found

    def suggest_tags(self, words: str) -> list[Suggested]:
        """Tags that begin so, the most frequent first."""
        wanted = words.casefold()
        found = [(-n, tag) for tag, n in self.tags().items() if tag.casefold().startswith(wanted)]
        return [Suggested(tag, str(-n)) for n, tag in sorted(found)[:SUGGESTED_MAX]]

    def _on_news(self) -> None:
        self._show_answer()
        self.tags_changed.emit(tag_places(self.tags()))

    def close(self) -> None:
        """Ends all searches."""
        self._closed = True
        self._later.stop()
        self.panel.model.close()
        self.found = None
        for end in self._ends:
            end()
        for search in self._searches.values():
            search.close()

    def _on_places(self) -> None:
        if self._searches:  # a workspace may have been joined
            self.begin()

    def _on_typed(self, words: str) -> None:
        if self.found is not None:
            self.found.ask(words)
            self._show_answer()

    def _show_answer(self) -> None:
        found = self.found
        if found is not None and not self.panel.isHidden():
            self.panel.show_answer(
                asked=found.asks,
                busy=found.busy,
                more=found.more,
                problems=found.problems,
                pending=found.pending,
            )

    def _on_chosen(self, hit: Hit) -> None:
        self._flow.go_to(hit.item)
        snippet = hit.snippet
        if snippet.at is not None and self._desk.note is hit.item:
            start, stop = snippet.ranges[0]
            self._desk.finder.look_for(snippet.text[start:stop], snippet.at)

    def _place_name(self, note: Any) -> str:
        place = self._shelf.place_of(note)
        return place.name if place is not None else ""
