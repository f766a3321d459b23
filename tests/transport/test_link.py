"""Links over real websockets on the loopback interface."""

from __future__ import annotations

import asyncio
import random
import socket
import subprocess
import sys
from typing import Any

import pytest
from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosed, InvalidStatus

from goatcore.errors import Closed, HandshakeFailed, InUse, Malformed, Unreachable
from goatcore.transport.channel import MESSAGE_SIZE_MAX
from goatcore.transport.entrance import Entrance
from goatcore.transport.handshake import Initiator, Invitation, Mode, Responder
from goatcore.transport.link import QUEUE_SIZE_HIGH, QUEUE_SIZE_LOW, REKEY_MS, Link, dial
from goatcore.transport.listener import Listener
from goatcore.transport.refusal import Refusal


class Clock:
    def __init__(self) -> None:
        self.now_ms = 1_700_000_000_000

    def __call__(self) -> int:
        return self.now_ms


class Ear:
    """Keeps what a link says."""

    def __init__(self) -> None:
        self.heard: list[bytes] = []
        self.reasons: list[str] = []
        self.drained = 0
        self._changed = asyncio.Event()

    def start(self, link: Link) -> Link:
        link.start(self.on_message, self.on_closed, self.on_drained)
        return link

    def on_message(self, message: bytes) -> None:
        self.heard.append(message)
        self._changed.set()

    def on_closed(self, reason: str) -> None:
        self.reasons.append(reason)
        self._changed.set()

    def on_drained(self) -> None:
        self.drained += 1

    async def until(self, count: int) -> list[bytes]:
        while len(self.heard) < count and not self.reasons:
            self._changed.clear()
            await self._changed.wait()
        return self.heard

    async def until_closed(self) -> list[str]:
        while not self.reasons:
            self._changed.clear()
            await self._changed.wait()
        return self.reasons


class Host:
    """A listener on a free port of the loopback, with an ear on each link that comes in."""

    def __init__(self, devices: Any, house: Any = None, **options: Any) -> None:
        self.devices = devices
        self.house = house or devices.House(devices.keys(devices.host))
        self.clock = Clock()
        self.links: list[Link] = []
        self.ears: list[Ear] = []
        self.failures: list[tuple[str, Refusal | None, str]] = []
        self.came = asyncio.Event()
        self.listener = Listener(
            lambda: Responder(self.house, verify=devices.verify, random=devices.random),
            options.pop("on_link", self.on_link),
            clock=self.clock,
            on_failed=self.on_failed,
            interfaces="loopback",
            **options,
        )

    def on_link(self, link: Link) -> None:
        self.links.append(link)
        self.ears.append(Ear())
        self.ears[-1].start(link)
        self.came.set()

    def on_failed(self, address: str, responder: Responder, error: Exception) -> None:
        self.failures.append((address, responder.refusal, str(error)))
        self.came.set()

    async def __aenter__(self) -> Host:
        await self.listener.start(0)
        return self

    async def __aexit__(self, *error: object) -> None:
        await self.listener.close()

    def initiator(self, **options: Any) -> Initiator:
        devices = self.devices
        return Initiator.for_member(
            options.pop("keys", None) or devices.keys(devices.guest),
            admit=lambda device, workspace: True,
            verify=devices.verify,
            random=devices.random,
        )

    async def dial(self, address: str = "127.0.0.1") -> tuple[Link, Ear]:
        self.came.clear()
        link = await dial(address, self.listener.port, self.initiator(), clock=self.clock)
        await self.came.wait()
        ear = Ear()
        ear.start(link)
        return link, ear


