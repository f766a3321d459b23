"""Opening is lazy: from an index beside the log, of which only what is touched is read."""

from __future__ import annotations

import asyncio
import errno
import gc
import shutil
from weakref import ref

import pytest

from goatcore import Damaged, Database, DiskFailed
from goatcore.repository import checkpointing
from goatcore.storage import rescan


def notes_of(database):
    return database.repository("/notes/home")


def index_of(database):
    id_ = database.repository_id("/notes/home").hex()
    return database.folder / f"{id_}.index"


def filled(opened, note, count=checkpointing.FIRST_WORTH):
    database = opened()
    for number in range(count):
        notes_of(database).create(note, f"note {number}", title=str(number), body="some words")
    return database


def test_an_index_is_left_behind_and_nothing_is_read_of_it_before_somebody_looks(opened, note):
    database = filled(opened, note)
    assert not index_of(database).exists()
    database.close()
    left = index_of(database).stat()
    again = opened()
    notes = notes_of(again)
    assert (len(notes._items._live), len(notes._items._shown)) == (0, 0)
    notes.register(note)
    assert str(notes.item("note 7").body) == "some words"
    assert len(notes._items._live) == 1
    assert len(list(notes.items(note))) == checkpointing.FIRST_WORTH
    again.close()
    assert index_of(database).stat().st_mtime_ns == left.st_mtime_ns


def test_few_new_commits_are_read_from_the_log(opened, note):
    filled(opened, note).close()
    database = opened()
    item = notes_of(database).create(note, "later", title="later")
    notes_of(database).item("note 3").title = "three"
    database.close()
    assert item.exists
    again = notes_of(opened())
    again.register(note)
    assert again.item("later").title == "later"
    assert again.item("note 3").title == "three"
    assert [version.title for version in again.item("note 3").history] == ["3", "three"]


def test_an_index_is_written_while_one_works(opened, note, monkeypatch):
    monkeypatch.setattr(checkpointing, "DELAY_MS", 0)

    async def work():
        database = filled(opened, note)
        await database.flush()
        for _ in range(1000):
            if notes_of(database)._items.grounded:
                break
            await asyncio.sleep(0.01)
        notes = notes_of(database)
        assert index_of(database).exists()
        assert notes._items._shelf.rows == {}
        assert notes.store.durable.grown().ids == []
        notes.create(note, "later", title="later")
        assert max(item.title for item in notes.items(note)) == "later"
        assert notes.item("note 7").title == "7"
        await database.flush()
        database.close()

    asyncio.run(work())


def test_a_copied_folder_opens_from_its_logs(opened, note, tmp_path):
    database = filled(opened, note)
    database.close()
    copy = tmp_path / "copy"
    shutil.copytree(database.folder, copy)
    with Database.open(copy, home=tmp_path / "another home") as other:
        assert len(list(notes_of(other).items(note))) == checkpointing.FIRST_WORTH


def test_an_index_of_another_log_is_left_out(opened, note):
    database = filled(opened, note)
    database.close()
    kept = index_of(database).read_bytes()
    log = index_of(database).with_suffix(".goat")
    log.unlink()
    again = filled(opened, note, 3)
    again.close()
    index_of(again).write_bytes(kept)
    notes = notes_of(opened())
    notes.register(note)
    assert {item.key for item in notes.items(note)} == {"note 0", "note 1", "note 2"}


