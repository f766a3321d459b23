from __future__ import annotations

import errno
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from goatcore.errors import DiskFailed
from goatcore.storage.file_log import FileLog

OpenLog = Callable[..., FileLog]
Bodies = Callable[..., list[bytes]]


# -- appending


@pytest.mark.parametrize("code", [errno.ENOSPC, errno.EIO])
@pytest.mark.parametrize("taken", [0, 1, 40, 68])
def test_a_refused_append_leaves_nothing_and_later_ones_work(
    disk: Any, path: Path, open_log: OpenLog, bodies: Bodies, code: int, taken: int
) -> None:
    log = open_log(disk)
    end = log.append([(1, 0, b"before")])
    writes = [taken]

    def before(call: str, _: Path) -> int | None:
        if call == "write":
            if writes and taken:
                return writes.pop()
            raise OSError(code, os.strerror(code))
        return None

    disk.before = before
    with pytest.raises(DiskFailed, match="notes.goat"):
        log.append([(1, 0, b"no"), (1, 0, b"nor")])
    assert (log.end, len(disk.data(path))) == (end, end)
    disk.work()
    log.append([(1, 0, b"after")])
    log.sync()
    assert bodies(disk.after_power_cut()) == [b"before", b"after"]


def test_a_full_disk_says_so(disk: Any, open_log: OpenLog) -> None:
    log = open_log(disk)
    disk.fail("write", errno.ENOSPC)
    with pytest.raises(DiskFailed) as caught:
        log.append([(1, 0, b"no")])
    assert str(caught.value) == (
        "The disk is full: “notes.goat” cannot be written. Make some room; what was saved before "
        "is safe, and writing goes on when there is room."
    )


def test_short_writes_are_completed(disk: Any, open_log: OpenLog, bodies: Bodies) -> None:
    log = open_log(disk)
    disk.before = lambda call, path: 7 if call == "write" else None
    wanted = log.end + 42
    disk.before = lambda call, path: (
        min(7, wanted - len(disk.data(path))) if call == "write" else None
    )
    log.append([(1, 0, b"ten bytes!")])
    disk.work()
    assert disk.calls.count("write") == 1 + 6
    log.sync()
    assert bodies(disk.after_power_cut()) == [b"ten bytes!"]


def test_a_disk_that_takes_no_bytes_is_an_error_not_a_loop(disk: Any, open_log: OpenLog) -> None:
    log = open_log(disk)
    disk.before = lambda call, path: 0 if call == "write" else None
    with pytest.raises(DiskFailed, match="takes no more bytes"):
        log.append([(1, 0, b"x")])


def test_a_refused_append_that_cannot_be_cut_never_comes_back(
    disk: Any, path: Path, open_log: OpenLog, bodies: Bodies
) -> None:
    log = open_log(disk)
    left = [70]  # two records of 35 get to the file, the third does not

    def before(call: str, _: Path) -> int | None:
        if call == "write" and left:
            return left.pop()
        if call in {"write", "truncate"}:
            raise OSError(errno.EIO, os.strerror(errno.EIO))
        return None

    disk.before = before
    with pytest.raises(DiskFailed):
        log.append([(1, 0, b"bad")] * 3)
    with pytest.raises(DiskFailed):  # still cannot be cut
        log.append([(1, 0, b"new")])
    assert len(disk.data(path)) == log.end + 70
    disk.work()
    log.append([(1, 0, b"new")])  # ends where the first refused record ended
    log.sync()
    assert bodies(disk) == [b"new"]


# -- syncing


def test_a_failed_sync_goes_into_a_fresh_file(
    disk: Any, path: Path, open_log: OpenLog, bodies: Bodies
) -> None:
    log = open_log(disk)
    log.append([(1, 0, b"one")])
    log.sync()
    log.append([(1, 0, b"two")])
    log.append([(1, 0, b"three")])
    old = disk.names[path]
    disk.fail("sync", errno.EIO, times=1)
    assert log.sync() == log.synced == log.end
    assert disk.names[path] is not old
    assert bodies(disk.after_power_cut()) == [b"one", b"two", b"three"]
    log.append([(1, 0, b"four")])
    log.sync()
    assert bodies(disk.after_power_cut()) == [b"one", b"two", b"three", b"four"]
    assert list(disk.names) == [path]


def test_a_sync_is_never_tried_again_on_the_same_descriptor(
    disk: Any, path: Path, open_log: OpenLog
) -> None:
    log = open_log(disk)
    log.append([(1, 0, b"one")])
    synced: list[Path] = []

    def before(call: str, at: Path) -> None:
        if call == "sync":
            synced.append(at)
            if len(synced) < 4:
                raise OSError(errno.EIO, os.strerror(errno.EIO))

    disk.before = before
    for _ in range(2):
        with pytest.raises(DiskFailed):
            log.sync()
    log.sync()
    assert synced == [path, *[path.with_name("notes.goat.new")] * 3]