@pytest.mark.parametrize("address", ["127.0.0.1", "::1", "localhost"])
def test_messages_go_both_ways_whole_and_in_order(devices: Any, run: Any, address: str) -> None:
    if address == "::1" and not _has_ipv6_loopback():
        pytest.skip("no IPv6 on this machine")

    async def main() -> None:
        async with Host(devices) as host:
            link, ear = await host.dial(address)
            generator = random.Random(1)
            messages = [
                generator.randbytes(size)
                for size in (1, 5, 65_515, 65_516, 200_000, MESSAGE_SIZE_MAX, 3)
            ]
            for message in messages:
                link.send(message)
                host.links[0].send(message[::-1])
            assert await host.ears[0].until(len(messages)) == messages
            assert await ear.until(len(messages)) == [message[::-1] for message in messages]
            assert link.session.id == host.links[0].session.id
            assert link.session.peer == devices.host.device
            assert host.links[0].session.peer == devices.guest.device
            assert (link.queued, link.full) == (0, False)

    run(main())


def _has_ipv6_loopback() -> bool:
    try:
        with socket.create_server(("::1", 0), family=socket.AF_INET6):
            return True
    except OSError:
        return False


def test_closing_sends_what_waits_and_tells_both_sides_once(devices: Any, run: Any) -> None:
    async def main() -> None:
        async with Host(devices) as host:
            link, ear = await host.dial()
            for number in range(1000):
                link.send(number.to_bytes(2, "big"))
            await link.close("We are done.")
            assert ear.reasons == ["We are done."]
            assert await host.ears[0].until_closed() == ["The other computer closed the link."]
            assert len(host.ears[0].heard) == 1000
            assert host.links[0].closed
            with pytest.raises(Closed):
                link.send(b"x")
            await link.close("again")
            assert ear.reasons == ["We are done."]

    run(main())


def test_a_peer_that_vanishes_is_reported(devices: Any, run: Any) -> None:
    async def main() -> None:
        async with Host(devices) as host:
            link, _ = await host.dial()
            link._websocket.transport.abort()
            assert await host.ears[0].until_closed() == [
                "The connection to the other computer was lost."
            ]

    run(main())


def test_closing_the_listener_closes_its_links(devices: Any, run: Any) -> None:
    async def main() -> None:
        async with Host(devices) as host:
            _, ear = await host.dial()
            await host.listener.close()
            assert host.ears[0].reasons == ["This computer closes Goat Notes."]
            assert await ear.until_closed() == ["The other computer closed the link."]
            assert host.listener.port == 0

    run(main())


def test_a_sender_that_waits_is_woken_when_there_is_room(devices: Any, run: Any) -> None:
    async def main() -> None:
        async with Host(devices) as host:
            link, ear = await host.dial()
            message = bytes(100_000)
            count = 0
            while not link.full:
                link.send(message)
                count += 1
            assert link.queued >= QUEUE_SIZE_HIGH
            await link.drain()
            assert not link.full
            assert link.queued <= QUEUE_SIZE_LOW
            assert ear.drained == 1
            assert len(await host.ears[0].until(count)) == count

    run(main())


def test_a_peer_that_never_reads_is_given_up(devices: Any, run: Any) -> None:
    async def main() -> None:
        silent: list[Link] = []
        async with Host(devices, on_link=silent.append) as host:
            link = await dial("127.0.0.1", host.listener.port, host.initiator(), clock=host.clock)
            ear = Ear()
            ear.start(link)
            for _ in range(33):
                if not link.closed:
                    link.send(bytes(MESSAGE_SIZE_MAX))
            assert ear.reasons == ["The other computer takes in data too slowly."]
            await link.drain()
            silent[0].abandon("done")

    run(main())


def test_the_key_changes_each_hour_of_the_clock(devices: Any, run: Any) -> None:
    async def main() -> None:
        async with Host(devices) as host:
            link, _ = await host.dial()
            keys = [link.session.send._key]
            for number in range(1, 4):
                link.send(bytes((number,)))
                await host.ears[0].until(number)
                keys.append(link.session.send._key)
                assert host.links[0].session.receive._key == keys[-1]
                host.clock.now_ms += REKEY_MS if number == 2 else REKEY_MS - 1
            assert keys[1] == keys[0]
            assert keys[2] == keys[1]
            assert keys[3] != keys[2]
            assert host.ears[0].heard == [b"\1", b"\2", b"\3"]

    run(main())


