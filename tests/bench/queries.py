"""Rows of queries over 100,000 short records, and of the loop while as many commits arrive.

In a workspace on the disk of the temporary folder. "First" is first in its repository as well: it
was opened and no item was read. Holds of the loop are thread CPU time of one callback.
"""

from __future__ import annotations

import asyncio
import gc
import random
import shutil
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from statistics import median, quantiles
from tempfile import TemporaryDirectory
from time import perf_counter_ns, thread_time_ns
from typing import Any, NamedTuple

from goatcore import Database, Query, Repository, Schema, date, flag, string
from goatcore.clock import system_clock
from goatcore.history.commit import Commit, parse
from goatcore.ids import CommitId, GroupId, RepositoryId
from goatcore.network.session import ADMIT_TOGETHER
from goatcore.repository.environment import Environment, Later
from goatcore.repository.sealer import GroupSealer
from goatcore.repository.store import Store
from goatcore.schema import Registry
from goatcore.storage.group_commit import GroupCommit, inline
from goatcore.storage.memory_log import MemoryLog
from goatcore.trust.purges import Purged
from goatcore.trust.sealing import Keyring
from goatcore.trust.signing import DeviceKeys, verify

RECORD = Schema("record", 1, title=string(), done=flag(), edited=date())
RECORDS = 100_000
HITS = 100
RUNS = 5
EDITS = 2_000
MESSAGE = ADMIT_TOGETHER  # commits that a link lets in with one turn of the loop

Row = dict[str, Any]
Ask = Callable[[Repository], Query[Any]]

SELECTIVE = "where(done=True): 100 hits of 100,000 records of three fields"
SORTED = 'order_by("title"): 100,000 titles with numbers in them, as people sort them'


def selective(notes: Repository) -> Query[Any]:
    return notes.query(RECORD).where(done=True)


def by_title(notes: Repository) -> Query[Any]:
    return notes.query(RECORD).order_by("title")


def measure(rows: Sequence[str]) -> Iterator[Row]:
    """Measure these rows."""
    of_queries = [row for row in rows if not row.startswith("loop-hold")]
    if of_queries:
        with TemporaryDirectory(prefix="goat-bench-") as folder:
            home = Path(folder)
            with _opened(home) as database:
                _fill(database.repository("/bench/records"))
                database.flush_now()
            for row in of_queries:
                yield MEASURES[row](home, row)
    if len(of_queries) < len(rows):
        holds = _holds()
        for row in rows:
            if row.startswith("loop-hold"):
                yield _held(row, holds)


def _opened(home: Path) -> Database:
    return Database.open(home / "workspace", home=home / "home", language="")


