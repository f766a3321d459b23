"""Pictures of the settings."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace

from PySide6.QtGui import QPixmap
from PySide6.QtWidgets import QApplication

from ui.installation import ForgottenPreferences, Installation
from ui.window.main_window import MainWindow
from ui.window.settings import Settings

Save = Callable[[str, QPixmap], None]
NAMES = ("settings", "settings-names", "settings-keys", "settings-desktop", "settings-backups")


def take_settings(window: MainWindow, now_ms: int, save: Save) -> None:
    """Every page, as it stands after the first backup."""
    upkeep = SimpleNamespace(
        daily=True,
        backup_folder=Path("/home/host/.local/share/goat-notes/backups"),
        notes_folder=Path("/home/host/.local/share/goat-notes/workspaces"),
        last_backup_ms=now_ms - 3 * 3_600_000,
        backing_up=False,
        compacting=False,
        note_bytes=12_400_000,
    )
    installation = Installation(ForgottenPreferences(), upkeep)
    dialog = Settings(
        window, window._theme, window.shelf._workspaces, installation, lambda: now_ms
    ).open()
    for row, name in enumerate(NAMES):
        dialog.list.setCurrentRow(row)
        for _ in range(4):
            QApplication.processEvents()
        save(name, dialog.grab())
    dialog.close()
