"""Compaction: the log becomes shorter, and everything in it stays exactly as it was."""

from __future__ import annotations

import os
import random
from pathlib import Path

import pytest

from goatcore.errors import Closed, Damaged
from goatcore.ids import RepositoryId
from goatcore.repository import compacting
from goatcore.repository.compacting import Compacting, compact_now
from goatcore.repository.store import Store
from goatcore.storage import repacking
from goatcore.storage.file_log import FileLog
from goatcore.storage.framing import AFTER_GAP, PACKED_RUN
from goatcore.storage.group_commit import GroupCommit, inline
from tests.storage.fault_disk import FaultDisk, PowerCut

REPOSITORY = RepositoryId(b"r" * 16)


@pytest.fixture
def conversation(peer, note):
    """Two devices that write in turns and see each other: every commit has two deps."""

    def conversation(turns=40):
        a, b = peer(1), peer(2)
        for n in range(turns):
            one, other = (a, b) if n % 2 else (b, a)
            one.repository.create(note, f"k{n}", title=f"title {n}")
            if n > 3:
                one.repository.item(f"k{n - 3}").title = f"changed in turn {n}"
                one.repository.record_drafts()
            other.pull(one)
        return a, b

    return conversation


def raws(peer):
    return [commit.raw for commit in peer.store.commits()]


def compact(peer):
    return compact_now(peer.store, os.urandom, peer.repository.flush_now, None)


def test_every_commit_is_there_with_its_bytes_in_its_order(conversation, peer):
    a, _ = conversation(120)
    before = raws(a)
    compacted = compact(a)
    assert compacted.commits == len(before)
    assert (compacted.before, compacted.after) > (compacted.after, 0)
    assert compacted.after - 4160 < 0.8 * (compacted.before - 4160)
    assert a.store.log_bytes == compacted.after == a.log.end
    assert raws(a) == before
    assert {kind for kind, _, _ in a.log.entries()} == {PACKED_RUN}
    again = peer(1, a.log.entries())
    assert raws(again) == before
    assert again.store.digest() == a.store.digest()


def test_each_commit_can_be_read_alone(conversation, peer):
    a, _ = conversation(120)
    compact(a)
    for one in (a, peer(1, a.log.entries())):
        commits = list(one.store.commits())
        one.store._recent.clear()
        random.Random(1).shuffle(commits)
        for commit in commits:
            assert one.store.find(commit.id).raw == commit.raw


def test_writing_goes_on_behind_it_and_is_compacted_the_next_time(conversation, peer, note):
    a, b = conversation()
    for turn in range(3):
        compact(a)
        a.repository.create(note, f"after {turn}", title="x")
        b.pull(a)
        b.repository.create(note, f"answer {turn}", title="y")
        a.pull(b)
        again = peer(1, a.log.entries())
        assert raws(again) == raws(a)
        again.repository.create(note, f"later {turn}", title="z")
        assert raws(peer(1, again.log.entries())) == raws(again)


def test_a_second_compaction_comes_to_the_same(conversation):
    a, _ = conversation(80)
    first = compact(a)
    again = compact(a)
    assert (again.before, again.after) == (first.after, first.after)


def test_an_empty_log_can_be_compacted(peer, note):
    one = peer(1)
    assert compact(one) == (4160, 4160, 0)
    one.repository.create(note, "a", title="x")
    assert len(raws(peer(1, one.log.entries()))) == 1


def test_records_of_other_kinds_are_copied_where_they_stand(conversation, peer):
    a, _ = conversation(10)
    entries = a.log.entries()
    entries[3:3] = [(9, 0x40, b"of a newer version")]
    entries.append((10, 0, b"another"))
    one = peer(1, entries)
    compact(one)
    kept = one.log.entries()
    assert [kind for kind, _, _ in kept] == [PACKED_RUN, 9, PACKED_RUN, 10]
    assert kept[1] == (9, 0x40, b"of a newer version")
    assert raws(one) == raws(a)


def test_after_a_gap_nothing_is_compacted_until_the_missing_are_back(conversation, peer):
    a, b = conversation(60)
    entries = [
        (kind, flags | AFTER_GAP * (number == 31), body)
        for number, (kind, flags, body) in enumerate(a.log.entries())
        if number != 30
    ]
    one = peer(1, entries)
    assert one.store.lost > 0
    before = one.log.entries()
    with pytest.raises(Damaged, match="missing"):
        compact(one)
    assert one.log.entries() == before
    one.pull(b)
    assert one.store.digest() == a.store.digest()
    everything = raws(one)
    with pytest.raises(Damaged, match="Close it and open it again"):
        compact(one)  # what came back stands in another order than it would be read in
    assert raws(one) == everything
    again = peer(1, one.log.entries())
    assert sorted(raws(again)) == sorted(everything)
    compact(again)
    assert sorted(raws(again)) == sorted(everything)
    assert sorted(raws(peer(1, again.log.entries()))) == sorted(everything)
    assert not any(flags & AFTER_GAP for _, flags, _ in again.log.entries())


