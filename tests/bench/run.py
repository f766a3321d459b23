"""Runs benchmarks: `run.py [--json] [--trace FILE] [ROW…]`. What `goat bench` runs in a checkout.

Owns the list of rows and how they are printed. Nothing here judges a number: machines differ.
With `--json` a row is one object a line: row, value, unit, runs, timed. A row that is measured
beside others' engines is printed once for each of them, with `peer`, `peer_value` and `ratio` =
ours / theirs, all from this run; its value is the same each time. Where none of them is installed
it is printed once, without these.
"""

from __future__ import annotations

import importlib.util
import json
import sys
from collections.abc import Sequence
from pathlib import Path
from types import ModuleType
from typing import Any

HERE = Path(__file__).parent
# which file measures which rows, in the order that they are printed
FILES = {
    "items": ("create", "create.durable", "create-100", "update", "read-one"),
    "opening": (
        "open-100k",
        "rss-100k",
        "disk-per-item",
        "read-100k",
        "read-100k.again",
        "rebuild-100k",
        "open-1M",
    ),
    "latency": ("latency.p50", "latency.p95"),
    "text": (
        "text-replay",
        "text-remote",
        "text-remote.p99",
        "text-local",
        "text-local.read",
        "text-local.walk",
        "text-bytes",
        "text-bytes.alone",
        "merge-100kB",
    ),
    "queries": (
        "query-selective",
        "query-sorted",
        "query-selective.reopened",
        "query-sorted.reopened",
        "splice",
        "splice.p99",
        "loop-hold.p99",
        "loop-hold.max",
    ),
    "search": (
        "search-10k",
        "search-10k.worst",
        "search-10k.rebuild",
        "search-10k.reopened",
        "search-10k.edit",
        "search-10k.key",
        "search-10k.size",
    ),
    "history": ("history-open", "history-open.item", "history-seek", "history-blame"),
    "window": (
        "start-10k",
        "start-10k.first",
        "switch-10k",
        "search-10k.window",
        "rss-10k-notes",
        "rss-10k-notes.start",
    ),
    "keys": ("key-1MB.p50", "key-1MB.p99"),
    "branch": ("branch-first", "branch-query", "branch-merge"),
    "compact": ("compact-1M", "compact-1M.bytes", "compact-1M.p99", "compact-1M.max"),
}
# what is measured on the trace of `--trace`
ON_TRACE = ("text-replay", "text-remote", "text-remote.p99", "text-local", "text-local.read",
            "text-local.walk", "text-bytes")  # fmt: skip
ROWS = tuple(row for rows in FILES.values() for row in rows)


def families(row: str) -> set[str]:
    """The words that name a row: itself, what is before its dot, and what is before its dash where
    a whole file is about that: text, history."""
    subject = row.split("-")[0]
    return {row, row.split(".")[0]} | ({subject} & set(FILES))


def chosen(words: Sequence[str]) -> list[str]:
    """The rows that these words name: a row, or a family with all its rows."""
    found = [row for row in ROWS if not words or families(row) & set(words)]
    unknown = [word for word in words if not any(word in families(row) for row in ROWS)]
    if unknown:
        raise SystemExit(f"There is no row {', '.join(unknown)}. There are: {', '.join(ROWS)}.")
    return found


def chosen_on_trace(words: Sequence[str]) -> list[str]:
    """The rows that are measured on a trace: its replay, unless others of the text are named."""
    named = [word for word in words if word != "text"] or ["text-replay"]
    other = [word for word in named if not set(chosen([word])) & set(ON_TRACE)]
    if other:
        raise SystemExit(
            f"{', '.join(other)} cannot be measured on a trace. These can: {', '.join(ON_TRACE)}."
        )
    return [row for row in chosen(named) if row in ON_TRACE]


def load(name: str) -> ModuleType:
    """One of the files beside this one, which are no package."""
    spec = importlib.util.spec_from_file_location(f"bench_{name}", HERE / f"{name}.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def main(words: Sequence[str]) -> int:
    """Measure and print."""
    left = list(words)
    as_json = "--json" in left
    trace: Path | None = None
    if "--trace" in left:
        at = left.index("--trace")
        if at + 1 == len(left):
            raise SystemExit("--trace needs the name of a file.")
        trace = Path(left.pop(at + 1))
        left.pop(at)
    named = [word for word in left if word != "--json"]
    wanted = chosen(named) if trace is None else chosen_on_trace(named)
    for name, rows in FILES.items():
        asked = [row for row in rows if row in wanted]
        if not asked:
            continue
        module = load(name)
        for row in module.measure(asked, trace) if trace else module.measure(asked):
            print(json.dumps(row) if as_json else sentence(row), flush=True)
    return 0


def sentence(row: dict[str, Any]) -> str:
    """A row for people."""
    told = f"{row['row']:<16}{row['value']:>10,.4g} {row['unit']:<3}"
    exact = "exact, " if row.get("exact") else ""
    if "peer" in row:
        peer = f"{row['peer']} {row['peer_value']:,.4g} {row['unit']}, ratio {row['ratio']:,.3g}; "
    else:
        peer = ""
    return f"{told} {exact}{peer}{row['timed']} ({row['runs']:,} runs)"


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
