"""The door of this device: a port where peers may knock, for all workspaces and invitations.

Owns the server sockets and the handshakes under way. Invariant: a stranger holds a place at the
entrance for at most five seconds, and no web page gets in (a browser always names its origin).
Does I/O with asyncio; decides nothing about who is admitted: that is the gate's.
"""

from __future__ import annotations

import asyncio
import errno
import socket
from collections.abc import Callable
from typing import Final, Literal

from websockets.asyncio.server import Server, ServerConnection, serve

from goatcore.clock import Clock
from goatcore.errors import GoatError, InUse, Unreachable
from goatcore.transport.channel import PACKET_SIZE_MAX
from goatcore.transport.entrance import HALF_OPEN_MS_MAX, Entrance
from goatcore.transport.handshake import Responder
from goatcore.transport.link import FLUSH_S, HEARTBEAT_S, LOGGER, Link, shake

Interfaces = Literal["all", "loopback"]

DEFAULT_PORT: Final = 4628  # GOAT on a telephone's keys
PORTS_TRIED: Final = 10  # from the wanted one up, before any free one is taken
_BACKLOG: Final = 64


class Listener:
    """Listens on one port of IPv4 and, where there is one, IPv6."""

    def __init__(
        self,
        respond: Callable[[], Responder],
        on_link: Callable[[Link], None],
        *,
        clock: Clock,
        on_failed: Callable[[str, Responder, GoatError], None] | None = None,
        interfaces: Interfaces = "all",
        entrance: Entrance | None = None,
        limit_s: float = HALF_OPEN_MS_MAX / 1000,
    ) -> None:
        """`respond` makes a machine for each connection; `on_link` must `start` the link;
        `on_failed` hears of each handshake that ended badly: address, machine, error."""
        self._respond = respond
        self._on_link = on_link
        self._on_failed = on_failed
        self._clock = clock
        self._interfaces = interfaces
        self._entrance = entrance or Entrance()
        self._limit_s = limit_s
        self._servers: list[Server] = []
        self._half_open: dict[ServerConnection, asyncio.TimerHandle] = {}
        self._links: set[Link] = set()
        self.port = 0  # 0 while not listening

    async def start(self, port: int = DEFAULT_PORT, *, exactly: bool = False) -> int:
        """Listen and return the port: the wanted one, else one of the next, else any free one.
        `port` 0: any free one. Raises InUse if `exactly` this one is wanted and taken, Unreachable
        if the system does not let us listen at all."""
        assert not self._servers
        wanted = [port] if exactly or port == 0 else [*range(port, port + PORTS_TRIED), 0]
        sockets = _bind_first(wanted, self._interfaces)
        self.port = sockets[0].getsockname()[1]
        for sock in sockets:
            self._servers.append(
                await serve(
                    self._serve, sock=sock, origins=[None], compression=None, server_header=None,
                    open_timeout=None, ping_interval=HEARTBEAT_S, ping_timeout=HEARTBEAT_S,
                    close_timeout=FLUSH_S, max_size=PACKET_SIZE_MAX, logger=LOGGER,
                    create_connection=_door_of(self),
                )
            )  # fmt: skip
        return self.port

    async def close(self) -> None:
        """Stop listening, end what is under way, close the links that came in here."""
        servers, self._servers, self.port = self._servers, [], 0
        for server in servers:
            server.close(close_connections=False)
        for connection in list(self._half_open):
            connection.transport.abort()
        await asyncio.gather(
            *(link.close("This computer closes Goat Notes.") for link in self._links)
        )
        for server in servers:
            await server.wait_closed()

    def knock(self, connection: ServerConnection) -> None:
        """A connection was accepted by the system: let it in or drop it at once."""
        transport = connection.transport
        if not self._entrance.enter(_address_of(connection), self._clock()):
            transport.abort()
            return
        loop = asyncio.get_running_loop()
        self._half_open[connection] = loop.call_later(self._limit_s, transport.abort)

    def settle(self, connection: ServerConnection) -> None:
        """A connection is half-open no more: it is a link, or it is gone."""
        timer = self._half_open.pop(connection, None)
        if timer is not None:
            timer.cancel()
            self._entrance.leave()

    async def _serve(self, websocket: ServerConnection) -> None:
        address = _address_of(websocket)
        responder = self._respond()
        try:
            session = await shake(websocket, responder)
        except GoatError as error:
            if self._on_failed is not None:
                self._on_failed(address, responder, error)
            return
        self.settle(websocket)
        link = Link(websocket, session, address, clock=self._clock)
        self._links.add(link)
        try:
            self._on_link(link)
            await link.wait_closed()
        except Exception as error:
            link.abandon("A fault in this program ended the link.")
            asyncio.get_running_loop().call_exception_handler(
                {"message": "a listener's handler failed", "exception": error}
            )
        finally:
            self._links.discard(link)


def _door_of(listener: Listener) -> type[ServerConnection]:
    """A connection that reports to the listener from its first moment."""

    class Door(ServerConnection):
        def connection_made(self, transport: asyncio.BaseTransport) -> None:
            super().connection_made(transport)
            listener.knock(self)

        def connection_lost(self, exc: Exception | None) -> None:
            super().connection_lost(exc)
            listener.settle(self)

    return Door


def _address_of(connection: ServerConnection) -> str:
    peer = connection.transport.get_extra_info("peername")
    return str(peer[0]) if peer else "an address that is gone"


def _bind_first(ports: list[int], interfaces: Interfaces) -> list[socket.socket]:
    for port in ports:
        try:
            return _bind(port, interfaces)
        except OSError as error:
            if error.errno == errno.EADDRINUSE and port != ports[-1]:
                continue
            if error.errno == errno.EADDRINUSE:
                raise InUse(
                    f"Port {port} is used by another program. Close it or choose another port."
                ) from error
            raise Unreachable(
                f"This computer does not let Goat Notes listen on port {port}: {error.strerror}."
            ) from error
    raise AssertionError("no port to try")


def _bind(port: int, interfaces: Interfaces) -> list[socket.socket]:
    """Sockets of IPv4 and IPv6 on one port. IPv6 is left out where the system has none."""
    four, six = ("127.0.0.1", "::1") if interfaces == "loopback" else ("", "")
    sockets = [socket.create_server((four, port), backlog=_BACKLOG)]
    chosen = sockets[0].getsockname()[1]
    if socket.has_ipv6:
        try:
            sockets.append(
                socket.create_server((six, chosen), family=socket.AF_INET6, backlog=_BACKLOG)
            )
        except OSError as error:
            if error.errno == errno.EADDRINUSE and port != 0:
                sockets[0].close()
                raise
    for sock in sockets:
        sock.setblocking(False)
    return sockets
