"""Rows of the window: 10,000 notes of real words in a new process, without a screen.

The installation is in the temporary folder. A start is timed from before the process is begun until
it says that the list is painted; the interpreter finds its modules compiled, as it does from the
second start on.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator, Sequence
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from time import perf_counter_ns
from types import ModuleType
from typing import Any

from app.folders import find_folders
from app.workspaces import OpenWorkspaces
from ui.operations import notebooks
from ui.operations.schemas import NOTE

NOTES = 10_000
STARTS = 5
PROCESS = Path(__file__).with_name("window_process.py")
IN_USE = {"switch-10k", "search-10k.window", "rss-10k-notes", "rss-10k-notes.start"}

Row = dict[str, Any]


def measure(rows: Sequence[str]) -> Iterator[Row]:
    """Measure these rows on one installation."""
    found: dict[str, Row] = {}
    with TemporaryDirectory(prefix="goat-bench-") as folder:
        home, compiled = Path(folder) / "home", Path(folder) / "compiled"
        fill(Path(folder) / "small", 3)
        started(Path(folder) / "small", compiled, 3)  # compiles the modules
        fill(home, NOTES)
        first = started(home, compiled, NOTES)
        found["start-10k.first"] = _row(
            "start-10k.first", [first], 1e6, "ms",
            "from before exec until the list of 10,000 notes is painted; nobody asked before",
        )  # fmt: skip
        if "start-10k" in rows:
            times = [started(home, compiled, NOTES) for _ in range(STARTS)]
            found["start-10k"] = _row(
                "start-10k", times, 1e6, "ms",
                "from before exec until the list of 10,000 notes is painted; not the first start",
            )  # fmt: skip
        if IN_USE & set(rows):
            found |= {row["row"]: row for row in used(home, compiled)}
    for row in rows:
        yield found[row]


def started(home: Path, compiled: Path, count: int) -> int:
    """How long it took until the list was painted."""
    began = perf_counter_ns()
    with _process("start", home, compiled) as process:
        assert process.stdout is not None
        line = process.stdout.readline()
        took = perf_counter_ns() - began
        process.stdout.read()
    assert (process.returncode, line.strip()) == (0, str(count))
    return took


def used(home: Path, compiled: Path) -> Iterator[Row]:
    with _process("use", home, compiled) as process:
        assert process.stdout is not None
        said = process.stdout.read()
    assert process.returncode == 0
    times = json.loads(said)
    yield _row("switch-10k", times["switch"], 1e6, "ms",
               "another of 10,000 notes chosen in the list, never open before, until its text is "
               "painted and the loop is free")  # fmt: skip
    yield _row("search-10k.window", times["search"], 1e6, "ms",
               "a letter typed into the search panel until what it finds is painted and the loop "
               "is free; looked every ms")  # fmt: skip
    yield _row("rss-10k-notes.start", [times["rss.start"]], 1e6, "MB",
               "resident memory of the window once its list is painted")  # fmt: skip
    yield _row("rss-10k-notes", [times["rss"]], 1e6, "MB",
               f"resident memory of the window after {len(times['switch'])} notes were open and "
               f"{len(times['search'])} letters were searched for")  # fmt: skip


def _process(what: str, home: Path, compiled: Path) -> subprocess.Popen[str]:
    environment = {**os.environ, "PYTHONPYCACHEPREFIX": str(compiled)}
    environment.pop("PYTHONDONTWRITEBYTECODE", None)
    environment["PYTHONPATH"] = os.pathsep.join([str(PROCESS.parents[2]), *filter(None, sys.path)])
    environment["QT_QPA_PLATFORM"] = "offscreen"
    return subprocess.Popen(
        [sys.executable, str(PROCESS), what, str(home)],
        env=environment,
        stdout=subprocess.PIPE,
        text=True,
    )


def fill(home: Path, count: int) -> None:
    """An installation with one notebook of so many notes."""
    with OpenWorkspaces.open(find_folders(home, {}), welcome=False) as workspaces:
        repository = notebooks.create(workspaces.databases[0], "Notes")
        notes = list(_corpus().notes(count))
        for start in range(0, count, 200):
            with repository.transaction("notes"):
                for title, body, edited in notes[start : start + 200]:
                    repository.create(NOTE, title=title, body=body, created=edited, edited=edited)


def _corpus() -> ModuleType:
    """`corpus.py` beside this file, which is no package."""
    spec = spec_from_file_location("bench_corpus", Path(__file__).with_name("corpus.py"))
    assert spec is not None
    assert spec.loader is not None
    module = module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def _row(row: str, values: Sequence[int], per_unit: float, unit: str, timed: str) -> Row:
    value = float(f"{median(values) / per_unit:.4g}")
    return {"row": row, "value": value, "unit": unit, "runs": len(values), "timed": timed}
