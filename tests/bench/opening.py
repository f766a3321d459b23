"""Rows of opening: a repository of many short records, opened by a new process.

By the front door, in a workspace on the disk of the temporary folder; beside it SQLite from the
standard library, which has the same records in one table, written ahead of its log. A process is
timed from before it is started until it has said how many there are and has ended. The interpreter
finds its modules compiled, as it does from the second start on.
"""

from __future__ import annotations

import os
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from time import perf_counter_ns
from typing import Any

from app.memory import quiet_memory
from goatcore import Database, Schema, date, flag, string

RECORD = Schema("record", 1, title=string(), done=flag(), edited=date())
PATH = "/bench/records"
MANY, MILLION = 100_000, 1_000_000
TOGETHER = 100  # of a transaction in the repository of a million
OPENINGS = 11
SQLITE = f"SQLite {sqlite3.sqlite_version}"
CREATE = "CREATE TABLE record (key TEXT PRIMARY KEY, title TEXT, done INT, edited INT)"

Row = dict[str, Any]

OURS = """
import sys
from pathlib import Path
from goatcore import Database
with Database.open(Path(sys.argv[1]) / "workspace", home=Path(sys.argv[1]) / "home") as database:
    records = database.repository("/bench/records")
    pages = open("/proc/self/statm").read().split()[1] if sys.platform == "linux" else "0"
    print(records.count, pages)
"""

THEIRS = """
import sys
import sqlite3
database = sqlite3.connect(sys.argv[1])
(count,) = database.execute("SELECT count(*) FROM record").fetchone()
pages = open("/proc/self/statm").read().split()[1] if sys.platform == "linux" else "0"
print(count, pages)
"""


def measure(rows: Sequence[str]) -> Iterator[Row]:
    """Measure these rows on workspaces that are made once for all of them."""
    many = [row for row in rows if not row.endswith("-1M")]
    if many:
        with TemporaryDirectory(prefix="goat-bench-") as folder:
            bench = Bench(Path(folder), MANY)
            for row in many:
                yield from bench.measured(row)
    if "open-1M" in rows:
        with TemporaryDirectory(prefix="goat-bench-") as folder:
            yield from Bench(Path(folder), MILLION).measured("open-1M")


