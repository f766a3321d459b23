"""How the window comes to be: the application with its loop, and the window on given workspaces."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from PySide6.QtCore import QEvent, QLocale, QUrl
from PySide6.QtGui import QFileOpenEvent
from PySide6.QtWidgets import QApplication

from ui.bridge.loop import Loop
from ui.installation import Installation
from ui.language import ENGLISH, chosen_code, languages, read_language, speak
from ui.theme.icons import application_icon
from ui.theme.theme import Theme
from ui.window.layout import fitting
from ui.window.main_window import MainWindow
from ui.window.memory import WindowMemory
from ui.workspaces import Network, Workspaces


class Application(QApplication):
    """What the system tells it is passed on: to quit, which Qt would do under the loop's feet, and
    on macOS to open a link."""

    def __init__(self, argv: list[str]) -> None:
        super().__init__(argv)
        self.on_quit: Callable[[], None] | None = None
        self.on_link: Callable[[str], None] | None = None

    def event(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Quit and self.on_quit is not None:
            self.on_quit()
            return True
        if isinstance(event, QFileOpenEvent) and self.on_link is not None:
            self.on_link(event.url().toString(QUrl.ComponentFormattingOption.FullyEncoded))
            return True
        return super().event(event)


def build_application(
    argv: Sequence[str], language: str = ENGLISH.code
) -> tuple[Application, Loop]:
    """The Qt application (once a process) and the loop that Qt and asyncio share. It speaks
    `language`, or what the system speaks ("") if we know it.

    Closing the last window does not end it: whoever runs the loop decides when.
    """
    application = Application(list(argv))
    application.setApplicationName("Goat Notes")
    application.setApplicationDisplayName("Goat Notes")
    application.setDesktopFileName("goat-notes")
    application.setWindowIcon(application_icon())
    application.setQuitOnLastWindowClosed(False)
    if language != ENGLISH.code:
        _speak(application, language)
    return application, Loop(application)


def _speak(application: QApplication, wish: str) -> None:
    code = chosen_code(wish, QLocale.system().uiLanguages(), languages())
    if code == ENGLISH.code:
        return
    from ui.bridge.translator import install  # loaded by who needs it

    locale = QLocale(code)
    language = read_language(code, thousands=locale.groupSeparator(), point=locale.decimalPoint())
    speak(language)
    install(application, language)


def open_window(
    application: QApplication,
    workspaces: Workspaces,
    network: Network | None,
    home: Path,
    clock: Callable[[], int],
    *,
    theme_mode: str = "",
    installation: Installation | None = None,
) -> MainWindow:
    """Shows the window on open workspaces. `home` is the folder of this installation, where the
    window remembers its layout. Await or connect to `window.closed`, then flush the workspaces."""
    memory = WindowMemory(home)
    theme = Theme(application, theme_mode or memory.text_of("theme", "system"))
    zoom = memory.text_of("zoom")
    theme.set_zoom(int(zoom) if zoom.isdecimal() else 100)
    window = MainWindow(workspaces, network, memory, theme, clock, installation)
    window.resize(fitting(window.size(), window.screen().availableGeometry().size()))
    window.show()
    return window
