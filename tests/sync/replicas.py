"""A simulated network: replicas of one repository, links with latency, and a virtual clock.

Everything is deterministic. A replica admits as the real owner does: a commit whose deps are held
is held, is durable a little later, and is offered to peers only then.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from hashlib import sha256, sha512
from heapq import heappop, heappush
from itertools import count

from goatcore.clock import Stamp
from goatcore.errors import PeerMisbehaved
from goatcore.history.commit import Commit, Header, build
from goatcore.ids import CLEAR, AuthorKey, CommitId, RepositoryId, RepositoryTag
from goatcore.sync.events import Event, Received
from goatcore.sync.exchange import Exchange
from goatcore.sync.held import HeldIndex
from goatcore.sync.messages import Commits, Message, decode, encode

REPOSITORY = RepositoryId(b"one repository!!")
TAG = RepositoryTag(b"tag-of-8")
AUTH = (CommitId(bytes(32)),)


def author(number: int) -> AuthorKey:
    return AuthorKey(sha256(b"author %d" % number).digest())


def sign(message: bytes) -> bytes:
    return sha512(message).digest()


def make(
    who: AuthorKey, prev: Commit | None, *, deps: Iterable[CommitId] = (), body: bytes = b"body"
) -> Commit:
    seq = 1 if prev is None else prev.seq + 1
    others = [dep for dep in deps if prev is None or dep != prev.id]
    header = Header(
        REPOSITORY,
        who,
        seq,
        Stamp(seq << 16),
        tuple(others if prev is None else [prev.id, *others]),
        AUTH if prev is None else None,
        CLEAR,
        b"",
        {},
    )
    return build(header, body, sign)


class Replica:
    """One device's copy of the repository; also the owner of its exchanges."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.held: dict[CommitId, Commit] = {}
        self.durable = HeldIndex()
        self.waiting: dict[CommitId, Commit] = {}
        self.refuses: Callable[[Commit], bool] = lambda _commit: False
        self.exchanges: dict[str, Exchange] = {}
        self.events: list[tuple[str, Event]] = []
        self._serial = count()

    # -- what an exchange reads

    def raw(self, id_: CommitId) -> Commit:
        assert self.durable.contains(id_)
        return self.held[id_]

    def holds(self, id_: CommitId) -> bool:
        return id_ in self.held

    # -- the owner's work

    def write(self, who: AuthorKey, body: bytes | None = None, *, seen: bool = True) -> Commit:
        """A new commit of this author, on top of all that is held (or of its own chain only)."""
        mine = [commit for commit in self.held.values() if commit.author == who]
        prev = max(mine, key=lambda commit: commit.seq, default=None)
        last: dict[AuthorKey, CommitId] = {}
        if seen:
            for commit in self.held.values():
                if commit.author != who:
                    last[commit.author] = commit.id
        if body is None:
            body = f"{self.name} {next(self._serial)}".encode()
        commit = make(who, prev, deps=sorted(last.values()), body=body)
        self.held[commit.id] = commit
        return commit

    def admit(self, commits: Iterable[Commit]) -> list[CommitId]:
        """Hold what can be held. Gives the deps that nothing here can supply."""
        for commit in commits:
            if commit.id not in self.held and not self.refuses(commit):
                self.waiting[commit.id] = commit
        progress = True
        while progress:
            progress = False
            for id_, commit in list(self.waiting.items()):
                if all(dep in self.held for dep in commit.header.deps):
                    self.held[id_] = self.waiting.pop(id_)
                    progress = True
        return [
            dep
            for commit in self.waiting.values()
            for dep in commit.header.deps
            if dep not in self.held and dep not in self.waiting
        ]

    def flush(self) -> bool:
        """Everything held is durable now; whether anything was not before."""
        before = self.durable.count
        for commit in self.held.values():
            self.durable.add(commit.id, commit.author, commit.seq, commit.prev)
        return self.durable.count > before

    def crash(self) -> None:
        """Lose what was not durable."""
        self.held = {id_: c for id_, c in self.held.items() if self.durable.contains(id_)}
        self.waiting.clear()

    def backup(self) -> list[Commit]:
        return [commit for id_, commit in self.held.items() if self.durable.contains(id_)]

    def restore(self, commits: list[Commit]) -> None:
        """Have exactly these, durably: the folder was replaced by an older copy."""
        self.held = {commit.id: commit for commit in commits}
        self.waiting.clear()
        self.durable = HeldIndex()
        self.flush()

    def told(self, kind: type) -> list[Event]:
        return [event for _, event in self.events if isinstance(event, kind)]


