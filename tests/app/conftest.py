"""The command line as people start it: in this process, and in processes of its own."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

import pytest

from app.main import main

ROOT = Path(__file__).resolve().parents[2]
PROCESS_S_MAX = 60


class Said(NamedTuple):
    """How a command ended."""

    code: int
    out: str
    err: str


Run = Callable[..., Said]


@pytest.fixture
def home(tmp_path: Path) -> Path:
    return tmp_path / "home"


@pytest.fixture
def goat(home: Path, capsys: pytest.CaptureFixture[str]) -> Run:
    """`goat` in this process."""

    def run(*words: object) -> Said:
        capsys.readouterr()
        code = main(["--home", str(home), *map(str, words)])
        return Said(code, *capsys.readouterr())

    return run


def command(*words: object) -> list[str]:
    return [sys.executable, "-m", "app.main", *map(str, words)]


def surroundings(**changes: str) -> dict[str, str]:
    """Without a display, unless it is named."""
    hidden = {"DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM", "GOAT_HOME"}
    kept = {name: value for name, value in os.environ.items() if name not in hidden}
    return {**kept, "PYTHONPATH": str(ROOT), **changes}


@pytest.fixture
def process(home: Path) -> Run:
    """`goat` in a process of its own."""

    def run(*words: object, stdin: str = "", **changes: str) -> Said:
        done = subprocess.run(
            command("--home", home, *words),
            input=stdin,
            env=surroundings(**changes),
            cwd=home.parent,
            capture_output=True,
            text=True,
            timeout=PROCESS_S_MAX,
            check=False,
        )
        assert "Traceback" not in done.stderr
        return Said(done.returncode, done.stdout, done.stderr)

    return run


@pytest.fixture
def notes(tmp_path: Path) -> Path:
    """A small folder of Markdown."""
    folder = tmp_path / "garden"
    (folder / "beds").mkdir(parents=True)
    (folder / "index.md").write_text("# Welcome\n\nHello.\n")
    (folder / "beds/south.md").write_text("# South\n\nBeans.\n")
    (folder / "beds/plan.png").write_bytes(b"\x89PNG")
    return folder


class Background:
    """A `goat` that goes on while a test does other things."""

    def __init__(self, words: list[str], environment: dict[str, str], folder: Path) -> None:
        self._process = subprocess.Popen(
            words, env=environment, cwd=folder, text=True,
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
        )  # fmt: skip
        self._said: list[str] = []
        self._more = threading.Condition()
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def _read(self) -> None:
        assert self._process.stdout is not None
        while letter := self._process.stdout.read(1):
            with self._more:
                self._said.append(letter)
                self._more.notify_all()
        with self._more:
            self._more.notify_all()

    @property
    def said(self) -> str:
        """Everything printed so far."""
        return "".join(self._said)

    def hear(self, pattern: str) -> re.Match[str]:
        """Wait until it has printed this."""
        found: list[re.Match[str]] = []

        def heard() -> bool:
            match = re.search(pattern, self.said)
            found.extend([match] if match else [])
            return bool(found) or not self._reader.is_alive()

        with self._more:
            self._more.wait_for(heard, PROCESS_S_MAX)
        assert found, f"never said {pattern!r} but:\n{self.said}"
        return found[0]

    def wait_until(self, holds: Callable[[], bool]) -> None:
        """Wait until something outside of it holds."""
        pause = threading.Event()
        for _ in range(PROCESS_S_MAX * 20):
            if holds():
                return
            assert self._process.poll() is None, self.said
            pause.wait(0.05)
        raise AssertionError(f"it never came to that:\n{self.said}")

    def answer(self, line: str) -> None:
        """Type a line."""
        assert self._process.stdin is not None
        self._process.stdin.write(line + "\n")
        self._process.stdin.flush()

    def signal(self, number: int) -> None:
        """Send a signal."""
        self._process.send_signal(number)

    def ended(self) -> int:
        """Wait for its end; the exit code."""
        code = self._process.wait(PROCESS_S_MAX)
        self._reader.join()
        assert "Traceback" not in self.said
        return code

    def close(self) -> None:
        """End it, whatever it does."""
        if self._process.poll() is None:
            self._process.kill()
        self._process.wait()
        self._reader.join()
        for pipe in (self._process.stdin, self._process.stdout):
            assert pipe is not None
            pipe.close()


@pytest.fixture
def background(home: Path) -> Iterator[Callable[..., Background]]:
    """`goat` in processes that go on."""
    started: list[Background] = []

    def start(*words: object, at: Path | None = None, **changes: str) -> Background:
        one = Background(
            command("--home", at or home, *words), surroundings(**changes), home.parent
        )
        started.append(one)
        return one

    yield start
    for one in started:
        one.close()
