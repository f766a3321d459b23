"""Compacting a notebook's file on a real disk, while it is in use."""

from __future__ import annotations

import asyncio
import errno

import pytest

from goatcore.errors import Closed, DiskFailed, LocalMisuse
from goatcore.storage.checkpoint.layout import Header, parse_header
from goatcore.storage.file_log import log_path


def filled(database, note, count=300):
    notes = database.repository("/data/notes")
    for n in range(count):
        notes.create(note, f"k{n}", title=f"title {n}")
    database.flush_now()
    return notes


def titles(notes, note):
    notes.register(note)
    return {item.key: item.title for item in notes.items(note)}


def test_the_file_becomes_shorter_and_opens_as_before(opened, note, tmp_path):
    database = opened()
    notes = filled(database, note)
    path = log_path(database.folder, notes.id)
    before, digest, size = titles(notes, note), notes.digest, path.stat().st_size
    told = []
    compacted = database.compact_now("/data/notes", told.append)
    assert (compacted.before, compacted.commits) == (size, 300)
    assert path.stat().st_size == compacted.after < size
    assert told == sorted(told)
    assert told[-1] == 1.0
    notes.create(note, "later", title="later")
    database.close()
    again = opened().repository("/data/notes")
    assert titles(again, note) == before | {"later": "later"}
    assert again.digest != digest
    assert sorted(p.name for p in database.folder.iterdir() if "repacked" in p.name) == []


async def test_in_the_background_while_notes_are_written(opened, note):
    database = opened()
    notes = database.repository("/data/notes")
    for n in range(2000):
        notes.create(note, f"k{n}", title=f"title {n}")
    await database.flush()
    compacting = asyncio.create_task(database.compact("/data/notes"))
    written = 0
    while not compacting.done():
        notes.create(note, f"meanwhile {written}", title="x")
        written += 1
        await asyncio.sleep(0.01)
    compacted = await compacting
    assert compacted.after < compacted.before
    notes.create(note, "later", title="later")
    await database.flush()
    expected = titles(notes, note)
    assert len(expected) == 2001 + written
    database.close()
    assert titles(opened().repository("/data/notes"), note) == expected


async def test_closed_or_cancelled_meanwhile_it_leaves_the_file(opened, note):
    database = opened()
    notes = database.repository("/data/notes")
    for n in range(2000):
        notes.create(note, f"k{n}", title=f"title {n}")
    await database.flush()
    path = log_path(database.folder, notes.id)
    before = path.read_bytes()
    cancelled = asyncio.create_task(database.compact("/data/notes"))
    await asyncio.sleep(0.01)
    cancelled.cancel()
    with pytest.raises(asyncio.CancelledError):
        await cancelled
    closed = asyncio.create_task(database.compact("/data/notes"))
    await asyncio.sleep(0.01)
    database.close()
    with pytest.raises(Closed):
        await closed
    assert path.read_bytes() == before
    assert [p.name for p in database.folder.iterdir() if "repacked" in p.name] == []


async def test_where_a_loop_runs_nobody_blocks(opened, note):
    with pytest.raises(LocalMisuse, match="await"):
        opened().compact_now("/data/notes")


@pytest.mark.parametrize("call", ["create", "write_at", "sync", "rename"])
def test_a_full_disk_leaves_the_file_in_use(opened, note, disk, call):
    database = opened(disk=disk)
    notes = filled(database, note, 30)
    disk.fails, disk.only = {call: errno.ENOSPC}, ".repacked"
    with pytest.raises(DiskFailed):
        database.compact_now("/data/notes")
    disk.fails = {}
    notes.create(note, "later", title="later")
    expected = titles(notes, note)
    database.compact_now("/data/notes")
    assert titles(notes, note) == expected
    database.close()
    assert titles(opened().repository("/data/notes"), note) == expected


def test_the_checkpoint_follows_the_new_file(opened, note):
    database = opened()
    notes = filled(database, note)
    expected, digest = titles(notes, note), notes.digest
    index = log_path(database.folder, notes.id).with_suffix(".index")
    database.close()
    assert index.exists()
    for turn in range(2):
        database = opened()
        database.compact_now("/data/notes")
        notes = database.repository("/data/notes")
        assert (titles(notes, note), notes.digest) == (expected, digest)
        database.close()
        again = opened()
        notes = again.repository("/data/notes")
        mark = notes.store.mark()
        assert mark is not None
        header = parse_header(index.read_bytes(), index.stat().st_size)
        assert isinstance(header, Header)
        assert header.mark == mark  # nothing is behind it
        assert (titles(notes, note), notes.digest) == (expected, digest)
        assert [item.history[0].author for item in notes.items(note)] == ["Ann"] * (300 + turn)
        notes.create(note, f"later {turn}", title="later")
        expected, digest = titles(notes, note), None
        again.flush_now()
        digest = notes.digest
        again.close()


async def test_a_checkpoint_that_was_being_made_of_the_old_file_is_dropped(opened, note):
    database = opened()
    notes = database.repository("/data/notes")
    for n in range(600):
        notes.create(note, f"k{n}", title=f"title {n}")
    compacting = asyncio.create_task(database.compact("/data/notes"))
    for n in range(600, 1600):
        notes.create(note, f"k{n}", title=f"title {n}")
        if n % 50 == 0:
            await asyncio.sleep(0.005)
    await compacting
    await database.flush()
    await asyncio.sleep(0.1)
    expected, digest = titles(notes, note), notes.digest
    assert len(expected) == 1600
    assert notes.item("k17").history[0].author == "Ann"
    database.close()
    again = opened().repository("/data/notes")
    assert (titles(again, note), again.digest) == (expected, digest)
    assert [again.item(f"k{n}").history[0].author for n in range(0, 1600, 400)] == ["Ann"] * 4


async def test_two_at_once_take_turns(opened, note):
    database = opened()
    notes = database.repository("/data/notes")
    for n in range(2000):
        notes.create(note, f"k{n}", title=f"title {n}")
    await database.flush()
    first, second = await asyncio.gather(
        database.compact("/data/notes"), database.compact("/data/notes")
    )
    assert first.after < first.before
    assert second.before == first.after
    expected = titles(notes, note)
    assert len(expected) == 2000
    database.close()
    for path in database.folder.glob("*.index"):
        path.unlink()
    again = opened()
    assert titles(again.repository("/data/notes"), note) == expected
    assert again.problem is None


async def test_closing_ends_those_that_wait_their_turn(opened, note):
    database = opened()
    notes = database.repository("/data/notes")
    for n in range(2000):
        notes.create(note, f"k{n}", title=f"title {n}")
    await database.flush()
    both = [asyncio.create_task(database.compact("/data/notes")) for _ in range(2)]
    await asyncio.sleep(0.01)
    database.close_repository("/data/notes")
    ends = await asyncio.gather(*both, return_exceptions=True)
    assert [type(end) for end in ends] == [Closed, Closed]
