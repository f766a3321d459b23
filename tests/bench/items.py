"""Rows of single items: create, update, read. In a workspace of its own, on the disk of the
temporary folder, inside a running loop as in an application."""

from __future__ import annotations

import asyncio
import gc
import sqlite3
from collections.abc import Awaitable, Callable, Iterator, Sequence
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from time import perf_counter_ns
from timeit import repeat
from typing import Any

from goatcore import Database, Repository, Schema, date, flag, string

RECORD = Schema("record", 1, title=string(), done=flag(), edited=date())
WARM = 200
# of SQLite, written ahead of its log: syncs at checkpoints only, or at every commit
NORMAL, FULL = "NORMAL", "FULL"
WARM_THERE, TIMES_THERE = 20, 500

Row = dict[str, Any]


async def create(_database: Database, notes: Repository) -> Row:
    times = []
    for number in range(WARM + 3_000):
        began = perf_counter_ns()
        notes.create(RECORD, title=f"Record number {number}", done=False, edited=number)
        times.append(perf_counter_ns() - began)
        if number % 50 == 0:
            await asyncio.sleep(0)  # syncs and their answers come in between, as they would
    return _row("create", times[WARM:], 1e6, "ms",
                "repository.create of a record of three fields: signed, sealed, in the log, "
                "not yet synced")  # fmt: skip


async def create_durable(database: Database, notes: Repository) -> Row:
    times = []
    for number in range(20 + 300):
        began = perf_counter_ns()
        notes.create(RECORD, title=f"Record number {number}", done=False, edited=number)
        await database.flush()
        times.append(perf_counter_ns() - began)
    return _row("create.durable", times[20:], 1e6, "ms",
                "repository.create, until flush says that it is on disk")  # fmt: skip


async def create_100(database: Database, notes: Repository) -> Row:
    times = []
    for _ in range(5 + 50):
        began = perf_counter_ns()
        with notes.transaction("hundred"):
            for number in range(100):
                notes.create(RECORD, title=f"Record number {number}", done=False, edited=number)
        await database.flush()
        times.append(perf_counter_ns() - began)
    return _row("create-100", times[5:], 1e6, "ms",
                "100 records in one transaction, until flush says that it is on disk")  # fmt: skip


async def update(_database: Database, notes: Repository) -> Row:
    items = [notes.create(RECORD, title=f"Record {n}", done=False, edited=n) for n in range(100)]
    times = []
    for number in range(WARM + 3_000):
        item = items[number % 100]
        began = perf_counter_ns()
        with notes.transaction():
            item.title = f"Title number {number}"
            item.done = not item.done
            item.edited = number
        times.append(perf_counter_ns() - began)
        if number % 50 == 0:
            await asyncio.sleep(0)
    return _row("update", times[WARM:], 1e6, "ms",
                "three fields set in one transaction, in the log, not yet synced")  # fmt: skip


async def read_one(_database: Database, notes: Repository) -> Row:
    items = [notes.create(RECORD, title=f"Record {n}", done=False, edited=n) for n in range(1000)]
    loops = 200
    seconds = repeat("for item in items:\n    item.title", repeat=25, number=loops,
                     globals={"items": items})  # fmt: skip
    times = [round(one / loops / len(items) * 1e9 * 1000) for one in seconds]  # picoseconds
    return _row("read-one", times, 1e6, "us",
                "item.title of 1,000 open items in turn, the loop over them included")  # fmt: skip


MEASURES: dict[str, Callable[[Database, Repository], Awaitable[Row]]] = {
    "create": create,
    "create.durable": create_durable,
    "create-100": create_100,
    "update": update,
    "read-one": read_one,
}


def measure(rows: Sequence[str]) -> Iterator[Row]:
    """Measure these rows, each in a new repository, and the same in SQLite."""
    for row in rows:
        ours = asyncio.run(_measure(row))
        with TemporaryDirectory(prefix="goat-bench-") as folder:
            others = beside(row, Path(folder))
        for peer, value in others.items():
            theirs = float(f"{value:.4g}")
            yield ours | {
                "peer": peer, "peer_value": theirs, "ratio": round(ours["value"] / theirs, 3)
            }  # fmt: skip
        if not others:
            yield ours


async def _measure(row: str) -> Row:
    with TemporaryDirectory(prefix="goat-bench-") as folder:
        home = Path(folder)
        with Database.open(home / "workspace", home=home / "home") as database:
            notes = database.repository("/bench/items")
            await database.flush()
            gc.collect()
            gc.freeze()
            try:
                return await MEASURES[row](database, notes)
            finally:
                gc.unfreeze()


def _row(row: str, times_ns: Sequence[int], per_unit: float, unit: str, timed: str) -> Row:
    value = float(f"{median(times_ns) / per_unit:.4g}")
    return {"row": row, "value": value, "unit": unit, "runs": len(times_ns), "timed": timed}


def beside(row: str, folder: Path) -> dict[str, float]:
    """What a row comes to, in ms, by the name of the peer and its setting; nothing for rows that
    have no like there."""
    if row not in WORK:
        return {}
    work, settings = WORK[row]
    found = {}
    for setting in settings:
        table = sqlite3.connect(folder / f"{row}-{setting}.sqlite", isolation_level=None)
        try:
            table.execute("PRAGMA journal_mode = WAL")
            table.execute(f"PRAGMA synchronous = {setting}")
            table.execute(
                "CREATE TABLE record (key TEXT PRIMARY KEY, title TEXT, done INT, edited INT)"
            )
            times = []
            for number in range(WARM_THERE + TIMES_THERE):
                began = perf_counter_ns()
                work(table, number)
                times.append(perf_counter_ns() - began)
        finally:
            table.close()
        found[f"SQLite {sqlite3.sqlite_version} {setting}"] = median(times[WARM_THERE:]) / 1e6
    return found


def _insert(table: sqlite3.Connection, number: int) -> None:
    table.execute(
        "INSERT INTO record VALUES (?, ?, ?, ?)",
        (f"{number:020x}", f"Record number {number}", 0, number),
    )


def _hundred(table: sqlite3.Connection, number: int) -> None:
    table.execute("BEGIN")
    for one in range(100):
        _insert(table, number * 100 + one)
    table.execute("COMMIT")


def _update(table: sqlite3.Connection, number: int) -> None:
    if number < 1:
        _hundred(table, 0)
    table.execute(
        "UPDATE record SET title = ?, done = 1 - done, edited = ? WHERE key = ?",
        (f"Title number {number}", number, f"{number % 100:020x}"),
    )


WORK: dict[str, tuple[Callable[[sqlite3.Connection, int], None], tuple[str, ...]]] = {
    "create": (_insert, (NORMAL, FULL)),
    "create.durable": (_insert, (FULL,)),
    "create-100": (_hundred, (NORMAL, FULL)),
    "update": (_update, (NORMAL, FULL)),
}
