"""What can fail while a window is open: told in the banner with what to do, while it lasts."""

from __future__ import annotations

import asyncio
import shutil
import sys
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QFileDialog

from goatcore import Database, DiskFailed
from goatcore.workspace import folder_watch
from ui.operations import notebooks, notes
from ui.window.main_window import MainWindow

YEAR_MS = 365 * 86_400_000
HOUR_MS = 3_600_000


@pytest.fixture(autouse=True)
def often(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(folder_watch, "LOOK_MS", 5)


async def until(holds: Any) -> None:
    async with asyncio.timeout(60):
        while not holds():
            await asyncio.sleep(0.01)


@pytest.fixture
def watched(workspaces: Any) -> Any:
    """Opens the workspace anew, on the loop that runs, so that its folder is watched."""

    def make() -> Any:
        workspaces.databases.pop().close()
        own = workspaces.make("own")
        workspaces.databases.append(own)
        return own

    return make


@pytest.mark.skipif(sys.platform == "win32", reason="open files keep their folder there")
async def test_a_folder_that_vanishes_is_told_writing_goes_on_and_it_comes_back(
    loop: Any, workspaces: Any, watched: Any, clock: Any, open_window: Any, tmp_path: Path
) -> None:
    own = watched()
    garden = notebooks.create(own, "Garden")
    note = notes.create(garden, "Oats", body="Sow", now_ms=clock())
    await own.flush()
    window: MainWindow = open_window()
    (tmp_path / "own").rename(tmp_path / "elsewhere")
    await until(window.banner.isVisible)
    words = window.banner.words
    assert words.startswith(f"The folder “{tmp_path / 'own'}” is not there any more.")
    assert window.banner.button.text() == "Export…"
    window.desk.editor.moveCursor(window.desk.editor.textCursor().MoveOperation.End)
    QTest.keyClicks(window.desk.editor, " in March")
    window.record()
    assert not garden.durable
    (tmp_path / "elsewhere").rename(tmp_path / "own")
    await until(lambda: not window.banner.isVisible())
    await until(lambda: garden.durable)
    window.close()
    own.close()
    again = workspaces.make("own")
    (kept,) = notebooks.listing(again)[0].repository.items(notes.NOTE)
    assert (kept.key, str(kept.body)) == (note.key, "Sow in March")
    again.close()


@pytest.mark.skipif(sys.platform == "win32", reason="open files keep their folder there")
async def test_from_the_banner_all_notes_are_exported_though_the_folder_is_gone(
    loop: Any, watched: Any, clock: Any, open_window: Any, tmp_path: Path
) -> None:
    own = watched()
    garden = notebooks.create(own, "Garden")
    notes.create(garden, "Oats", body="Sow", now_ms=clock())
    await own.flush()
    window: MainWindow = open_window()
    shutil.rmtree(tmp_path / "own")
    await until(window.banner.isVisible)
    window.chosen.new()
    QTest.keyClicks(window.desk.editor, "typed afterwards")
    window.banner.button.click()
    (chooser,) = window.findChildren(QFileDialog)
    (tmp_path / "safe").mkdir()
    chooser.fileSelected.emit(str(tmp_path / "safe"))
    chooser.close()
    await until(lambda: window.carrying.task is not None and not window.carrying.busy)
    written = sorted(
        path.read_text().split("---")[-1].strip() for path in (tmp_path / "safe").rglob("*.md")
    )
    assert written == ["Sow", "typed afterwards"]
    window.close()
    with pytest.raises(DiskFailed):
        own.close()


@pytest.mark.parametrize("jump_ms", [-HOUR_MS, YEAR_MS, -50 * YEAR_MS])
async def test_a_clock_that_jumps_takes_nothing_away(
    loop: Any, workspaces: Any, clock: Any, open_window: Any, jump_ms: int
) -> None:
    own = workspaces.databases[0]
    garden = notebooks.create(own, "Garden")
    first = notes.create(garden, "Oats", body="Sow", now_ms=clock())
    await own.flush()
    window: MainWindow = open_window()
    window.people.open()
    clock.now_ms += jump_ms
    window.desk.editor.moveCursor(window.desk.editor.textCursor().MoveOperation.End)
    QTest.keyClicks(window.desk.editor, " in March")
    window.chosen.new()
    QTest.keyClicks(window.desk.editor, "a new one")
    window.record()
    window.people.refresh()
    window.commands.run("history")
    assert window.desk.shows_past
    window.desk.leave_past()
    clock.now_ms -= jump_ms
    window.list.choose(first)
    window.desk.editor.moveCursor(window.desk.editor.textCursor().MoveOperation.End)
    QTest.keyClicks(window.desk.editor, "!")
    window.record()
    await own.flush()
    assert not window.banner.isVisible()
    bodies = sorted(str(note.body) for note in garden.items(notes.NOTE))
    assert bodies == ["Sow in March!", "a new one"]
    assert [str(version.body) for version in first.history] == [
        "Sow",
        "Sow in March",
        "Sow in March!",
    ]
    assert all(version.time <= clock() for version in first.history)  # none from the future


def test_a_folder_that_can_only_be_read_offers_export(
    workspaces: Any, network: Any, open_window: Any, tmp_path: Path, monkeypatch: Any
) -> None:
    own = workspaces.databases.pop()
    notebooks.create(own, "Garden")
    own.flush_now()
    own.close()
    monkeypatch.setattr(
        "goatcore.storage.lock.FolderLock.writable", property(lambda _self: False), raising=False
    )
    reading = Database.open(tmp_path / "own", home=tmp_path / "home of own")
    workspaces.databases.append(reading)
    window: MainWindow = open_window()
    assert window.banner.words.startswith("This folder can only be read on this computer")
    assert window.banner.button.text() == "Export…"


def test_a_network_without_multicast_is_told_where_people_are_looked_for(
    workspaces: Any, network: Any, open_window: Any
) -> None:
    notebooks.create(workspaces.databases[0], "Garden")
    window: MainWindow = open_window()
    network.the_status = network.the_status._replace(
        looking=True, problem="This computer is in no network."
    )
    network.tell()
    assert window.desk.light.words == "Needs attention: This computer is in no network."


def test_a_damaged_file_is_told_when_the_window_opens(
    workspaces: Any, clock: Any, open_window: Any, tmp_path: Path
) -> None:
    own = workspaces.databases.pop()
    garden = notebooks.create(own, "Garden")
    for number in range(40):
        notes.create(garden, f"Note {number}", body="Sow " * 50, now_ms=clock() + number)
    own.flush_now()
    own.close()
    log = tmp_path / "own" / f"{garden.id.hex()}.goat"
    data = bytearray(log.read_bytes())
    middle = len(data) // 2
    data[middle : middle + 64] = bytes(64)
    log.write_bytes(bytes(data))
    for index in log.parent.glob("*.index"):
        index.unlink()
    workspaces.databases.append(workspaces.make("own"))
    window: MainWindow = open_window()
    assert window.banner.isVisible()
    assert "damaged" in window.banner.words
    assert window.banner.button.text() == "Export…"
    assert len(window.list.model.rows) > 0  # what can be read is there
