"""The main window: places, notes, the desk, and how a choice in one moves the others.

Owns the flow between the panels and what is remembered. Writes nothing itself: verbs do. Everything
it works on is constructed outside and handed in.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from PySide6.QtCore import QPoint, Qt, QTimer, Signal
from PySide6.QtGui import QCloseEvent
from PySide6.QtWidgets import QApplication, QMainWindow, QMenu, QSplitter, QVBoxLayout, QWidget

from ui.models.places import ALL, Place, keys_below, note_identity, notes_of
from ui.panels.desk import Desk
from ui.panels.note_list import NoteList
from ui.panels.sidebar import Sidebar
from ui.theme.icons import application_icon
from ui.theme.theme import Theme
from ui.widgets.banner import Banner
from ui.widgets.toast import Toast
from ui.window.actions import Actions
from ui.window.memory import WindowMemory
from ui.window.sharing import Sharing
from ui.window.shelf import Shelf
from ui.window.sync_display import SyncDisplay
from ui.window.verbs import Verbs
from ui.workspaces import Network, Workspaces

SIZE_PX = (1180, 760)
PARTS_PX = (220, 310, 650)
NEW_NOTEBOOK = "New notebook"


class MainWindow(QMainWindow):
    """One window on all workspaces. `network` is None when there is none."""

    closed = Signal()
    quit_wanted = Signal()

    def __init__(
        self,
        workspaces: Workspaces,
        network: Network | None,
        memory: WindowMemory,
        theme: Theme,
        clock: Callable[[], int],
    ) -> None:
        super().__init__()
        self.setWindowTitle("Goat Notes")
        self.setWindowIcon(application_icon())
        self._memory = memory
        self._theme = theme
        self._clock = clock
        self._deleting = self._switching = False
        self._shown: object = None
        self.shelf = Shelf(workspaces, self)
        self.verbs = Verbs(self.shelf, clock, self)
        self.sidebar = Sidebar(theme, self)
        self.list = NoteList(theme, clock, note_identity, self)
        self.desk = Desk(theme, clock, self)
        self.banner = Banner(theme, self, alarming=True)
        self._build()
        self.desk.empty.say("pencil", self.tr("No note is open"), "", self.tr("New note"))
        self.toast = Toast(self)
        self._sync = SyncDisplay(self.shelf, network, self.desk, self.sidebar)
        self.sharing = (
            Sharing(self, theme, workspaces, network, self.shelf, clock)
            if network is not None
            else None
        )
        self.actions_by_name = Actions(self, theme, self._commands())
        self.desk.more_button.setMenu(self._note_menu(self.desk.more_button))
        self._connect()
        self._remember_layout()
        self._unsubscribe = network.subscribe(self._show_sync) if network else None
        self._on_places()
        self._choose_remembered()

    # -- how it is made ------------------------------------------------------------------------

    def _build(self) -> None:
        self.parts = QSplitter(Qt.Orientation.Horizontal, self)
        self.parts.setChildrenCollapsible(False)
        self.parts.setHandleWidth(1)
        for part, least in ((self.sidebar, 160), (self.list, 220), (self.desk, 340)):
            part.setMinimumWidth(least)
            self.parts.addWidget(part)
        self.parts.setStretchFactor(2, 1)
        middle = QWidget(self)
        middle.setObjectName("edge")
        layout = QVBoxLayout(middle)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(self.banner)
        layout.addWidget(self.parts, 1)
        self.setCentralWidget(middle)

    def _commands(self) -> dict[str, Callable[[], object]]:
        return {
            "new_note": self.new_note,
            "delete_note": self.delete_chosen,
            "close": self.close,
            "quit": self.quit_wanted.emit,
            "undo": self._undo,
            "redo": self._redo,
            "search": self.search,
            "new_notebook": self.new_notebook,
            "rename_notebook": self.rename_notebook,
            "share": self.share,
            "join": self.join,
            "sidebar": lambda: self.sidebar.setVisible(self.sidebar.isHidden()),
        }

    def _connect(self) -> None:
        self.shelf.changed.connect(self._on_places)
        self.sidebar.place_chosen.connect(self._on_place)
        self.sidebar.new_notebook_wanted.connect(self.new_notebook)
        self.sidebar.join_wanted.connect(self.join)
        self.sidebar.menu_wanted.connect(self._show_place_menu)
        self.sidebar.model.renamed.connect(self.verbs.rename)
        self.list.note_chosen.connect(self._on_note)
        self.list.note_left.connect(self._on_note_left)
        self.list.model.count_changed.connect(self._on_count)
        self.list.search_changed.connect(lambda _words: self._show_notes())
        self.list.new_note_wanted.connect(self.new_note)
        self.list.delete_wanted.connect(self.delete_chosen)
        self.list.open_wanted.connect(self.desk.editor.setFocus)
        self.list.menu_wanted.connect(self._show_note_menu)
        self.desk.share_wanted.connect(self.share)
        self.desk.new_note_wanted.connect(self.new_note)
        self.desk.restore_wanted.connect(self._on_restore)
        self.desk.failed.connect(self.fail)
        self.verbs.failed.connect(self.fail)
        self.verbs.told.connect(self.toast.tell)
        if self.sharing is not None:
            self.sharing.told.connect(self.toast.tell)
            self.sharing.joined.connect(self._on_joined)
        self._theme.changed.connect(self._keep_theme)

    def _note_menu(self, parent: QWidget) -> QMenu:
        menu = QMenu(parent)
        menu.addAction(self.actions_by_name["new_note"])
        menu.addSeparator()
        menu.addAction(self.actions_by_name["delete_note"])
        return menu

    # -- verbs ---------------------------------------------------------------------------------

    @property
    def place(self) -> Place:
        """The chosen place."""
        return self.sidebar.place or self.shelf.places[0]

    def new_note(self) -> None:
        """Makes a note in this place, opens it and waits for its title."""
        if self.list.words:
            self.list.clear_search()
        note = self.verbs.new_note(self.place, self.desk.note)
        if note is not None:
            if self.shelf.place_of(note) is None:  # the first notebook was made for it
                self.shelf.refresh()
            if not self.list.choose(note):
                self.list.choose_none()
            self._on_note(note)
            self.desk.title.setFocus()

    def delete_chosen(self) -> None:
        """Deletes the chosen notes; a toast brings them back."""
        chosen = self.list.chosen or ([self.desk.note] if self.desk.note else [])
        chosen = [note for note in chosen if note.exists]
        if not chosen:
            return
        self.desk.record()
        self._deleting = True
        self.verbs.delete_notes(chosen)
        self._deleting = False

    def new_notebook(self) -> None:
        """Makes a notebook and waits for its name."""
        repository = self.verbs.new_notebook(self.tr(NEW_NOTEBOOK))
        if repository is not None:
            self.shelf.refresh()
            place = next(p for p in self.shelf.places if p.path == repository.path)
            self.sidebar.show()
            self.sidebar.rename(place)

    def rename_notebook(self) -> None:
        """Opens the name of this notebook for editing."""
        if self.place.kind != ALL and self.place.writable:
            self.sidebar.show()
            self.sidebar.rename(self.place)

    def search(self) -> None:
        """Goes to the search field."""
        self.list.search.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self.list.search.selectAll()

    def share(self) -> None:
        """Opens the dialog that shares this notebook (of the open note, in all notes)."""
        place = self._place_to_share()
        if self.sharing is None:
            self.fail(self.tr("There is no network, so nothing can be shared now."))
        elif place is None:
            self.fail(self.tr("Choose the notebook that you want to share."))
        else:
            self.sharing.share(place)

    def join(self) -> None:
        """Opens the dialog that joins a notebook."""
        if self.sharing is None:
            self.fail(self.tr("There is no network, so nothing can be joined now."))
        else:
            self.sharing.join()

    def record(self) -> None:
        """Records what was typed until now (the session may be ending)."""
        self.desk.record()

    def fail(self, sentence: str) -> None:
        """Says what went wrong, in a banner that stays until it is closed."""
        self.banner.tell(sentence)

    def _place_to_share(self) -> Place | None:
        if self.place.kind != ALL:
            return next(p for p in self.shelf.places if p.path == self.place.path)
        if self.desk.note is not None:
            place = self.shelf.place_of(self.desk.note)
            if place is not None:
                return next(p for p in self.shelf.places if p.path == place.path)
        notebooks = [place for place in self.shelf.places if place.kind != ALL and not place.key]
        return notebooks[0] if len(notebooks) == 1 else None

    def _undo(self) -> None:
        if self.desk.title.hasFocus():
            self.desk.title.undo()
        else:
            self.desk.undo()

    def _redo(self) -> None:
        if self.desk.title.hasFocus():
            self.desk.title.redo()
        else:
            self.desk.redo()

    # -- from panel to panel -------------------------------------------------------------------

    def _on_places(self) -> None:
        before = self._shown
        self.sidebar.show_places(self.shelf.places)
        if self._what_to_show() != before:
            self._show_notes()
        self._show_crumb()
        self._show_sync()
        self.desk.refresh()

    def _on_place(self, _place: Place) -> None:
        if self.list.words:
            self.list.search.clear()
        self._show_notes()

    def _what_to_show(self) -> object:
        """Says whether the list of notes has to be asked anew."""
        place, places = self.place, self.shelf.places
        if place.kind == ALL:
            paths = {(p.workspace, p.path) for p in places if p.kind != ALL}
            return (ALL, frozenset(paths), self.list.words)
        keys = tuple(keys_below(places, place)) if place.key else ()
        return (place.identity, keys, place.name, self.list.words)

    def _show_notes(self) -> None:
        self.list.flush_search()
        place = self.place
        self._shown = self._what_to_show()
        query = notes_of(self.shelf.databases, self.shelf.places, place, self.list.words)
        self.list.say_empty(*empty_words(place))
        self._switching = True
        self.list.show_notes(place.name, query, self._place_name_for(place))
        self._switching = False
        if self.list.current is None:
            self.list.choose_first()
        self._show_sync()

    def _place_name_for(self, place: Place) -> Callable[[Any], str]:
        if place.kind == ALL and len(self.shelf.places) > 2:
            return self._place_name
        return lambda _note: ""

    def _place_name(self, note: Any) -> str:
        place = self.shelf.place_of(note)
        return place.name if place is not None else ""

    def _on_note(self, note: Any | None) -> None:
        self.desk.open(note)
        self.desk.empty.setVisible(note is None and bool(self.list.model.rows))
        self._show_crumb()
        self._show_sync()

    def _on_count(self, count: int) -> None:
        """Notes arrive where there were none: the first of them is opened."""
        if count and self.desk.note is None and not self._switching:
            QTimer.singleShot(0, self, self._open_something)

    def _open_something(self) -> None:
        if self.desk.note is None:
            self.list.choose_first()

    def _on_note_left(self) -> None:
        """The open note went out of the list: by our own doing the next one is opened; else it
        stays on the desk, since somebody may be writing in it."""
        if self._switching:
            return
        if self._deleting:
            current = self.list.current
            if current is None:
                self.list.choose_first()
            else:
                self._on_note(current)
        else:
            self.list.choose_none()

    def _on_restore(self, note: Any) -> None:
        self.verbs.restore_note(note)
        self.list.choose(note)

    def _on_joined(self, database: Any) -> None:
        found = [place for place in self.shelf.places if place.workspace == database.id]
        if found:
            self.sidebar.choose(found[0])
            self.toast.tell(self.tr("“{}” is here now").format(found[0].name))

    def _show_sync(self) -> None:
        self._sync.show(self.place, self.desk.note)

    def _show_crumb(self) -> None:
        note = self.desk.note
        place = self.shelf.place_of(note) if note is not None else None
        self.desk.crumb.setText(place.name if place is not None else "")

    # -- menus ---------------------------------------------------------------------------------

    def _show_note_menu(self, where: QPoint) -> None:
        menu = self._note_menu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.popup(where)

    def _show_place_menu(self, place: Place, where: QPoint) -> None:
        self.sidebar.choose(place)
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.addAction(self.actions_by_name["new_note"])
        if place.kind != ALL:
            menu.addSeparator()
            menu.addAction(self.actions_by_name["rename_notebook"])
            menu.addAction(self.actions_by_name["share"])
        menu.popup(where)

    # -- memory --------------------------------------------------------------------------------

    def _remember_layout(self) -> None:
        self.resize(*SIZE_PX)
        self.parts.setSizes(list(PARTS_PX))
        geometry = self._memory.bytes_of("geometry")
        if not geometry.isEmpty():
            self.restoreGeometry(geometry)
        parts = self._memory.bytes_of("parts")
        if not parts.isEmpty():
            self.parts.restoreState(parts)
        self.sidebar.setHidden(self._memory.text_of("sidebar") == "hidden")

    def _choose_remembered(self) -> None:
        wanted = self._memory.text_of("place")
        place = next((p for p in self.shelf.places if _remembered(p) == wanted), None)
        if place is not None:
            self.sidebar.choose(place)
        note = self._memory.text_of("note")
        row = self.list.model.row_of(lambda it: it.key == note)
        if row >= 0:
            self.list.choose(self.list.model.rows[row])

    def _keep_theme(self) -> None:
        self._memory.keep("theme", self._theme.mode)

    def closeEvent(self, event: QCloseEvent) -> None:
        """Records what was typed and remembers how things stood."""
        keep = self._memory.keep
        keep("geometry", self.saveGeometry())
        keep("parts", self.parts.saveState())
        keep("sidebar", "hidden" if self.sidebar.isHidden() else "shown")
        keep("place", _remembered(self.place))
        keep("note", self.desk.note.key if self.desk.note is not None else "")
        self._memory.save()
        self.desk.close_note()
        self.list.model.close()
        self.shelf.close()
        if self._unsubscribe is not None:
            self._unsubscribe()
            self._unsubscribe = None
        for dialog in QApplication.topLevelWidgets():
            if dialog.parent() is self:
                dialog.close()
        event.accept()
        self.closed.emit()


def empty_words(place: Place) -> tuple[str, str, str, str]:
    """What stands in a place without notes: an icon, a heading, a sentence, the one action."""
    write = "Write your first note"
    if place.kind == ALL:
        return "all-notes", "No notes yet", "What is on your mind?", write
    if place.writable:
        return "notebook", "An empty notebook", "", write
    return "notebook", "An empty notebook", "Notes will show up here.", ""


def _remembered(place: Place) -> str:
    return f"{place.workspace.hex()} {place.path} {place.key}"


