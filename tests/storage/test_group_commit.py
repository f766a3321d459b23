from __future__ import annotations

import errno
from collections.abc import Callable
from typing import Any

import pytest

from goatcore.errors import DiskFailed
from goatcore.storage.file_log import FileLog
from goatcore.storage.group_commit import Done, GroupCommit, inline
from goatcore.storage.log import Entry
from goatcore.storage.memory_log import MemoryLog

ENTRY: list[Entry] = [(1, 0, b"x")]


class HeldBack:
    """An offload whose work runs when the test says so."""

    def __init__(self) -> None:
        self.waiting: list[tuple[Callable[[], int], Done]] = []

    def __call__(self, work: Callable[[], int], done: Done) -> None:
        self.waiting.append((work, done))

    def run(self) -> None:
        [(work, done)] = self.waiting
        self.waiting.clear()
        inline(work, done)


class Owner:
    def __init__(self, log: Any, offload: Any) -> None:
        self.log = log
        self.durable: list[int] = []
        self.failed: list[DiskFailed] = []
        self.commits = GroupCommit(log, offload, self.durable.append, self.failed.append)

    def write(self) -> int:
        end: int = self.log.append(ENTRY)
        self.commits.written(end)
        return end


def test_a_sync_starts_at_once_and_what_arrives_meanwhile_joins_the_next() -> None:
    offload = HeldBack()
    owner = Owner(MemoryLog(), offload)
    first = owner.write()
    assert len(offload.waiting) == 1
    (work, done) = offload.waiting.pop()
    position = work()  # the medium has it; the owner's thread does not know yet
    owner.write()
    third = owner.write()
    assert (owner.durable, offload.waiting) == ([], [])
    done(position)
    assert owner.durable == [first]
    offload.run()
    assert owner.durable == [first, third]
    assert offload.waiting == []
    assert owner.commits.durable == third


def test_what_joins_before_the_sync_begins_needs_no_second_one() -> None:
    offload = HeldBack()
    owner = Owner(MemoryLog(), offload)
    owner.write()
    second = owner.write()
    offload.run()
    assert owner.durable == [second]
    assert offload.waiting == []


def test_a_script_syncs_inline() -> None:
    owner = Owner(MemoryLog(), inline)
    ends = [owner.write(), owner.write()]
    assert owner.durable == ends


def test_flushing_blocks_until_all_is_durable() -> None:
    offload = HeldBack()
    owner = Owner(MemoryLog(), offload)
    owner.write()
    end = owner.write()
    assert owner.commits.flush_now() == end
    assert owner.durable == [end]
    offload.run()  # the one that ran meanwhile comes late and says nothing new
    assert owner.durable == [end]
    assert owner.commits.flush_now() == end
    assert offload.waiting == []


def test_nothing_written_starts_nothing() -> None:
    offload = HeldBack()
    owner = Owner(MemoryLog(ENTRY), offload)
    owner.commits.written(owner.log.end)
    assert owner.commits.flush_now() == owner.log.end
    assert (owner.durable, offload.waiting) == ([], [])


def test_a_failure_is_told_once_and_nothing_is_called_durable(
    disk: Any, open_log: Callable[..., FileLog]
) -> None:
    offload = HeldBack()
    owner = Owner(open_log(disk), offload)
    disk.fail("sync", errno.EIO)
    end = owner.write()
    offload.run()
    assert [str(error)[:31] for error in owner.failed] == ["The disk failed on “notes.goat”"]
    assert owner.commits.failure is owner.failed[0]
    owner.commits.written(end)
    assert (owner.durable, offload.waiting) == ([], [])
    with pytest.raises(DiskFailed):
        owner.commits.flush_now()
    assert len(owner.failed) == 1


def test_after_a_failure_writing_resumes_when_the_disk_does(
    disk: Any, open_log: Callable[..., FileLog]
) -> None:
    offload = HeldBack()
    owner = Owner(open_log(disk), offload)
    disk.fail("sync", errno.ENOSPC)
    first = owner.write()
    offload.run()
    owner.commits.retry()
    offload.run()
    assert len(owner.failed) == 2
    disk.work()
    owner.commits.retry()
    offload.run()
    assert owner.durable == [first]
    assert owner.commits.failure is None
    second = owner.write()
    offload.run()
    assert owner.durable == [first, second]


def test_a_late_failure_of_what_is_durable_already_is_nothing(
    disk: Any, open_log: Callable[..., FileLog]
) -> None:
    offload = HeldBack()
    owner = Owner(open_log(disk), offload)
    end = owner.write()
    [(_, done)] = offload.waiting
    owner.commits.flush_now()
    done(DiskFailed("late"))
    assert (owner.durable, owner.failed) == ([end], [])


def test_a_closed_one_ignores_what_comes_late() -> None:
    offload = HeldBack()
    owner = Owner(MemoryLog(), offload)
    owner.write()
    [(work, done)] = offload.waiting
    owner.commits.close()
    done(work())
    owner.write()
    assert (owner.durable, len(offload.waiting)) == ([], 1)


def test_a_bug_in_a_sync_is_not_taken_for_a_disk_failure() -> None:
    offload = HeldBack()
    owner = Owner(MemoryLog(), offload)
    owner.write()
    [(_, done)] = offload.waiting
    with pytest.raises(KeyError):
        done(KeyError("bug"))