def test_a_packet_changed_on_the_way_ends_the_link(devices: Any, run: Any) -> None:
    async def main() -> None:
        async with Host(devices) as host:
            link, _ = await host.dial()
            await link._websocket.send(bytes(40))
            assert await host.ears[0].until_closed() == [
                "A packet does not open: it was altered, repeated or came in the wrong order."
            ]

    run(main())


@pytest.mark.parametrize("packet", ["text", bytes(70_000)], ids=["text", "oversize"])
def test_what_is_no_packet_ends_the_link(devices: Any, run: Any, packet: bytes | str) -> None:
    async def main() -> None:
        async with Host(devices) as host:
            link, ear = await host.dial()
            await link._websocket.send(packet)
            assert len(await host.ears[0].until_closed()) == 1
            assert len(await ear.until_closed()) == 1
            assert host.ears[0].heard == []

    run(main())


def test_a_message_that_the_receiver_calls_misbehaviour_ends_the_link(
    devices: Any, run: Any
) -> None:
    async def main() -> None:
        async with Host(devices) as host:
            host.came.clear()
            link = await dial("127.0.0.1", host.listener.port, host.initiator(), clock=host.clock)
            await host.came.wait()
            reasons: list[str] = []
            closed = asyncio.Event()

            def on_message(message: bytes) -> None:
                raise Malformed("This message says nothing.")

            def on_closed(reason: str) -> None:
                reasons.append(reason)
                closed.set()

            link.start(on_message, on_closed)
            host.links[0].send(b"x")
            await closed.wait()
            assert reasons == ["This message says nothing."]
            assert len(await host.ears[0].until_closed()) == 1

    run(main())


def test_a_fault_of_ours_ends_the_link_and_is_not_swallowed(devices: Any, run: Any) -> None:
    async def main() -> None:
        loop = asyncio.get_running_loop()
        errors: list[Any] = []
        loop.set_exception_handler(lambda _, context: errors.append(context["exception"]))
        async with Host(devices) as host:
            host.came.clear()
            link = await dial("127.0.0.1", host.listener.port, host.initiator(), clock=host.clock)
            await host.came.wait()
            reasons: list[str] = []
            link.start(lambda message: 1 / 0 and None, reasons.append)  # type: ignore[func-returns-value]
            host.links[0].send(b"x")
            await link.wait_closed()
            assert reasons == ["A fault in this program ended the link."]
            assert [type(error) for error in errors] == [ZeroDivisionError]

    run(main())


def test_nothing_is_lost_between_dialling_and_starting(devices: Any, run: Any) -> None:
    async def main() -> None:
        async with Host(devices) as host:
            host.came.clear()
            dialled = asyncio.create_task(
                dial("127.0.0.1", host.listener.port, host.initiator(), clock=host.clock)
            )
            await host.came.wait()
            host.links[0].send(b"early")
            link = await dialled
            for _ in range(20):
                await asyncio.sleep(0)
            ear = Ear()
            ear.start(link)
            assert await ear.until(1) == [b"early"]

    run(main())


# -- handshakes that fail --------------------------------------------------------------------------


def test_a_wrong_code_is_heard_on_both_sides(devices: Any, run: Any) -> None:
    async def main() -> None:
        async with Host(devices, devices.House()) as host:
            host.house.invitations[7] = Invitation("copper-violin", devices.host)
            guest = Initiator.for_guest(
                7, "copper-viola", devices.guest, verify=devices.verify, random=devices.random
            )
            with pytest.raises(HandshakeFailed, match="The code was not right"):
                await dial("127.0.0.1", host.listener.port, guest, clock=host.clock)
            assert guest.refusal is Refusal.CODE
            assert host.failures == [
                ("127.0.0.1", Refusal.CODE, "A wrong code was entered on the other computer.")
            ]
            assert host.house.wrong_codes == [7]
            guest = Initiator.for_guest(
                7, "copper-violin", devices.guest, verify=devices.verify, random=devices.random
            )
            link = await dial("127.0.0.1", host.listener.port, guest, clock=host.clock)
            assert link.session.mode is Mode.JOIN
            await link.close()

    run(main())


