"""Two windows on two installations, over the real network: share, join, write at once."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from PySide6.QtTest import QTest

from goatcore import Database, Network, system_clock
from ui.bridge.loop import Loop
from ui.operations import notebooks, notes
from ui.theme.theme import Theme
from ui.window.main_window import MainWindow
from ui.window.memory import WindowMemory
from ui.workspaces import Names


class Installation:
    """One computer: its own folder, its own network, one window."""

    def __init__(self, folder: Path, names: Names, theme: Theme) -> None:
        folder.mkdir()
        self._folder = folder
        self.names, self.names_confirmed = names, True
        self._callbacks: list[Callable[[], None]] = []
        own = Database.open(
            folder / "own", home=folder / "home", member_name=names[0], device_name=names[1]
        )
        self.databases = [own]
        self.network = Network(folder / "home", interfaces="loopback", port=0)
        self.network.add(own)
        self.window = MainWindow(
            self, self.network, WindowMemory(folder / "home"), theme, system_clock
        )
        self.window.show()

    def new_folder(self) -> Path:
        return self._folder / "joined"

    def add(self, database: Database) -> None:
        self.databases.append(database)
        for callback in self._callbacks:
            callback()

    def confirm_names(self, names: Names) -> None:
        self.names = names

    def subscribe(self, callback: Callable[[], None]) -> Callable[[], None]:
        self._callbacks.append(callback)
        return lambda: self._callbacks.remove(callback)

    async def close(self) -> None:
        self.window.close()
        await self.network.close()
        for database in self.databases:
            await database.flush()
            database.close()
        self.window.deleteLater()


@asynccontextmanager
async def two(tmp_path: Path, theme: Theme) -> AsyncIterator[tuple[Installation, Installation]]:
    ada = Installation(tmp_path / "ada", Names("Ada", "Ada’s desk"), theme)
    mira = Installation(tmp_path / "mira", Names("Mira", "Mira’s laptop"), theme)
    try:
        await ada.network.start()
        await mira.network.start()
        yield ada, mira
    finally:
        await ada.close()
        await mira.close()


async def until(condition: Callable[[], object]) -> None:
    """Waits for what the network brings."""
    async with asyncio.timeout(20):
        while not condition():
            await asyncio.sleep(0.01)


@pytest.mark.timeout(60)
async def test_two_people_write_into_one_note(loop: Loop, theme: Theme, tmp_path: Path) -> None:
    async with two(tmp_path, theme) as (ada, mira):
        garden = notebooks.create(ada.databases[0], "Garden")
        notes.create(garden, "Oats", body="Buy oats.", now_ms=system_clock())
        await until(lambda: len(ada.window.shelf.places) == 2)
        assert ada.window.sharing is not None
        assert mira.window.sharing is not None

        share = ada.window.sharing.share(ada.window.shelf.places[1])
        share.show_code.click()
        join = mira.window.sharing.join()
        QTest.keyClicks(join.code, share.code.text())
        join.by_address.click()
        QTest.keyClicks(join.address, f"127.0.0.1:{ada.network.port}")
        join.join_button.click()
        await until(lambda: share.page is share._guest)
        assert share.page.heading.text() == "Mira wants to join"
        share.confirm_button.click()
        await until(lambda: len(mira.databases) == 2)
        share.accept()

        await until(lambda: mira.window.desk.note is not None)
        assert mira.window.place.name == "Garden"
        assert mira.window.desk.title.title == "Oats"
        await until(lambda: mira.window.desk.editor.toPlainText() == "Buy oats.")

        there, here = mira.window.desk.editor, ada.window.desk.editor
        QTest.keyClicks(there, "Mira: ")
        here.moveCursor(here.textCursor().MoveOperation.End)
        QTest.keyClicks(here, " And hay.")
        both = "Mira: Buy oats. And hay."
        await until(lambda: here.toPlainText() == there.toPlainText() == both)

        QTest.keyClicks(ada.window.desk.title, "The ")
        await until(lambda: mira.window.desk.title.title == "The Oats")
        await until(lambda: ada.window.desk.light.words == "Saved on 2 devices")
        assert ada.window.sidebar.sharing.text() == "Shared with Mira"
        assert mira.window.sidebar.sharing.text() == "Shared with Ada"


@pytest.mark.timeout(60)
async def test_a_rejected_guest_is_told(loop: Loop, theme: Theme, tmp_path: Path) -> None:
    async with two(tmp_path, theme) as (ada, mira):
        notebooks.create(ada.databases[0], "Garden")
        await until(lambda: len(ada.window.shelf.places) == 2)
        assert ada.window.sharing is not None
        assert mira.window.sharing is not None
        share = ada.window.sharing.share(ada.window.shelf.places[1])
        share.show_code.click()
        join = mira.window.sharing.join()
        QTest.keyClicks(join.code, share.code.text())
        join.by_address.click()
        QTest.keyClicks(join.address, f"127.0.0.1:{ada.network.port}")
        join.join_button.click()
        await until(lambda: share.page is share._guest)
        share.reject_button.click()
        await until(lambda: join.page is join._end)
        assert join.outcome.text()
        assert share.page is share._end
        assert len(mira.databases) == 1
        join.close()
        share.close()
