"""What is done with the chosen place: new notebooks, names, kept searches, sharing and joining.

Owns which place is meant. Writes nothing itself: verbs and the dialogs of sharing do.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject

from ui.language import tr
from ui.models.places import SEARCH_PLACE, Place
from ui.operations.notebooks import UNNAMED

if TYPE_CHECKING:
    from ui.window.main_window import MainWindow


class ChosenPlace(QObject):
    """The place that is marked in the sidebar of one window."""

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window)
        self._window = window
        self._joined: bytes | None = None  # a workspace whose name has not come yet
        window.shelf.changed.connect(self._greet)

    @property
    def _place(self) -> Place:
        return self._window.flow.place

    def new_notebook(self) -> None:
        """Makes a notebook and waits for its name."""
        repository = self._window.verbs.new_notebook(self.tr("New notebook"))
        if repository is not None:
            self._window.shelf.refresh()
            place = next(p for p in self._window.shelf.places if p.path == repository.path)
            self._window.sidebar.show()
            self._window.sidebar.rename(place)

    def nest_notebook(self) -> None:
        """Makes a notebook in this one and waits for its name."""
        place = self._place
        item = self._window.verbs.nested_notebook(place, self.tr("New notebook"))
        if item is not None:
            self._window.shelf.refresh()
            self._window.sidebar.show()
            self._window.sidebar.rename(
                next(p for p in self._window.shelf.places if p.key == item.key)
            )

    @property
    def can_rename(self) -> bool:
        """Whether the place has a name of the person's own."""
        place = self._place
        return place.kind == SEARCH_PLACE or (place.is_notebook and place.writable)

    @property
    def words_to_keep(self) -> str:
        """What is searched for now, in the panel or in the list."""
        if not self._window.searching.panel.isHidden():
            return self._window.searching.panel.line.text().strip()
        return self._window.list.search.text().strip()

    def keep_search(self) -> None:
        """Keeps what is searched for, as a place of its own."""
        item = self._window.verbs.keep_search(self.words_to_keep) if self.words_to_keep else None
        if item is not None:
            self._window.searching.panel.leave()
            self._window.list.clear_search()
            self._window.shelf.refresh()
            place = next(p for p in self._window.shelf.searches if p.key == item.key)
            self._window.flow.choose_place(place)

    def rename_notebook(self) -> None:
        """Opens the name of this notebook, or search, for editing."""
        if self.can_rename:
            self._window.sidebar.show()
            self._window.sidebar.rename(self._place)

    def share(self) -> None:
        """Opens the dialog that shares this notebook (of the open note, in all notes)."""
        place = self._place_to_share()
        if self._window.sharing is None:
            self._window.fail(self.tr("There is no network, so nothing can be shared now."))
        elif place is None:
            self._window.fail(self.tr("Choose the notebook that you want to share."))
        else:
            self._window.sharing.share(place)

    def join(self) -> None:
        """Opens the dialog that joins a notebook."""
        if self._window.sharing is None:
            self._window.fail(self.tr("There is no network, so nothing can be joined now."))
        else:
            self._window.sharing.join()

    def _place_to_share(self) -> Place | None:
        if self._place.is_notebook:
            return next(p for p in self._window.shelf.places if p.path == self._place.path)
        if self._window.desk.note is not None:
            place = self._window.shelf.place_of(self._window.desk.note)
            if place is not None:
                return next(p for p in self._window.shelf.places if p.path == place.path)
        notebooks = [
            place for place in self._window.shelf.places if place.is_notebook and not place.key
        ]
        return notebooks[0] if len(notebooks) == 1 else None

    def show_joined(self, database: Any) -> None:
        """Goes to a notebook that was joined just now, and says so once its name has come."""
        self._joined = database.id
        found = self._places_joined()
        if found:
            self._window.sidebar.choose(found[0])
        self._greet()

    def _places_joined(self) -> list[Place]:
        return [it for it in self._window.shelf.places if it.workspace == self._joined]

    def _greet(self) -> None:
        found = self._places_joined()
        if found and found[0].name != tr(UNNAMED):
            self._joined = None
            self._window.toast.tell(self.tr("“{}” is here now").format(found[0].name))
