"""Opens the settings of a window: which pages there are depends on what the window was given."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QWidget

from ui.installation import Installation
from ui.theme.theme import Theme
from ui.workspaces import Workspaces

if TYPE_CHECKING:
    from ui.settings.dialog import SettingsDialog
    from ui.settings.form import SettingsPage
    from ui.window.main_window import MainWindow


class Settings:
    """One dialog at a time; asked for again, it comes to the front."""

    def __init__(
        self,
        window: MainWindow,
        theme: Theme,
        workspaces: Workspaces,
        installation: Installation,
        clock: Callable[[], int],
    ) -> None:
        self._window = window
        self._theme = theme
        self._workspaces = workspaces
        self._installation = installation
        self._clock = clock
        self._open: SettingsDialog | None = None

    def open(self) -> SettingsDialog:
        """Shows them."""
        from ui.settings.dialog import SettingsDialog  # loaded by who asks

        dialog = self._open
        if dialog is None:
            dialog = SettingsDialog(self._theme, self._pages, self._window)
            dialog.destroyed.connect(self._forget)
            self._open = dialog
        dialog.show()
        dialog.raise_()
        dialog.activateWindow()
        return dialog

    def _forget(self) -> None:
        self._open = None

    def _pages(self, parent: QWidget) -> Sequence[SettingsPage]:
        from ui.settings.appearance import AppearancePage
        from ui.settings.desktop import DesktopPage
        from ui.settings.keys import KeysPage
        from ui.settings.names import NamesPage
        from ui.settings.safekeeping import SafekeepingPage

        preferences, upkeep = self._installation
        pages: list[SettingsPage] = [
            AppearancePage(self._theme, preferences, parent),
            NamesPage(self._workspaces, parent),
            KeysPage(self._theme, self._window.commands, parent),
            DesktopPage(self._theme, preferences, self._window.commands, parent),
        ]
        if upkeep is not None:
            pages.append(SafekeepingPage(self._theme, upkeep, self._clock, parent))
        return pages
