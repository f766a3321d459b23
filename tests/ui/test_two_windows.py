"""Two windows on two installations, over the real network: share, join, write at once."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
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
    host = Installation(tmp_path / "host", Names("Host", "host"), theme)
    guest = Installation(tmp_path / "guest", Names("Neighbour", "kitchen tablet"), theme)
    try:
        await host.network.start()
        await guest.network.start()
        yield host, guest
    finally:
        await host.close()
        await guest.close()


async def until(condition: Callable[[], object]) -> None:
    """Waits for what the network brings."""
    async with asyncio.timeout(60):
        while not condition():
            await asyncio.sleep(0.01)


@pytest.mark.timeout(240)
async def test_two_people_write_into_one_note(loop: Loop, theme: Theme, tmp_path: Path) -> None:
    async with two(tmp_path, theme) as (host, guest):
        garden = notebooks.create(host.databases[0], "Garden")
        notes.create(garden, "Oats", body="Buy oats.", now_ms=system_clock())
        await until(lambda: len(host.window.shelf.places) == 2)
        assert host.window.sharing is not None
        assert guest.window.sharing is not None

        share = host.window.sharing.share(host.window.shelf.places[1])
        share.show_code.click()
        join = guest.window.sharing.join()
        QTest.keyClicks(join.code, share.code.text())
        join.by_address.click()
        QTest.keyClicks(join.address, f"127.0.0.1:{host.network.port}")
        join.join_button.click()
        await until(lambda: share.page is share._guest)
        assert share.page.heading.text() == "Neighbour wants to join"
        share.confirm_button.click()
        await until(lambda: len(guest.databases) == 2)
        share.accept()

        await until(lambda: guest.window.desk.note is not None)
        await until(lambda: guest.window.place.name == "Garden")
        assert guest.window.desk.title.title == "Oats"
        await until(lambda: guest.window.desk.editor.toPlainText() == "Buy oats.")

        there, here = guest.window.desk.editor, host.window.desk.editor
        QTest.keyClicks(there, "Neighbour: ")
        here.moveCursor(here.textCursor().MoveOperation.End)
        QTest.keyClicks(here, " And hay.")
        both = "Neighbour: Buy oats. And hay."
        await until(lambda: here.toPlainText() == there.toPlainText() == both)

        mine, theirs = host.window.desk.others.cursors, guest.window.desk.others.cursors
        await until(lambda: [one.caret for one in mine.cursors] == [len("Neighbour: ")])
        await until(lambda: [one.caret for one in theirs.cursors] == [len(both)])
        assert (mine.cursors[0].name, theirs.cursors[0].name) == ("Neighbour", "Host")
        assert mine.place_of(mine.cursors[0]) is not None
        assert [one.name for one in host.window.desk.bar.people.people] == ["Neighbour"]
        assert host.window.desk.bar.people.isVisible()
        QTest.keyClicks(here, " Or rye.")
        here.selectAll()
        whole = (0, len(both) + len(" Or rye."))
        await until(lambda: [(one.anchor, one.caret) for one in theirs.cursors] == [whole])
        QTest.keyClick(here, Qt.Key.Key_Right)
        for _ in " Or rye.":
            QTest.keyClick(here, Qt.Key.Key_Backspace)
        await until(lambda: there.toPlainText() == both)

        QTest.keyClicks(host.window.desk.title, "The ")
        await until(lambda: guest.window.desk.title.title == "The Oats")
        await until(lambda: host.window.desk.light.words == "Saved on 2 devices")
        assert host.window.sidebar.sharing.text() == "Shared with Neighbour"
        assert guest.window.sidebar.sharing.text() == "Shared with Host"

        mine, yours = host.window.desk.note, guest.window.desk.note
        mine.title, yours.title = "Rye", "Wheat"  # at once: neither has heard of the other
        choice = host.window.desk.title_choice
        await until(lambda: len(choice.buttons) == len(guest.window.desk.title_choice.buttons) == 2)
        shown = mine.title
        assert yours.title == shown
        choice.buttons[0].click()
        await until(guest.window.desk.title_choice.isHidden)
        assert choice.isHidden()
        assert (mine.title, yours.title) == (shown, shown)


async def share_garden(host: Installation, guest: Installation) -> None:
    """The host's notebook is the guest's, too."""
    path = host.window.shelf.places[1].path
    share = host.network.share(host.databases[0], path, whom="person")
    join = guest.network.join(
        share.code,
        folder=guest.new_folder(),
        address=f"127.0.0.1:{host.network.port}",
        member_name="Neighbour",
        device_name="kitchen tablet",
    )
    await until(lambda: share.state == "asking")
    share.confirm()
    await until(lambda: join.state == "done")
    guest.add(join.database)


@pytest.mark.timeout(240)
async def test_what_others_did_while_the_window_was_closed_is_told(
    loop: Loop, theme: Theme, tmp_path: Path
) -> None:
    async with two(tmp_path, theme) as (host, guest):
        garden = notebooks.create(host.databases[0], "Garden")
        titles = ("Oats", "Rye", "Wheat")
        oats, rye, _wheat = (notes.create(garden, it, now_ms=system_clock()) for it in titles)
        await until(lambda: len(host.window.shelf.places) == 2)
        await share_garden(host, guest)
        theirs = guest.databases[1].repository(garden.path)
        await until(lambda: len(list(theirs.items(notes.NOTE))) == 3)
        guest.window.close()

        now_ms = system_clock() + 60_000
        notes.create(garden, "Barley", now_ms=now_ms)
        oats.body.splice(0, 0, "Buy some.")
        notes.touch(oats, now_ms - 1)
        rye.delete()
        garden.record_drafts()
        await until(lambda: theirs.digest == garden.digest)

        again = MainWindow(
            guest, guest.network, WindowMemory(tmp_path / "guest" / "home"), theme, system_clock
        )
        again.show()
        await until(lambda: again.news.words == "3 notes changed while you were away")
        again.news.button.click()
        shown = [(row.words, row.detail) for row in again.going.chooser.choices]
        assert shown[:2] == [("Barley", "new, by Host"), ("Oats", "edited by Host")]
        assert shown[2:] == [("Rye", "deleted by Host")]
        again.going.chooser.view.take(1)
        assert again.desk.note.title == "Oats"
        assert again.desk.shows_past
        assert again.news.isHidden()
        again.close()
        assert again.away.news() != []  # what was remembered changes for the next window only
        third = MainWindow(
            guest, guest.network, WindowMemory(tmp_path / "guest" / "home"), theme, system_clock
        )
        assert third.away.news() == []
        third.close()
        for window in (again, third):
            window.deleteLater()


@pytest.mark.timeout(240)
async def test_a_rejected_guest_is_told(loop: Loop, theme: Theme, tmp_path: Path) -> None:
    async with two(tmp_path, theme) as (host, guest):
        notebooks.create(host.databases[0], "Garden")
        await until(lambda: len(host.window.shelf.places) == 2)
        assert host.window.sharing is not None
        assert guest.window.sharing is not None
        share = host.window.sharing.share(host.window.shelf.places[1])
        share.show_code.click()
        join = guest.window.sharing.join()
        QTest.keyClicks(join.code, share.code.text())
        join.by_address.click()
        QTest.keyClicks(join.address, f"127.0.0.1:{host.network.port}")
        join.join_button.click()
        await until(lambda: share.page is share._guest)
        share.reject_button.click()
        await until(lambda: join.page is join._end)
        assert join.outcome.text()
        assert share.page is share._end
        assert len(guest.databases) == 1
        join.close()
        share.close()
