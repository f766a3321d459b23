"""The main window: constructs the panels and what goes on between them.

Owns what concerns more than one of them. Writes nothing itself: verbs do. Everything it works on is
constructed outside and handed in.
"""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QCloseEvent
from PySide6.QtWidgets import QApplication, QHBoxLayout, QMainWindow, QVBoxLayout, QWidget

from ui.commands.keymap import Keymap
from ui.commands.registry import Commands
from ui.installation import ForgottenPreferences, Installation
from ui.models.places import ALL_NOTES, Place, note_identity
from ui.panels.desk import Desk
from ui.panels.note_list import NoteList
from ui.panels.past_notes import PastNotes
from ui.panels.people import PeoplePanel
from ui.panels.sidebar import Sidebar
from ui.panels.tabs import Tabs
from ui.theme.icons import application_icon
from ui.theme.theme import Theme
from ui.widgets.banner import Banner
from ui.widgets.toast import Toast
from ui.window.arranging import Arranging
from ui.window.at_desk import AtDesk
from ui.window.away import Away
from ui.window.back import BackAndForward
from ui.window.beside import Beside
from ui.window.carrying import Carrying
from ui.window.chosen import ChosenNotes
from ui.window.chosen_place import ChosenPlace
from ui.window.command_table import conditions_of, marks_of, verbs_of
from ui.window.flow import Flow
from ui.window.focus import FocusMode
from ui.window.going import Going
from ui.window.layout import Layout, one_of, side_by_side
from ui.window.memory import WindowMemory
from ui.window.menus import Menus
from ui.window.note_links import NoteLinks
from ui.window.notebook_then import NotebookThen
from ui.window.people import People
from ui.window.printing import Printing
from ui.window.quick_note import QuickNote
from ui.window.searching import Searching
from ui.window.settings import Settings
from ui.window.sharing import Sharing
from ui.window.shelf import Shelf
from ui.window.sync_display import SyncDisplay
from ui.window.troubles import Troubles
from ui.window.verbs import Verbs
from ui.window.wiring import connect
from ui.workspaces import Network, Workspaces


