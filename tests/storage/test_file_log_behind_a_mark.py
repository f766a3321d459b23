"""Opening a log behind a mark: what stands before it is not read, until it is asked for."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from goatcore.errors import Damaged
from goatcore.ids import RepositoryId
from goatcore.storage.file_log import FileLog
from goatcore.storage.framing import RECORDS_BEGIN
from goatcore.storage.log import LogMark, positions

ENTRIES = [(1, 0, bytes([n]) * 50) for n in range(20)]
STARTS = positions(RECORDS_BEGIN, ENTRIES)
SIZE = 82  # of each record
BODIES = [body for _, _, body in ENTRIES]


def _open(disk: Any, path: Path, repository: RepositoryId, mark: LogMark | None = None) -> FileLog:
    return FileLog.open(path, repository, disk, lambda size: bytes(range(size)), known=mark)


@pytest.fixture
def mark(disk: Any, path: Path, repository: RepositoryId) -> LogMark:
    """The mark after the twelfth of twenty records that are in the file."""
    log = _open(disk, path, repository)
    log.append(ENTRIES)
    log.sync()
    mark = log.mark(STARTS[11])
    log.close()
    return mark


def _bytes_read(disk: Any, path: Path, repository: RepositoryId, mark: LogMark | None) -> int:
    total = 0
    opened = disk.open

    def counting(*args: Any, **named: Any) -> Any:
        file = opened(*args, **named)
        read_at = file.read_at

        def read(position: int, length: int) -> bytes:
            nonlocal total
            data: bytes = read_at(position, length)
            total += len(data)
            return data

        file.read_at = read
        return file

    disk.open = counting
    _open(disk, path, repository, mark).close()
    disk.open = opened
    return total


def test_only_the_header_and_the_tail_are_read(
    disk: Any, path: Path, repository: RepositoryId, mark: LogMark
) -> None:
    tail = 8 * SIZE
    assert _bytes_read(disk, path, repository, mark) == RECORDS_BEGIN + 32 + tail
    assert _bytes_read(disk, path, repository, None) == RECORDS_BEGIN + 20 * SIZE


def test_the_tail_and_everything_can_be_read(
    disk: Any, path: Path, repository: RepositoryId, mark: LogMark
) -> None:
    log = _open(disk, path, repository, mark)
    assert log.holds(mark)
    assert [record.body for record in log.records(mark.position)] == BODIES[12:]
    assert [record.body for record in log.records(STARTS[3])] == BODIES[3:]
    assert [record.body for record in log.records()] == BODIES
    assert log.record_at(STARTS[5]).body == BODIES[5]
    assert (log.report, log.end) == (None, STARTS[-1] + SIZE)


def test_a_torn_tail_is_mended_as_ever(
    disk: Any, path: Path, repository: RepositoryId, mark: LogMark
) -> None:
    disk.put(path, disk.data(path)[:-7])
    log = _open(disk, path, repository, mark)
    assert log.report is not None
    assert "19 records could be read" in log.report
    assert log.holds(mark)
    assert [record.body for record in log.records()] == BODIES[:-1]


def test_damage_in_the_tail_is_mended_as_ever(
    disk: Any, path: Path, repository: RepositoryId, mark: LogMark
) -> None:
    data = bytearray(disk.data(path))
    data[STARTS[14] + 40] ^= 1
    data[STARTS[14] + 41] ^= 1
    disk.put(path, bytes(data))
    log = _open(disk, path, repository, mark)
    assert log.report is not None
    assert "19 records could be saved" in log.report
    assert log.holds(mark)
    assert [record.body for record in log.records(mark.position)] == BODIES[12:14] + BODIES[15:]


def test_damage_before_the_mark_is_found_when_it_is_touched(
    disk: Any, path: Path, repository: RepositoryId, mark: LogMark
) -> None:
    data = bytearray(disk.data(path))
    data[STARTS[4] + 40] ^= 1
    data[STARTS[4] + 41] ^= 1
    disk.put(path, bytes(data))
    log = _open(disk, path, repository, mark)
    assert log.report is None
    assert [record.body for record in log.records(mark.position)] == BODIES[12:]
    with pytest.raises(Damaged, match="no sound record"):
        log.record_at(STARTS[4])
    records = log.records()
    assert [next(records).body for _ in range(4)] == BODIES[:4]
    with pytest.raises(Damaged, match="damaged at byte"):
        next(records)
    log.close()
    mended = _open(disk, path, repository)  # by whoever was told so: from the beginning
    assert mended.report is not None
    assert [record.body for record in mended.records()] == BODIES[:4] + BODIES[5:]
    assert not mended.holds(mark)


@pytest.mark.parametrize("change", ["digest", "position", "last", "far"])
def test_with_a_mark_that_is_not_the_files_all_is_read(
    disk: Any, path: Path, repository: RepositoryId, mark: LogMark, change: str
) -> None:
    wrong = {
        "digest": mark._replace(digest=bytes(16)),
        "position": mark._replace(position=mark.position + SIZE),
        "last": mark._replace(last=mark.last - SIZE),
        "far": mark._replace(position=10**9),
    }[change]
    assert _bytes_read(disk, path, repository, wrong) >= RECORDS_BEGIN + 20 * SIZE


def test_a_file_that_lost_its_end_does_not_hold_the_mark(
    disk: Any, path: Path, repository: RepositoryId, mark: LogMark
) -> None:
    disk.put(path, disk.data(path)[: STARTS[10]])
    log = _open(disk, path, repository, mark)
    assert not log.holds(mark)
    log.append(ENTRIES[12:14])  # of equal lengths, to the same place
    assert log.end == mark.position
    assert not log.holds(mark)
