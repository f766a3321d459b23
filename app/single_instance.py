"""One window an installation: a second start hands over to the first.

Owns the knock: a port of this computer alone and a token that only this account can read, both in
the state folder. Invariant: whoever does not know the token gets no answer. The lock of the
workspace's folder decides who is first; the knock only says what the window is wanted for.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import secrets
import socket
from collections.abc import Callable
from pathlib import Path
from typing import Final, NamedTuple

from app.settings import write_whole

FILE_NAME: Final = "window.json"
KNOCK_S: Final = 1.0  # how long a second start waits for the first one's answer
LINE_BYTES_MAX: Final = 16_384
LETTERS_MAX: Final = 1000  # of what a second start asks for; no link is so long
LOCAL: Final = "127.0.0.1"
YES: Final = b"here\n"


class Wish(NamedTuple):
    """What a start of the window is for: `show` it, or `open` a link."""

    verb: str = "show"
    argument: str = ""


def knock(state: Path, wish: Wish = Wish()) -> bool:  # noqa: B008  a value
    """Ask the window that is open on this state folder for something. False if none answers."""
    try:
        told = json.loads((state / FILE_NAME).read_text(encoding="utf-8"))
        port, token = int(told["port"]), str(told["token"])
        with socket.create_connection((LOCAL, port), timeout=KNOCK_S) as line:
            line.settimeout(KNOCK_S)
            asked = json.dumps([wish.verb, wish.argument[:LETTERS_MAX]])
            line.sendall(f"{token} {asked}\n".encode())
            answer = b""
            while len(answer) < len(YES):
                part = line.recv(len(YES) - len(answer))
                if not part:
                    return False
                answer += part
            return answer == YES
    except (OSError, ValueError, KeyError, TypeError):  # no file, not ours, nobody there
        return False


class Doorbell:
    """Answers knocks while a window is open."""

    def __init__(self, state: Path, on_knock: Callable[[Wish], None]) -> None:
        self._path = state / FILE_NAME
        self._on_knock = on_knock
        self._token = secrets.token_urlsafe(32)
        self._server: asyncio.Server | None = None

    async def start(self) -> None:
        """Listen, and write down where."""
        self._server = await asyncio.start_server(self._answer, LOCAL, 0, limit=LINE_BYTES_MAX)
        port = self._server.sockets[0].getsockname()[1]
        write_whole(self._path, json.dumps({"port": port, "token": self._token}))

    async def _answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            async with asyncio.timeout(KNOCK_S):
                line = await reader.readline()
            token, _, asked = line.strip().partition(b" ")
            if secrets.compare_digest(token, self._token.encode()):
                verb, argument = json.loads(asked)
                writer.write(YES)
                await writer.drain()
                self._on_knock(Wish(str(verb), str(argument)))
        except (OSError, ValueError, TimeoutError):
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
