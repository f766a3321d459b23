"""How the demo tells its peers what to do: a line of JSON each way, over stdin and stdout.

Owns the lines and the life of a peer's process. Invariants: only wishes, numbers and the code that
a person would read out go by this way, never a note; a peer ends when its stdin does, so that none
outlives the demo.
"""

from __future__ import annotations

import asyncio
import json
import os
import signal
import sys
import threading
from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any, Final, TextIO

from goatcore import GoatError

ROOT: Final = Path(__file__).resolve().parents[2]
STOP_S: Final = 8.0
LINE_BYTES_MAX: Final = 1 << 22

Answer = dict[str, Any]
Deed = Callable[[Answer], Awaitable[Answer]]


class DemoFailed(GoatError):
    """The demo cannot go on; the message says why."""


def command(*words: str) -> list[str]:
    """How to run a command of this program in another process."""
    if getattr(sys, "frozen", False):
        return [sys.executable, *words]
    return [sys.executable, "-P", "-m", "app.main", *words]


def environment() -> dict[str, str]:
    """Where that process finds the program, whatever folder it is started in."""
    paths = [str(ROOT), *filter(None, [os.environ.get("PYTHONPATH")])]
    return {**os.environ, "PYTHONPATH": os.pathsep.join(paths), "PYTHONUNBUFFERED": "1"}


class Peer:
    """A peer's process, seen from the demo."""

    def __init__(self, name: str, process: asyncio.subprocess.Process, words: Path) -> None:
        self.name = name
        self._process = process
        self._words = words  # where its stderr goes
        self._turn = asyncio.Lock()

    @classmethod
    async def start(cls, name: str, home: Path, *words: str) -> Peer:
        """Start a process that keeps everything in `home`."""
        home.mkdir(parents=True, exist_ok=True)
        said = home / "stderr.txt"
        with said.open("wb") as stderr:
            process = await asyncio.create_subprocess_exec(
                *command(*words, "--home", str(home)),
                stdin=asyncio.subprocess.PIPE,
                stdout=asyncio.subprocess.PIPE,
                stderr=stderr,
                env=environment(),
                limit=LINE_BYTES_MAX,
            )
        return cls(name, process, said)

    async def ask(self, deed: str, timeout_s: float, **values: Any) -> Answer:
        """Have something done; returns what it says of it. Raises `DemoFailed`."""
        async with self._turn:
            stdin, stdout = self._process.stdin, self._process.stdout
            assert stdin is not None
            assert stdout is not None
            try:
                async with asyncio.timeout(timeout_s):
                    stdin.write(json.dumps({"do": deed, **values}).encode() + b"\n")
                    await stdin.drain()
                    return self._answer(await stdout.readline())
            except TimeoutError:
                raise DemoFailed(
                    f"{self.name} did not answer within {timeout_s:.0f} s ({deed})."
                ) from None
            except (BrokenPipeError, ConnectionResetError):
                raise DemoFailed(self._how_it_ended()) from None

    async def last_word(self) -> Answer:
        """Wait until it ends by itself; what it said last."""
        stdout = self._process.stdout
        assert stdout is not None
        lines = (await stdout.read()).splitlines()
        await self._process.wait()
        return self._answer(lines[-1] if lines else b"")

    def _answer(self, line: bytes) -> Answer:
        if not line:
            raise DemoFailed(self._how_it_ended())
        answer = json.loads(line)
        assert isinstance(answer, dict)
        if "trouble" in answer:
            raise DemoFailed(f"{self.name}: {answer['trouble']}")
        return answer

    def _how_it_ended(self) -> str:
        said = self._words.read_text(encoding="utf-8", errors="replace").strip()
        last = said.splitlines()[-1] if said else "It said nothing."
        return f"{self.name}'s process ended before it was asked to. {last}"

    async def stop(self) -> None:
        """Have it end by itself, else end it."""
        if self._process.stdin is not None:
            self._process.stdin.close()
        for end in (None, self._process.terminate, self._process.kill):
            if self._process.returncode is not None:
                return
            if end is not None:
                end()
            try:
                await asyncio.wait_for(self._process.wait(), STOP_S)
            except TimeoutError:
                continue


async def serve(deeds: Mapping[str, Deed], stdin: TextIO, stdout: TextIO) -> None:
    """In the peer: do what is asked, in order, until stdin ends."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl+C is for the demo; it ends our stdin
    loop = asyncio.get_running_loop()
    lines: asyncio.Queue[str] = asyncio.Queue()
    over = asyncio.Event()

    def read() -> None:
        with suppress(RuntimeError):  # the loop ended before stdin did
            for line in stdin:
                loop.call_soon_threadsafe(lines.put_nowait, line)
            loop.call_soon_threadsafe(over.set)

    async def work() -> None:
        while True:
            wish = json.loads(await lines.get())
            try:
                answer = await deeds[wish.pop("do")](wish)
            except (GoatError, OSError) as error:
                answer = {"trouble": str(error)}
            stdout.write(json.dumps(answer) + "\n")
            stdout.flush()

    threading.Thread(target=read, daemon=True).start()
    working = loop.create_task(work())
    waiting = loop.create_task(over.wait())
    await asyncio.wait((working, waiting), return_when=asyncio.FIRST_COMPLETED)
    for task in (working, waiting):
        task.cancel()
    await asyncio.wait((working, waiting))
    if not working.cancelled():
        working.result()  # a fault of our own
