"""One secure connection to one peer, and how to dial one.

Owns the websocket under a session: each binary websocket message is one packet. Invariants: what
`send` took arrives whole and in order or the link closes; `on_closed` is called exactly once;
nothing is read before `start`; the loop is never held longer than a slice of 2 ms plus one message
of the caller's own work. Does I/O with asyncio; runs on any loop that keeps asyncio's contract.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections import deque
from collections.abc import Callable, Coroutine
from typing import Final

from websockets.asyncio.client import ClientConnection, connect
from websockets.asyncio.connection import Connection
from websockets.exceptions import ConnectionClosed, ConnectionClosedOK, WebSocketException

from goatcore.clock import Clock
from goatcore.errors import Closed, GoatError, HandshakeFailed, Malformed, Unreachable
from goatcore.transport.channel import PACKET_SIZE_MAX, Channel
from goatcore.transport.handshake import Handshake, Session

HEARTBEAT_S: Final = 30.0
DIAL_S: Final = 5.0
REKEY_MS: Final = 60 * 60 * 1000
QUEUE_SIZE_HIGH: Final = 1024 * 1024  # bytes waiting: from here `full`
QUEUE_SIZE_LOW: Final = 256 * 1024  # … until here
QUEUE_SIZE_MAX: Final = 64 * 1024 * 1024  # a peer this far behind is given up
BATCH_SIZE: Final = 256 * 1024
SLICE_S: Final = 0.002
FLUSH_S: Final = 2.0

LOGGER: Final = logging.getLogger("goatcore.transport.websocket")  # speaks of what we report
LOGGER.propagate = False
LOGGER.addHandler(logging.NullHandler())


class Link:
    """A link whose handshake is over. Set it going with `start`."""

    def __init__(
        self, websocket: Connection, session: Session, address: str, *, clock: Clock
    ) -> None:
        self.session = session
        self.address = address  # of the peer, as seen from here
        self.opened_ms = clock()
        self.closed = False
        self.queued = 0  # bytes of messages taken by `send` and not yet handed to the system
        self.on_message: Callable[[bytes], None] | None = None
        self.on_closed: Callable[[str], None] | None = None
        self.on_drained: Callable[[], None] | None = None
        self._websocket = websocket
        self._channel = Channel(session.send, session.receive)
        self._clock = clock
        self._rekeyed_ms = self.opened_ms
        self._queue: deque[bytes] = deque()
        self._full = False
        self._loop = asyncio.get_running_loop()
        self._wake = asyncio.Event()
        self._drained = asyncio.Event()
        self._drained.set()
        self._flushed = asyncio.Event()
        self._flushed.set()
        self._gone = asyncio.Event()
        self._tasks: list[asyncio.Task[None]] = []

    def __repr__(self) -> str:
        state = "closed" if self.closed else "open"
        return f"<Link {self.session.peer.hex()[:8]} at {self.address} {state}>"

    def start(
        self,
        on_message: Callable[[bytes], None],
        on_closed: Callable[[str], None],
        on_drained: Callable[[], None] | None = None,
    ) -> None:
        """Begin to read and write. `on_message`: one whole message; if it raises PeerMisbehaved
        the link closes with its sentence. `on_closed`: the reason, once. `on_drained`: there is
        room again after `full`. Raises Closed if the link was abandoned before."""
        assert self.on_message is None
        if self.closed:
            raise Closed("This link is closed.")
        self.on_message, self.on_closed, self.on_drained = on_message, on_closed, on_drained
        self._tasks = [
            self._loop.create_task(self._live(self._read)),
            self._loop.create_task(self._live(self._write)),
        ]

    @property
    def full(self) -> bool:
        """So much waits that a sender does well to stop until `drain` or `on_drained`."""
        return self._full

    def send(self, message: bytes) -> None:
        """Take one message of 1 byte … 2 MiB; never waits. Raises Closed after the end."""
        if self.closed:
            raise Closed("This link is closed.")
        self._queue.append(message)
        self.queued += len(message)
        self._flushed.clear()
        self._wake.set()
        if self.queued > QUEUE_SIZE_MAX:
            self.abandon("The other computer takes in data too slowly.")
        elif self.queued >= QUEUE_SIZE_HIGH and not self._full:
            self._full = True
            self._drained.clear()

    async def drain(self) -> None:
        """Wait until the link is not `full`, or closed."""
        await self._drained.wait()

    async def close(self, reason: str = "This computer closed the link.") -> None:
        """Send what waits, for at most 2 s, then close."""
        if not self.closed and self._tasks:
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(FLUSH_S):
                    await self._flushed.wait()
        self.abandon(reason)
        await self.wait_closed()

    async def wait_closed(self) -> None:
        """Wait until the connection under the link is gone."""
        await self._gone.wait()

    def abandon(self, reason: str) -> None:
        """Close at once; what waits is not sent."""
        if self.closed:
            return
        self.closed = True
        self._queue.clear()
        self.queued = 0
        self._full = False
        self._drained.set()
        self._flushed.set()
        current = asyncio.current_task(self._loop)
        for task in self._tasks:
            if task is not current:
                task.cancel()
        self._tasks.append(self._loop.create_task(self._hang_up()))
        if self.on_closed is not None:
            self.on_closed(reason)

    async def _hang_up(self) -> None:
        try:
            await self._websocket.close()
        finally:
            self._gone.set()

    async def _live(self, half: Callable[[], Coroutine[None, None, None]]) -> None:
        """Run one of the two halves; whatever ends it ends the link."""
        try:
            await half()
        except ConnectionClosedOK:
            self.abandon("The other computer closed the link.")
        except (ConnectionClosed, OSError):
            self.abandon("The connection to the other computer was lost.")
        except GoatError as error:
            self.abandon(str(error))
        except Exception as error:
            self.abandon("A fault in this program ended the link.")
            self._loop.call_exception_handler(
                {"message": "a link's handler failed", "exception": error}
            )

    async def _read(self) -> None:
        assert self.on_message is not None
        began = self._loop.time()
        while True:
            packet = await self._websocket.recv(decode=False)
            for message in self._channel.receive(packet):
                self.on_message(message)
                if self.closed:
                    return
                if self._loop.time() - began > SLICE_S:
                    await asyncio.sleep(0)
                    began = self._loop.time()

    async def _write(self) -> None:
        while True:
            await self._wake.wait()
            self._wake.clear()
            while self._queue:
                await self._write_batch()
            self._flushed.set()

    async def _write_batch(self) -> None:
        if self._clock() - self._rekeyed_ms >= REKEY_MS:
            self._rekeyed_ms = self._clock()
            await self._websocket.send(self._channel.rekey())
        batch: list[bytes] = []
        size = 0
        while self._queue and size < BATCH_SIZE:
            batch.append(self._queue.popleft())
            size += len(batch[-1])
        began = self._loop.time()
        for packet in self._channel.send_all(batch):
            await self._websocket.send(packet)
            if self._loop.time() - began > SLICE_S:
                await asyncio.sleep(0)
                began = self._loop.time()
        self.queued -= size
        if self._full and self.queued <= QUEUE_SIZE_LOW:
            self._full = False
            self._drained.set()
            if self.on_drained is not None:
                self.on_drained()


async def shake(websocket: Connection, handshake: Handshake) -> Session:
    """Carry a handshake's packets over a websocket to its end. Raises what the machine raises,
    after the peer was told."""
    try:
        while True:
            for packet in handshake.take_outgoing():
                await websocket.send(packet)
            if handshake.session is not None:
                return handshake.session
            heard = await websocket.recv()
            if isinstance(heard, str):
                raise Malformed("A packet came as text.")
            handshake.receive(heard)
    except GoatError:
        with contextlib.suppress(ConnectionClosed):
            for packet in handshake.take_outgoing():
                await websocket.send(packet)
        raise
    except ConnectionClosed:
        raise HandshakeFailed("The other computer hung up before the link was secure.") from None


async def dial(
    address: str, port: int, handshake: Handshake, *, clock: Clock, limit_s: float = DIAL_S
) -> Link:
    """Connect to a listener and shake hands, all within `limit_s` seconds. `address`: IPv4, IPv6
    (with %zone if link-local) or a host name. Raises Unreachable if nobody answers, HandshakeFailed
    or Malformed if somebody does."""
    websocket: ClientConnection | None = None
    try:
        async with asyncio.timeout(limit_s):
            websocket = await _Connect(
                "ws://goat/", host=address, port=port, proxy=None, compression=None,
                user_agent_header=None, open_timeout=None, ping_interval=HEARTBEAT_S,
                ping_timeout=HEARTBEAT_S, close_timeout=FLUSH_S, max_size=PACKET_SIZE_MAX,
                logger=LOGGER,
            )  # fmt: skip
            session = await shake(websocket, handshake)
    except TimeoutError:
        if websocket is not None:
            websocket.transport.abort()
        raise Unreachable(
            f"Nobody answered at {address}, port {port}, within {limit_s:g} seconds. Is the other"
            " computer awake and in the same network, and does its firewall allow Goat Notes?"
        ) from None
    except OSError as error:
        raise Unreachable(
            f"Nobody answers at {address}, port {port} ({error.strerror or error}). Is Goat Notes"
            " open on the other computer?"
        ) from error
    except UnicodeError:  # longer than a name in a network can be
        raise Unreachable(f"There is no computer called {address[:60]}.") from None
    except WebSocketException:
        raise HandshakeFailed(
            f"Something answers at {address}, port {port}, but it is not Goat Notes."
        ) from None
    except BaseException:
        if websocket is not None:
            await websocket.close()
        raise
    return Link(websocket, session, address, clock=clock)


class _Connect(connect):
    """Never goes where somebody else redirects it."""

    def process_redirect(self, exc: Exception) -> Exception | str:
        return exc
