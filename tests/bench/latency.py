"""The rows of latency: two processes that write into one note at once, as `goat demo` has them."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Sequence
from importlib.resources import as_file, files
from typing import Any

from app.demo.pair import run_headless
from app.demo.typist import percentile

SECONDS = 8.0
TIMED = (
    "a word typed into a note that another process types into at once: from before its commit is "
    "made in one process until it shows in the item in the other, over a loopback link, durable "
    "before it is sent"
)


def measure(rows: Sequence[str]) -> Iterator[dict[str, Any]]:
    """Both percentiles come from one run."""
    with as_file(files("resources") / "help") as folder:
        outcome = asyncio.run(run_headless(folder, "Help", SECONDS, lambda _line: None))
    found = outcome.latencies_ms
    for row, percent in (("latency.p50", 50), ("latency.p95", 95)):
        if row in rows:
            value = float(f"{percentile(found, percent):.4g}")
            yield {"row": row, "value": value, "unit": "ms", "runs": len(found), "timed": TIMED}
