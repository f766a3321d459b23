"""Rows of the past: an item of 10,000 commits, opened, read at any version, and asked who wrote it.

By the front door, in a workspace on the disk of the temporary folder. What is read is checked.
"""

from __future__ import annotations

import gc
import random
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from time import perf_counter_ns
from typing import Any

from goatcore import Database, Item, Repository, Schema, date, string, text

PAGE = Schema("page", 1, title=string(), body=text(), edited=date())
COMMITS = 10_000
PATH = "/bench/history"
KEY = "page"
OPENINGS = 7

Row = dict[str, Any]
State = tuple[str, str]  # title and text


def measure(rows: Sequence[str]) -> Iterator[Row]:
    """Measure these rows on one item, opened anew."""
    with TemporaryDirectory(prefix="goat-bench-") as folder:
        home = Path(folder)
        with _workspace(home) as database:
            states = _write(database.repository(PATH))
        found: dict[str, Row] = {}
        for row in rows:
            if row not in found:
                found.update(_measured(row, home, states))
            yield found[row]


def _measured(row: str, home: Path, states: list[State]) -> dict[str, Row]:
    if row in {"history-open", "history-open.item"}:
        return opened(home, states[-1])
    with _workspace(home) as database:
        item = _item(database.repository(PATH))
        with _settled():
            return {row: seek(item, states) if row == "history-seek" else blame(item)}


def _workspace(home: Path) -> Database:
    return Database.open(home / "workspace", home=home / "home")


def _item(pages: Repository) -> Item:
    pages.register(PAGE)
    item = pages.item(KEY)
    assert item is not None
    return item


@contextmanager
def _settled() -> Iterator[None]:
    """The collector leaves alone what is there by now."""
    gc.collect()
    gc.freeze()
    try:
        yield
    finally:
        gc.unfreeze()


def opened(home: Path, now: State) -> dict[str, Row]:
    whole, parts = [], []
    for _ in range(OPENINGS):
        with _workspace(home) as database, _settled():
            began = perf_counter_ns()
            pages = database.repository(PATH)
            loaded = perf_counter_ns()
            item = _item(pages)
            shown = item.title, str(item.body)
            ended = perf_counter_ns()
            assert shown == now
        whole.append(ended - began)
        parts.append(ended - loaded)
    return {
        "history-open": _row("history-open", whole,
            f"database.repository in an open workspace, of one item of {COMMITS:,} commits: from "
            "the log until its title and text are read"),
        "history-open.item": _row("history-open.item", parts,
            "of that the part behind database.repository: the item, its title and text"),
    }  # fmt: skip


def seek(item: Item, states: list[State]) -> Row:
    chance = random.Random(1)
    times = []
    for _ in range(50):
        at = chance.randrange(COMMITS)
        began = perf_counter_ns()
        version = item.history[at]
        shown = version.title, version.body
        times.append(perf_counter_ns() - began)
        assert shown == states[at]
        del version  # and with it what was computed for it
    return _row("history-seek", times,
                f"item.history[i] of an item of {COMMITS:,} commits, listed anew: title and text "
                "at a random version")  # fmt: skip


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


def _write(pages: Repository) -> list[State]:
    """Words come and go all over a text, each in a commit; every tenth changes the title, too.
    Returns what shows after each commit."""
    chance = random.Random(1)
    item = pages.create(PAGE, KEY, title="first", edited=0)
    states: list[State] = [("first", "")]
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
        states.append((item.title, str(item.body)))
    assert pages.count == COMMITS
    return states


def _row(row: str, times_ns: Sequence[int], timed: str) -> Row:
    value = float(f"{median(times_ns) / 1e6:.4g}")
    return {"row": row, "value": value, "unit": "ms", "runs": len(times_ns), "timed": timed}
