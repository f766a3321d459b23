"""Rows of search: 10,000 notes of real words, searched while one types, and edited meanwhile.

By the front door, in a workspace on the disk of the temporary folder, on a running loop as in the
window. Every letter that is typed is a run: from asking until the hits are there and what the first
screen shows of them is computed.
"""

from __future__ import annotations

import asyncio
import gc
from collections.abc import Iterator, Sequence
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from time import perf_counter_ns
from types import ModuleType
from typing import Any

from goatcore import Database, LiveSearch, Repository, Search
from ui.operations import notebooks
from ui.operations.schemas import NOTE
from ui.operations.searching import search_of

NOTES = 10_000
SHOWN = 10  # rows on a screen
TYPED = (
    "notes", "the device", "planting", "st co in", "bewi", "nothing like this", '"of the note"',
    "東京の天気", "会议", "creme brulee", "tag:garden todo", "has:todo recover",
    "file OR disk -lock", "notebook:notes key", "title:save", "before:2024 commit",
    "after:2025-06 window", "author:host k", "emaining",
)  # fmt: skip
EDITS = 300

Row = dict[str, Any]


def measure(rows: Sequence[str]) -> Iterator[Row]:
    """Measure these rows on one workspace."""
    found: dict[str, Row] = {}
    with TemporaryDirectory(prefix="goat-bench-") as folder:
        asyncio.run(_measure(Path(folder), set(rows), found))
    for row in rows:
        yield found[row]


async def _measure(home: Path, rows: set[str], found: dict[str, Row]) -> None:
    def keep(row: Row) -> None:
        found[row["row"]] = row

    with _opened(home) as database:
        repository = _write(database)
        await database.flush()
        gc.collect()
        gc.freeze()
        with search_of(database) as search:
            keep(await rebuild(search))
            if rows & {"search-10k", "search-10k.worst"}:
                for row in await typing(search):
                    keep(row)
        keep(size(home))
        if rows & {"search-10k.edit", "search-10k.key"}:
            for row in await editing(database, repository):
                keep(row)
        if "search-10k.reopened" in rows:
            keep(await reopened(database))
        gc.unfreeze()


async def rebuild(search: Search) -> Row:
    began = perf_counter_ns()
    await search.wait_settled()
    took = perf_counter_ns() - began
    await search.live("x").ready()  # its turn comes when the index is saved
    return _row("search-10k.rebuild", [took], 1e6, "ms",
                "the index of 10,000 notes made anew, beside the running loop")  # fmt: skip


async def typing(search: Search) -> list[Row]:
    live = search.live()
    typed: dict[str, list[int]] = {}
    for _ in range(5):
        for words in TYPED:
            for at in range(1, len(words) + 1):
                typed.setdefault(words[:at], []).append(await _asked(live, words[:at]))
            await _asked(live, "")
    live.close()
    timed = (
        "from a letter typed until the hits are there and the first screen's snippets are "
        f"computed, over {len(TYPED)} searches typed letter by letter"
    )
    medians = [round(median(times)) for times in typed.values()]
    runs = sum(len(times) for times in typed.values())
    slowest = f"the slowest of {len(typed)} letters, by the median of its runs: {timed}"
    worst = _row("search-10k.worst", [max(medians)], 1e6, "ms", slowest)
    each = _row("search-10k", medians, 1e6, "ms", timed)
    return [each | {"runs": runs}, worst | {"runs": runs}]


async def _asked(live: LiveSearch, words: str) -> int:
    began = perf_counter_ns()
    live.ask(words)
    await live.ready()
    for hit in live.rows[:SHOWN]:
        assert hit.title is not None
        assert hit.snippet is not None
    return perf_counter_ns() - began


async def editing(database: Database, repository: Repository) -> list[Row]:
    """An edit's cost for the index, and for who types."""
    notes = sorted(repository.items(NOTE), key=lambda note: str(note.key))[:EDITS]
    took: list[int] = []
    with search_of(database) as search:
        await search.wait_settled()
        for note in notes:
            note.body.splice(0, 0, "word ")
            began = perf_counter_ns()
            await search.wait_settled()
            took.append(perf_counter_ns() - began)
        with_search = _typed(database, repository)
    without = _typed(database, repository)
    return [
        _row("search-10k.edit", took, 1e6, "ms",
             "one edited note taken in on the index's thread, there and back"),
        _row("search-10k.key", [with_search - without], 1e3, "us",
             "what a letter costs who types it, for the search: how much longer the median letter "
             "takes than one into a repository that is not searched, less that without a search")
        | {"runs": 40 * EDITS},
    ]  # fmt: skip


def _typed(database: Database, repository: Repository) -> int:
    """How much longer a letter takes in a repository than in one that is never searched; letters
    in turn, so that both have the same weather. Somebody listens, as an editor does."""
    elsewhere = database.repository("/other")
    here: list[int] = []
    there: list[int] = []
    for _ in range(EDITS):
        pages = [one.create(NOTE, title="Typed", body="word " * 200)
                 for one in (repository, elsewhere)]  # fmt: skip
        ends = [page.subscribe(_hear) for page in pages]
        for _ in range(20):
            for times, page in zip((here, there), pages, strict=True):
                began = perf_counter_ns()
                page.body.splice(0, 0, "x")
                times.append(perf_counter_ns() - began)
        for end in ends:
            end()
    return round(median(here) - median(there))


def _hear(_change: object) -> None:
    """A listener as quick as can be."""


async def reopened(database: Database) -> Row:
    times = []
    for _ in range(5):
        gc.collect()
        began = perf_counter_ns()
        with search_of(database) as search:
            live = search.live("notes")
            await live.ready()
            assert live.rows
            times.append(perf_counter_ns() - began)
    return _row("search-10k.reopened", times, 1e6, "ms",
                "a saved index read, unsealed, compared with the notes, and the first search "
                "answered; the notes are open")  # fmt: skip


def size(home: Path) -> Row:
    (path,) = (home / "home" / "search").iterdir()
    return _row("search-10k.size", [path.stat().st_size], 1e6, "MB",
                "the saved index of 10,000 notes, sealed, on disk")  # fmt: skip


def _opened(home: Path) -> Database:
    return Database.open(
        home / "workspace", home=home / "home", member_name="Host", device_name="desk"
    )


def _write(database: Database) -> Repository:
    repository = notebooks.create(database, "Notes")
    notes = list(_corpus().notes(NOTES))
    for start in range(0, NOTES, 200):
        with repository.transaction("notes"):
            for title, body, edited in notes[start : start + 200]:
                repository.create(NOTE, title=title, body=body, created=edited, edited=edited)
    return repository


def _corpus() -> ModuleType:
    """`corpus.py` beside this file, which is no package."""
    spec = spec_from_file_location("bench_corpus", Path(__file__).with_name("corpus.py"))
    assert spec is not None
    assert spec.loader is not None
    module = module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def _row(row: str, times: Sequence[int], per_unit: float, unit: str, timed: str) -> Row:
    value = float(f"{median(times) / per_unit:.4g}")
    return {"row": row, "value": value, "unit": unit, "runs": len(times), "timed": timed}
