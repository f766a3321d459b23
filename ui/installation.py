"""What the settings ask of the installation, as protocols: what was chosen, and its safekeeping.

The application constructs the real things. Free of Qt.
"""

from __future__ import annotations

from collections.abc import Callable, Coroutine, Mapping
from pathlib import Path
from typing import Any, NamedTuple, Protocol

from ui.workspaces import Unsubscribe

LANGUAGE = "language"  # "", as the system has it, or one of LANGUAGES
LANGUAGES = ("en", "de")
TRAY = "tray"  # a mark: an icon beside the clock, and closing the window does not quit
KEYS = "keys"  # of commands, where they are not the usual ones

Plain = str | bool | dict[str, str]


class Preferences(Protocol):
    """What the person chose; kept at once."""

    def text(self, name: str) -> str: ...
    def flag(self, name: str) -> bool: ...
    def words(self, name: str) -> dict[str, str]: ...
    def keep(self, values: Mapping[str, Plain]) -> None:
        """Sets values, on disk when this returns. Raises `OSError`."""

    def subscribe(self, callback: Callable[[], None]) -> Unsubscribe: ...


class Upkeep(Protocol):
    """Backups, and the room that notes take."""

    @property
    def daily(self) -> bool: ...
    def set_daily(self, wanted: bool) -> None: ...
    @property
    def backup_folder(self) -> Path: ...
    def set_backup_folder(self, folder: Path | None) -> None: ...
    @property
    def last_backup_ms(self) -> int | None: ...
    @property
    def backing_up(self) -> bool: ...
    def back_up(self) -> None: ...
    @property
    def notes_folder(self) -> Path: ...
    @property
    def note_bytes(self) -> int: ...
    @property
    def compacting(self) -> bool: ...
    def compact(self) -> Coroutine[Any, Any, int]: ...


class Installation(NamedTuple):
    """What a window is told of where it runs. Without `upkeep` there is none to be shown."""

    preferences: Preferences
    upkeep: Upkeep | None = None


class ForgottenPreferences:
    """What the person chose, until the window is closed: for a window without an installation."""

    def __init__(self) -> None:
        self._values: dict[str, Plain] = {}
        self._listeners: list[Callable[[], None]] = []

    def text(self, name: str) -> str:
        """A word; "" if it was never set."""
        value = self._values.get(name)
        return value if isinstance(value, str) else ""

    def flag(self, name: str) -> bool:
        """Whether a mark is set."""
        return self._values.get(name) is True

    def words(self, name: str) -> dict[str, str]:
        """Words by name."""
        value = self._values.get(name)
        return dict(value) if isinstance(value, dict) else {}

    def keep(self, values: Mapping[str, Plain]) -> None:
        """Sets values."""
        self._values |= values
        for callback in tuple(self._listeners):
            callback()

    def subscribe(self, callback: Callable[[], None]) -> Unsubscribe:
        """Calls back when a value was set."""
        self._listeners.append(callback)
        return lambda: self._listeners.remove(callback) if callback in self._listeners else None
