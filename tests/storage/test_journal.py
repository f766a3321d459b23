from __future__ import annotations

import errno
from pathlib import Path

import pytest

from goatcore.errors import DiskFailed, NotAGoatFile
from goatcore.ids import RepositoryId
from goatcore.storage.journal import STALE_BYTES, Journal
from tests.storage.fault_disk import FaultDisk

PATH = Path("/workspace/drafts.journal")


def _flipped(data: bytes) -> bytes:
    return bytes(byte ^ 0xFF for byte in data)


def opened(disk: FaultDisk) -> Journal:
    return Journal(
        PATH, RepositoryId(b"t" * 16), disk, lambda size: b"r" * size, _flipped, _flipped
    )


def test_a_note_that_was_written_is_there_after_a_crash_and_the_latest_of_a_name_stands() -> None:
    disk = FaultDisk()
    journal = opened(disk)
    journal.put(b"name one: first")
    journal.put(b"name two: second")
    assert journal.write() == 2
    journal.put(b"name one: longer")
    assert journal.write() == 1
    journal.put(b"name one: not written")
    assert opened(disk.after_power_cut()).notes == [b"name one: longer", b"name two: second"]


def test_nothing_is_made_before_there_is_something_to_write() -> None:
    disk = FaultDisk()
    journal = opened(disk)
    assert (journal.notes, journal.write()) == ([], 0)
    journal.close()
    assert disk.files() == {}


def test_what_was_dropped_before_it_was_written_is_not_written() -> None:
    disk = FaultDisk()
    journal = opened(disk)
    journal.put(b"name one: first")
    journal.drop(b"name one")
    assert journal.write() == 0
    assert disk.files() == {}


def test_a_journal_without_notes_is_removed_when_it_is_closed_and_one_with_notes_is_kept() -> None:
    disk = FaultDisk()
    journal = opened(disk)
    journal.put(b"name one: first")
    journal.write()
    journal.close()
    journal = opened(disk)
    assert journal.notes == [b"name one: first"]
    journal.drop(b"name one")
    journal.close()
    journal.close()
    assert disk.files() == {}


def test_the_file_stays_small_whatever_is_typed() -> None:
    disk = FaultDisk()
    journal = opened(disk)
    for turn in range(200):
        journal.put(b"name one" + b"%d" % turn + bytes(10_000))
        journal.write()
    assert len(disk.data(PATH)) < STALE_BYTES + 50_000
    [note] = opened(disk.after_power_cut()).notes
    assert note[:11] == b"name one199"


@pytest.mark.parametrize("call", ["create", "write", "sync", "rename", "sync folder"])
def test_what_the_disk_refused_is_written_with_the_next(call: str) -> None:
    disk = FaultDisk()
    journal = opened(disk)
    journal.put(b"name one: first")
    disk.fail(call, errno.ENOSPC)
    with pytest.raises(DiskFailed, match="The disk is full"):
        journal.write()
    journal.put(b"name two: second")
    disk.work()
    assert journal.write() == 2
    assert opened(disk.after_power_cut()).notes == [b"name one: first", b"name two: second"]


def test_a_foreign_file_is_left_as_it_is() -> None:
    disk = FaultDisk({PATH: b"something else"})
    with pytest.raises(NotAGoatFile, match="drafts.journal"):
        opened(disk)
    assert disk.files() == {PATH: b"something else"}


def test_notes_that_another_key_sealed_are_passed_over() -> None:
    disk = FaultDisk()
    journal = opened(disk)
    journal.put(b"name one: first")
    journal.write()
    other = Journal(
        PATH, RepositoryId(b"t" * 16), disk, lambda n: b"r" * n, _flipped, lambda sealed: None
    )
    assert other.notes == []
