"""The menus that open at a place: on a note, on a notebook, behind the three dots.

Owns which commands stand in them. Every entry is one of the window's commands.
"""

from __future__ import annotations

from PySide6.QtCore import QPoint, Qt, QTimer
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QMenu, QWidget

from ui.commands.registry import Commands
from ui.language import counted
from ui.models.places import SEARCH_PLACE, TRASH, Place
from ui.panels.note_list import NoteList
from ui.panels.sidebar import Sidebar

_LINE = ""
NOTE_MENU = (
    *("new_note", "open_in_tab", _LINE),
    *("pin_note", "move_note", "tag_note", "copy_link", "history", _LINE, "delete_note"),
)
TAB_MENU = ("close_tab", "close_other_tabs", "reopen_tab", _LINE, "new_tab")
TRASH_MENU = ("restore_note", "open_in_tab", "history", _LINE, "purge_note")
PLACE_MENU = ("new_note",)
SEARCH_MENU = ("rename_notebook", "remove_search")
NOTEBOOK_MENU = (
    "new_note",
    _LINE,
    "nest_notebook",
    "move_notebook",
    "rename_notebook",
    "share",
    "people",
    _LINE,
    "notebook_then",
)


class Menus:
    """Menus of commands; those that cannot be given now are grey."""

    def __init__(
        self, window: QWidget, commands: Commands, sidebar: Sidebar, listing: NoteList
    ) -> None:
        self._window = window
        self._commands = commands
        self._sidebar = sidebar
        self._list = listing

    def note_menu(self, parent: QWidget) -> QMenu:
        """What can be done with the chosen notes."""
        return self._menu(parent, NOTE_MENU)

    def pop_note_menu(self, where: QPoint) -> None:
        """Opens it where the person asked for it."""
        place = self._sidebar.place
        in_trash = place is not None and place.kind == TRASH
        count = len(self._list.chosen)
        if count > 1 and not in_trash:
            menu = self._menu_of_many(count)
        else:
            menu = self._menu(self._window, TRASH_MENU if in_trash else NOTE_MENU)
        menu.aboutToHide.connect(lambda: QTimer.singleShot(0, self._list, self._list.mark_current))
        self._pop(menu, where)

    def pop_tab_menu(self, where: QPoint) -> None:
        """What can be done with the tab in front, and the others."""
        self._pop(self._menu(self._window, TAB_MENU), where)

    def pop_place_menu(self, place: Place, where: QPoint) -> None:
        """What can be done with a place; it is chosen first."""
        self._sidebar.choose(place)
        names = NOTEBOOK_MENU if place.is_notebook else PLACE_MENU
        if place.kind == SEARCH_PLACE:
            names = SEARCH_MENU
        self._pop(self._menu(self._window, names), where)

    def _menu_of_many(self, n: int) -> QMenu:
        """The commands that mean all that are chosen, and how many these are."""
        menu = QMenu(self._window)
        self._commands.refresh()
        for name, words in (
            ("open_in_tab", counted("Open {n} note in a tab", "Open {n} notes in tabs", n)),
            ("pin_note", counted("Pin {n} note", "Pin {n} notes", n)),
            ("move_note", counted("Move {n} note…", "Move {n} notes…", n)),
            ("tag_note", counted("Add a tag to {n} note…", "Add a tag to {n} notes…", n)),
            ("copy_link", counted("Copy the link to {n} note", "Copy links to {n} notes", n)),
            ("delete_note", counted("Delete {n} note", "Delete {n} notes", n)),
        ):
            command = self._commands[name]
            action = QAction(command.icon(), words, menu)
            action.setEnabled(command.isEnabled())
            if command.isCheckable():
                action.setCheckable(True)
                action.setChecked(command.isChecked())
            action.triggered.connect(command.trigger)
            menu.addAction(action)
            if name in ("open_in_tab", "copy_link"):
                menu.addSeparator()
        return menu

    def _menu(self, parent: QWidget, names: tuple[str, ...]) -> QMenu:
        self._commands.refresh()
        menu = QMenu(parent)
        for name in names:
            if name:
                menu.addAction(self._commands[name])
            else:
                menu.addSeparator()
        return menu

    @staticmethod
    def _pop(menu: QMenu, where: QPoint) -> None:
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.popup(where)
