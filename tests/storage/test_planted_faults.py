"""Mistakes that storage could make, planted one at a time: the fault suite finds each."""

from __future__ import annotations

import random
from contextlib import suppress
from typing import Any

import pytest

from goatcore.repository import checkpointing
from goatcore.repository.noting import Replay
from goatcore.storage import file_log, file_mending, file_opening
from goatcore.storage.disk import Disk
from goatcore.storage.file_log import FileLog
from goatcore.storage.journal import Journal
from goatcore.storage.recovery import Condition, Plan
from goatcore.storage.repacking import FileRepacking
from tests.storage import journal_workloads
from tests.storage.fault_disk import FaultDisk
from tests.storage.fault_suite import Violation, crash, refuse
from tests.storage.log_workloads import log_workloads


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(file_mending, "put_right", lambda data, salt, at: None)


def _found_by_crashes(*names: str) -> None:
    for workload in log_workloads():
        if workload.name in names:
            with pytest.raises(Violation):
                crash(workload, 100, random.Random(1))


def test_a_name_that_is_not_synced(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(FaultDisk, "sync_folder", lambda self, path: None)
    _found_by_crashes("first creation", "append and sync", "rewrite after a failed sync")


def test_acknowledging_before_the_sync(monkeypatch: pytest.MonkeyPatch) -> None:
    sync = FileLog.sync

    def hasty(self: FileLog) -> int:
        self._advance(self.end)
        with suppress(Exception):
            self._file = None if self._file is None else _Unsynced(self._file)
        return sync(self)

    monkeypatch.setattr(FileLog, "sync", hasty)
    _found_by_crashes("append and sync", "group commit with overlap", "full disk, then room")


class _Unsynced:
    """A file whose sync does nothing."""

    def __init__(self, file: Any) -> None:
        self._file = file

    def __getattr__(self, name: str) -> Any:
        return getattr(self._file, name)

    def sync(self) -> None:
        pass


def test_trying_a_failed_sync_again(monkeypatch: pytest.MonkeyPatch) -> None:
    def again(self: FileLog) -> int:
        assert self._file is not None
        self._file.sync()
        position = self._end
        self._advance(position)
        return position

    def trusting(disk: FaultDisk, *rest: Any) -> None:
        made(disk, *rest)
        disk.wary = False

    made = FaultDisk.__init__
    monkeypatch.setattr(FileLog, "_rewrite", again)
    monkeypatch.setattr(FaultDisk, "__init__", trusting)
    _found_by_crashes("rewrite after a failed sync")
    [first, *_] = log_workloads()
    with pytest.raises(Violation):
        refuse(first, random.Random(1))


def test_cutting_the_file_where_its_middle_is_damaged(monkeypatch: pytest.MonkeyPatch) -> None:
    def cut(records: Any, size: int, header_intact: bool, *start: int) -> Plan:
        plan = decide(records, size, header_intact, *start)
        if plan.condition is Condition.DAMAGED:
            return Plan(0, plan.holes[0].start, size, (), header_intact)
        return plan

    decide = file_opening.decide
    monkeypatch.setattr(file_opening, "decide", cut)
    _found_by_crashes("damage in the middle")


def test_a_fresh_file_that_gets_its_name_before_it_is_synced(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def hasty(disk: Disk, path: Any, contents: Any) -> None:
        file = disk.open(path, create=True)
        position = 0
        for data in contents:
            file.write_at(position, data)
            position += len(data)
        file.close()

    monkeypatch.setattr(file_log, "write_fresh", hasty)
    monkeypatch.setattr(file_opening, "write_fresh", hasty)
    monkeypatch.setattr(file_mending, "write_fresh", hasty)
    _found_by_crashes("rewrite after a failed sync", "damage in the middle", "damaged header")


def test_a_journal_that_is_replayed_twice(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Replay, "_found", lambda self, note, parents, own: None)
    _journal_is_found_out()


def test_a_journal_that_is_acknowledged_before_its_sync(monkeypatch: pytest.MonkeyPatch) -> None:
    def hasty(self: Journal, fresh: list[bytes], every: list[bytes]) -> None:
        if self._log is None:
            write(self, fresh, every)
        else:
            self._log.append([(6, 0, self._seal(note)) for note in fresh])

    write = Journal._write
    monkeypatch.setattr(Journal, "_write", hasty)
    _journal_is_found_out()


def test_a_journal_in_clear(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(journal_workloads, "seal_note", lambda note, key, nonce: note)
    monkeypatch.setattr(journal_workloads, "open_note", lambda note, key: note)
    _journal_is_found_out()


def _journal_is_found_out() -> None:
    late = journal_workloads.journal_workloads()[1]
    with pytest.raises(Violation):
        crash(late, 10, random.Random(1))


@pytest.fixture
def rewriting(monkeypatch: pytest.MonkeyPatch) -> journal_workloads.RewritingWorkload:
    monkeypatch.setattr(checkpointing, "WORTH", 1)
    monkeypatch.setattr(checkpointing, "FIRST_WORTH", 1)
    return journal_workloads.RewritingWorkload()


def test_a_checkpoint_that_is_trusted_though_the_log_is_another(
    monkeypatch: pytest.MonkeyPatch, rewriting: journal_workloads.RewritingWorkload
) -> None:
    monkeypatch.setattr(file_opening, "_has", lambda *rest: True)
    monkeypatch.setattr(FileLog, "holds", lambda self, mark: True)
    with pytest.raises(Violation):
        crash(rewriting, 10, random.Random(1))


def test_a_compacted_log_that_gets_its_name_before_it_is_synced(
    monkeypatch: pytest.MonkeyPatch, rewriting: journal_workloads.RewritingWorkload
) -> None:
    sync = FileRepacking.sync

    def hasty(self: FileRepacking) -> None:
        self._file = None if self._file is None else _Unsynced(self._file)
        sync(self)

    monkeypatch.setattr(FileRepacking, "sync", hasty)
    with pytest.raises(Violation):
        crash(rewriting, 40, random.Random(1))


def test_bad_bytes_that_are_thrown_away(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(file_mending, "_set_aside", lambda *rest: "lost/nothing")
    _found_by_crashes("torn tail", "damage in the middle")
