"""Opening is lazy: from an index beside the log, of which only what is touched is read."""

from __future__ import annotations

import asyncio
import gc
import shutil
from weakref import ref

import pytest

from goatcore import Damaged, Database
from goatcore.repository import checkpointing


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