class Bench:
    """Some records, in a repository and in SQLite."""

    def __init__(self, folder: Path, count: int) -> None:
        self.folder = folder
        self.count = count
        self.table = folder / "records.sqlite"
        self._write()
        self._started: dict[str, tuple[list[int], list[int]]] = {}

    def measured(self, row: str) -> list[Row]:
        measures: dict[str, Callable[[str], list[Row]]] = {
            "open-100k": self.opened,
            "open-1M": self.opened,
            "rss-100k": self.resident,
            "disk-per-item": self.on_disk,
            "read-100k": self.read,
            "read-100k.again": self.read,
            "rebuild-100k": self.rebuilt,
        }
        return measures[row](row)

    def _workspace(self) -> Database:
        return Database.open(self.folder / "workspace", home=self.folder / "home")

    def _write(self) -> None:
        together = 1 if self.count <= MANY else TOGETHER
        with self._workspace() as database:
            records = database.repository(PATH)
            for begin in range(0, self.count, together):
                if together == 1:
                    records.create(RECORD, **_record(begin))
                    continue
                with records.transaction():
                    for number in range(begin, begin + together):
                        records.create(RECORD, **_record(number))
            keys = [item.key for item in records.items(RECORD)]
        with sqlite3.connect(self.table) as table:
            table.execute("PRAGMA journal_mode=WAL")
            table.execute(CREATE)
            table.executemany(
                "INSERT INTO record VALUES (?, ?, ?, ?)",
                ((key, *_record(number).values()) for number, key in enumerate(keys)),
            )
        table.close()

    # -- new processes -----------------------------------------------------------------------------

    def _start(self, which: str) -> tuple[list[int], list[int]]:
        """Times and resident bytes of processes that open it, in turn with the other's."""
        if not self._started:
            programs = {"ours": (OURS, self.folder), "theirs": (THEIRS, self.table)}
            self._started = {name: ([], []) for name in programs}
            with TemporaryDirectory(prefix="goat-bench-") as compiled:
                environment = {**os.environ, "PYTHONPYCACHEPREFIX": compiled}
                environment.pop("PYTHONDONTWRITEBYTECODE", None)
                environment["PYTHONPATH"] = os.pathsep.join(filter(None, sys.path))
                for turn in range(OPENINGS + 1):
                    for name, (program, path) in programs.items():
                        began = perf_counter_ns()
                        said = subprocess.run(
                            [sys.executable, "-c", program, str(path)],
                            env=environment,
                            capture_output=True,
                            check=True,
                        )
                        ended = perf_counter_ns()
                        count, pages = map(int, said.stdout.split())
                        assert count * (1 if count == self.count else TOGETHER) == self.count
                        if turn:  # in the first one the modules were compiled
                            self._started[name][0].append(ended - began)
                            self._started[name][1].append(pages * 4096)
        return self._started[which]

    def opened(self, row: str) -> list[Row]:
        timed = (
            f"a new process that opens a repository of {self.count:,} short records, says how many "
            "commits it holds, closes it and ends; the interpreter and all imports included"
        )
        times, others = self._start("ours")[0], self._start("theirs")[0]
        return [_row(row, times, 1e6, "ms", timed, (SQLITE, others))]

    def resident(self, row: str) -> list[Row]:
        timed = "resident memory of that process when the repository is open"
        sizes, others = self._start("ours")[1], self._start("theirs")[1]
        return [_row(row, sizes, 1e6, "MB", timed, (SQLITE, others))]

    # -- one process -------------------------------------------------------------------------------

    def on_disk(self, row: str) -> list[Row]:
        files = [*(self.folder / "workspace").iterdir()]
        size = sum(file.stat().st_size for file in files) / self.count
        other = self.table.stat().st_size / self.count
        timed = "all files of the workspace, log and index, shared among its short, signed records"
        return [_row(row, [size], 1, "bytes", timed, (SQLITE, [other]))]

    def read(self, row: str) -> list[Row]:
        firsts, agains = [], []
        for _ in range(5):
            with self._workspace() as database, quiet_memory():
                records = database.repository(PATH)
                began = perf_counter_ns()
                items = list(records.items(RECORD))
                letters = sum([len(item.title) for item in items])
                read = perf_counter_ns()
                again = sum([len(item.title) for item in items])
                ended = perf_counter_ns()
                assert letters == again > 0
                assert len(items) == self.count
                firsts.append(read - began)
                agains.append(ended - read)
                del items
        if row.endswith(".again"):
            timed = "the title of each of these items once more"
            return [_row(row, agains, 1e6, "ms", timed)]
        timed = (
            f"all {self.count:,} items of a repository that was just opened, and their titles; "
            "garbage is collected as the application has it"
        )
        others = []
        for _ in range(5):
            table = sqlite3.connect(self.table)
            began = perf_counter_ns()
            found = table.execute("SELECT key, title, done, edited FROM record").fetchall()
            assert sum([len(title) for _, title, _, _ in found]) > 0
            others.append(perf_counter_ns() - began)
            table.close()
        return [_row(row, firsts, 1e6, "ms", timed, (f"{SQLITE}, as tuples", others))]

    def rebuilt(self, row: str) -> list[Row]:
        times = []
        for _ in range(3):
            for index in (self.folder / "workspace").glob("*.index"):
                index.unlink()
            with self._workspace() as database:
                began = perf_counter_ns()
                records = database.repository(PATH)
                times.append(perf_counter_ns() - began)
                assert records.count == self.count
        timed = (
            f"database.repository of {self.count:,} signed records without an index: every record "
            "of the log is checked, opened and walked"
        )
        return [_row(row, times, 1e6, "ms", timed)]


def _record(number: int) -> dict[str, Any]:
    return {"title": f"Record number {number}", "done": number % 1000 == 0, "edited": number}


def _row(
    row: str,
    values: Sequence[float],
    per_unit: float,
    unit: str,
    timed: str,
    peer: tuple[str, Sequence[float]] | None = None,
) -> Row:
    value = float(f"{median(values) / per_unit:.4g}")
    found: Row = {"row": row, "value": value, "unit": unit, "runs": len(values), "timed": timed}
    if peer is not None:
        name, others = peer
        other = float(f"{median(others) / per_unit:.4g}")
        found |= {"peer": name, "peer_value": other}
        found["ratio"] = float(f"{value / other:.3g}")
    return found
