"""Rows of the text engine, beside pycrdt and loro where they are installed.

Which trace: the file of `--trace`; else the public ones in the folder that GOAT_TRACES names; else
one that is made here. Ours is always exact at the end, or nothing is printed.
"""

from __future__ import annotations

import asyncio
import gc
import importlib.util
import os
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from random import Random
from statistics import median
from tempfile import TemporaryDirectory
from time import perf_counter_ns
from types import ModuleType
from typing import Any

from goatcore import Database, Schema, text
from goatcore.history.body import decode_body
from goatcore.history.item_state import ItemState

Row = dict[str, Any]
NOTE = Schema("note", 1, body=text())
REPEATS = 7
GENERATED_COUNT = 2_000


def _beside(name: str) -> ModuleType:
    """A file of this folder, which is no package."""
    known = sys.modules.get(f"bench_{name}")
    if known is not None:
        return known
    path = Path(__file__).with_name(f"{name}.py")
    spec = importlib.util.spec_from_file_location(f"bench_{name}", path)
    assert spec is not None
    assert spec.loader is not None
    module = sys.modules[spec.name] = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


traces, commits, peers = _beside("traces"), _beside("commits"), _beside("peers")


class Inexact(Exception):
    """A replay ended in another text than the trace says. The message is a sentence."""


# -- what is measured on ---------------------------------------------------------------------------


@cache
def _loaded(path: Path) -> list:
    return traces.load(path)


def _public(name: str) -> Path | None:
    folder = os.environ.get("GOAT_TRACES")
    path = Path(folder) / name if folder else None
    return path if path is not None and path.is_file() else None


@cache
def _generated() -> Any:
    return traces.generate(1, people=3, count=GENERATED_COUNT)


def _several(file: Path | None) -> list:
    """Traces of several who write at once."""
    path = file or _public("friendsforever.json.gz")
    return [_generated()] if path is None else _loaded(path)


def _one(file: Path | None, row: str) -> Any:
    found = _several(file)
    if len(found) > 1:
        raise traces.TraceError(f"{row} is measured on one trace; {file} has {len(found)}.")
    return found[0]


class Sent:
    """A trace on its way: what every engine sends for it, and ours as received."""

    def __init__(self, trace: Any) -> None:
        self.trace = trace
        self.commits = commits.written(trace)
        self.runs = commits.packed(self.commits)
        self.received = commits.Received()
        self.changes = self.received.admit(self.runs)
        self.records = [self.received.record(*change) for change in self.changes]
        self._updates: dict[str, list[bytes]] = {}

    def updates(self, name: str, document: type) -> list[bytes]:
        """What a peer's documents send for it, a transaction each."""
        found = self._updates.get(name)
        if found is None:
            found = self._updates[name] = peers.updates_of(self.trace, document)
        return [update for update in found if update]


_sent: dict[int, Sent] = {}


def sent(trace: Any) -> Sent:
    """As `Sent`, made once a run."""
    found = _sent.get(id(trace))
    if found is None:
        found = _sent[id(trace)] = Sent(trace)
    return found


# -- how -------------------------------------------------------------------------------------------


@contextmanager
def _quiet() -> Iterator[None]:
    """No garbage collection in what is timed, for nobody's engine."""
    gc.collect()
    gc.disable()
    try:
        yield
    finally:
        gc.enable()


def _timed(work: Callable[[], object]) -> int:
    with _quiet():
        began = perf_counter_ns()
        work()
        return perf_counter_ns() - began


def _each(work: Callable[[Any], object], over: Sequence[Any]) -> list[int]:
    """Nanoseconds of each."""
    times = []
    with _quiet():
        for one in over:
            began = perf_counter_ns()
            work(one)
            times.append(perf_counter_ns() - began)
    return times


