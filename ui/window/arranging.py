"""Where notes and notebooks may be put, and putting them there: by the mouse and by keys.

Owns what may be dropped on what. Invariant: what is said to be taken is done when it is dropped,
and nothing is taken that would change nothing. Writes nothing itself: verbs do.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from PySide6.QtCore import QCoreApplication

from ui.models.places import NESTED, TAG, TRASH, Place, keys_below
from ui.operations import tags
from ui.panels.sidebar import Sidebar
from ui.widgets.choice_list import Choice
from ui.window.chosen import Ask, ChosenNotes
from ui.window.shelf import Shelf
from ui.window.verbs import Verbs

_CONTEXT = "Arranging"


class Arranging:
    """The drops and the questions of one window."""

    def __init__(
        self,
        shelf: Shelf,
        sidebar: Sidebar,
        chosen: ChosenNotes,
        verbs: Verbs,
        known_tags: Callable[[], Mapping[str, int]],
    ) -> None:
        self._shelf = shelf
        self._sidebar = sidebar
        self._chosen = chosen
        self._verbs = verbs
        self._known_tags = known_tags
        view = sidebar.view
        view.takes_notes = self.takes_notes
        view.takes_place = self.takes_place
        view.notes_dropped.connect(self._on_notes)
        view.place_dropped.connect(self.put_notebook)

    # -- notes ---------------------------------------------------------------------------------

    def takes_notes(self, place: Place) -> bool:
        """Whether the chosen notes, or some of them, can be put there."""
        live = self._chosen.live
        if place.kind == TRASH:
            return bool(live)
        if place.kind == TAG:
            return any(not tags.has(note, place.key) for note in live)
        if not place.is_notebook or not place.writable:
            return False
        target = self._shelf.repository_of(place)
        key = place.key if place.kind == NESTED else ""
        return any(it.repository is not target or (it.notebook or "") != key for it in live)

    def ask_tag(self, ask: Ask) -> None:
        """Asks for a tag, of those there are or a new one, and gives it to the chosen notes."""
        live = self._chosen.live
        if not live:
            return
        known = sorted(self._known_tags().items(), key=lambda it: (-it[1], it[0].casefold()))

        def find(words: str) -> list[Choice]:
            typed = tags.tag_of(words)
            wanted = typed.casefold()
            found = [
                Choice(f"#{tag}", tag, aside=str(count), icon="tag")
                for tag, count in known
                if wanted in tag.casefold() and (typed or not words.strip("# "))
            ]
            if typed and all(choice.target.casefold() != wanted for choice in found):
                new = QCoreApplication.translate(_CONTEXT, "New tag “#{}”").format(typed)
                found.append(Choice(new, typed, icon="tag"))
            return found

        ask(
            QCoreApplication.translate(_CONTEXT, "Which tag?"),
            find,
            QCoreApplication.translate(_CONTEXT, "A tag is a word of letters and digits."),
            lambda tag: self._chosen.tag(tag, live),
        )

    def _on_notes(self, place: Place) -> None:
        if place.kind == TAG:
            self._chosen.tag(place.key, self._chosen.live)
        else:
            self._chosen.move_to(place)

    # -- notebooks -----------------------------------------------------------------------------

    def takes_place(self, place: Place, target: Place) -> bool:
        """Whether a nested notebook can be put into another one: not where it is, not into itself
        or what is below it. A notebook at the top is shared as a whole and stays at the top."""
        if place.kind != NESTED or not place.writable:
            return False
        if not target.is_notebook or not target.writable:
            return False
        if (place.workspace, place.path) != (target.workspace, target.path):
            return True
        item = self._item(place)
        if item is None or target.key in keys_below(self._shelf.places, place):
            return False
        known = {it.key for it in self._shelf.places if it.path == place.path}
        parent = item.parent if item.parent in known else ""
        return bool(parent != target.key)

    def ask_notebook(self, place: Place, ask: Ask) -> None:
        """Asks where a nested notebook is to be put, and puts it there."""
        rows = [
            Choice(it.name, it, aside=self._shelf.beside(it), icon="notebook")
            for it in self._shelf.places
            if self.takes_place(place, it)
        ]
        ask(
            QCoreApplication.translate(_CONTEXT, "Put “{}” into which notebook?").format(
                place.name
            ),
            lambda words: [row for row in rows if words.casefold() in row.words.casefold()],
            QCoreApplication.translate(_CONTEXT, "No notebook is called so."),
            lambda target: self.put_notebook(place, target),
        )

    def put_notebook(self, place: Place, target: Place) -> None:
        """Puts a nested notebook, with all in it, into another one."""
        item = self._item(place)
        repository = self._shelf.repository_of(target)
        if item is None or repository is None:
            return
        shown = self._sidebar.place
        self._verbs.nest(item, repository, target.key, target.name)
        self._shelf.refresh()
        if shown is not None and shown.identity == place.identity:
            here = [it for it in self._shelf.places if it.name == place.name]
            moved = [it for it in here if it.path == target.path]
            if moved and self._item(place) is None:
                self._sidebar.choose(moved[0])

    def _item(self, place: Place) -> Any | None:
        """The item of a nested notebook, if it is there."""
        repository = self._shelf.repository_of(place)
        item = repository.item(place.key) if repository is not None else None
        return item if item is not None and item.exists else None
