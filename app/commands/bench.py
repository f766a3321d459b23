"""`goat bench`."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import click

from app.command_line import Failed, Wishes, common_options, pass_wishes

ROOT = Path(__file__).resolve().parents[2]
PROGRAM = ROOT / "tests" / "bench" / "run.py"


@click.command()
@click.argument("row", nargs=-1)
@click.option(
    "--trace",
    type=click.Path(exists=True, dir_okay=False, resolve_path=True),
    metavar="FILE",
    help="Replay this editing trace (JSON, also gzipped) through commits and check its end.",
)
@common_options
@pass_wishes
def bench(wishes: Wishes, row: tuple[str, ...], trace: str | None) -> int:
    """Measure how fast Goat Notes is on this computer: all rows, or those of the ROWs named.

    The name of a family, such as latency, stands for all its rows. Values are medians. With --json
    each row is an object: row, value, unit, runs, and what exactly was timed; where pycrdt or loro
    are installed, rows of texts come once for each of them, with peer, peer_value and ratio (ours /
    theirs). Your own notes are not touched.
    """
    if not PROGRAM.is_file():
        raise Failed(
            "The benchmarks come with the source only. Run this in a checkout: "
            "python3 packaging/start.py bench"
        )
    options = [*(["--json"] if wishes.json else []), *(["--trace", trace] if trace else [])]
    words = [sys.executable, "-P", str(PROGRAM), *options, *row]
    paths = os.pathsep.join([str(ROOT), *filter(None, [os.environ.get("PYTHONPATH")])])
    done = subprocess.run(words, env={**os.environ, "PYTHONPATH": paths}, check=False)
    return done.returncode
