"""Runs benchmarks: `run.py [--json] [ROW…]`. What `goat bench` runs in a checkout.

Owns the list of rows and how they are printed. Nothing here judges a number: machines differ.
"""

from __future__ import annotations

import importlib.util
import json
import sys
from collections.abc import Sequence
from pathlib import Path
from types import ModuleType

HERE = Path(__file__).parent
# which file measures which rows, in the order that they are printed
FILES = {
    "items": ("create", "create.durable", "create-100", "update", "read-one"),
    "latency": ("latency.p50", "latency.p95"),
    "history": ("history-seek", "history-blame"),
}
ROWS = tuple(row for rows in FILES.values() for row in rows)


def chosen(words: Sequence[str]) -> list[str]:
    """The rows that these words name: a row, or a family with all its rows."""
    found = [row for row in ROWS if not words or row in words or row.split(".")[0] in words]
    unknown = [word for word in words if not any(word in (r, r.split(".")[0]) for r in ROWS)]
    if unknown:
        raise SystemExit(f"There is no row {', '.join(unknown)}. There are: {', '.join(ROWS)}.")
    return found


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
    as_json = "--json" in words
    wanted = chosen([word for word in words if word != "--json"])
    for name, rows in FILES.items():
        asked = [row for row in rows if row in wanted]
        if not asked:
            continue
        for row in load(name).measure(asked):
            if as_json:
                print(json.dumps(row), flush=True)
            else:
                told = f"{row['value']:>10,.4g} {row['unit']:<3}"
                print(f"{row['row']:<16}{told} {row['timed']} ({row['runs']:,} runs)", flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
