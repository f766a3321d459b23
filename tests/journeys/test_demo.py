"""The whole way, as a person runs it: two processes meet, share, write at once, hold the same."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
DEMO_S_MAX = 110
HELP_PAGES = len(list((ROOT / "resources" / "help").glob("*.md")))  # what the demo writes in


def demo(*words: object, **changes: str) -> subprocess.CompletedProcess[str]:
    hidden = {"DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM"}
    kept = {name: value for name, value in os.environ.items() if name not in hidden}
    return subprocess.run(
        [sys.executable, "-m", "app.main", "demo", *map(str, words)],
        cwd=ROOT,
        env={**kept, **changes},
        capture_output=True,
        text=True,
        timeout=DEMO_S_MAX,
        check=False,
    )


def test_two_peers_that_write_at_once_hold_the_same(tmp_path):
    done = demo("--json", "--seconds", 3, TMPDIR=str(tmp_path))
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout)
    ada, ben = told["peers"].values()
    assert ada == ben
    assert ada["notes"] == HELP_PAGES
    assert ada["durable"]
    assert len(bytes.fromhex(ada["digest"])) == 16
    assert told["same"] is True
    assert told["latency"]["edits"] > 0
    assert 0 < told["latency"]["p50_ms"] <= told["latency"]["p95_ms"]
    assert list(tmp_path.iterdir()) == []  # nothing stays behind


def test_it_tells_a_person_what_happens(tmp_path):
    (tmp_path / "notes" / "deep").mkdir(parents=True)
    (tmp_path / "notes" / "deep" / "one.md").write_text("# One\n\nText.\n")
    done = demo("--notes", tmp_path / "notes", "--seconds", 1)
    assert done.returncode == 0, done.stderr
    said = done.stdout.splitlines()
    assert "Host imported 1 note into “notes”." in said
    assert any("reads out the code" in line for line in said)
    assert any("Both type at the end of “One” at once" in line for line in said)
    digests = [line.split()[-1] for line in said if ": 3 items in " in line]
    assert len(digests) == 2
    assert digests[0] == digests[1]
    assert said[-1] == "Both hold the same."


def test_a_folder_without_notes_is_told(tmp_path):
    (tmp_path / "empty").mkdir()
    done = demo("--notes", tmp_path / "empty")
    assert done.returncode == 1
    assert done.stderr == "There are no Markdown files in “empty”.\n"


def test_windows_without_a_display_are_told():
    done = demo("--windows")
    assert done.returncode == 1
    assert done.stderr.startswith("There is no display here")


def test_two_windows_show_what_two_peers_hold(tmp_path):
    done = demo(
        "--windows", "--seconds", 3, "--json", QT_QPA_PLATFORM="offscreen", TMPDIR=str(tmp_path)
    )
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout)
    ada, ben = told["peers"].values()
    assert ada == ben
    assert ada["notes"] == HELP_PAGES
    assert list(tmp_path.iterdir()) == []


@pytest.mark.skipif(sys.platform == "win32", reason="signals of POSIX")
def test_ctrl_c_ends_both_peers_and_leaves_nothing(tmp_path):
    with subprocess.Popen(
        [sys.executable, "-m", "app.main", "demo", "--seconds", "60"],
        cwd=ROOT,
        env={**os.environ, "TMPDIR": str(tmp_path)},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as running:
        assert running.stdout is not None
        for line in running.stdout:
            if line.startswith("Both type"):
                break
        running.send_signal(signal.SIGINT)
        _, stderr = running.communicate(timeout=DEMO_S_MAX)
    assert running.returncode == 130
    assert stderr.endswith("Stopped.\n")
    assert "Traceback" not in stderr
    assert list(tmp_path.iterdir()) == []
