"""What every log does, in a file or in memory."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from goatcore.errors import Closed, Damaged, LocalMisuse
from goatcore.ids import RepositoryId
from goatcore.storage.file_disk import FileDisk
from goatcore.storage.file_log import FileLog
from goatcore.storage.framing import BODY_SIZE_MAX, RECORDS_BEGIN
from goatcore.storage.log import Log, Repacking, positions
from goatcore.storage.memory_log import MemoryLog

REPOSITORY = RepositoryId(bytes(range(16)))
ENTRIES = [(1, 0, b"first"), (2, 0, b""), (1, 7, bytes(1000)), (255, 255, b"GOAR" * 9)]


class InAFile:
    def __init__(self, folder: Path) -> None:
        self._path = folder / "log.goat"

    def open(self) -> Log:
        return FileLog.open(self._path, REPOSITORY, FileDisk(), os.urandom)

    def reopen(self, log: Log) -> Log:
        log.close()
        return self.open()


class InMemory:
    def open(self) -> Log:
        return MemoryLog()

    def reopen(self, log: Log) -> Log:
        assert isinstance(log, MemoryLog)
        log.close()
        return MemoryLog(log.entries())


@pytest.fixture(params=["file", "memory"])
def place(request: pytest.FixtureRequest, tmp_path: Path) -> InAFile | InMemory:
    return InAFile(tmp_path) if request.param == "file" else InMemory()


def _entries(log: Log) -> list[tuple[int, int, bytes]]:
    return [(record.type, record.flags, record.body) for record in log.records()]


def test_a_new_log_is_empty_and_durable(place: InAFile | InMemory) -> None:
    log = place.open()
    assert list(log.records()) == []
    assert (log.end, log.synced) == (RECORDS_BEGIN, RECORDS_BEGIN)
    assert (log.report, log.read_only) == (None, False)
    log.close()


def test_what_is_appended_is_there_at_the_next_open(place: InAFile | InMemory) -> None:
    log = place.open()
    log.append(ENTRIES[:3])
    log.append(ENTRIES[3:])
    log.sync()
    log = place.reopen(log)
    assert _entries(log) == ENTRIES
    log.append([(1, 0, b"later")])
    log = place.reopen(log)
    assert _entries(log) == [*ENTRIES, (1, 0, b"later")]
    log.close()


def test_records_are_those_that_were_there_at_open(place: InAFile | InMemory) -> None:
    log = place.open()
    log.append(ENTRIES)
    assert list(log.records()) == []
    log.close()


def test_positions_are_those_of_the_format(place: InAFile | InMemory) -> None:
    log = place.open()
    assert log.append(ENTRIES) == RECORDS_BEGIN + 4 * 32 + 5 + 0 + 1000 + 36
    assert log.append([]) == log.end
    log = place.reopen(log)
    assert [record.offset for record in log.records()] == [4160, 4197, 4229, 5261]
    assert [record.end for record in log.records()][-1] == log.end == log.synced
    log.close()


def test_only_a_sync_makes_durable(place: InAFile | InMemory) -> None:
    log = place.open()
    first = log.append(ENTRIES[:1])
    assert log.synced == RECORDS_BEGIN
    assert log.sync() == log.synced == first
    second = log.append(ENTRIES[1:])
    assert (log.synced, log.end) == (first, second)
    assert log.sync() == log.sync() == log.synced == second
    log.close()


def test_a_record_is_read_by_its_position(place: InAFile | InMemory) -> None:
    log = place.open()
    third = log.append(ENTRIES[:2])
    log.append(ENTRIES[2:])
    assert log.record_at(RECORDS_BEGIN).body == b"first"
    assert log.record_at(third) == (third, 1, 7, bytes(1000))
    for position in (0, third + 1, third - 1, log.end, log.end + 100):
        with pytest.raises(Damaged):
            log.record_at(position)
    log.close()


def test_appends_go_on_while_another_thread_syncs(place: InAFile | InMemory) -> None:
    log = place.open()
    covered: list[int] = []
    ends = [RECORDS_BEGIN]
    done = threading.Event()

    def sync_all_the_time() -> None:
        while not done.is_set():
            covered.append(log.sync())

    thread = threading.Thread(target=sync_all_the_time)
    thread.start()
    ends += [log.append([(1, 0, str(count).encode())]) for count in range(300)]
    done.set()
    thread.join()
    assert log.sync() == ends[-1]
    assert covered == sorted(covered)
    assert set(covered) <= set(ends)
    log = place.reopen(log)
    assert [record.body for record in log.records()] == [str(n).encode() for n in range(300)]
    log.close()


def test_a_record_larger_than_the_format_allows_is_refused_whole(
    place: InAFile | InMemory,
) -> None:
    log = place.open()
    with pytest.raises(LocalMisuse):
        log.append([(1, 0, b"small"), (1, 0, bytes(BODY_SIZE_MAX + 1))])
    for kind, flags in ((0, 0), (256, 0), (1, 256), (1, -1)):
        with pytest.raises(LocalMisuse):
            log.append([(kind, flags, b"")])
    assert log.end == RECORDS_BEGIN
    end = log.append([(1, 0, bytes(BODY_SIZE_MAX))])
    assert end == RECORDS_BEGIN + 2 * 1024 * 1024
    log = place.reopen(log)
    assert _entries(log) == [(1, 0, bytes(BODY_SIZE_MAX))]
    log.close()


@pytest.mark.parametrize(
    "call",
    [
        lambda log: log.append(ENTRIES),
        lambda log: log.sync(),
        lambda log: log.records(),
        lambda log: log.record_at(RECORDS_BEGIN),
    ],
    ids=["append", "sync", "records", "record_at"],
)
def test_a_closed_log_does_nothing(
    place: InAFile | InMemory, call: Callable[[Log], object]
) -> None:
    log = place.open()
    log.append(ENTRIES)
    log.close()
    log.close()
    with pytest.raises(Closed):
        call(log)


def test_records_can_be_read_from_a_place_on(place: InAFile | InMemory) -> None:
    log = place.open()
    starts = positions(log.end, ENTRIES)
    log.append(ENTRIES)
    log = place.reopen(log)
    for number, start in enumerate(starts):
        assert [record.offset for record in log.records(start)] == starts[number:]
    assert list(log.records(log.end)) == []
    log.close()


def test_a_mark_names_a_place_in_one_log(place: InAFile | InMemory) -> None:
    log = place.open()
    empty = log.mark(0)
    starts = positions(log.end, ENTRIES)
    log.append(ENTRIES)
    marks = [log.mark(start) for start in starts]
    assert [mark.position for mark in marks] == [*starts[1:], log.end]
    assert empty.position == RECORDS_BEGIN
    assert len({mark.digest for mark in (empty, *marks)}) == len(ENTRIES) + 1
    log = place.reopen(log)
    for mark in (empty, *marks):
        assert log.holds(mark)
        assert not log.holds(mark._replace(digest=bytes(16)))
        assert not log.holds(mark._replace(position=mark.position + 1))
        assert not log.holds(mark._replace(last=mark.last + 1))
    assert not log.holds(marks[0]._replace(last=log.end + 10**9))
    log.close()


def test_a_shorter_or_another_log_does_not_hold_a_mark(place: InAFile | InMemory) -> None:
    log = place.open()
    log.append(ENTRIES[:1])
    mark = log.mark(log.end - len(ENTRIES[0][2]) - 32)
    log.close()
    other = MemoryLog([(1, 0, b"First")])
    assert not other.holds(mark)
    assert not MemoryLog().holds(mark)


def _copied(repacking: Repacking) -> None:
    for record in repacking.records():
        repacking.append(record.type, record.flags, record.body * 2)
    repacking.sync()


def test_a_log_goes_on_with_what_was_written_anew(place: InAFile | InMemory) -> None:
    log = place.open()
    log.append(ENTRIES[:2])
    log.sync()
    repacking = log.repack(os.urandom)
    _copied(repacking)
    log.append(ENTRIES[2:])
    assert not log.adopt(repacking)  # something is not there yet
    log.sync()
    assert not log.adopt(repacking)
    _copied(repacking)
    mark = log.mark(RECORDS_BEGIN)
    assert log.adopt(repacking)
    repacking.close()
    assert not log.holds(mark)
    twice = [(kind, flags, body * 2) for kind, flags, body in ENTRIES]
    starts = positions(RECORDS_BEGIN, twice)
    assert _entries(log) == twice
    assert log.end == log.synced == starts[-1] + 32 + len(twice[-1][2])
    assert [log.record_at(start).body for start in starts] == [body for _, _, body in twice]
    log.append([(1, 0, b"later")])
    log.sync()
    log = place.reopen(log)
    assert _entries(log) == [*twice, (1, 0, b"later")]
    log.close()


def test_what_was_given_up_leaves_nothing(place: InAFile | InMemory, tmp_path: Path) -> None:
    log = place.open()
    log.append(ENTRIES)
    log.sync()
    repacking = log.repack(os.urandom)
    _copied(repacking)
    repacking.close()
    repacking.close()
    assert [path.name for path in tmp_path.iterdir()] in ([], ["log.goat"])
    log = place.reopen(log)
    assert _entries(log) == ENTRIES
    log.close()