def test_a_stranger_to_the_workspace_is_refused(devices: Any, run: Any) -> None:
    async def main() -> None:
        async with Host(devices) as host:
            stranger = host.initiator(keys=devices.keys(devices.guest, b"x" * 32))
            with pytest.raises(HandshakeFailed, match="does not have this workspace"):
                await dial("127.0.0.1", host.listener.port, stranger, clock=host.clock)
            assert stranger.refusal is Refusal.WORKSPACE
            assert [failure[1] for failure in host.failures] == [Refusal.WORKSPACE]
            assert host.links == []

    run(main())


def test_an_address_where_nobody_listens_is_unreachable_in_words(devices: Any, run: Any) -> None:
    async def main() -> None:
        async with Host(devices) as host:
            initiator = host.initiator()
            with socket.create_server(("127.0.0.1", 0)) as taken:
                port = taken.getsockname()[1]
            with pytest.raises(Unreachable, match=f"Nobody answers at 127.0.0.1, port {port}"):
                await dial("127.0.0.1", port, initiator, clock=host.clock)
            with pytest.raises(Unreachable, match=r"Nobody answers at no-such-host\.invalid"):
                await dial("no-such-host.invalid", port, host.initiator(), clock=host.clock)

    run(main())


def test_a_listener_that_says_nothing_is_given_up(devices: Any, run: Any) -> None:
    async def main() -> None:
        with socket.create_server(("127.0.0.1", 0)) as mute:
            host = Host(devices)
            with pytest.raises(Unreachable, match=r"within 0\.05 seconds"):
                await dial(
                    "127.0.0.1", mute.getsockname()[1], host.initiator(),
                    clock=host.clock, limit_s=0.05,
                )  # fmt: skip

    run(main())


