"""The commands of a window, bound to what they do: one source for menus, keys and the palette.

Owns one action a command, and whether it can be given now. Invariant: after `refresh` every action
is enabled exactly if its condition holds; keys of a disabled command do nothing.
Must never know what a command does.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import NamedTuple

from PySide6.QtCore import QObject
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QAbstractButton, QMainWindow

from ui.commands.catalogue import COMMANDS, MENUS, SEPARATOR, Command, plain
from ui.commands.keymap import Keymap
from ui.theme.theme import Theme

Verb = Callable[[], object]
Condition = Callable[[], bool]


class Listed(NamedTuple):
    """A command as the palette shows it."""

    id: str
    words: str
    menu: str
    keys: str
    enabled: bool


class Commands(QObject):
    """`verbs` says what each command does; `conditions` when it can be given (else: always);
    `marks` which of them are choices, and when each is the chosen one; `keymap` their keys."""

    def __init__(
        self,
        window: QMainWindow,
        theme: Theme,
        verbs: Mapping[str, Verb],
        conditions: Mapping[str, Condition],
        marks: Mapping[str, Condition],
        keymap: Keymap,
    ) -> None:
        super().__init__(window)
        self._theme = theme
        self.keymap = keymap
        self._named: dict[str, QAbstractButton] = {}
        self._conditions = dict(conditions)
        self._marks = dict(marks)
        self._icons = {command.id: command.icon for command in COMMANDS if command.icon}
        self._actions = {
            command.id: self._make(window, command, verbs[command.id]) for command in COMMANDS
        }
        for title, commands in MENUS.items():
            menu = window.menuBar().addMenu(window.tr(title))
            menu.aboutToShow.connect(self.refresh)
            for command in commands:
                if command is SEPARATOR:
                    menu.addSeparator()
                else:
                    menu.addAction(self._actions[command.id])
        theme.changed.connect(self._draw)
        keymap.changed.connect(self._show_keys)
        self._draw()

    def __getitem__(self, command_id: str) -> QAction:
        return self._actions[command_id]

    def run(self, command_id: str) -> None:
        """Gives a command, if it can be given now."""
        self.refresh()
        self._actions[command_id].trigger()

    def refresh(self) -> None:
        """Asks anew what can be done now."""
        for command_id, condition in self._conditions.items():
            self._actions[command_id].setEnabled(condition())
        for command_id, chosen in self._marks.items():
            self._actions[command_id].setChecked(chosen())

    def listing(self) -> list[Listed]:
        """Every command, in the order of the menus, as things stand now."""
        self.refresh()
        return [
            Listed(
                command.id,
                plain(self._actions[command.id].text()),
                plain(self.tr(menu)),
                self.keys_of(command.id),
                self._actions[command.id].isEnabled(),
            )
            for menu, commands in MENUS.items()
            for command in commands
            if command is not SEPARATOR
        ]

    def keys_of(self, command_id: str) -> str:
        """The keys of a command as the system writes them; "" if it has none."""
        return self._actions[command_id].shortcut().toString(QKeySequence.SequenceFormat.NativeText)

    def words_of(self, command_id: str) -> str:
        """What a command is called."""
        return plain(self._actions[command_id].text())

    def tell_keys(self, button: QAbstractButton, command_id: str) -> None:
        """The tool tip of a button that gives a command: its name, and the keys as they are."""
        self._named[command_id] = button
        self._show_tip(command_id)

    def _show_tip(self, command_id: str) -> None:
        button = self._named[command_id]
        words = button.accessibleName() or button.text()
        keys = self.keys_of(command_id)
        button.setToolTip(f"{words} ({keys})" if keys else words)

    def _show_keys(self) -> None:
        for command_id, action in self._actions.items():
            action.setShortcuts(self.keymap.keys_of(command_id))
        for command_id in self._named:
            self._show_tip(command_id)

    def _make(self, window: QMainWindow, command: Command, verb: Verb) -> QAction:
        action = QAction(window.tr(command.words), window)
        action.setObjectName(command.id)
        action.setShortcuts(self.keymap.keys_of(command.id))
        action.setMenuRole(command.role)
        action.setCheckable(command.id in self._marks)
        action.triggered.connect(lambda _checked=False: self._on_run(verb))
        window.addAction(action)  # its keys work also while the menu bar is hidden
        return action

    def _on_run(self, verb: Verb) -> None:
        verb()
        self.refresh()

    def _draw(self) -> None:
        for command_id, icon in self._icons.items():
            self._actions[command_id].setIcon(self._theme.icon(icon))
