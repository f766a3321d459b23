"""A process is killed while it edits: every edit that it was told is on disk, is there."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

CHILD = Path(__file__).with_name("editing_child.py")
ROOT = Path(__file__).parents[2]


@pytest.mark.parametrize(
    "after",
    [1, 7, 60, *[pytest.param(n, marks=pytest.mark.slow) for n in (2, 3, 20, 150, 400, 1000)]],
)
def test_everything_acknowledged_is_there(tmp_path, opened, note, after):
    child = subprocess.Popen(
        [sys.executable, str(CHILD), str(tmp_path)],
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )
    told = [int(child.stdout.readline()) for _ in range(after)]
    child.kill()
    told += [int(line) for line in child.stdout.read().splitlines() if line.strip()]
    child.stdout.close()
    assert child.wait() == -9
    assert told == list(range(len(told)))
    database = opened()
    repository = database.repository("/notes/home")
    repository.register(note)
    numbers = [int(word) for word in str(repository.item("log").body).split()]
    assert numbers[: len(told)] == told
    assert len(numbers) <= len(told) + 1
    for number in told:
        assert repository.item(f"{number}").title == f"note {number}"
    assert int(repository.item("log").title) >= told[-1]
