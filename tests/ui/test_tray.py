"""The icon beside the clock: who closes the window, who ends the program."""

from __future__ import annotations

from typing import Any

import pytest
from PySide6.QtWidgets import QSystemTrayIcon

from ui.installation import TRAY, ForgottenPreferences
from ui.window.main_window import MainWindow
from ui.window.tray import Tray


class Desktop:
    """A place for icons that comes and goes."""

    def __init__(self) -> None:
        self.place = True
        self.fronts = 0


@pytest.fixture
def desktop() -> Desktop:
    return Desktop()


@pytest.fixture
def preferences() -> ForgottenPreferences:
    return ForgottenPreferences()


@pytest.fixture
def closed(window: MainWindow) -> list[int]:
    heard: list[int] = []
    window.closed.connect(lambda: heard.append(1))
    return heard


@pytest.fixture
def tray(
    window: MainWindow, desktop: Desktop, preferences: ForgottenPreferences, closed: list[int]
) -> Any:
    def front() -> None:
        desktop.fronts += 1
        window.show()

    tray = Tray(window, preferences, front, lambda: desktop.place)
    yield tray
    window.leave()


def test_it_is_off_by_default_and_closing_ends(
    tray: Tray, window: MainWindow, closed: list[int]
) -> None:
    assert not tray.shown
    window.close()
    assert closed == [1]


def test_switched_on_the_window_is_hidden_and_this_is_said_once(
    tray: Tray, window: MainWindow, preferences: ForgottenPreferences, closed: list[int],
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    said: list[str] = []
    monkeypatch.setattr(tray.icon, "showMessage", lambda title, *_: said.append(title))
    preferences.keep({TRAY: True})
    for _ in range(2):
        window.show()
        window.close()
        assert (window.isVisible(), closed) == (False, [])
    assert said == ["Goat Notes goes on"]
    window.leave()
    assert closed == [1]


def test_its_menu_opens_writes_and_quits(
    tray: Tray, window: MainWindow, desktop: Desktop, preferences: ForgottenPreferences,
    closed: list[int],
) -> None:  # fmt: skip
    preferences.keep({TRAY: True})
    window.close()
    actions = {action.text(): action for action in tray.menu.actions() if action.text()}
    assert list(actions) == ["Open Goat Notes", "Quick note", "Quit"]
    actions["Quick note"].trigger()
    assert window.quick.window is not None
    assert window.quick.window.isVisible()
    window.quick.keep()
    actions["Open Goat Notes"].trigger()
    assert (desktop.fronts, window.isVisible()) == (1, True)
    actions["Quit"].trigger()
    assert closed == [1]


def test_a_click_opens_the_window(tray: Tray, desktop: Desktop) -> None:
    tray.icon.activated.emit(QSystemTrayIcon.ActivationReason.Trigger)
    tray.icon.activated.emit(QSystemTrayIcon.ActivationReason.Context)
    assert desktop.fronts == 1


def test_nobody_is_left_with_a_program_that_cannot_be_reached(
    tray: Tray, window: MainWindow, desktop: Desktop, preferences: ForgottenPreferences,
    closed: list[int],
) -> None:  # fmt: skip
    preferences.keep({TRAY: True})
    window.close()
    preferences.keep({TRAY: False})
    assert (desktop.fronts, window.isVisible()) == (1, True)
    preferences.keep({TRAY: True})
    desktop.place = False
    window.close()
    assert closed == [1]
