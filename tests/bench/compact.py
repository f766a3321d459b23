"""Rows of compaction: a log of 1,000,000 short commits of five devices is written anew in the
background, while somebody writes and reads in the same repository.

On the disk of the temporary folder. What the loop is held by is the processor time that its thread
takes for each callback, all of them counted: the compaction's own, the syncs' and the writer's.
"""

from __future__ import annotations

import asyncio
import gc
import os
import random
import time
from asyncio.events import Handle
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from goatcore.history.commit import Commit, Header, build
from goatcore.ids import RepositoryId
from goatcore.repository.compacting import Compacted, Compacting
from goatcore.repository.store import Store
from goatcore.scheduling import Scheduler
from goatcore.storage.file_disk import FileDisk
from goatcore.storage.file_log import FileLog
from goatcore.storage.group_commit import GroupCommit

REPOSITORY = RepositoryId(b"goat bench log 1")
COMMITS = 1_000_000
AUTHORS = 5
TURN = 40  # commits of one author until the next writes, having seen it all
BODY_BYTES = 70  # sealed, of a short record
BATCH = 2_000
WRITE_S = 0.01  # between two commits of the writer

Row = dict[str, Any]


class Open:
    """Everybody is known here."""

    def named(self, _commit: Commit) -> bool:
        return True

    def holds_auth(self, _commit: Commit) -> bool:
        return True

    def purged(self, _commit: Commit) -> bool:
        return False

    droppable = purged


class Writing:
    """Commits as devices make them in turn; signatures are random, since nobody looks at them."""

    def __init__(self, chance: random.Random) -> None:
        self._chance = chance
        self._keys = [chance.randbytes(32) for _ in range(AUTHORS)]
        self._tips: dict[bytes, Commit] = {}
        self._number = 0

    def commits(self, count: int) -> list[Commit]:
        return [self._next() for _ in range(count)]

    def _next(self) -> Commit:
        chance, number = self._chance, self._number
        self._number += 1
        author = self._keys[number // TURN % AUTHORS]
        last = self._tips.get(author)
        before = self._keys[(number // TURN - 1) % AUTHORS]
        seen = self._tips.get(before) if number % TURN == 0 else None
        deps = [commit.id for commit in (last, seen) if commit is not None]
        header = Header(
            REPOSITORY,
            author,
            last.seq + 1 if last else 1,
            (1_700_000_000_000 + number * 900) << 16,
            tuple(dict.fromkeys(deps)),
            None if last else (bytes(32),),
            b"e" * 16,
            b"",
            {},
        )
        made = build(header, chance.randbytes(BODY_BYTES), lambda _message: chance.randbytes(64))
        self._tips[author] = made
        return made


def measure(rows: Sequence[str], commits: int = COMMITS) -> Iterator[Row]:
    """Compact one log once, and tell of it what is asked."""
    with TemporaryDirectory(prefix="goat-bench-") as folder:
        found = asyncio.run(_measured(Path(folder), commits))
    for row in rows:
        yield found[row]


async def _measured(folder: Path, count: int) -> dict[str, Row]:
    log = FileLog.open(folder / "log.goat", REPOSITORY, FileDisk(), os.urandom)
    scheduler = Scheduler()
    failures: list[Exception] = []

    def synced(position: int) -> None:
        store.synced(position)

    group_commit = GroupCommit(log, scheduler.offload, synced, failures.append)
    store = Store(REPOSITORY, log, group_commit, Open(), lambda *_: True, lambda _auth: True)
    writing = Writing(random.Random(1))
    for _ in range(0, count, BATCH):
        store.append(writing.commits(min(BATCH, count - len(store))))
        while not store.all_durable:
            await asyncio.sleep(0.001)
    done: asyncio.Future[Compacted | Exception] = asyncio.get_running_loop().create_future()
    with _collector_off(), _timed_callbacks() as holds_ns:
        writer = asyncio.create_task(_write(store, writing))
        begin = time.perf_counter()
        Compacting(
            store,
            os.urandom,
            scheduler.offload,
            scheduler.later,
            time.sleep,
            None,
            done.set_result,
        ).go_on()
        compacted = await done
        took_ms = (time.perf_counter() - begin) * 1000
        writer.cancel()
    if isinstance(compacted, Exception):
        raise compacted
    _check(store, count)
    store.close()
    scheduler.close()
    return _rows(compacted, took_ms, sorted(holds_ns))


async def _write(store: Store, writing: Writing) -> None:
    chance = random.Random(2)
    while True:
        await asyncio.sleep(WRITE_S)
        store.append(writing.commits(1))
        store.find(store.id_at(chance.randrange(len(store))))


def _check(store: Store, count: int) -> None:
    """Every thousandth commit can be read, and is the one that it was."""
    assert len(store) >= count
    for order in range(0, len(store), 1000):
        id_ = store.id_at(order)
        commit = store.find(id_)
        assert commit is not None
        assert commit.id == id_


@contextmanager
def _timed_callbacks() -> Iterator[list[int]]:
    """The processor time of every callback of the loop, in ns."""
    times: list[int] = []
    run = Handle._run

    def timed(handle: Handle) -> None:
        begin = time.thread_time_ns()
        run(handle)
        times.append(time.thread_time_ns() - begin)

    Handle._run = timed  # type: ignore[method-assign]
    try:
        yield times
    finally:
        Handle._run = run  # type: ignore[method-assign]


@contextmanager
def _collector_off() -> Iterator[None]:
    """As in the window: no full collection by itself."""
    gc.collect()
    gc.freeze()
    young, middle, old = gc.get_threshold()
    gc.set_threshold(young, middle, 1_000_000)
    try:
        yield
    finally:
        gc.set_threshold(young, middle, old)
        gc.unfreeze()


def _rows(compacted: Compacted, took_ms: float, holds_ns: list[int]) -> dict[str, Row]:
    before, after, commits = compacted
    of = f"a log of {commits:,} short commits of {AUTHORS} devices, written anew while in use"
    shorter = f"{before:,} bytes before, {after:,} after; {before / commits:.1f} a commit before"
    held = f"processor time of one callback of the loop, {of}"
    calls = len(holds_ns)
    return {
        "compact-1M": _row("compact-1M", took_ms, "ms", 1, f"{of}; {shorter}"),
        "compact-1M.bytes": _row("compact-1M.bytes", after / commits, "bytes", 1, shorter),
        "compact-1M.p99": _row(
            "compact-1M.p99", holds_ns[int(calls * 0.99)] / 1e6, "ms", calls, held
        ),
        "compact-1M.max": _row("compact-1M.max", holds_ns[-1] / 1e6, "ms", calls, held),
    }


def _row(row: str, value: float, unit: str, runs: int, timed: str) -> Row:
    return {
        "row": row,
        "value": float(f"{value:.4g}"),
        "unit": unit,
        "runs": runs,
        "timed": timed,
    }