@pytest.mark.parametrize("call", ["create", "write", "rename", "sync folder", "sync", "open"])
def test_while_no_fresh_file_can_be_made_appends_are_refused(
    disk: Any, path: Path, open_log: OpenLog, bodies: Bodies, call: str
) -> None:
    log = open_log(disk)
    log.append([(1, 0, b"one")])
    acknowledged = log.sync()
    second = log.end
    log.append([(1, 0, b"two"), (2, 3, b"three")])

    def before(called: str, at: Path) -> None:
        if called == call or (called == "sync" and at == path):
            raise OSError(errno.EIO, os.strerror(errno.EIO))

    disk.before = before
    for _ in range(2):
        with pytest.raises(DiskFailed, match="The disk failed on “notes.goat”"):
            log.sync()
        with pytest.raises(DiskFailed):
            log.append([(1, 0, b"no")])
    assert log.synced == acknowledged
    assert bodies(disk.after_power_cut()) == [b"one"]
    if call != "open":
        assert log.record_at(4160).body == b"one"
        assert log.record_at(second)[1:] == (1, 0, b"two")
        assert log.record_at(second + 35)[1:] == (2, 3, b"three")
    disk.work()
    assert log.sync() == log.end  # by itself, when the disk is sound again
    log.append([(1, 0, b"four")])
    log.sync()
    assert bodies(disk.after_power_cut()) == [b"one", b"two", b"three", b"four"]


def test_who_opens_after_a_failed_sync_takes_nothing_for_durable_that_is_not(
    disk: Any, open_log: OpenLog, bodies: Bodies
) -> None:
    log = open_log(disk)
    log.append([(1, 0, b"one")])
    log.sync()
    log.append([(1, 0, b"never written back")])
    disk.fail("sync", errno.EIO)
    with pytest.raises(DiskFailed):
        log.sync()
    log.close()
    disk.work()
    again = open_log(disk)
    promised = [record.body for record in again.records() if record.end <= again.synced]
    assert promised == [b"one"]
    assert bodies(disk.after_power_cut()) == promised


def test_a_sync_while_the_disk_is_full_keeps_all_until_there_is_room(
    disk: Any, path: Path, open_log: OpenLog, bodies: Bodies
) -> None:
    log = open_log(disk)
    log.append([(1, 0, b"one")])

    def before(call: str, at: Path) -> None:
        if call in {"sync", "write"}:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    disk.before = before
    with pytest.raises(DiskFailed, match="The disk is full"):
        log.sync()
    assert list(disk.names) == [path]  # the fresh file that did not fit takes no room
    disk.work()
    log.sync()
    assert bodies(disk.after_power_cut()) == [b"one"]


# -- the power goes at any call


@pytest.mark.parametrize(
    "workload", ["new", "torn", "damaged", "put right", "header", "failed sync"]
)
@pytest.mark.parametrize("end", ["power cut", "kill"])
def test_what_was_acknowledged_survives_a_stop_at_any_call(
    open_log: OpenLog,
    bodies: Bodies,
    disk: Any,
    path: Path,
    power_cut: type[BaseException],
    workload: str,
    end: str,
) -> None:
    def start() -> tuple[Any, list[bytes]]:
        fresh = type(disk)()
        if workload in {"new", "failed sync"}:
            return fresh, []
        log = open_log(fresh)
        log.append([(1, 0, body) for body in (b"old 1", b"old 2", b"old 3")])
        log.sync()
        log.close()
        data = bytearray(fresh.data(path))
        if workload == "torn":
            data += data[4160:4180]
        elif workload == "damaged":
            data[4232] ^= 1
            data[4231] ^= 1
        elif workload == "put right":
            data[4232] ^= 1
        else:
            data[9] ^= 1
        fresh = type(disk)()
        fresh.put(path, bytes(data))
        kept = [b"old 1", b"old 2", b"old 3"]
        return fresh, [kept[0], kept[2]] if workload == "damaged" else kept

    def run(stop: int) -> bool:
        """Whether the work was done before `stop` calls were."""
        machine, kept = start()
        calls = 0
        appended = list(kept)
        acknowledged = len(kept)

        def before(call: str, at: Path) -> None:
            nonlocal calls
            calls += 1
            if calls > stop:
                raise power_cut
            if workload == "failed sync" and call == "sync" and at == path and calls > 13:
                raise OSError(errno.EIO, os.strerror(errno.EIO))

        machine.before = before
        try:
            log = open_log(machine)
            for batch in range(3):
                new = [b"%d.%d" % (batch, n) for n in range(2)]
                appended += new
                log.append([(1, 0, body) for body in new])
                log.sync()
                acknowledged = len(appended)
            log.close()
        except power_cut:
            finished = False
        else:
            finished = True
        machine.work()  # after a kill the system still has everything
        found = bodies(machine.after_power_cut() if end == "power cut" else machine)
        assert len(found) >= acknowledged
        assert found == appended[: len(found)]
        return finished

    stops = next(stop for stop in range(1000) if run(stop))
    assert stops >= 18
