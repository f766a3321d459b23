"""Rows of branches: over 10,000 notes with a past, in a workspace of its own on the disk."""

from __future__ import annotations

import gc
import random
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from time import perf_counter_ns
from typing import Any

from goatcore import Database, Repository, Schema, flag, string, text

NOTE = Schema("note", 1, title=string(), body=text(), done=flag())
NOTES, EDITS, EDITED = 10_000, 2_000, 1_000

Row = dict[str, Any]


def filled(database: Database) -> Repository:
    """Notes of some sentences, a fifth of them edited since."""
    notes, chance = database.repository("/bench/branches"), random.Random(1)
    for first in range(0, NOTES, 1_000):
        with notes.transaction():
            for n in range(first, first + 1_000):
                notes.create(NOTE, f"{n}", title=f"Note {n}", body="Some words of it. " * 12)
    for n in range(EDITS):
        note = notes.item(f"{chance.randrange(NOTES)}")
        assert note is not None
        note.body.splice(0, 0, f"{n} ")
        notes.record_drafts()
    database.flush_now()
    return notes


def first_item(notes: Repository) -> Row:
    times = []
    for n in range(20):
        began = perf_counter_ns()
        notes.branch("bench").item(f"{n}")
        times.append(perf_counter_ns() - began)
    return _row("branch-first", times, 1e6, "ms",
                "a branch of 10,000 notes made, and one of its notes read")  # fmt: skip


def query(notes: Repository) -> Row:
    times = []
    for _ in range(3):
        branch = notes.branch("bench")
        began = perf_counter_ns()
        assert branch.query(NOTE).where(done=False).count() == NOTES
        times.append(perf_counter_ns() - began)
    return _row("branch-query", times, 1e6, "ms",
                "the first query over all 10,000 notes of a branch")  # fmt: skip


def merge(notes: Repository) -> Row:
    times = []
    for number in range(5):
        branch = notes.branch("bench")
        for n in range(EDITED):
            note = branch.item(f"{n}")
            assert note is not None
            note.title = f"Title {number} {n}"
        notes.flush_now()
        began = perf_counter_ns()
        merged = branch.merge()
        times.append(perf_counter_ns() - began)
        assert merged == (EDITED, 1)
    return _row("branch-merge", times, 1e6, "ms",
                "1,000 notes that 1,000 commits of a branch changed, merged in one")  # fmt: skip


MEASURES: dict[str, Callable[[Repository], Row]] = {
    "branch-first": first_item,
    "branch-query": query,
    "branch-merge": merge,
}


def measure(rows: Sequence[str]) -> Iterator[Row]:
    """Measure these rows, one after the other in one repository."""
    with TemporaryDirectory(prefix="goat-bench-") as folder:
        home = Path(folder)
        with Database.open(home / "workspace", home=home / "home") as database:
            notes = filled(database)
            gc.collect()
            gc.freeze()
            try:
                for row in rows:
                    yield MEASURES[row](notes)
            finally:
                gc.unfreeze()


def _row(row: str, times_ns: Sequence[int], per_unit: float, unit: str, timed: str) -> Row:
    value = float(f"{median(times_ns) / per_unit:.4g}")
    return {"row": row, "value": value, "unit": unit, "runs": len(times_ns), "timed": timed}
