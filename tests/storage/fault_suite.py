"""The fault suite: workloads, run on a disk that stops at every call, refuses any call, or flips.

A workload does something with the production code and notes in the disk's trace what it was told.
The suite then finds every state that the disk may be in and asks the workload whether the promises
hold there: what was acknowledged is present, the rest is a consistent prefix, nothing is invented.
"""

from __future__ import annotations

import errno
import os
import random
from collections.abc import Callable, Iterator
from hashlib import blake2b
from pathlib import Path
from typing import Any, NamedTuple, Protocol

from tests.storage.fault_disk import FaultDisk, Files, Medium, PowerCut


class Violation(AssertionError):
    """A promise that storage makes was not kept."""


class Workload(Protocol):
    """One thing that is done to a disk. `name` says what."""

    name: str

    def files(self) -> Files:
        """What is on the disk before."""

    def run(self, disk: FaultDisk) -> Callable[[], None]:
        """Do it, and note what was told. What the disk refuses is taken as a program takes it.
        Gives back what such a program does when the disk works again."""

    def facts(self) -> Any:
        """What is known before anything was noted; `facts.take(note)` learns, `facts.key()` is
        hashable."""

    def check(self, disk: FaultDisk, facts: Any) -> None:
        """Open what is on this disk with the production code. Raises `Violation`."""


class Count(NamedTuple):
    """How much was tried."""

    states: int = 0  # different ones
    failures: int = 0  # runs in which a call was refused


# -- the power goes --------------------------------------------------------------------------------


def crash(workload: Workload, most: int, chance: random.Random, nested: int = 0) -> int:
    """Check the states that the disk may be in when the power goes at any call of the workload,
    at most about `most` a call; of one in `nested` of them also those in which the power goes again
    while it is opened. How many different states there were."""
    disk = FaultDisk(workload.files())
    workload.run(disk)
    seen: set[bytes] = set()
    count = 0
    for files, facts in _states(workload, disk, most, chance, seen):
        count += 1
        _check(workload, FaultDisk(files), facts, "the power went")
        if nested and count % nested == 0:
            count += _crash_again(workload, files, facts, most // 4, chance)
    return count


def _crash_again(
    workload: Workload, files: Files, facts: Any, most: int, chance: random.Random
) -> int:
    disk = FaultDisk(files)
    _check(workload, disk, facts, "the power went")
    count = 0
    medium = Medium()
    seen: set[bytes] = set()
    for event in disk.trace:
        medium.take(event)
        if event.what in {"note", "put"}:
            continue
        for again in medium.states(most, chance):
            key = _digest(again)
            if key not in seen:
                seen.add(key)
                count += 1
                _check(workload, FaultDisk(again), facts, "the power went twice")
    return count


def _states(
    workload: Workload, disk: FaultDisk, most: int, chance: random.Random, seen: set[bytes]
) -> Iterator[tuple[Files, Any]]:
    medium, facts = Medium(), workload.facts()
    for event in disk.trace:
        if event.what == "note":
            facts.take(event.note)
        else:
            medium.take(event)
        if event.what == "put":
            continue
        known = facts.key()
        for files in medium.states(most, chance):
            key = _digest(files) + known
            if key not in seen:
                seen.add(key)
                yield files, facts


def _digest(files: Files) -> bytes:
    digest = blake2b(digest_size=16)
    for path in sorted(files):
        digest.update(f"{path}\0{len(files[path])}\0".encode())
        digest.update(files[path])
    return digest.digest()


def _check(workload: Workload, disk: FaultDisk, facts: Any, why: str) -> None:
    try:
        workload.check(disk, facts)
    except Exception as error:
        raise Violation(f"{workload.name}: {why}, then {type(error).__name__}: {error}") from error


# -- a call is refused -----------------------------------------------------------------------------

WRITING = frozenset({"create", "write", "sync", "sync folder", "rename", "mkdir", "truncate"})


def refuse(workload: Workload, chance: random.Random, step: int = 1) -> int:
    """Run the workload once for each call (every `step`th) and each way in which the disk may
    refuse it; check what is there then, after a kill and after the power went, and that work goes
    on when the disk works again. How many runs."""
    disk = FaultDisk(workload.files())
    workload.run(disk)
    calls = list(disk.calls)
    count = 0
    for at in range(chance.randrange(step), len(calls), step):
        for before in _refusals(calls[at]):
            for ever in (False, True):
                _run_refused(workload, at, before, ever, chance)
                count += 1
    return count


Refusal = Callable[[str], int | None]


def _refusals(call: str) -> Iterator[Refusal]:
    def fails(code: int) -> Refusal:
        def refused(now: str) -> None:
            if code != errno.ENOSPC or now in WRITING - {"truncate", "rename"}:
                raise OSError(code, os.strerror(code))

        return refused

    yield fails(errno.EIO)
    if call in WRITING - {"truncate", "rename"}:
        yield fails(errno.ENOSPC)
    if call == "write":
        yield lambda now: 3 if now == "write" else None


def _run_refused(
    workload: Workload, at: int, refusal: Refusal, ever: bool, chance: random.Random
) -> None:
    disk = FaultDisk(workload.files())

    def before(call: str, path: Path) -> int | None:
        number = len(disk.calls) - 1
        return refusal(call) if number == at or (ever and number > at) else None

    disk.before = before
    go_on = workload.run(disk)
    disk.work()
    facts = _facts(workload, disk)
    _check(workload, disk.after_kill(), facts, f"call {at} was refused")
    medium = _medium(disk)
    for files in medium.states(4, chance):
        _check(workload, FaultDisk(files), facts, f"call {at} was refused, the power went")
    disk.locked.clear()
    try:
        go_on()
    except Exception as error:
        raise Violation(f"{workload.name}: did not go on after call {at}: {error}") from error
    facts = _facts(workload, disk)
    _check(workload, disk.after_power_cut(), facts, f"call {at} was refused, then it went on")


def _facts(workload: Workload, disk: FaultDisk) -> Any:
    facts = workload.facts()
    for event in disk.trace:
        if event.what == "note":
            facts.take(event.note)
    return facts


def _medium(disk: FaultDisk) -> Medium:
    medium = Medium()
    for event in disk.trace:
        medium.take(event)
    return medium


# -- killed at a call ------------------------------------------------------------------------------


def stop(workload: Workload) -> int:
    """Run the workload once for each call that it may be killed before: then the system still has
    all that was written. How many runs."""
    for at in range(100_000):
        disk = FaultDisk(workload.files())

        def before(call: str, path: Path, disk: FaultDisk = disk, at: int = at) -> None:
            if len(disk.calls) > at:
                raise PowerCut

        disk.before = before
        try:
            workload.run(disk)
        except PowerCut:
            disk.work()
            _check(workload, disk.after_kill(), _facts(workload, disk), f"killed at call {at}")
        else:
            return at
    raise AssertionError("it never ends")
