"""The keys of every command: the usual ones, or those that the person chose instead.

Owns what was chosen, kept in the preferences under `KEYS`: a command's id and its keys as Qt writes
them everywhere (`Ctrl+Shift+B`), "" for none. Invariant: no two commands ever share a key, whatever
is in the preferences; what makes no sense there is left as it is, not obeyed, and said in the log.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable
from typing import Final

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtGui import QKeySequence

from ui.commands.catalogue import COMMANDS, Command, Keys
from ui.installation import KEYS, Preferences
from ui.language import tr

LOGGER: Final = logging.getLogger("goat")
_PORTABLE: Final = QKeySequence.SequenceFormat.PortableText
_KEY: Final = QKeySequence.StandardKey

# Fields that one writes in answer to these themselves, before any command does.
OF_FIELDS: Final = ("undo", "redo", "cut", "copy", "paste", "select_all")
_IN_FIELDS: Final = (
    *(_KEY.Undo, _KEY.Redo, _KEY.Cut, _KEY.Copy, _KEY.Paste, _KEY.SelectAll),
    *(_KEY.MoveToNextWord, _KEY.MoveToPreviousWord, _KEY.MoveToStartOfLine, _KEY.MoveToEndOfLine),
    *(_KEY.MoveToStartOfDocument, _KEY.MoveToEndOfDocument, _KEY.DeleteStartOfWord),
    *(_KEY.SelectNextWord, _KEY.SelectPreviousWord, _KEY.DeleteEndOfWord, _KEY.SelectNextLine),
    *(_KEY.SelectPreviousLine, _KEY.SelectStartOfDocument, _KEY.SelectEndOfDocument),
)
_OF_TABS: Final = tuple(f"Ctrl+{number}" for number in range(1, 10))
_HOLDING: Final = (
    Qt.KeyboardModifier.ControlModifier
    | Qt.KeyboardModifier.AltModifier
    | Qt.KeyboardModifier.MetaModifier
)


class Keymap(QObject):
    """`changed` is told when commands have other keys."""

    changed = Signal()

    def __init__(self, preferences: Preferences, commands: Iterable[Command] = COMMANDS) -> None:
        super().__init__()
        self._preferences = preferences
        self._usual = {
            command.id: [one for keys in command.keys for one in sequences(keys)]
            for command in commands
        }
        self._own: dict[str, str] = {}
        for command_id, keys in preferences.words(KEYS).items():
            why = self._why_ignored(command_id, keys)
            if why:
                LOGGER.warning("keys in the settings: %s", why)
            else:
                self._own[command_id] = portable(QKeySequence(keys))

    def _why_ignored(self, command_id: str, keys: str) -> str:
        if command_id not in self._usual:
            return "a command that is not there"
        if command_id in OF_FIELDS:
            return f"{command_id} has its keys from the system"
        if keys and (not portable(QKeySequence(keys)) or why_not(QKeySequence(keys))):
            return f"{command_id} cannot have such keys"
        if keys and portable(QKeySequence(keys)) in self._own.values():
            return f"{command_id} has the keys of another command"
        return ""

    # -- as it is ----------------------------------------------------------------------------------

    def keys_of(self, command_id: str) -> list[QKeySequence]:
        """What gives this command; the first is the one to be shown."""
        own = self._own.get(command_id)
        if own is not None:
            return [QKeySequence(own)] if own else []
        taken = {keys for keys in self._own.values() if keys}
        return [keys for keys in self._usual[command_id] if portable(keys) not in taken]

    def is_usual(self, command_id: str) -> bool:
        """Whether a command has the keys that it comes with."""
        return self.keys_of(command_id) == self._usual[command_id]

    def holder_of(self, keys: QKeySequence) -> str | None:
        """The command that these keys give now."""
        wanted = portable(keys)
        found = (
            command_id
            for command_id in self._usual
            if wanted in map(portable, self.keys_of(command_id))
        )
        return next(found, None)

    # -- as the person wants it --------------------------------------------------------------------

    def give(self, command_id: str, keys: QKeySequence) -> None:
        """These keys are this command's alone from now on; empty: it has none. Raises `OSError`."""
        assert command_id in self._usual
        assert keys.isEmpty() or not why_not(keys)
        own = dict(self._own)
        if not keys.isEmpty():
            own |= {other: "" for other, held in own.items() if held == portable(keys)}
        own[command_id] = portable(keys)
        self._keep(own)

    def reset(self, command_id: str) -> None:
        """The usual keys, also if another command was given them. Raises `OSError`."""
        usual = [portable(keys) for keys in self._usual[command_id]]
        own = {other: keys for other, keys in self._own.items() if keys not in usual or not keys}
        own.pop(command_id, None)
        self._keep(own)

    def reset_all(self) -> None:
        """Every command as it comes. Raises `OSError`."""
        self._keep({})

    def _keep(self, own: dict[str, str]) -> None:
        self._preferences.keep({KEYS: own})
        self._own = own
        self.changed.emit()


def why_not(keys: QKeySequence) -> str:
    """Why a command cannot have these keys, as a sentence; "" if it can."""
    if keys.count() != 1:
        return tr("One key at a time, with those that are held with it.")
    pressed = keys[0]
    key, held = pressed.key(), pressed.keyboardModifiers()
    function = Qt.Key.Key_F1 <= key <= Qt.Key.Key_F35
    if key == Qt.Key.Key_unknown:
        return tr("This key has no name that could be kept.")
    if not function and not held & _HOLDING:
        return tr("Hold Ctrl or Alt with it: a key alone is there to write with.")
    if any(keys in QKeySequence.keyBindings(standard) for standard in _IN_FIELDS):
        return tr("Wherever one writes these keys mean something already.")
    if portable(keys) in _OF_TABS:
        return tr("These keys go to a tab by its number.")
    return ""


def portable(keys: QKeySequence) -> str:
    """Keys as they are written in every language; "" for none and for what is not understood."""
    text = keys.toString(_PORTABLE)
    return "" if "\ufffd" in text else text


def sequences(keys: Keys) -> list[QKeySequence]:
    """What a person can press for written keys, or for what the system calls so."""
    if isinstance(keys, str):
        return [QKeySequence(keys)]
    return QKeySequence.keyBindings(keys) or [QKeySequence(keys)]
