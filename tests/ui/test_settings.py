"""The settings: what is chosen applies at once, and everything is reached by keys."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import QEvent, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QApplication, QComboBox, QLineEdit

from ui.installation import LANGUAGE, ForgottenPreferences, Installation
from ui.settings.appearance import AppearancePage
from ui.settings.dialog import SettingsDialog
from ui.settings.names import NamesPage
from ui.settings.safekeeping import SafekeepingPage
from ui.theme.theme import Theme
from ui.window.main_window import MainWindow
from ui.window.memory import WindowMemory
from ui.workspaces import Names


class PlayedUpkeep:
    """Remembers what it was asked for."""

    def __init__(self, folder: Path) -> None:
        self.daily = True
        self.notes_folder = folder / "workspaces"
        self.backup_folder = folder / "backups"
        self.last_backup_ms: int | None = None
        self.backing_up = False
        self.compacting = False
        self.note_bytes = 1_500_000
        self.shorter: asyncio.Future[int] | None = None

    def set_daily(self, wanted: bool) -> None:
        self.daily = wanted

    def set_backup_folder(self, folder: Path) -> None:
        self.backup_folder = folder

    def back_up(self) -> None:
        self.backing_up = True

    async def compact(self) -> int:
        self.shorter = asyncio.get_running_loop().create_future()
        return await self.shorter


class FullPreferences(ForgottenPreferences):
    """On a disk that is full."""

    def keep(self, values: Mapping[str, Any]) -> None:
        raise OSError(28, "No space left on device")


@pytest.fixture
def upkeep(tmp_path: Path) -> PlayedUpkeep:
    return PlayedUpkeep(tmp_path)


@pytest.fixture
def preferences() -> ForgottenPreferences:
    return ForgottenPreferences()


@pytest.fixture
def window(
    workspaces: Any,
    network: Any,
    theme: Theme,
    clock: Any,
    tmp_path: Path,
    upkeep: PlayedUpkeep,
    preferences: ForgottenPreferences,
) -> Any:
    installation = Installation(preferences, upkeep)
    made = MainWindow(workspaces, network, WindowMemory(tmp_path), theme, clock, installation)
    made.show()
    yield made
    made.close()
    theme.set_mode("light")
    theme.set_zoom(100)


@pytest.fixture
def page(window: MainWindow) -> Callable[[type], Any]:
    def find(kind: type) -> Any:
        dialog = window.settings.open()
        dialog.choose(kind)
        page = dialog.stack.currentWidget()
        assert isinstance(page, kind)
        return page

    return find


def test_the_keys_open_it_once_and_escape_closes_it(window: MainWindow) -> None:
    window.activateWindow()
    assert QTest.qWaitForWindowActive(window)
    QTest.keyClick(window, Qt.Key.Key_Comma, Qt.KeyboardModifier.ControlModifier)
    dialog = window.settings.open()
    assert [type(other) for other in window.findChildren(SettingsDialog)] == [SettingsDialog]
    assert (dialog.isVisible(), dialog.isModal()) == (True, False)
    assert dialog.focusWidget() is dialog.list
    QTest.keyClick(dialog, Qt.Key.Key_Escape)
    assert not dialog.isVisible()
    QApplication.sendPostedEvents(None, int(QEvent.Type.DeferredDelete))
    assert window.settings.open() is not dialog


def test_pages_are_chosen_and_left_by_keys_alone(window: MainWindow) -> None:
    dialog = window.settings.open()
    titles = [dialog.list.item(row).text() for row in range(dialog.list.count())]
    assert titles[:1] == ["Appearance"]
    assert all(titles)
    assert len(set(titles)) == len(titles)
    QTest.keyClick(dialog.list, Qt.Key.Key_Down)
    assert dialog.stack.currentIndex() == 1
    QTest.keyClick(dialog.list, Qt.Key.Key_Tab)
    assert dialog.stack.currentWidget().isAncestorOf(dialog.focusWidget())


def test_colours_and_sizes_apply_at_once_and_follow_what_is_chosen_elsewhere(
    page: Callable[[type], Any], window: MainWindow, theme: Theme
) -> None:
    appearance = page(AppearancePage)
    appearance.modes["dark"].click()
    assert theme.mode == "dark"
    window.commands.run("theme_contrast")
    assert appearance.modes["contrast"].isChecked()
    appearance.size.setCurrentIndex(appearance.size.findData(150))
    appearance.size.activated.emit(appearance.size.currentIndex())
    assert theme.zoom_percent == 150
    window.commands.run("usual_size")
    assert appearance.size.currentText() == "100 %"


def test_the_language_is_kept(
    page: Callable[[type], Any], preferences: ForgottenPreferences
) -> None:
    appearance = page(AppearancePage)
    assert appearance.language.currentData() == ""
    appearance.language.setCurrentIndex(2)
    appearance.language.activated.emit(2)
    assert preferences.text(LANGUAGE) == "de"


def test_what_cannot_be_kept_is_told_and_stays_as_it_was(
    page: Callable[[type], Any], window: MainWindow
) -> None:
    appearance = page(AppearancePage)
    appearance._preferences = FullPreferences()
    appearance.language.setCurrentIndex(1)
    appearance.language.activated.emit(1)
    dialog = window.settings.open()
    assert "No space left on device" in dialog.banner.words
    assert appearance.language.currentData() == ""


def test_names_apply_when_a_field_is_left_and_an_empty_one_is_not_kept(
    page: Callable[[type], Any], workspaces: Any
) -> None:
    form = page(NamesPage).form
    form.member.setText("  Anna ")
    assert workspaces.names == Names("Host", "desk")
    form.member.editingFinished.emit()
    assert workspaces.names == Names("Anna", "desk")
    form.device.setText(" ")
    form.device.editingFinished.emit()
    assert (workspaces.names, form.device.text()) == (Names("Anna", "desk"), "desk")


def test_a_name_is_kept_also_when_the_settings_are_closed_in_its_field(
    page: Callable[[type], Any], window: MainWindow, workspaces: Any
) -> None:
    page(NamesPage).form.device.setText("laptop")
    window.settings.open().close()
    assert workspaces.names == Names("Host", "laptop")


def test_backups_are_switched_moved_and_made(
    page: Callable[[type], Any], upkeep: PlayedUpkeep, clock: Any, tmp_path: Path
) -> None:
    safe = page(SafekeepingPage)
    assert safe.last.text() == "There is no backup yet."
    safe.daily.click()
    assert not upkeep.daily
    safe.set_folder(tmp_path / "stick")
    assert upkeep.backup_folder == tmp_path / "stick"
    assert safe.where.text().replace("\u200b", "") == f"Into {tmp_path / 'stick'}"
    safe.now.click()
    assert (safe.last.text(), safe.now.isEnabled()) == ("A backup is being made…", False)
    upkeep.backing_up, upkeep.last_backup_ms = False, clock.now_ms
    safe.show_now()
    assert safe.now.isEnabled()
    assert safe.last.text().startswith("The last backup: ")


def test_backups_are_not_kept_among_the_notes(
    page: Callable[[type], Any], window: MainWindow, upkeep: PlayedUpkeep, tmp_path: Path
) -> None:
    page(SafekeepingPage).set_folder(upkeep.notes_folder / "backups")
    assert upkeep.backup_folder == tmp_path / "backups"
    assert "among the notes" in window.settings.open().banner.words


async def test_files_are_made_shorter(
    loop: Any, page: Callable[[type], Any], upkeep: PlayedUpkeep
) -> None:
    safe = page(SafekeepingPage)
    assert "take 1.5 MB" in safe.room.text()
    safe.compact.click()
    assert (safe.saved.text(), safe.compact.isEnabled()) == ("Working…", False)
    await asyncio.sleep(0)
    assert upkeep.shorter is not None
    upkeep.shorter.set_result(500_000)
    while not safe.compact.isEnabled():
        await asyncio.sleep(0)
    assert safe.saved.text() == "0.5 MB shorter"


async def test_files_go_on_getting_shorter_when_the_settings_are_closed(
    loop: Any, page: Callable[[type], Any], window: MainWindow, upkeep: PlayedUpkeep
) -> None:
    page(SafekeepingPage).compact.click()
    await asyncio.sleep(0)
    window.settings.open().close()
    QApplication.sendPostedEvents(None, int(QEvent.Type.DeferredDelete))
    assert upkeep.shorter is not None
    failures: list[Any] = []
    loop.set_exception_handler(lambda _loop, context: failures.append(context))
    upkeep.shorter.set_result(1)
    for _ in range(5):
        await asyncio.sleep(0)
    assert failures == []


def test_a_window_without_upkeep_has_no_page_for_it(open_window: Callable[[], MainWindow]) -> None:
    dialog = open_window().settings.open()
    assert SafekeepingPage not in [type(page) for page in dialog.pages]


def test_everything_that_can_be_chosen_has_a_name(window: MainWindow) -> None:
    dialog = window.settings.open()
    for kind in (QAbstractButton, QComboBox, QLineEdit):
        for part in dialog.stack.findChildren(kind):
            if part.focusPolicy() != Qt.FocusPolicy.NoFocus:
                text = part.text() if isinstance(part, QAbstractButton) else ""
                assert part.accessibleName() or text, part
