"""The page of the settings for what Goat Notes does on this desktop: the icon, the quick note."""

from __future__ import annotations

from functools import partial

from PySide6.QtWidgets import QSystemTrayIcon, QWidget

from ui.commands.registry import Commands
from ui.dialogs.pages import button
from ui.installation import TRAY, Preferences
from ui.settings.form import SettingsPage
from ui.theme.theme import Theme
from ui.widgets.switch import Switch


class DesktopPage(SettingsPage):
    """Says so if the desktop has no place for an icon."""

    def __init__(
        self,
        theme: Theme,
        preferences: Preferences,
        commands: Commands,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._preferences = preferences
        self.entitle(self.tr("This desktop"))
        self.section(self.tr("When the window is closed"))
        self.tray = Switch(theme, self.tr("Goat Notes goes on, beside the clock"), self.sheet)
        self.tray.setChecked(preferences.flag(TRAY))
        self.tray.clicked.connect(self._on_tray)
        self.add(self.tray)
        words = self.tr("Changes of others arrive, and a quick note is at hand. “Quit” ends it.")
        if not QSystemTrayIcon.isSystemTrayAvailable():
            words = self.tr("This desktop shows no icons beside the clock now.")
        self.say(words)
        self.section(self.tr("Quick note"))
        self.say(
            self.tr(
                "A small window for a thought. Ctrl+Enter or Escape keeps it: in the chosen "
                "notebook, else in that of the open note. The command “goat quick” opens it from "
                "anywhere; give it keys in the settings of your desktop."
            )
        )
        self.quick = button(self.tr("Write a quick note"), self.sheet)
        self.quick.clicked.connect(lambda: commands.run("quick_note"))
        self.side_by_side(self.quick)
        self.body.addStretch(1)

    def _on_tray(self, wanted: bool) -> None:
        self.attempt(partial(self._preferences.keep, {TRAY: wanted}))
        self.tray.setChecked(self._preferences.flag(TRAY))
