"""One window an installation: what is started second asks the first.

Owns how: a port of this computer alone and a token that only this account can read, both in the
state folder. A request and its answer are JSON objects, each after its length (u32, big-endian).
Invariant: whoever does not know the token gets no answer. The lock of the workspace's folder
decides who is first.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import secrets
import socket
import struct
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any, Final, NamedTuple

from app.settings import write_whole

FILE_NAME: Final = "window.json"
KNOCK_S: Final = 1.0  # how long a second start waits for the first one's answer
WORK_S: Final = 60.0  # and how long for one that takes work
BYTES_MAX: Final = 64 << 20
LOCAL: Final = "127.0.0.1"
LETTERS_MAX: Final = 1_000  # of what a second start asks for; no link is so long

Request = dict[str, Any]
_TOKEN_BYTES: Final = 43
_LENGTH: Final = struct.Struct(">I")


class Wish(NamedTuple):
    """What a start of the window is for: `show` it, `open` a link, or `quick`: a quick note."""

    verb: str = "show"
    argument: str = ""


def knock(state: Path, wish: Wish = Wish()) -> bool:  # noqa: B008  a value
    """Ask the window that is open on this state folder for something. False if none answers."""
    request = {"do": wish.verb, "argument": wish.argument[:LETTERS_MAX]}
    return ask(state, request, KNOCK_S) is not None


def ask(state: Path, request: Request, wait_s: float = WORK_S) -> Request | None:
    """Ask the window that is open on this state folder; its answer, None if none answers."""
    try:
        told = json.loads((state / FILE_NAME).read_text(encoding="utf-8"))
        port, token = int(told["port"]), str(told["token"])
        with socket.create_connection((LOCAL, port), timeout=KNOCK_S) as line:
            line.settimeout(wait_s)
            line.sendall(token.encode() + _packed(request))
            with line.makefile("rb") as answers:
                (size,) = _LENGTH.unpack(answers.read(_LENGTH.size))
                answer = json.loads(answers.read(min(size, BYTES_MAX)))
                return answer if isinstance(answer, dict) else None
    except (OSError, ValueError, KeyError, TypeError, struct.error):
        return None  # no file, not ours, nobody there


class Doorbell:
    """Answers while a window is open; `answer` does what is asked for and says what came of it."""

    def __init__(self, state: Path, answer: Callable[[Request], Awaitable[Request]]) -> None:
        self._path = state / FILE_NAME
        self._do = answer
        self._token = secrets.token_urlsafe(32)
        assert len(self._token) == _TOKEN_BYTES
        self._server: asyncio.Server | None = None

    async def start(self) -> None:
        """Listen, and write down where."""
        self._server = await asyncio.start_server(self._answer, LOCAL, 0)
        port = self._server.sockets[0].getsockname()[1]
        write_whole(self._path, json.dumps({"port": port, "token": self._token}))

    async def _answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            async with asyncio.timeout(KNOCK_S):
                token = await reader.readexactly(_TOKEN_BYTES)
                if not secrets.compare_digest(token, self._token.encode()):
                    return
                (size,) = _LENGTH.unpack(await reader.readexactly(_LENGTH.size))
            if size > BYTES_MAX:
                return
            async with asyncio.timeout(WORK_S):
                request = json.loads(await reader.readexactly(size))
                if isinstance(request, dict):
                    writer.write(_packed(await self._do(request)))
                    await writer.drain()
        except (OSError, ValueError, EOFError, TimeoutError):
            pass  # a stranger, or one that hung up
        finally:
            writer.close()

    async def close(self) -> None:
        """Answer no more."""
        if self._server is not None:
            self._server.close()
            self._server = None
            with contextlib.suppress(OSError):
                self._path.unlink(missing_ok=True)


def _packed(value: Request) -> bytes:
    packed = json.dumps(value).encode()
    return _LENGTH.pack(len(packed)) + packed
