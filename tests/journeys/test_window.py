"""The real window in a process of its own: leaving it at once, and ten thousand notes in it."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from app.folders import find_folders
from app.workspaces import OpenWorkspaces
from ui.operations import notebooks
from ui.operations.schemas import NOTE

ROOT = Path(__file__).resolve().parents[2]
STEPS = Path(__file__).with_name("window_steps.py")
STEPS_S_MAX = 100


posix = pytest.mark.skipif(sys.platform == "win32", reason="signals of POSIX")


def window(*words: object, code: int = 0) -> str:
    """What the person in it saw."""
    done = subprocess.run(
        [sys.executable, str(STEPS), *map(str, words)],
        env={**os.environ, "QT_QPA_PLATFORM": "offscreen", "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        timeout=STEPS_S_MAX,
        check=False,
    )
    assert (done.returncode, "Traceback" in done.stderr) == (code, False), done.stderr
    return done.stdout


def held(home: Path) -> list[tuple[str, str]]:
    """The notes of the next start."""
    with OpenWorkspaces.open(find_folders(home, {}), welcome=False) as workspaces:
        return [
            (note.title, str(note.body))
            for listed in notebooks.listing(workspaces.databases[0])
            for note in listed.repository.items(NOTE)
        ]


@pytest.mark.parametrize(
    "how",
    ["close", "quit", "qt-quit", pytest.param("terminate", marks=posix)],
)
def test_a_letter_typed_a_millisecond_before_the_end_is_there_at_the_next_start(tmp_path, how):
    window("leave", tmp_path, how)
    assert held(tmp_path) == [("Plan", "goats!")]


@posix
@pytest.mark.parametrize("how", ["terminate-killed", "hang-up-killed", "qt-quit-killed"])
def test_so_it_is_when_the_process_is_killed_as_soon_as_its_window_is_gone(tmp_path, how):
    window("leave", tmp_path, how, code=-signal.SIGKILL)
    assert held(tmp_path) == [("Plan", "goats!")]


@posix
def test_so_it_is_when_it_is_killed_beside_the_clock(tmp_path):
    window("leave", tmp_path, "hide-killed", code=-signal.SIGKILL)
    assert held(tmp_path) == [("Plan", "goats!")]


@posix
def test_so_is_a_quick_note(tmp_path):
    window("leave", tmp_path, "quick", code=-signal.SIGKILL)
    assert sorted(held(tmp_path)) == [("", "sheep"), ("Plan", "goats")]


def test_so_is_a_letter_of_a_title(tmp_path):
    window("leave", tmp_path, "title")
    assert held(tmp_path) == [("Plan!", "goats")]


def test_ten_thousand_notes_are_listed_opened_and_found(tmp_path):
    saw = json.loads(window("many", tmp_path))
    assert saw == {
        "count": "10,000",
        "open": "Note 0",
        "at the bottom": "Note 9999",
        "switched": [
            ["Note 9999", "About a sheep, no. 9999."],
            ["Note 5000", "About a goat, no. 5000."],
            ["Note 1", "About a sheep, no. 1."],
        ],
        "found": ["Note 7700"],
        "opened": ["Note 7700", "goat"],
        "narrowed": list(range(0, 10_000, 100)),
        "one more": "10,001",
    }