def test_what_is_damaged_inside_is_found_when_it_is_touched_and_mended_at_the_next_opening(
    opened, note
):

    database = filled(opened, note, 200)
    database.close()
    path = index_of(database).with_suffix(".goat")
    data = bytearray(path.read_bytes())
    data[len(data) // 2 : len(data) // 2 + 300] = bytes(300)
    path.write_bytes(data)
    again = opened()
    notes = notes_of(again)
    notes.register(note)
    assert len(list(notes.items(note))) == 200
    with pytest.raises(Damaged):
        for number in range(200):
            assert len(list(notes.item(f"note {number}").history)) == 1
    again.close()
    assert not index_of(again).exists()
    third = opened()
    assert notes_of(third).count < 200
    assert "damaged" in third.problem


def test_closing_frees_everything(opened, note):
    filled(opened, note).close()
    database = opened()
    notes = notes_of(database)
    items = list(notes.items(note))
    assert items[0].history[0].title == items[0].title
    query = notes.query(note).order_by("title")
    assert len(query) == len(items)
    gone = [ref(notes), ref(notes.store), ref(notes._items), ref(items[0])]
    del notes, items, query
    database.close_repository("/notes/home")
    gc.collect()
    assert [one() for one in gone] == [None] * 4
    database.close()


# -- what opening passed over ----------------------------------------------------------------------


async def quiet(database, until, most_s=20.0):
    """Until something is so."""
    async with asyncio.timeout(most_s):
        while not until(database):
            await asyncio.sleep(0.005)


def rescans_of(database):
    return database._workspace.repositories._rescans._under_way


def damage(database, size):
    """While it is closed, some bytes in the middle of the log become others."""
    path = index_of(database).with_suffix(".goat")
    data = bytearray(path.read_bytes())
    at = len(data) // 2
    data[at : at + size] = bytes(one ^ 0x15 for one in data[at : at + size])
    path.write_bytes(data)
    return path


@pytest.fixture
def soon(monkeypatch):
    monkeypatch.setattr(rescan, "BEGIN_MS", 1)
    monkeypatch.setattr(rescan, "REST_MS", 1)
    monkeypatch.setattr(rescan, "SLICES_OF", 64)


@pytest.mark.parametrize(
    ("size", "told"), [(1, "They could be put right, nothing is lost"), (300, "cannot be read")]
)
def test_damage_that_opening_passed_over_is_found_and_put_right_at_the_next(
    opened, note, soon, size, told
):
    database = filled(opened, note, 300)
    database.close()
    path = damage(database, size)
    spoilt = path.read_bytes()

    async def work():
        again = opened()
        notes = notes_of(again)
        notes.register(note)
        assert again.problem is None
        await quiet(again, lambda database: database.problem)
        assert f"The disk has damaged /notes/home (“{path.name}”) in 1 place" in again.problem
        assert "is put right when the program starts the next time" in again.problem
        assert not index_of(again).exists()
        assert len(list(notes.items(note))) == 300  # what is shown comes from the index still
        for number in range(checkpointing.WORTH + 1):
            notes.create(note, f"later {number}", title="later", body="words")
        await again.flush()
        again.close()

    asyncio.run(work())
    assert not index_of(database).exists()
    assert path.read_bytes().startswith(spoilt)
    third = opened()
    notes = notes_of(third)
    assert told in third.problem
    notes.register(note)
    whole = 300 + checkpointing.WORTH + 1
    assert (len(list(notes.items(note))) == whole) == (size == 1)
    third.close()
    fourth = opened()
    notes_of(fourth)
    assert fourth.problem is None or "damaged" not in fourth.problem


def test_a_sound_log_is_looked_at_to_its_mark_and_nothing_is_said(opened, note, soon):
    filled(opened, note, 300).close()

    async def work():
        again = opened()
        notes = notes_of(again)
        [looking] = rescans_of(again).values()
        await quiet(again, lambda _: looking._at == looking._unseen.end)
        await again.flush()
        assert again.problem is None
        assert notes.count == 300
        again.close()
        assert index_of(again).exists()

    asyncio.run(work())


def test_closing_ends_the_looking(opened, note, soon):
    filled(opened, note, 300).close()

    async def work():
        again = opened()
        notes_of(again)
        [looking] = rescans_of(again).values()
        again.close_repository("/notes/home")
        assert rescans_of(again) == {}
        await asyncio.sleep(0.05)
        assert looking._at < looking._unseen.end
        again.close()

    asyncio.run(work())


async def test_a_log_that_was_compacted_meanwhile_is_not_called_damaged(opened, note):
    filled(opened, note, 300).close()
    again = opened()
    notes_of(again)
    [looking] = rescans_of(again).values()
    await again.compact("/notes/home")
    assert isinstance(looking._slice(), DiskFailed)  # the file is shorter now
    looking._sliced(looking._slice())
    looking._damage = rescan.Damage(1, 5000, 9)
    looking._sliced(True)
    assert again.problem is None
    assert index_of(again).exists()


async def test_a_part_that_the_disk_does_not_give_is_told(opened, note, disk):
    filled(opened, note, 300).close()
    again = opened(disk=disk)
    notes_of(again)
    [looking] = rescans_of(again).values()
    disk.fails, disk.only = {"open": errno.EIO}, ".goat"
    looking._sliced(looking._slice())
    disk.fails = {}
    assert "The disk failed on" in again.problem
