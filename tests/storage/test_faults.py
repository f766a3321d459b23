"""The fault suite over the production log: every stop, every refusal, every flipped byte."""

from __future__ import annotations

import os
import random
from collections.abc import Callable
from pathlib import Path

import pytest

from goatcore.errors import Damaged, NewerFormat, NotAGoatFile
from goatcore.repository import checkpointing
from goatcore.storage import file_mending
from goatcore.storage.file_log import FileLog
from tests.storage.fault_disk import FaultDisk
from tests.storage.fault_suite import crash, refuse, stop
from tests.storage.journal_workloads import RewritingWorkload, journal_workloads
from tests.storage.log_workloads import PATH, REPOSITORY, SALT, body, image, log_workloads, salt
from tests.storage.mark_workload import MarkWorkload

WORKLOADS = {workload.name: workload for workload in log_workloads()}
JOURNALS = {workload.name: workload for workload in journal_workloads()}
STATES_A_CALL = 500
SLOW = [pytest.mark.slow, pytest.mark.timeout(1800)]

Counted = Callable[..., None]


@pytest.fixture(params=["fixed", pytest.param("random", marks=SLOW)])
def chance(request: pytest.FixtureRequest) -> random.Random:
    """The same states in every run; with --slow, others as well."""
    seed = 1 if request.param == "fixed" else random.SystemRandom().randrange(1 << 32)
    print(f"seed {seed}")
    return random.Random(seed)


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Torn records are not tried to be put right, which takes a while and never succeeds."""
    monkeypatch.setattr(file_mending, "put_right", lambda data, salt, at: None)


@pytest.mark.usefixtures("quick")
@pytest.mark.parametrize("name", WORKLOADS)
def test_what_was_acknowledged_survives_a_power_cut_at_any_call(
    name: str, chance: random.Random, counted: Counted
) -> None:
    states = crash(WORKLOADS[name], STATES_A_CALL, chance, nested=40)
    counted(name, states=states)
    assert states > 100


@pytest.mark.usefixtures("quick")
@pytest.mark.parametrize("name", WORKLOADS)
def test_what_was_acknowledged_survives_a_kill_at_any_call(name: str, counted: Counted) -> None:
    kills = stop(WORKLOADS[name])
    counted(name, kills=kills)
    assert kills > 15


@pytest.mark.usefixtures("quick")
@pytest.mark.parametrize("name", WORKLOADS)
def test_any_refused_call_loses_nothing_and_work_goes_on(
    name: str, chance: random.Random, counted: Counted
) -> None:
    failures = refuse(WORKLOADS[name], chance)
    counted(name, refusals=failures)
    assert failures > 50


@pytest.mark.usefixtures("quick")
@pytest.mark.parametrize("name", JOURNALS)
def test_what_was_typed_survives_any_stop_and_counts_once(
    name: str, chance: random.Random, counted: Counted
) -> None:
    workload = JOURNALS[name]
    states = crash(workload, 25, chance, nested=100)
    counted(name, states=states, kills=stop(workload), refusals=refuse(workload, chance, step=8))
    assert states > 100


@pytest.mark.usefixtures("quick")
def test_checkpoints_and_compaction_survive_any_stop(
    chance: random.Random, counted: Counted, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(checkpointing, "WORTH", 1)
    monkeypatch.setattr(checkpointing, "FIRST_WORTH", 1)
    workload = RewritingWorkload()
    states = crash(workload, 40, chance, nested=100)
    counted(workload.name, states=states, refusals=refuse(workload, chance, step=40))
    assert states > 100


@pytest.mark.usefixtures("quick")
def test_a_mark_that_was_told_survives_any_stop(chance: random.Random, counted: Counted) -> None:
    workload = MarkWorkload()
    states = crash(workload, 200, chance, nested=20)
    counted(workload.name, states=states, kills=stop(workload), refusals=refuse(workload, chance))
    assert states > 50


def test_a_flip_at_any_byte_loses_nothing(counted: Counted) -> None:
    bodies = [body(n, 70 + n) for n in range(5)]
    data = image(bodies)
    for at in range(len(data)):
        damaged = bytearray(data)
        damaged[at] ^= 1 << at % 8
        disk = FaultDisk({PATH: bytes(damaged)})
        for _ in range(2):  # when it is mended nothing more changes
            log = FileLog.open(PATH, REPOSITORY, disk, salt)
            assert [record.body for record in log.records()] == bodies
            log.close()
            disk = disk.after_power_cut()
        kept = [data for path, data in disk.files().items() if path.parent.name == "lost"]
        matters = at < 60 or 4096 <= at < 4156 or at >= 4160
        assert kept == ([bytes(damaged)] if matters else [])
        assert disk.data(PATH) == (data if matters else bytes(damaged))
    counted("flipped bits", states=len(data))


def test_two_wrong_bytes_lose_the_record_they_hit_and_no_other(counted: Counted) -> None:
    numbers = range(5)
    data = image([body(n, 70 + n) for n in numbers])
    starts = [4160]
    for n in numbers:
        starts.append(starts[-1] + 32 + 70 + n)
    for at in range(4160, len(data) - 1, 3):
        damaged = bytearray(data)
        damaged[at] ^= 1 << at % 8
        damaged[at + 1] ^= 1 << at % 7
        disk = FaultDisk({PATH: bytes(damaged)})
        hit = {n for n in numbers if starts[n] - 1 <= at < starts[n + 1]}
        one_each = at + 1 in starts  # a byte of each of two records: both are put right
        left = [body(n, 70 + n) for n in numbers if one_each or n not in hit]
        for _ in range(2):
            log = FileLog.open(PATH, REPOSITORY, disk, salt)
            assert [record.body for record in log.records()] == left
            log.close()
            disk = disk.after_power_cut()
        [kept] = [data for path, data in disk.files().items() if path.parent.name == "lost"]
        assert kept in bytes(damaged)
        assert kept[at - len(damaged) :] == damaged[at:]
    counted("two wrong bytes", states=len(range(4160, len(data) - 1, 3)))


def test_two_broken_headers_leave_the_file_as_it_is(counted: Counted) -> None:
    data = image([body(1)])
    chance = random.Random(1)
    for at in range(60):
        damaged = bytearray(data)
        damaged[at] ^= 1 << chance.randrange(8)
        other = 4096 + chance.randrange(60)
        damaged[other] ^= 1 << chance.randrange(8)
        disk = FaultDisk({PATH: bytes(damaged)})
        with pytest.raises((Damaged, NotAGoatFile, NewerFormat)):
            FileLog.open(PATH, REPOSITORY, disk, salt)
        assert disk.files() == {PATH: bytes(damaged)}
    counted("broken headers", states=60)


@pytest.mark.parametrize("size", [0, 1, 63, 64, 4095, 4096, 4159])
def test_a_file_that_ends_in_its_header(size: int) -> None:
    data = image([])[:size]
    disk = FaultDisk({PATH: data})
    if size < 64:
        with pytest.raises(Damaged if size > 8 else NotAGoatFile):
            FileLog.open(PATH, REPOSITORY, disk, salt)
        assert disk.files() == {PATH: data}
    else:
        log = FileLog.open(PATH, REPOSITORY, disk, salt)
        assert "Only the first" in str(log.report)
        assert list(log.records()) == []
        assert [at.parent.name for at in disk.files() if at != PATH] == ["lost"]


def test_the_salt_of_a_log_is_random() -> None:
    disk = FaultDisk()
    for name in ("a", "b"):
        FileLog.open(Path(f"/w/{name}.goat"), REPOSITORY, disk, os.urandom).close()
    a, b = (disk.data(Path(f"/w/{name}.goat"))[40:56] for name in ("a", "b"))
    assert len({a, b, SALT}) == 3