@pytest.mark.parametrize(
    "answer",
    [
        b"SSH-2.0-OpenSSH_9.2\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n",
        b"HTTP/1.1 302 Found\r\nLocation: ws://127.0.0.1:1/\r\n\r\n",
        b"",
    ],
    ids=["ssh", "http", "redirect", "nothing"],
)
def test_something_else_that_answers_is_not_goat_notes(
    devices: Any, run: Any, answer: bytes
) -> None:
    async def main() -> None:
        async def respond(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            await reader.readuntil(b"\r\n\r\n")
            writer.write(answer)
            await writer.drain()
            writer.close()

        server = await asyncio.start_server(respond, "127.0.0.1", 0)
        async with server:
            port = server.sockets[0].getsockname()[1]
            host = Host(devices)
            with pytest.raises(HandshakeFailed, match="it is not Goat Notes"):
                await dial("127.0.0.1", port, host.initiator(), clock=host.clock)

    run(main())


def test_garbage_instead_of_a_handshake_is_reported_and_closed(devices: Any, run: Any) -> None:
    async def main() -> None:
        generator = random.Random(2)
        async with Host(devices) as host:
            for size in (0, 1, 2, 57, 200, 65_535):
                host.came.clear()
                async with connect(f"ws://127.0.0.1:{host.listener.port}", proxy=None) as socket_:
                    await socket_.send(generator.randbytes(size))
                    await host.came.wait()
                    with pytest.raises(ConnectionClosed):
                        await _read_to_the_end(socket_)
            assert len(host.failures) == 6
            assert host.links == []

    run(main())


async def _read_to_the_end(websocket: Any) -> None:
    while True:
        await websocket.recv()


# -- the door --------------------------------------------------------------------------------------


def test_a_web_page_does_not_get_in(devices: Any, run: Any) -> None:
    async def main() -> None:
        async with Host(devices) as host:
            with pytest.raises(InvalidStatus, match="403"):
                await connect(
                    f"ws://127.0.0.1:{host.listener.port}",
                    origin="https://example.org",
                    proxy=None,
                )

    run(main())


def test_those_who_hold_the_door_half_open_are_bounded_and_thrown_out(
    devices: Any, run: Any
) -> None:
    async def main() -> None:
        entrance = Entrance(half_open_max=3)
        async with Host(devices, entrance=entrance, limit_s=0.2) as host:
            port = host.listener.port
            idle = [await asyncio.open_connection("127.0.0.1", port) for _ in range(3)]
            while entrance.half_open < 3:
                await asyncio.sleep(0)
            reader, writer = await asyncio.open_connection("127.0.0.1", port)
            assert await _ends(reader)
            writer.close()
            for reader, writer in idle:
                assert await _ends(reader)
                writer.close()
            while entrance.half_open:
                await asyncio.sleep(0)
            link, _ = await host.dial()
            assert entrance.half_open == 0
            assert not link.closed

    run(main())


async def _ends(reader: asyncio.StreamReader) -> bool:
    try:
        return await reader.read() == b""
    except ConnectionResetError:
        return True


def test_an_address_that_knocks_too_often_must_wait(devices: Any, run: Any) -> None:
    async def main() -> None:
        entrance = Entrance(at_once=2, per_minute=60)
        async with Host(devices, entrance=entrance) as host:
            for _ in range(2):
                await host.dial()
            with pytest.raises((HandshakeFailed, Unreachable)):
                await host.dial()
            host.clock.now_ms += 1_000
            await host.dial()
            assert len(host.links) == 3

    run(main())


def test_closing_does_not_wait_for_a_half_open_stranger(devices: Any, run: Any) -> None:
    async def main() -> None:
        async with Host(devices, limit_s=3600.0) as host:
            reader, writer = await asyncio.open_connection("127.0.0.1", host.listener.port)
            while not host.listener._half_open:
                await asyncio.sleep(0)
            await host.listener.close()
            assert await _ends(reader)
            writer.close()

    run(main())


def test_a_taken_port_gives_the_next_one_or_a_plain_error(devices: Any, run: Any) -> None:
    async def main() -> None:
        async with Host(devices) as first, Host(devices) as second:
            taken = first.listener.port
            await second.listener.close()
            with pytest.raises(InUse, match=f"Port {taken} is used by another program"):
                await second.listener.start(taken, exactly=True)
            assert await second.listener.start(taken) != taken
            assert second.listener.port > 0
            await second.dial()

    run(main())


# -- other loops -----------------------------------------------------------------------------------

QT_SCRIPT = """
import asyncio, os, sys
os.environ["QT_API"] = "pyside6"
os.environ["QT_QPA_PLATFORM"] = "offscreen"
from PySide6.QtCore import QCoreApplication
import qasync
sys.path[:0] = {path!r}
import conftest, test_link

async def main():
    async with test_link.Host(conftest.Devices()) as host:
        link, ear = await host.dial()
        for number in range(50):
            link.send(bytes(100_000))
            await link.drain()
        await host.ears[0].until(50)
        host.links[0].send(b"done")
        assert await ear.until(1) == [b"done"]
        await link.close()
        assert await host.ears[0].until_closed() == ["The other computer closed the link."]

application = QCoreApplication([])
loop = qasync.QEventLoop(application)
asyncio.set_event_loop(loop)
with loop:
    loop.run_until_complete(asyncio.wait_for(main(), 20))
print("all heard")
"""


def test_links_run_on_a_qt_loop() -> None:
    pytest.importorskip("qasync")
    here = str(__file__).rpartition("test_link")[0]
    script = QT_SCRIPT.format(path=[here, *sys.path])
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, timeout=60, check=False
    )
    assert (done.stdout, done.returncode) == ("all heard\n", 0), done.stderr