class Network:
    """Replicas, links and time."""

    def __init__(self, names: str = "ab", *, latency_ms: int = 10, fsync_ms: int = 1) -> None:
        self.now_ms = 0
        self.latency_ms = latency_ms
        self.fsync_ms = fsync_ms
        self.replicas = {name: Replica(name) for name in names}
        self.links: dict[tuple[str, str], int] = {}  # initiator, responder → generation
        self.log: list[tuple[int, str, str, Message, int]] = []  # time, from, to, message, bytes
        self.repeats: Callable[[Message], bool] = lambda _message: False
        self.repeated = False  # any message was
        self._generation = count(1)
        self._order = count()
        self._agenda: list[tuple[int, int, Callable[[], None]]] = []
        self._flushing: set[str] = set()

    def __getitem__(self, name: str) -> Replica:
        return self.replicas[name]

    # -- links

    def connect(self, one: str, other: str) -> None:
        if (one, other) in self.links or (other, one) in self.links:
            return
        self.links[one, other] = next(self._generation)
        for me, peer, opens in ((one, other, True), (other, one, False)):
            exchange = Exchange(self[me], REPOSITORY, initiator=opens)
            self[me].exchanges[peer] = exchange
            exchange.start(self.now_ms, opens=opens)
        self._pump(one, other)
        self._pump(other, one)

    def disconnect(self, one: str, other: str) -> None:
        for pair in ((one, other), (other, one)):
            if self.links.pop(pair, None) is not None:
                del self[one].exchanges[other]
                del self[other].exchanges[one]

    def isolate(self, name: str) -> None:
        for other in list(self[name].exchanges):
            self.disconnect(name, other)

    def _generation_of(self, one: str, other: str) -> int | None:
        return self.links.get((one, other)) or self.links.get((other, one))

    # -- time

    def _at(self, time_ms: int, action: Callable[[], None]) -> None:
        heappush(self._agenda, (time_ms, next(self._order), action))

    def run(self, until_ms: int | None = None, *, steps_max: int = 200_000) -> None:
        """Let time pass until nothing is left to happen (or until a time)."""
        steps = 0
        while self._agenda and (until_ms is None or self._agenda[0][0] <= until_ms):
            time_ms, _, action = heappop(self._agenda)
            assert time_ms >= self.now_ms
            self.now_ms = time_ms
            action()
            steps += 1
            assert steps < steps_max, "it does not end"
        if until_ms is not None:
            self.now_ms = max(self.now_ms, until_ms)

    # -- what happens

    def wrote(self, name: str) -> None:
        """A replica has new commits of its own: they get durable, then are told to peers."""
        if name in self._flushing:
            return
        self._flushing.add(name)

        def flush() -> None:
            self._flushing.discard(name)
            if self[name].flush():
                for peer, exchange in list(self[name].exchanges.items()):
                    exchange.advanced(self.now_ms)
                    self._pump(name, peer)

        self._at(self.now_ms + self.fsync_ms, flush)

    def _pump(self, me: str, peer: str) -> None:
        exchange = self[me].exchanges[peer]
        generation = self._generation_of(me, peer)
        self._handle(me, peer, exchange)
        while messages := exchange.take_outgoing(self.now_ms):
            for message in messages:
                data = encode(message, TAG)
                self.log.append((self.now_ms, me, peer, message, len(data)))
                times = 2 if self.repeats(message) else 1
                self.repeated = self.repeated or times > 1
                for _ in range(times):
                    self._at(
                        self.now_ms + self.latency_ms,
                        lambda data=data: self._deliver(me, peer, generation, data),
                    )
            self._handle(me, peer, exchange)
        deadline = exchange.next_deadline()
        if deadline is not None:
            self._at(max(deadline, self.now_ms), lambda: self._tick(me, peer, generation, deadline))

    def _tick(self, me: str, peer: str, generation: int | None, deadline: int) -> None:
        if generation is None or self._generation_of(me, peer) != generation:
            return
        exchange = self[me].exchanges[peer]
        if exchange.next_deadline() == deadline:
            exchange.tick(self.now_ms)
            assert exchange.next_deadline() != deadline, "a tick uses its deadline up"
            self._pump(me, peer)

    def _deliver(self, me: str, peer: str, generation: int | None, data: bytes) -> None:
        if generation is None or self._generation_of(me, peer) != generation:
            return
        tag, message = decode(data)
        assert tag == TAG
        try:
            self[peer].exchanges[me].receive(message, self.now_ms)
        except PeerMisbehaved:  # as an owner does; here only what was repeated can be too much
            assert self.repeated
            self.disconnect(me, peer)
            return
        self._pump(peer, me)

    def _handle(self, me: str, peer: str, exchange: Exchange) -> None:
        replica = self[me]
        for event in exchange.take_events():
            replica.events.append((peer, event))
            if isinstance(event, Received):
                before = len(replica.held)
                missing = replica.admit(event.commits)
                ids = [commit.id for commit in event.commits]
                exchange.decided(ids, self.now_ms, missing=missing)
                if len(replica.held) > before:
                    self.wrote(me)

    # -- measuring

    def sent(self, kind: type) -> list[Message]:
        return [message for _, _, _, message, _ in self.log if isinstance(message, kind)]

    def said(self) -> list[str]:
        """Who said what, as words: `a HELLO`."""
        return [f"{me} {type(m).__name__.upper()}" for _, me, _, m, _ in self.log]

    def bytes_beyond_payload(self) -> int:
        return sum(size for _, _, _, message, size in self.log if not isinstance(message, Commits))

    def is_equal(self) -> bool:
        return len({replica.durable.digest() for replica in self.replicas.values()}) == 1


def chain(who: AuthorKey, length: int, *, size: int = 40, tail: bytes = b"") -> list[Commit]:
    """A chain of commits; with another `tail` another chain."""
    commits: list[Commit] = []
    for number in range(length):
        body = sha512(b"%d" % number + tail).digest()[:size].ljust(size, b".")
        commits.append(make(who, commits[-1] if commits else None, body=body))
    return commits
