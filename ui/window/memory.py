"""What the window remembers between two starts, in one file of the installation's home folder."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QByteArray, QSettings

FILE_NAME = "window.ini"


class WindowMemory:
    """Sizes, places and the theme. A missing or damaged file is an empty memory."""

    def __init__(self, home: Path) -> None:
        self._settings = QSettings(str(home / FILE_NAME), QSettings.Format.IniFormat)

    def bytes_of(self, name: str) -> QByteArray:
        """A remembered layout; empty if there is none."""
        value = self._settings.value(name)
        return value if isinstance(value, QByteArray) else QByteArray()

    def text_of(self, name: str, default: str = "") -> str:
        """A remembered word."""
        value = self._settings.value(name, default)
        return value if isinstance(value, str) else default

    def keep(self, name: str, value: QByteArray | str) -> None:
        """Remembers a value under a name."""
        self._settings.setValue(name, value)

    def save(self) -> None:
        """Writes everything to the file now."""
        self._settings.sync()
