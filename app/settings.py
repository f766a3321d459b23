"""What this installation was told: names, and what the person chose in the settings.

Owns `settings.json` in the state folder. Invariant: the file is replaced as a whole, so that it is
the old one or the new one whatever happens; a damaged one is set aside, never overwritten. What
another version wrote into it is kept.
"""

from __future__ import annotations

import getpass
import json
import os
import platform
import tempfile
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Final

from ui.language import tr

FILE_NAME: Final = "settings.json"
ASIDE: Final = ".damaged"
LANGUAGE: Final = "language"  # of the window, from its next start on; "": as the system

Plain = str | bool | dict[str, str]


class Settings:
    """Names, marks and lists of words, each written when it is set."""

    def __init__(self, state: Path) -> None:
        self._path = state / FILE_NAME
        self._values = _read(self._path)
        self._listeners: list[Callable[[], None]] = []

    def text(self, name: str) -> str:
        """A word; "" if it was never set."""
        value = self._values.get(name)
        return value if isinstance(value, str) else ""

    def flag(self, name: str) -> bool:
        """Whether a mark is set."""
        return self._values.get(name) is True

    def words(self, name: str) -> dict[str, str]:
        """Words by name; what is no word in the file is left out."""
        value = self._values.get(name)
        if not isinstance(value, dict):
            return {}
        return {key: word for key, word in value.items() if isinstance(word, str)}

    def subscribe(self, callback: Callable[[], None]) -> Callable[[], None]:
        """Call back when a value changed, until the returned function is called."""
        self._listeners.append(callback)
        return lambda: self._listeners.remove(callback) if callback in self._listeners else None

    def keep(self, values: Mapping[str, Plain]) -> None:
        """Set values, on disk when this returns. Raises `OSError`."""
        changed = {**self._values, **values}
        if changed != self._values:
            write_whole(self._path, json.dumps(changed, indent=2, ensure_ascii=False) + "\n")
            self._values = changed
            for callback in tuple(self._listeners):
                callback()


def write_whole(path: Path, text: str) -> None:
    """Replace a file by another one in a single step; only this account can read it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(prefix=path.name, dir=path.parent)
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        os.replace(name, path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise


def _read(path: Path) -> dict[str, object]:
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return {}
    except (ValueError, RecursionError):  # not JSON, not UTF-8
        found = None
    if not isinstance(found, dict):
        path.replace(path.with_name(path.name + ASIDE))
        return {}
    return found


def person_name() -> str:
    """What the operating system calls the person at this computer."""
    try:
        account = getpass.getuser()
    except (KeyError, OSError):  # no such user, or no environment
        return tr("Me")
    try:
        import pwd

        full = pwd.getpwnam(account).pw_gecos.split(",")[0].strip()
    except (ImportError, KeyError):  # Windows has no such list
        full = ""
    return full or account


def computer_name() -> str:
    """What the operating system calls this computer."""
    return platform.node().split(".")[0] or tr("This computer")
