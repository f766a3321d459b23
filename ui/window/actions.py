"""Every command of the window: its words, its keys, its place in the menus.

Owns the menu bar. What a command does is a function given from outside.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import NamedTuple

from PySide6.QtCore import QObject
from PySide6.QtGui import QAction, QActionGroup, QKeySequence
from PySide6.QtWidgets import QMainWindow, QMenu

from ui.theme.theme import DARK_MODE, LIGHT_MODE, SYSTEM, Theme


class Command(NamedTuple):
    """One entry of a menu; `keys` is a standard key or written keys, or empty."""

    name: str
    words: str
    keys: QKeySequence.StandardKey | str = ""
    icon: str = ""
    role: QAction.MenuRole = QAction.MenuRole.NoRole


SEPARATOR = Command("", "")
_KEY = QKeySequence.StandardKey

MENUS: dict[str, tuple[Command, ...]] = {
    "&Note": (
        Command("new_note", "&New note", _KEY.New, "new-note"),
        Command("delete_note", "&Delete note", "", "trash"),
        SEPARATOR,
        Command("close", "&Close window", _KEY.Close),
        Command("quit", "&Quit", _KEY.Quit, role=QAction.MenuRole.QuitRole),
    ),
    "&Edit": (
        Command("undo", "&Undo", _KEY.Undo),
        Command("redo", "&Redo", _KEY.Redo),
        SEPARATOR,
        Command("search", "&Search notes", _KEY.Find, "search"),
    ),
    "Note&book": (
        Command("new_notebook", "&New notebook", "Ctrl+Shift+N", "new-notebook"),
        Command("rename_notebook", "&Rename", "F2", "pencil"),
        SEPARATOR,
        Command("share", "&Share…", "", "share"),
        Command("join", "&Join a notebook…", "", "join"),
    ),
    "&View": (
        Command("sidebar", "&Notebooks", "Ctrl+\\"),
        SEPARATOR,
    ),
}

THEME_WORDS = {SYSTEM: "As the &system", LIGHT_MODE: "&Light", DARK_MODE: "&Dark"}


class Actions(QObject):
    """The actions by name; `verbs` gives each what it does."""

    def __init__(
        self, window: QMainWindow, theme: Theme, verbs: Mapping[str, Callable[[], object]]
    ) -> None:
        super().__init__(window)
        self._theme = theme
        self._icons: dict[str, str] = {}
        self._by_name: dict[str, QAction] = {}
        for title, commands in MENUS.items():
            menu = window.menuBar().addMenu(window.tr(title))
            for command in commands:
                if command is SEPARATOR:
                    menu.addSeparator()
                else:
                    menu.addAction(self._make(window, command, verbs[command.name]))
            if title == "&View":
                self._add_themes(menu)
        theme.changed.connect(self._draw)
        self._draw()

    def __getitem__(self, name: str) -> QAction:
        return self._by_name[name]

    def _make(
        self, window: QMainWindow, command: Command, verb: Callable[[], object]
    ) -> QAction:
        action = QAction(window.tr(command.words), window)
        action.setObjectName(command.name)
        if command.keys:
            action.setShortcut(QKeySequence(command.keys))
        action.setMenuRole(command.role)
        action.triggered.connect(lambda _checked=False: verb())
        self._icons[command.name] = command.icon
        self._by_name[command.name] = action
        return action

    def _add_themes(self, menu: QMenu) -> None:
        themes = menu.addMenu(menu.tr("&Theme"))
        group = QActionGroup(themes)
        for mode, words in THEME_WORDS.items():
            action = themes.addAction(menu.tr(words))
            action.setCheckable(True)
            action.setChecked(mode == self._theme.mode)
            action.triggered.connect(lambda _checked=False, m=mode: self._theme.set_mode(m))
            group.addAction(action)
            self._by_name[f"theme_{mode}"] = action

    def _draw(self) -> None:
        for name, icon in self._icons.items():
            if icon:
                self._by_name[name].setIcon(self._theme.icon(icon))