def _percentile(times: Sequence[int], percent: int) -> int:
    return sorted(times)[min(len(times) - 1, len(times) * percent // 100)]


def _row(row: str, value: float, unit: str, runs: int, timed: str, **more: object) -> Row:
    value = float(f"{value:.4g}")
    return {"row": row, "value": value, "unit": unit, "runs": runs, "timed": timed, **more}


def _beside_peers(row: Row, measured: dict[str, float]) -> list[Row]:
    """The row once for every peer; once if there is none."""
    if not measured:
        return [row]
    return [
        {**row, "peer": name, "peer_value": float(f"{value:.4g}"),
         "ratio": float(f"{row['value'] / value:.4g}")}
        for name, value in measured.items()
    ]  # fmt: skip


def check(trace: Any, shown: str) -> None:
    """Raises `Inexact`, saying where the first wrong letter is."""
    if shown != trace.end:
        both = zip(shown, trace.end, strict=False)
        at = next((at for at, (a, b) in enumerate(both) if a != b), min(len(shown), len(trace.end)))
        raise Inexact(
            f"text-replay: {trace.name} ends in another text than it says: it has {len(shown):,} "
            f"letters instead of {len(trace.end):,}, and differs from letter {at:,} on."
        )


# -- rows ------------------------------------------------------------------------------------------


def text_replay(file: Path | None) -> list[Row]:
    """The whole walk; over all cases of a list."""
    found = _several(file)
    sendings = [sent(trace) for trace in found]

    def walk(one: Sent) -> str:
        state = ItemState()
        state.rebuild(one.records)
        return state.text(commits.FIELD)

    for one in sendings:
        check(one.trace, walk(one))
    totals = [_timed(lambda: [walk(one) for one in sendings]) for _ in range(REPEATS)]
    measured = {}
    if len(found) == 1:
        for name, document in peers.installed().items():
            updates = sendings[0].updates(name, document)

            def replay(document: type = document, updates: list[bytes] = updates) -> None:
                replica = document(99)
                replica.apply_all(updates)
                replica.text  # noqa: B018

            measured[name] = median(_timed(replay) for _ in range(REPEATS)) / 1e6
    count = sum(len(trace.transactions) for trace in found)
    what = found[0].name if len(found) == 1 else f"{len(found)} cases"
    timed = (
        f"{count:,} transactions of {what}, signed, sent, verified and admitted before: the item's "
        "state made of the admitted changes, and its text. A peer: an empty document takes all "
        "its updates (a transaction each) at once, and its text is read"
    )
    row = _row("text-replay", median(totals) / 1e6, "ms", REPEATS, timed, exact=True)
    return _beside_peers(row, measured)


def text_remote(file: Path | None) -> dict[str, list[Row]]:
    """Both percentiles of one run."""
    trace = _one(file, "text-remote")
    one = sent(trace)
    first, *others = [(change.commit, one.received.opened(change.commit)) for change in one.changes]
    state = ItemState()
    state.apply(one.received.record(first[0], decode_body(first[1])))
    state.text(commits.FIELD)  # somebody looks at it

    def arrive(change: tuple[Any, bytes]) -> None:
        commit, body = change
        state.apply(one.received.record(commit, decode_body(body)))

    times = _each(arrive, others)
    check(trace, state.text(commits.FIELD))
    measured: dict[str, list[int]] = {}
    for name, document in peers.installed().items():
        replica = document(99)
        measured[name] = _each(replica.apply, one.updates(name, document))
    timed = (
        f"one commit of {trace.name} arrives in a text that is shown: its opened body decoded, its "
        "parents found, walked, the splices for who shows it; signature and seal apart. A peer: "
        "apply_update / import_ of one transaction's update, nobody observing its document"
    )
    rows = {}
    for name, percent in (("text-remote", 50), ("text-remote.p99", 99)):
        row = _row(name, _percentile(times, percent) / 1e3, "us", len(times), timed)
        beside = {peer: _percentile(all_, percent) / 1e3 for peer, all_ in measured.items()}
        rows[name] = _beside_peers(row, beside)
    return rows


def _alone(file: Path | None) -> Any:
    """A trace of one who writes: as it is, or what one of several wrote, as if alone."""
    path = file or _public("sveltecomponent.json.gz")
    return _generated_alone() if path is None else _one(path, "text-local")


@cache
def _generated_alone() -> Any:
    return traces.generate_alone(1, count=GENERATED_COUNT)


def text_local(file: Path | None) -> dict[str, list[Row]]:
    """One person's edits into an open item."""
    trace = _alone(file)
    if trace.agents > 1:
        raise traces.TraceError(f"text-local is measured on a trace of one; {file} is of several.")
    splices = [splice for one in trace.transactions for splice in one.splices]
    noted = asyncio.run(_typed(trace, splices, read=False))
    read = asyncio.run(_typed(trace, splices, read=True))
    beside: dict[str, dict[str, float]] = {"text-local": {}, "text-local.read": {}}
    for name, document in peers.installed().items():
        shadow, edits = document(1), []
        for splice in splices:
            edits.append(shadow.edits([splice]))
            shadow.edit(edits[-1])
        beside["text-local"][name] = median(_each(document(2).edit, edits)) / 1e3
        beside["text-local.read"][name] = median(_each(_edit_and_read(document(3)), edits)) / 1e3
    timed = (
        f"one edit of {trace.name} into an open item that nobody listens to: item.body.splice. "
        "Until somebody reads or records it, it is checked and noted; joining it into the draft "
        "and into the text is in text-local.read, the commit and its signature in update. A peer: "
        "the edit in a transaction of its own, observed by nobody"
    )
    row = _row("text-local", median(noted) / 1e3, "us", len(noted), timed)
    timed = (
        f"one edit of {trace.name} into an open item that is shown: item.body.splice, until the "
        "draft, the item and its listener have it, who reads the whole text. A peer: the edit in a "
        "transaction of its own, then its whole text is read"
    )
    shown = _row("text-local.read", median(read) / 1e3, "us", len(read), timed)
    one = sent(trace)
    state = ItemState()
    state.apply(one.records[0])
    state.text(commits.FIELD)
    walked = _each(state.apply, one.records[1:])
    check(trace, state.text(commits.FIELD))
    timed = f"one edit of {trace.name} as a change of the item's state: into its graph and its text"
    graph = _row("text-local.walk", median(walked) / 1e3, "us", len(walked), timed)
    return {
        "text-local": _beside_peers(row, beside["text-local"]),
        "text-local.read": _beside_peers(shown, beside["text-local.read"]),
        "text-local.walk": [graph],
    }


def _edit_and_read(document: Any) -> Callable[[Any], object]:
    def work(edits: Any) -> str:
        document.edit(edits)
        text: str = document.text
        return text

    return work


async def _typed(trace: Any, splices: Sequence[Any], *, read: bool) -> list[int]:
    with TemporaryDirectory(prefix="goat-bench-") as folder:
        home = Path(folder)
        with Database.open(home / "workspace", home=home / "home") as database:
            notes = database.repository("/bench/texts")
            item = notes.create(NOTE)
            times = []
            if read:
                item.subscribe(lambda _change: str(item.body))
            with _quiet():
                for number, splice in enumerate(splices):
                    splice_now = item.body.splice
                    began = perf_counter_ns()
                    splice_now(*splice)
                    times.append(perf_counter_ns() - began)
                    if number % 50 == 49:
                        notes.record_drafts()
                        await asyncio.sleep(0)
            check(trace, str(item.body))
    return times


def text_bytes(file: Path | None) -> dict[str, list[Row]]:
    """Several who write at once; and, if there is such a trace, one alone."""
    found = {"text-bytes": _one(file, "text-bytes")}
    if file is None:
        found["text-bytes.alone"] = _alone(None)
    rows = {}
    for name, trace in found.items():
        joined = commits.recorded(trace)
        one = sent(joined) if trace.timed else sent(trace)
        state = ItemState()
        state.rebuild(one.records)
        check(trace, state.text(commits.FIELD))
        edits = len(trace.transactions)
        cadence = "joined as typing is recorded" if trace.timed else "a commit a transaction"
        timed = (
            f"{edits:,} transactions of {trace.name}, {cadence} ({len(one.commits):,} commits): "
            "all of packed runs of 200 (framing, times, sealed bodies with their tags) but "
            "signatures and the ids of commits, authors, bodies, repository and epoch, a "
            "transaction. A peer: the updates of the same commits, whole"
        )
        value = commits.bytes_beyond(one.runs) / edits
        measured = {
            peer: sum(map(len, one.updates(peer, document))) / edits
            for peer, document in peers.installed().items()
        }
        rows[name] = _beside_peers(_row(name, value, "B", edits, timed), measured)
    return rows


MERGES = 30
EDITS = 10


def merge_100kb(_file: Path | None) -> list[Row]:
    """Two people's edits at different places of one long text, made side by side."""
    random = Random(1)
    words = [random.choice(traces.WORDS) for _ in range(30_000)]
    base = "".join(words)[:100_000]
    ours: list[int] = []
    others: dict[str, list[int]] = {name: [] for name in peers.installed()}
    for _ in range(MERGES):
        trace = traces.side_by_side(random, base, EDITS)
        made = commits.written(trace)
        here, there = made[: 1 + EDITS], made[1 + EDITS :]
        device, state = commits.Received(), ItemState()
        for change in device.admit(commits.packed(here)):
            state.apply(device.record(*change))
        state.text(commits.FIELD)
        message = commits.packed(there)

        def merge(device: Any = device, state: ItemState = state, message: Any = message) -> None:
            state.apply_all([device.record(*change) for change in device.admit(message)])
            state.text(commits.FIELD)

        ours.append(_timed(merge))
        check(trace, state.text(commits.FIELD))
        for name, document in peers.installed().items():
            updates = peers.updates_of(trace, document)
            replica = document(99)
            replica.apply_all(updates[: 1 + EDITS])
            replica.text  # noqa: B018

            def merge_theirs(replica: Any = replica, news: Any = updates[1 + EDITS :]) -> None:
                replica.apply_all(news)
                replica.text  # noqa: B018

            others[name].append(_timed(merge_theirs))
            check(trace, replica.text)
    timed = (
        f"{EDITS} commits of another, made beside {EDITS} of one's own, come into a text of "
        "100,000 letters: unpacked, verified, held, opened, decoded, walked, the whole text read. "
        "A peer: its updates of the same taken at once, the text read; it verifies nothing"
    )
    row = _row("merge-100kB", median(ours) / 1e6, "ms", MERGES, timed)
    return _beside_peers(row, {name: median(times) / 1e6 for name, times in others.items()})


MEASURES: dict[str, Callable[[Path | None], list[Row] | dict[str, list[Row]]]] = {
    "text-replay": text_replay,
    "text-remote": text_remote,
    "text-remote.p99": text_remote,
    "text-local": text_local,
    "text-local.read": text_local,
    "text-local.walk": text_local,
    "text-bytes": text_bytes,
    "text-bytes.alone": text_bytes,
    "merge-100kB": merge_100kb,
}


def measure(rows: Sequence[str], trace: Path | None = None) -> Iterator[Row]:
    """Measure these rows on a trace. Raises SystemExit with a sentence."""
    done: dict[Callable[..., object], dict[str, list[Row]]] = {}
    try:
        for row in rows:
            measure_row = MEASURES[row]
            if measure_row not in done:
                found = measure_row(trace)
                done[measure_row] = found if isinstance(found, dict) else {row: found}
            yield from done[measure_row].get(row, ())
    except (Inexact, traces.TraceError) as error:
        raise SystemExit(str(error)) from None