# -- in the background


@pytest.fixture(autouse=True)
def small_steps(monkeypatch):
    monkeypatch.setattr(compacting, "STEPS", 1)


class Course:
    """A compaction whose work runs when the test says so."""

    def __init__(self, one, **options):
        self.queue = []
        self.ends = []
        self.progress = []
        self.compacting = Compacting(
            one.store,
            os.urandom,
            lambda work, done: self.queue.append((work, done)),
            lambda delay, callback: self.queue.append((lambda: None, lambda _: callback())),
            lambda seconds: None,
            self.progress.append,
            self.ends.append,
            **options,
        )
        self.compacting.go_on()

    def turn(self):
        work, done = self.queue.pop(0)
        done(work())

    def run(self):
        while self.queue:
            self.turn()


def test_what_is_written_meanwhile_is_taken_along(conversation, peer, note):
    a, b = conversation(120)
    course = Course(a)
    for n in range(6):
        course.turn()
        a.repository.create(note, f"meanwhile {n}", title="x")
        if n == 3:
            b.repository.create(note, "theirs", title="y")
            a.pull(b)
    everything = raws(a)
    course.run()
    [end] = course.ends
    assert end.commits == len(everything)
    assert course.progress == sorted(course.progress)
    assert course.progress[-1] == 1.0
    assert raws(a) == everything
    assert raws(peer(1, a.log.entries())) == everything
    assert {kind for kind, _, _ in a.log.entries()} == {PACKED_RUN}


def test_cancelled_at_any_turn_everything_is_as_it_was(conversation, peer, note):
    a, _ = conversation(80)
    before = a.log.entries()
    for stop in range(100):
        course = Course(a)
        for _ in range(stop):
            if course.queue:
                course.turn()
        adopted = {kind for kind, _, _ in a.log.entries()} == {PACKED_RUN}
        course.compacting.cancel()
        course.run()
        assert len(course.ends) == 1
        if adopted:
            break
        assert isinstance(course.ends[0], Closed)
        assert a.log.entries() == before
    assert stop > 2
    assert raws(peer(1, before)) == raws(a)


def test_what_is_not_durable_is_waited_for(conversation, note):
    a, _ = conversation(20)
    course = Course(a)
    a.store._auth_durable = lambda auth: False
    a.repository.create(note, "not durable", title="x")
    for _ in range(20):
        course.turn()
    assert not course.ends
    a.store._auth_durable = lambda auth: True
    a.store.release()
    course.run()
    [end] = course.ends
    assert end.commits == len(a.store)


# -- killed


class OnADisk:
    """A store over a log file on a disk of the fault suite."""

    def __init__(self, disk, gate, verify):
        def synced(position):
            self.store.synced(position)

        self.log = FileLog.open(Path("/w/log.goat"), REPOSITORY, disk, os.urandom)
        group = GroupCommit(self.log, inline, synced, lambda error: None)
        self.store = Store(REPOSITORY, self.log, group, gate, verify, lambda auth: True)
        self.held = [commit.raw for commit in self.store.load()]


def test_killed_or_without_power_at_any_call_everything_is_there(conversation, monkeypatch):
    monkeypatch.setattr(repacking, "PIECE_SIZE", 2048)
    a, _ = conversation(90)
    commits = list(a.store.commits())
    expected = [commit.raw for commit in commits]
    gate, verify = a.membership, a.store._verify
    empty = FaultDisk({})
    first = OnADisk(empty, gate, verify)
    first.store.append(commits)
    first.log.close()
    files = empty.files()
    ends = set()
    for stop in range(10**6):
        disk = FaultDisk(files)
        one = OnADisk(disk, gate, verify)
        begun = len(disk.calls)

        def before(call, path, disk=disk, limit=begun + stop):
            if len(disk.calls) > limit:
                raise PowerCut

        disk.before = before
        try:
            compact_now(one.store, os.urandom, one.store.flush_now, None)
            finished = True
        except PowerCut:
            finished = False
        disk.work()
        for after in (disk.after_kill(), disk.after_power_cut()):
            again = OnADisk(after, gate, verify)
            assert again.held == expected
            assert again.log.report is None
            ends.add(again.log.end)
            assert list(after.files()) == [Path("/w/log.goat")]
        if finished:
            break
    assert stop > 10
    assert len(ends) == 2  # the old file or the new one, whole
