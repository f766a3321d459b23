"""The page of the settings for colours, the size of letters, and the language."""

from __future__ import annotations

from functools import partial

from PySide6.QtWidgets import QButtonGroup, QComboBox, QRadioButton, QWidget

from ui.installation import LANGUAGE, LANGUAGES, Preferences
from ui.settings.form import SettingsPage
from ui.theme.theme import CONTRAST_MODE, DARK_MODE, LIGHT_MODE, SYSTEM, ZOOM_PERCENT, Theme


class AppearancePage(SettingsPage):
    """Follows what is chosen elsewhere while it is open."""

    def __init__(
        self, theme: Theme, preferences: Preferences, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._theme = theme
        self._preferences = preferences
        self.entitle(self.tr("Appearance"))
        self.section(self.tr("Colours"))
        self.modes = {
            SYSTEM: QRadioButton(self.tr("Light or dark, as the system has it"), self.sheet),
            LIGHT_MODE: QRadioButton(self.tr("Light"), self.sheet),
            DARK_MODE: QRadioButton(self.tr("Dark"), self.sheet),
            CONTRAST_MODE: QRadioButton(self.tr("High contrast"), self.sheet),
        }
        group = QButtonGroup(self)
        for mode, choice in self.modes.items():
            group.addButton(choice)
            choice.clicked.connect(partial(theme.set_mode, mode))
            self.add(choice)
        self.section(self.tr("Size of the text that you write"))
        self.size = QComboBox(self.sheet)
        self.size.setAccessibleName(self.tr("Size of the text that you write"))
        for percent in ZOOM_PERCENT:
            self.size.addItem(self.tr("{} %").format(percent), percent)
        self.size.activated.connect(lambda _at: theme.set_zoom(self.size.currentData()))
        self.side_by_side(self.size)
        self.section(self.tr("Language"))
        self.language = QComboBox(self.sheet)
        self.language.setAccessibleName(self.tr("Language"))
        self.language.addItem(self.tr("As the system has it"), "")
        for code, name in zip(LANGUAGES, ("English", "Deutsch"), strict=True):
            self.language.addItem(name, code)
        self.language.activated.connect(self._on_language)
        self.side_by_side(self.language)
        self.say(self.tr("Another language is shown from the next start on."))
        self.body.addStretch(1)
        for changed in (theme.changed, theme.zoomed):
            changed.connect(self.show_now)
        self.show_now()

    def show_now(self) -> None:
        """Shows how things stand."""
        self.modes[self._theme.mode].setChecked(True)
        self.size.setCurrentIndex(self.size.findData(self._theme.zoom_percent))
        code = self._preferences.text(LANGUAGE)
        self.language.setCurrentIndex(max(0, self.language.findData(code)))

    def _on_language(self, _at: int) -> None:
        self.attempt(partial(self._preferences.keep, {LANGUAGE: self.language.currentData()}))
        self.show_now()
