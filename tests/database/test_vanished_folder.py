"""A workspace's folder that goes away while it is open: nothing is lost, or called saved."""

from __future__ import annotations

import asyncio
import shutil
import sys

import pytest

from goatcore import Database, DiskFailed
from goatcore.workspace import folder_watch

pytestmark = pytest.mark.skipif(
    sys.platform == "win32", reason="open files keep their folder there"
)


@pytest.fixture(autouse=True)
def often(monkeypatch):
    monkeypatch.setattr(folder_watch, "LOOK_MS", 5)


async def until(holds) -> None:
    async with asyncio.timeout(60):
        while not holds():
            await asyncio.sleep(0.005)


def opened(tmp_path):
    return Database.open(tmp_path / "own", home=tmp_path / "home", member_name="Ann")


async def test_it_is_told_and_over_when_the_folder_is_back(tmp_path, note):
    database = opened(tmp_path)
    garden = database.repository("/notes/garden")
    garden.create(note, title="Beans")
    await database.flush()
    (tmp_path / "own").rename(tmp_path / "elsewhere")
    await until(lambda: database.problem)
    assert database.problem.startswith(f"The folder “{tmp_path / 'own'}” is not there any more.")
    written = garden.create(note, title="Peas")
    garden.record_drafts()
    with pytest.raises(DiskFailed):
        await database.flush()
    assert not garden.durable
    assert database.problem.startswith("The folder")  # the reason, not what follows from it
    (tmp_path / "elsewhere").rename(tmp_path / "own")
    await until(lambda: database.problem is None)
    await until(lambda: garden.durable)
    database.close()
    again = opened(tmp_path)
    theirs = again.repository("/notes/garden")
    theirs.register(note)
    assert theirs.item(written.key).title == "Peas"
    again.close()


async def test_what_is_written_into_a_deleted_folder_is_not_called_saved(tmp_path, note):
    database = opened(tmp_path)
    garden = database.repository("/notes/garden")
    garden.create(note, title="Beans")
    await database.flush()
    shutil.rmtree(tmp_path / "own")
    garden.create(note, title="Peas")
    garden.record_drafts()
    with pytest.raises(DiskFailed, match="is not there"):
        await database.flush()
    assert not garden.durable
    await until(lambda: database.problem)
    assert [one.title for one in garden.query(note).order_by("title")] == ["Beans", "Peas"]
    with pytest.raises(DiskFailed):
        database.close()


async def test_a_single_file_that_was_deleted_is_told_too(tmp_path, note):
    database = opened(tmp_path)
    garden = database.repository("/notes/garden")
    garden.create(note, title="Beans")
    await database.flush()
    (tmp_path / "own" / f"{garden.id.hex()}.goat").unlink()
    garden.create(note, title="Peas")
    garden.record_drafts()
    with pytest.raises(DiskFailed, match="is not there"):
        await database.flush()
    assert "is not there" in database.problem
    with pytest.raises(DiskFailed):
        database.close()


def test_a_folder_that_can_only_be_read_says_so(tmp_path, note, disk):
    opened(tmp_path).close()
    disk.be_read_only()
    database = Database.open(tmp_path / "own", home=tmp_path / "home", disk=disk)
    assert database.problem.startswith("This folder can only be read on this computer")
    database.close()
