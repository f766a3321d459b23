"""The goat beside the clock: the window can be closed while Goat Notes goes on.

Owns the icon and its menu. Invariant: without an icon that can be seen, closing the window ends the
program, so that nobody is left with one that cannot be reached.
"""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QMenu, QSystemTrayIcon

from ui.installation import TRAY, Preferences
from ui.theme.icons import application_icon
from ui.window.main_window import MainWindow

TOLD = "tray_told"


class Tray(QObject):
    """Follows the preferences; `available` says whether the desktop has a place for it."""

    def __init__(
        self,
        window: MainWindow,
        preferences: Preferences,
        to_front: Callable[[], None],
        available: Callable[[], bool] = QSystemTrayIcon.isSystemTrayAvailable,
    ) -> None:
        super().__init__(window)
        self._window = window
        self._preferences = preferences
        self._to_front = to_front
        self._available = available
        self._icon: QSystemTrayIcon | None = None
        self.menu = QMenu()
        self.menu.addAction(self.tr("Open Goat Notes"), to_front)
        self.menu.addAction(self.tr("Quick note"), window.quick.ask)
        self.menu.addSeparator()
        self.menu.addAction(self.tr("Quit"), window.leave)
        self._unsubscribe = preferences.subscribe(self._follow)
        window.stays = lambda: self.shown
        window.hidden.connect(self._tell_once)
        window.closed.connect(self._end)
        self._follow()

    @property
    def icon(self) -> QSystemTrayIcon:
        """The icon; made when it is needed first, since the desktop is asked for a place then."""
        if self._icon is None:
            self._icon = QSystemTrayIcon(application_icon(), self)
            self._icon.setToolTip(self.tr("Goat Notes"))
            self._icon.setContextMenu(self.menu)
            self._icon.activated.connect(self._on_activated)
        return self._icon

    @property
    def shown(self) -> bool:
        """Whether it is there to be clicked."""
        return self._preferences.flag(TRAY) and self._available()

    def _follow(self) -> None:
        if self.shown:
            self.icon.show()
        elif self._icon is not None:
            self._icon.hide()
        if not self.shown and self._window.isHidden():
            self._to_front()  # it could not be reached any more

    def _on_activated(self, reason: QSystemTrayIcon.ActivationReason) -> None:
        if reason in (
            QSystemTrayIcon.ActivationReason.Trigger,
            QSystemTrayIcon.ActivationReason.DoubleClick,
        ):
            self._to_front()

    def _tell_once(self) -> None:
        if not self._preferences.flag(TOLD):
            self._preferences.keep({TOLD: True})
            self.icon.showMessage(
                self.tr("Goat Notes goes on"),
                self.tr("It is here, beside the clock. “Quit” in its menu ends it."),
                application_icon(),
            )

    def _end(self) -> None:
        self._unsubscribe()
        if self._icon is not None:
            self._icon.hide()
        self.menu.close()
