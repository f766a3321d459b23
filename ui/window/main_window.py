"""The main window: constructs the panels and what goes on between them, and obeys commands.

Owns what each command does here. Writes nothing itself: verbs do. Everything it works on is
constructed outside and handed in.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QCloseEvent
from PySide6.QtWidgets import QApplication, QMainWindow, QVBoxLayout, QWidget

from ui.commands.registry import Commands, Condition, Verb
from ui.editing.habits import BOLD, SLANTED
from ui.models.places import TRASH, TRASH_PLACE, Place, note_identity
from ui.panels.desk import Desk
from ui.panels.note_list import NoteList
from ui.panels.sidebar import Sidebar
from ui.theme.icons import application_icon
from ui.theme.theme import MODES, Theme
from ui.widgets.banner import Banner
from ui.widgets.toast import Toast
from ui.window.flow import Flow
from ui.window.going import Going
from ui.window.layout import Layout, side_by_side
from ui.window.memory import WindowMemory
from ui.window.menus import Menus
from ui.window.sharing import Sharing
from ui.window.shelf import Shelf
from ui.window.sync_display import SyncDisplay
from ui.window.verbs import Verbs
from ui.workspaces import Network, Workspaces

NEW_NOTEBOOK = "New notebook"
OF_LIVE_NOTES = ("pin_note", "move_note", "delete_note")
OF_A_NOTE = ("find", "find_next", "find_previous", "replace", "follow")
OF_A_TEXT = ("bold", "slanted", "check", "indent", "outdent")


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
        self.shelf = Shelf(workspaces, self)
        self.verbs = Verbs(self.shelf, clock, self)
        self.sidebar = Sidebar(theme, self)
        self.list = NoteList(theme, clock, note_identity, self)
        self.desk = Desk(theme, clock, self)
        self.desk.empty.say("pencil", self.tr("No note is open"), "", self.tr("New note"))
        self.banner = Banner(theme, self, alarming=True)
        self.parts = side_by_side(self, ((self.sidebar, 160), (self.list, 220), (self.desk, 340)))
        self._build()
        self.toast = Toast(self)
        self.sharing = (
            Sharing(self, theme, workspaces, network, self.shelf, clock)
            if network is not None
            else None
        )
        sync = SyncDisplay(self.shelf, network, self.desk, self.sidebar)
        self.flow = Flow(self.shelf, self.sidebar, self.list, self.desk, sync, self)
        self.commands = Commands(self, theme, self._verbs(), self._conditions(), self._marks())
        self.going = Going(self, theme, self.shelf, self.flow, self.commands)
        self.menus = Menus(self, self.commands, self.sidebar)
        self.desk.more_button.setMenu(self.menus.note_menu(self.desk.more_button))
        self._connect()
        self._layout = Layout(self, self.parts, self.sidebar, memory)
        self._layout.restore()
        self._unsubscribe = network.subscribe(self.flow.show_sync) if network else None
        self.flow.on_places()
        self._layout.choose_remembered(self.shelf.places, self.list)

    def _build(self) -> None:
        middle = QWidget(self)
        middle.setObjectName("edge")
        layout = QVBoxLayout(middle)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(self.banner)
        layout.addWidget(self.parts, 1)
        self.setCentralWidget(middle)

    def _connect(self) -> None:
        self.sidebar.new_notebook_wanted.connect(self.new_notebook)
        self.sidebar.join_wanted.connect(self.join)
        self.sidebar.menu_wanted.connect(self.menus.pop_place_menu)
        self.sidebar.model.renamed.connect(self.verbs.rename)
        self.list.new_note_wanted.connect(self.new_note)
        self.list.start_wanted.connect(self._on_empty_place)
        self.sidebar.notes_dropped.connect(self.move_to)
        self.list.delete_wanted.connect(self.delete_chosen)
        self.list.open_wanted.connect(self.desk.editor.setFocus)
        self.list.menu_wanted.connect(self.menus.pop_note_menu)
        self.desk.share_wanted.connect(self.share)
        self.desk.new_note_wanted.connect(self.new_note)
        self.desk.restore_wanted.connect(self._on_restore)
        self.desk.title_settled.connect(self.verbs.settle_title)
        self.desk.failed.connect(self.fail)
        self.desk.habits.left.connect(self._leave_editor)
        self.desk.habits.note_wanted.connect(self._on_link)
        self.verbs.failed.connect(self.fail)
        self.verbs.told.connect(self.toast.tell)
        self.flow.moved.connect(self.commands.refresh)
        if self.sharing is not None:
            self.sharing.told.connect(self.toast.tell)
            self.sharing.joined.connect(self._on_joined)
        self._theme.changed.connect(self._keep_theme)
        self._theme.zoomed.connect(self._keep_theme)

    # -- commands ------------------------------------------------------------------------------

    def _verbs(self) -> dict[str, Verb]:
        return {
            "new_note": self.new_note,
            "pin_note": self.pin_chosen,
            "move_note": self.move_chosen,
            "delete_note": self.delete_chosen,
            "restore_note": self.restore_chosen,
            "trash": partial(self.flow.choose_place, TRASH_PLACE),
            "close": self.close,
            "quit": self.quit_wanted.emit,
            "undo": partial(self._where_one_writes, "undo"),
            "redo": partial(self._where_one_writes, "redo"),
            "cut": partial(_in_focus, "cut"),
            "copy": partial(_in_focus, "copy"),
            "paste": partial(_in_focus, "paste"),
            "select_all": partial(_in_focus, "selectAll"),
            "find": partial(self.desk.finder.ask, replaces=False),
            "replace": partial(self.desk.finder.ask, replaces=True),
            "find_next": self.desk.finder.step,
            "find_previous": partial(self.desk.finder.step, backwards=True),
            "bold": partial(self.desk.habits.mark, BOLD),
            "slanted": partial(self.desk.habits.mark, SLANTED),
            "check": self.desk.habits.check,
            "indent": partial(self.desk.habits.indent, outward=False),
            "outdent": partial(self.desk.habits.indent, outward=True),
            "follow": self.desk.habits.follow,
            "larger": partial(self._theme.zoom, 1),
            "smaller": partial(self._theme.zoom, -1),
            "usual_size": partial(self._theme.zoom, 0),
            "new_notebook": self.new_notebook,
            "rename_notebook": self.rename_notebook,
            "share": self.share,
            "join": self.join,
            "switch": self._switch,
            "palette": self._palette,
            "search": self.search,
            "sidebar": lambda: self.sidebar.setVisible(self.sidebar.isHidden()),
            **{f"theme_{mode}": partial(self._theme.set_mode, mode) for mode in MODES},
        }

    def _conditions(self) -> dict[str, Condition]:
        return {
            **dict.fromkeys(OF_A_NOTE, lambda: self.desk.note is not None),
            **dict.fromkeys(OF_A_TEXT, lambda: not self.desk.editor.isReadOnly()),
            **dict.fromkeys(OF_LIVE_NOTES, lambda: bool(self._live())),
            "restore_note": lambda: bool(self._deleted()),
            "rename_notebook": lambda: self.place.is_notebook and self.place.writable,
        }

    def _marks(self) -> dict[str, Condition]:
        return {
            "pin_note": lambda: bool(self._live()) and all(n.pinned for n in self._live()),
            **{f"theme_{mode}": partial(self._has_mode, mode) for mode in MODES},
        }

    def _has_mode(self, mode: str) -> bool:
        return self._theme.mode == mode

    def _live(self) -> list[Any]:
        """Those of the chosen notes that something can be done with."""
        return [n for n in self._chosen() if n.exists and n.repository.writable]

    def _deleted(self) -> list[Any]:
        return [n for n in self._chosen() if not n.exists and n.repository.writable]

    def _chosen(self) -> list[Any]:
        """The chosen notes; the open one if none is chosen."""
        return self.list.chosen or ([self.desk.note] if self.desk.note else [])

    @property
    def place(self) -> Place:
        """The chosen place."""
        return self.flow.place

    def new_note(self) -> None:
        """Makes a note in this place, opens it and waits for its title."""
        if self.place.kind == TRASH:
            self.sidebar.choose(self.shelf.places[0])
        if self.list.words:
            self.list.clear_search()
        note = self.verbs.new_note(self.place, self.desk.note)
        if note is not None:
            if self.shelf.place_of(note) is None:  # the first notebook was made for it
                self.shelf.refresh()
            if not self.list.choose(note):
                self.list.choose_none()
            self.flow.open(note)
            self.desk.title.setFocus()

    def delete_chosen(self) -> None:
        """Deletes the chosen notes; a toast brings them back."""
        chosen = [note for note in self._chosen() if note.exists]
        if chosen:
            self.desk.record()
            with self.flow.deleting():
                self.verbs.delete_notes(chosen)

    def restore_chosen(self) -> None:
        """Brings the chosen notes back out of the trash."""
        if deleted := self._deleted():
            with self.flow.deleting():
                self.verbs.restore_notes(deleted)

    def pin_chosen(self) -> None:
        """Pins the chosen notes, or lets them go if all of them are pinned."""
        if chosen := self._live():
            self.verbs.pin_notes(chosen, not all(note.pinned for note in chosen))

    def move_chosen(self) -> None:
        """Asks for a notebook and moves the chosen notes there."""
        if chosen := self._live():
            self.going.choose_notebook(lambda place: self.move_to(place, chosen))

    def move_to(self, place: Place, chosen: list[Any] | None = None) -> None:
        """Moves notes to a notebook, or into the trash."""
        chosen = self._live() if chosen is None else chosen
        self.desk.record()
        with self.flow.deleting():
            if place.is_notebook:
                self.verbs.move_notes(chosen, place)
            else:
                self.verbs.delete_notes(chosen)

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
        if self.place.is_notebook and self.place.writable:
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

    def _switch(self) -> None:
        self.going.switch()

    def _palette(self) -> None:
        self.going.command()

    def record(self) -> None:
        """Records what was typed until now (the session may be ending)."""
        self.desk.record()

    def fail(self, sentence: str) -> None:
        """Says what went wrong, in a banner that stays until it is closed."""
        self.banner.tell(sentence)

    def _place_to_share(self) -> Place | None:
        if self.place.is_notebook:
            return next(p for p in self.shelf.places if p.path == self.place.path)
        if self.desk.note is not None:
            place = self.shelf.place_of(self.desk.note)
            if place is not None:
                return next(p for p in self.shelf.places if p.path == place.path)
        notebooks = [place for place in self.shelf.places if place.is_notebook and not place.key]
        return notebooks[0] if len(notebooks) == 1 else None

    def _where_one_writes(self, verb: str) -> None:
        """Undo and redo belong to the field that has the focus, else to the note's text."""
        field = QApplication.focusWidget()
        own = field is not None and field is not self.desk.editor and hasattr(field, verb)
        getattr(field if own else self.desk, verb)()

    # -- what comes back -----------------------------------------------------------------------

    def _on_restore(self, note: Any) -> None:
        with self.flow.deleting():
            self.verbs.restore_notes([note])
        self.list.choose(note)

    def _on_empty_place(self) -> None:
        if self.place.kind == TRASH:
            self.sidebar.choose(self.shelf.places[0])
        else:
            self.new_note()

    def _on_link(self, title: str) -> None:
        """A link to a note was followed: the note of that title opens, if there is one."""
        if not self.going.open_title(title):
            self.toast.tell(self.tr("No note is called “{}”").format(title))

    def _leave_editor(self) -> None:
        if self.desk.finder.active:
            self.desk.finder.leave()
        else:
            self.list.view.setFocus()

    def _on_joined(self, database: Any) -> None:
        found = [place for place in self.shelf.places if place.workspace == database.id]
        if found:
            self.sidebar.choose(found[0])
            self.toast.tell(self.tr("“{}” is here now").format(found[0].name))

    def _keep_theme(self) -> None:
        self._memory.keep("theme", self._theme.mode)
        self._memory.keep("zoom", str(self._theme.zoom_percent))

    def closeEvent(self, event: QCloseEvent) -> None:
        """Records what was typed and remembers how things stood."""
        note = self.desk.note
        self._layout.keep(self.place, note.key if note is not None else "")
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


def _in_focus(verb: str) -> None:
    """Cut, copy, paste, select all: of the field that has the focus."""
    field = QApplication.focusWidget()
    if field is not None and hasattr(field, verb):
        getattr(field, verb)()
