"""Rows of the past: an item of 10,000 commits, read at any version, and asked who wrote it."""

from __future__ import annotations

import gc
import random
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from time import perf_counter_ns
from typing import Any

from goatcore import Database, Item, Schema, date, string, text

PAGE = Schema("page", 1, title=string(), body=text(), edited=date())
COMMITS = 10_000

Row = dict[str, Any]


def seek(item: Item) -> Row:
    chance = random.Random(1)
    times = []
    for _ in range(50):
        at = chance.randrange(COMMITS)
        began = perf_counter_ns()
        version = item.history[at]
        assert version.exists
        assert version.title
        assert len(version.body) <= 12 * COMMITS
        times.append(perf_counter_ns() - began)
        del version  # and with it what was computed for it
    return _row("history-seek", times,
                f"item.history[i] of an item of {COMMITS:,} commits, listed anew: existence, "
                "title and text at a random version")  # fmt: skip


def blame(item: Item) -> Row:
    times = []
    for _ in range(15):
        began = perf_counter_ns()
        runs = item.blame("body")
        times.append(perf_counter_ns() - began)
        assert sum(run.length for run in runs) == len(item.body)
    return _row("history-blame", times,
                f"item.blame of a text of {len(item.body):,} letters, the work of "
                f"{COMMITS:,} commits, in {len(runs):,} runs")  # fmt: skip


MEASURES: dict[str, Callable[[Item], Row]] = {"history-seek": seek, "history-blame": blame}


def measure(rows: Sequence[str]) -> Iterator[Row]:
    """Measure these rows on one item, opened anew."""
    with TemporaryDirectory(prefix="goat-bench-") as folder:
        home = Path(folder)
        with Database.open(home / "workspace", home=home / "home") as database:
            key = _write(database)
        with Database.open(home / "workspace", home=home / "home") as database:
            pages = database.repository("/bench/history")
            pages.register(PAGE)
            item = pages.item(key)
            assert item is not None
            gc.collect()
            gc.freeze()
            try:
                for row in rows:
                    yield MEASURES[row](item)
            finally:
                gc.unfreeze()


def _write(database: Database) -> str:
    """Words come and go all over a text, each in a commit; every tenth changes the title, too."""
    pages, chance = database.repository("/bench/history"), random.Random(1)
    item = pages.create(PAGE, title="first", edited=0)
    for number in range(1, COMMITS):
        size = len(item.body)
        if number % 3 == 0 and size > 12:
            item.body.splice(chance.randrange(size - 12), 4, "")
        else:
            item.body.splice(chance.randint(0, size), 0, f"word{number} ")
        item.edited = number
        if number % 10 == 0:
            item.title = f"title {number}"
        pages.record_drafts()
    assert pages.count == COMMITS
    return item.key


def _row(row: str, times_ns: Sequence[int], timed: str) -> Row:
    value = float(f"{median(times_ns) / 1e6:.4g}")
    return {"row": row, "value": value, "unit": "ms", "runs": len(times_ns), "timed": timed}