class MainWindow(QMainWindow):
    """One window on all workspaces. `network` is None when there is none; without an
    `installation` what is chosen in the settings is forgotten at the end."""

    closed = Signal()
    quit_wanted = Signal()
    hidden = Signal()  # instead of closed, since the program goes on

    def __init__(
        self,
        workspaces: Workspaces,
        network: Network | None,
        memory: WindowMemory,
        theme: Theme,
        clock: Callable[[], int],
        installation: Installation | None = None,
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
        self.tabs = Tabs(self.desk, self.desk.tab_strip)
        self.banner = Banner(theme, self, alarming=True)
        self.news = Banner(theme, self, alarming=False)
        self.progress = Banner(theme, self, alarming=False)
        self._troubles = Troubles(workspaces, self.banner)
        self.past_notes = PastNotes(theme, clock, self)
        panel = PeoplePanel(theme, self)
        middle = one_of(self.list, self.past_notes)
        self.parts = side_by_side(self, ((self.sidebar, 160), (middle, 220), (self.desk, 340)))
        self._build(panel)
        self.toast = Toast(self)
        self.sharing = (
            Sharing(self, theme, workspaces, network, self.shelf, clock)
            if network is not None
            else None
        )
        if network is not None:
            self.desk.others.presence_of = network.presence
        sync = SyncDisplay(self.shelf, network, self.desk, self.sidebar)
        self.flow = Flow(
            self.shelf, self.sidebar, self.list, self.desk, self.tabs, sync, clock, self
        )
        self.people = People(panel, self.shelf, self.flow, network, clock)
        self.going = Going(self, theme, self.shelf, self.flow, self.tabs)
        areas = (self.sidebar.view, self.list.view, self.desk.editor, self.desk.reader.view)
        self.back = BackAndForward(
            self.shelf, self.flow, self.desk, (area.viewport() for area in areas), clock, self
        )
        self.then = NotebookThen(self.shelf, self.list, self.past_notes, self.desk, self.flow)
        self.chosen = ChosenNotes(
            self.shelf, self.sidebar, self.list, self.desk, self.tabs, self.flow, self.verbs
        )
        self.searching = Searching(self, theme, self.shelf, self.flow, self.desk, clock)
        self.arranging = Arranging(
            self.shelf, self.sidebar, self.chosen, self.verbs, self.searching.tags
        )
        self.chosen_place = ChosenPlace(self)
        self.at_desk = AtDesk(self)
        self.focus = FocusMode(self, self.desk, (self.sidebar, middle, panel, self.news))
        self.flow.moved.connect(self.focus.settle)
        self.links = NoteLinks(self.shelf, self.flow, self.then.leave, self)
        self.quick = QuickNote(theme, self.shelf, self.flow, self.desk, self.verbs, self)
        self.beside = Beside(self.desk, self.sidebar)
        self.stays: Callable[[], bool] = lambda: False
        self._leaving = False
        self.carrying = Carrying(self, self.shelf, self.progress, self.fail)
        self.banner.acted.connect(lambda: self.carrying.ask_export(ALL_NOTES))
        self.printing = Printing(self, self.desk, theme)
        self.away = Away(self.shelf, self.flow, self.desk, self.going, self.news, memory)
        self.installation = installation or Installation(ForgottenPreferences())
        self.settings = Settings(self, theme, workspaces, self.installation, clock)
        self.commands = Commands(
            self,
            theme,
            verbs_of(self, theme),
            conditions_of(self),
            marks_of(self, theme),
            Keymap(self.installation.preferences),
        )
        for button, command in (
            (self.list.new_button, "new_note"),
            (self.sidebar.new_button, "new_notebook"),
            (self.sidebar.people_button, "people"),
            (self.desk.find_bar.before, "find_previous"),
            (self.desk.find_bar.next, "find_next"),
        ):
            self.commands.tell_keys(button, command)
        self.menus = Menus(self, self.commands, self.sidebar, self.list)
        self.desk.more_button.setMenu(self.menus.note_menu(self.desk.more_button))
        self.flow.find_rows = self.searching.rows
        self.searching.tags_changed.connect(self.flow.show_tags)
        connect(self)
        theme.changed.connect(self._keep_theme)
        theme.zoomed.connect(self._keep_theme)
        self._layout = Layout(self, self.parts, self.sidebar, memory)
        self._layout.restore()
        self._unsubscribe = network.subscribe(self.flow.show_sync) if network else None
        self.flow.on_places()
        self._layout.choose_remembered(self.shelf.places, self.list)
        self._layout.restore_tabs(self.shelf.repositories, self.tabs)

    def _build(self, people: QWidget) -> None:
        middle = QWidget(self)
        middle.setObjectName("edge")
        layout = QVBoxLayout(middle)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(self.banner)
        layout.addWidget(self.news)
        layout.addWidget(self.progress)
        row = QHBoxLayout()
        row.setSpacing(0)
        row.addWidget(self.parts, 1)
        row.addWidget(people)
        layout.addLayout(row, 1)
        self.setCentralWidget(middle)

    # -- what is done here ---------------------------------------------------------------------

    @property
    def place(self) -> Place:
        """The chosen place."""
        return self.flow.place

    def filter_list(self) -> None:
        """Goes to the field that narrows the list of notes."""
        self.then.leave()
        self.list.search.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self.list.search.selectAll()

    def show_help(self) -> None:
        """Opens the help pages beside this window."""
        from ui.dialogs.help import HelpDialog  # loaded by who asks

        HelpDialog(self._theme, self).show()

    def record(self) -> None:
        """Records what was typed until now (the session may be ending)."""
        self.desk.record()
        self.quick.record()

    def leave(self) -> None:
        """Closes the window for good, also where closing it only hides it."""
        self._leaving = True
        self.close()

    def fail(self, sentence: str) -> None:
        """Says what went wrong, in a banner that stays until it is closed."""
        self.banner.tell(sentence)

    def toggle_full_screen(self) -> None:
        """The whole screen for this window, or its place among others again."""
        self.setWindowState(self.windowState() ^ Qt.WindowState.WindowFullScreen)

    def _keep_theme(self) -> None:
        self._memory.keep("theme", self._theme.mode)
        self._memory.keep("zoom", str(self._theme.zoom_percent))

    def closeEvent(self, event: QCloseEvent) -> None:
        """Records what was typed and remembers how things stood. Where the program goes on without
        a window it is only hidden."""
        if self.stays() and not self._leaving:
            self.record()
            event.ignore()
            self.hide()
            self.hidden.emit()
            return
        self.focus.leave()
        self.then.leave()
        self.quick.close()
        self.beside.give_back()
        note = self.desk.note
        place = self.place
        self._layout.keep_tabs(self.tabs, note)
        self.tabs.close_all()
        self.away.keep()
        self._layout.keep(place, note.key if note is not None else "")
        self.list.model.close()
        self.searching.close()
        self.carrying.close()
        self._troubles.close()
        self.people.end()
        self.shelf.close()
        if self._unsubscribe is not None:
            self._unsubscribe()
            self._unsubscribe = None
        for dialog in QApplication.topLevelWidgets():
            if dialog.parent() is self:
                dialog.close()
        event.accept()
        self.closed.emit()
