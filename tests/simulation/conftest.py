"""A whole cluster on one thread in virtual time: real databases, disks that forget what was not
synced, links that are cut. Everything follows from one seed."""

from __future__ import annotations

import asyncio
import random
import shutil
from pathlib import Path

import pytest

from goatcore import Database, Schema, flag, string, text
from goatcore.errors import Closed, PeerMisbehaved
from goatcore.network.presence import Presences
from goatcore.network.session import PeerSession
from goatcore.transport.handshake import Mode, Session
from tests.storage.fault_disk import FaultDisk

NOTE = Schema("note", 1, title=string(), body=text(), done=flag())
PATH = "/notes/home"
EPOCH_S = 1_700_000_000
LATENCY_S = 0.003
SYNC_S = 0.002


class VirtualLoop(asyncio.SelectorEventLoop):
    """Time goes on when nothing is ready; nothing is ever waited for."""

    def __init__(self) -> None:
        super().__init__()
        self.now_s = 0.0
        poll = self._selector.select

        def select(timeout):
            if timeout:
                self.now_s += timeout
            return poll(0)

        self._selector.select = select

    def time(self) -> float:
        return self.now_s

    def run_in_executor(self, executor, work, *arguments):
        done = self.create_future()

        def run() -> None:
            try:
                result = work(*arguments)
            except Exception as error:
                done.set_exception(error)
            else:
                done.set_result(result)

        self.call_later(SYNC_S, run)
        return done


class Wire:
    """One end of a link: what is sent arrives at the other end a little later, or never."""

    def __init__(self, session: Session, loop: VirtualLoop) -> None:
        self.session = session
        self.closed = self.full = False
        self.other: Wire | None = None
        self._loop = loop
        self._heard: list[bytes] = []

    def start(self, on_message, on_closed, on_drained) -> None:
        self._on_message, self._on_closed = on_message, on_closed

    def send(self, message: bytes) -> None:
        if self.closed:
            raise Closed("This link is closed.")
        self._loop.call_later(LATENCY_S, self.other.hear, message)

    def hear(self, message: bytes) -> None:
        if not self.closed:
            try:
                self._on_message(message)
            except PeerMisbehaved as error:
                raise AssertionError(f"an honest peer was blamed: {error}") from error

    def abandon(self, reason: str) -> None:
        if not self.closed:
            self.closed = True
            self._on_closed(reason)
            self._loop.call_later(LATENCY_S, self.other.abandon, reason)


class Node:
    """One device."""

    def __init__(self, cluster: Cluster, name: str, disk) -> None:
        self.cluster, self.name = cluster, name
        self.folder = cluster.root / name
        self.disk = disk
        self.open()

    def open(self) -> None:
        self.database = Database.open(
            self.folder, home=self.cluster.root / f"{self.name}-home", clock=self.cluster.clock,
            random=self.cluster.chance.randbytes, member_name="Ann", device_name=self.name,
            disk=self.disk,
        )  # fmt: skip
        self.author = self.database.device.author
        self.sessions: list[PeerSession] = []
        self.presences = Presences(self.cluster.clock, lambda _workspace: self.sessions)
        self.database.subscribe(self.tell_problem)

    def tell_problem(self) -> None:
        self.cluster.problems.append(self.database.problem)

    @property
    def home(self):
        repository = self.database.repository(PATH)
        repository.register(NOTE)
        return repository

    @property
    def presence(self):
        return self.presences.of(self.database, self.home)

    def state(self):
        return {
            item.key: (item.title, str(item.body), item.done, item.alternatives("title"))
            for item in self.home.items(NOTE)
        }

    def power_cut(self) -> None:
        """What was not synced is gone, and so is the process."""
        self.cluster.isolate(self)
        self.disk.work()
        self.database._workspace.lock.release()
        self.disk = self.disk.after_power_cut()
        self.open()

    def restart(self) -> None:
        self.cluster.isolate(self)
        self.disk.work()
        self.database.close()
        self.open()

    def wipe(self) -> None:
        """The notebook's file is deleted while the program is closed."""
        self.cluster.isolate(self)
        self.disk.work()
        self.database.close()
        log = self.folder / f"{self.database.repository_id(PATH).hex()}.goat"
        if log in self.disk.names:
            self.disk.unlink(log)
            self.disk.sync_folder(self.folder)
        self.open()


class Cluster:
    """Three devices of one member and the links between them."""

    def __init__(self, root: Path, seed: int, loop: VirtualLoop) -> None:
        self.root, self.loop = root, loop
        self.chance = random.Random(seed)
        self.problems: list[str | None] = []
        self.links: dict[frozenset[str], list[Wire]] = {}
        self.nodes: list[Node] = []
        self._count = 0
        for name in "abc":
            (root / name).mkdir()
            disk = FaultDisk()
            for first in self.nodes[:1]:  # the others begin as copies of its folder
                shutil.copy(first.folder / "keys", root / name / "keys")
                for path in list(first.disk.names):
                    disk.put(root / name / path.name, first.disk.data(path))
            node = Node(self, name, disk)
            self.nodes.append(node)
            if len(self.nodes) == 1:
                node.home.create(NOTE, "shared", title="shared", body="-")
                node.database.flush_now()
        for node in self.nodes:
            for other in self.nodes:
                node.database.members_here.admit(list(other.database.members_here.store.commits()))
            node.database.flush_now()

    def clock(self) -> int:
        return round((EPOCH_S + self.loop.now_s) * 1000)

    def connect(self, one: Node, other: Node) -> None:
        key = frozenset((one.name, other.name))
        if len(key) < 2 or any(not wire.closed for wire in self.links.get(key, ())):
            return
        self._count += 1
        id_ = self._count.to_bytes(32, "big")
        wires = []
        for node, peer, opens in ((one, other, True), (other, one, False)):
            of = node.database.id
            session = Session(id_, Mode.MEMBER, opens, peer.author, None, None, of, 0, None)
            wires.append(Wire(session, self.loop))
        wires[0].other, wires[1].other = wires[1], wires[0]
        self.links[key] = wires
        for node, wire in zip((one, other), wires, strict=True):
            session = PeerSession(
                node.database, wire, clock=self.clock, presence=node.presences,
                on_change=lambda: None,
                on_closed=lambda session, _reason, of=node.sessions: of.remove(session),
            )  # fmt: skip
            node.sessions.append(session)
            session.start()

    def connect_all(self) -> None:
        for one in self.nodes:
            for other in self.nodes:
                self.connect(one, other)

    def cut(self, one: Node, other: Node) -> None:
        for wire in self.links.pop(frozenset((one.name, other.name)), ()):
            wire.abandon("cut")

    def isolate(self, node: Node) -> None:
        for other in self.nodes:
            self.cut(node, other)

    def close(self) -> None:
        for node in self.nodes:
            self.isolate(node)
            node.database.close()


@pytest.fixture
def simulate(tmp_path):
    """Runs a coroutine function with a cluster, in virtual time."""

    def run(seed, story):
        loop = VirtualLoop()
        faults = []
        loop.set_exception_handler(lambda _, context: faults.append(context))
        try:

            async def whole():
                cluster = Cluster(tmp_path, seed, loop)
                await story(cluster)
                cluster.close()
                return cluster

            cluster = loop.run_until_complete(whole())
        finally:
            loop.close()
        assert faults == []
        return cluster

    return run


@pytest.fixture
def note():
    return NOTE