def _fill(notes: Repository) -> None:
    chance = random.Random(1)
    for begin in range(0, RECORDS, 1_000):
        with notes.transaction():
            for n in range(begin, begin + 1_000):
                title = f"Record {chance.randrange(RECORDS)} of part {chance.randrange(100)}"
                notes.create(
                    RECORD,
                    title=title,
                    done=n % (RECORDS // HITS) == 7,
                    edited=chance.randrange(1 << 40),
                )


def _first(home: Path, ask: Ask) -> int:
    """From asking until the number of rows and the first fifty are there, in a repository that was
    opened a moment ago."""
    with _opened(home) as database:
        notes = database.repository("/bench/records")
        notes.register(RECORD)
        gc.collect()
        gc.freeze()
        began = perf_counter_ns()
        query = ask(notes)
        count, _first_screen = len(query), query.rows[:50]
        taken = perf_counter_ns() - began
        gc.unfreeze()
        assert count == (HITS if ask is selective else RECORDS)
        return taken


def first(home: Path, row: str) -> Row:
    ask, what = (selective, SELECTIVE) if row == "query-selective" else (by_title, SORTED)
    times = []
    for _ in range(RUNS):  # each in a copy that nobody ever asked
        with TemporaryDirectory(prefix="goat-bench-") as folder:
            apart = Path(folder) / "copy"
            shutil.copytree(home, apart)
            times.append(_first(apart, ask))
    return _row(row, times, 1e6, "ms", f"{what}; the first fifty rows; nothing was read before")


def reopened(home: Path, row: str) -> Row:
    ask, what = (selective, SELECTIVE) if row.startswith("query-sel") else (by_title, SORTED)
    with _opened(home) as database:
        query = ask(database.repository("/bench/records"))
        assert len(query)
        del query
    times = [_first(home, ask) for _ in range(RUNS)]
    return _row(row, times, 1e6, "ms",
                f"{what}; the first fifty rows; asked before the workspace was closed, "
                "and again after it was opened")  # fmt: skip


def splice(home: Path, row: str) -> Row:
    """Edits of records all over the list, after each stretch of it was touched once."""
    chance = random.Random(2)
    with _opened(home) as database:
        notes = database.repository("/bench/records")
        query = by_title(notes)
        heard: list[Any] = []
        query.subscribe(heard.extend)
        items = [query[at] for at in range(0, RECORDS, 50)]
        titles = [f"Record {chance.randrange(RECORDS)} of part x" for _ in range(EDITS)]
        for item, title in zip(items, titles, strict=True):
            item.title = f"{title} again"
        notes.flush_now()
        chance.shuffle(items)
        gc.collect()
        gc.freeze()
        times = []
        for item, title in zip(items, titles, strict=True):
            heard.clear()
            began = perf_counter_ns()
            item.title = title
            times.append(perf_counter_ns() - began)
            assert heard
        gc.unfreeze()
    value = times if row == "splice" else [round(quantiles(times, n=100)[98])]
    made = _row(row, value, 1e6, "ms",
                "item.title = … in a repository with one open query of 100,000 sorted rows, until "
                "its listener has the splice")  # fmt: skip
    return made | {"runs": len(times)}


# -- the loop --------------------------------------------------------------------------------------


class Everybody:
    """A membership in which all may write."""

    def heads(self) -> tuple[CommitId, ...]:
        return (CommitId(bytes(32)),)

    def may_write(self, author: bytes, auth: object, repository: RepositoryId) -> bool:
        return True

    def role(self, repository: RepositoryId) -> int:
        return 2

    def obstacle(self, repository: RepositoryId) -> None:
        return None

    def purged(self, repository: RepositoryId) -> Purged:
        return Purged(frozenset(), frozenset())

    def droppable(self, commit: object) -> bool:
        return False

    def item_tag(self, repository: RepositoryId, key: str) -> bytes:
        return key.encode()

    def name_of(self, author: bytes) -> str:
        return author.hex()[:4]

    def device_name(self, author: bytes) -> str:
        return author.hex()[:4]

    def named(self, commit: object) -> bool:
        return True

    def holds_auth(self, commit: object) -> bool:
        return True


def alone(number: int, later: Later | None = None) -> Repository:
    """A repository in memory, of one device; `later` sets its timers, which else never fire."""
    device = DeviceKeys(bytes([number]) * 32, bytes([number + 100]) * 32)
    id_, group = RepositoryId(b"goat bench loop!"), GroupId(b"goat bench group")
    membership: Any = Everybody()

    def synced(position: int) -> None:
        store.synced(position)

    def failed(error: Exception) -> None:
        raise error

    log = MemoryLog()
    store = Store(id_, log, GroupCommit(log, inline, synced, failed), membership, verify,
                  lambda _auth: True)  # fmt: skip
    sealer = GroupSealer(Keyring([(group, b"k" * 32)]), id_, lambda: group)
    environment = Environment(
        device, system_clock, random.Random(number).randbytes, later or _never,
        lambda: perf_counter_ns() / 1e6, failed,
    )  # fmt: skip
    return Repository("/bench/loop", store, sealer, membership, Registry(), environment)


def _never(_delay_ms: float, _then: Callable[[], None]) -> Callable[[], None]:
    """A timer that never fires, and needs no end."""
    return _nothing


def _nothing() -> None:
    """No end."""


class Holds(NamedTuple):
    """Thread CPU time of each callback."""

    times_ns: list[int]
    message: int


def _holds() -> Holds:
    """A peer's 100,000 commits come in messages, each admitted in a callback of its own, into a
    repository with two open queries."""
    writer = alone(1)
    for n in range(RECORDS):
        writer.create(RECORD, title=f"Record {n}", done=n % 3 == 0, edited=n)
    raw = [commit.raw for commit in writer.store.commits()]
    reader = alone(2)
    queries = [reader.query(RECORD).where(done=True), reader.query(RECORD).order_by("-edited")]
    heard = [query.subscribe(lambda _splices: None) for query in queries]
    gc.collect()
    gc.freeze()
    gc.disable()  # as an application has it: garbage is collected when it is idle
    try:
        times = asyncio.run(_receive(reader, raw))
    finally:
        gc.enable()
        gc.unfreeze()
    assert len(queries[1]) == RECORDS == len(heard) * RECORDS // 2
    return Holds(times, MESSAGE)


async def _receive(reader: Repository, raw: list[bytes]) -> list[int]:
    loop, times, done = asyncio.get_running_loop(), list[int](), asyncio.Event()
    messages = (raw[at : at + MESSAGE] for at in range(0, len(raw), MESSAGE))

    def take() -> None:
        began = thread_time_ns()
        message = next(messages, None)
        if message is None:
            done.set()
            return
        commits: list[Commit] = [parse(one) for one in message]
        assert reader.admit(commits).held == len(commits)
        times.append(thread_time_ns() - began)
        loop.call_soon(take)

    loop.call_soon(take)
    await done.wait()
    return times


def _held(row: str, holds: Holds) -> Row:
    times, message = holds
    value = max(times) if row == "loop-hold.max" else quantiles(times, n=100)[98]
    made = _row(row, [round(value)], 1e6, "ms",
                f"thread CPU time of one callback that parses, checks, walks and tells {message} "
                "commits of one item each to two open queries, while 100,000 arrive")  # fmt: skip
    return made | {"runs": len(times)}


MEASURES: dict[str, Callable[[Path, str], Row]] = {
    "query-selective": first,
    "query-selective.reopened": reopened,
    "query-sorted": first,
    "query-sorted.reopened": reopened,
    "splice": splice,
    "splice.p99": splice,
}


def _row(row: str, times_ns: Sequence[int], per_unit: float, unit: str, timed: str) -> Row:
    value = float(f"{median(times_ns) / per_unit:.4g}")
    return {"row": row, "value": value, "unit": unit, "runs": len(times_ns), "timed": timed}
