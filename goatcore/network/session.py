"""One member link: every repository that both devices may read, exchanged over it.

Owns the exchanges of one link and when they run. Invariants: `/sys/members` is reconciled first; a
repository is named to a peer only while the peer's device may read it; what arrives is admitted
before anything is answered. The link, the clock and the timers are asyncio's; the exchanges are
pure.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from goatcore.clock import Clock
from goatcore.database import Database
from goatcore.errors import Closed, GoatError, PeerMisbehaved
from goatcore.ids import AuthorKey, GroupId, RepositoryId, RepositoryTag, repository_tag
from goatcore.repository.repository import Repository
from goatcore.repository.store import Store
from goatcore.sync.events import Agreed, Event, KeysReceived, PeerHas, PeerLeft, Received, Stuck
from goatcore.sync.exchange import Exchange
from goatcore.sync.messages import decode, encode
from goatcore.transport.link import Link

EARLY_KEYS_MAX = 8_192


class _Course:
    """One exchange on this link, and what the peer acknowledged of our own commits."""

    __slots__ = ("acknowledged", "agreed", "end", "exchange", "repository", "stuck", "tag")

    def __init__(
        self, tag: RepositoryTag, exchange: Exchange, repository: Repository | None
    ) -> None:
        self.tag = tag
        self.exchange = exchange
        self.repository = repository  # None: /sys/members
        self.acknowledged = 0  # seq of this device's last commit that the peer holds durably
        self.agreed = False  # it has agreed at least once
        self.stuck: str | None = None
        self.end: Callable[[], None] = _nothing


class PeerSession:
    """A link to one member's device, and the exchanges on it. `on_change` hears whatever a status
    shows; `on_closed` hears once that the link ended."""

    def __init__(
        self,
        database: Database,
        link: Link,
        *,
        clock: Clock,
        on_change: Callable[[], None],
        on_closed: Callable[[PeerSession, str], None],
    ) -> None:
        self.database = database
        self.link = link
        self.peer: AuthorKey = link.session.peer
        self.closed = False
        self._clock = clock
        self._on_change = on_change
        self._on_closed = on_closed
        self._courses: dict[RepositoryTag, _Course] = {}
        self._sent_keys: set[tuple[GroupId, bytes]] = set()
        self._early_keys: set[tuple[GroupId, bytes]] = set()
        self._timer: asyncio.TimerHandle | None = None
        self._timer_ms: int | None = None
        self._pumping = False
        self._ends: list[Callable[[], None]] = []

    def start(self) -> None:
        """Begin with the members."""
        store = self.database.members_here.store
        self._open(store, None, opens=self.link.session.initiator)
        self._ends.append(self.database.subscribe(self._look_again))
        self.link.start(self._on_message, self._on_link_closed, self._pump)
        self._pump()

    async def close(self, reason: str) -> None:
        """End the link."""
        await self.link.close(reason)

    # -- what a status shows -----------------------------------------------------------------------

    @property
    def settled(self) -> bool:
        """Whether every exchange has agreed at least once."""
        return all(course.agreed for course in self._courses.values())

    @property
    def problem(self) -> str | None:
        """What a person should know of this link."""
        return next((c.stuck for c in self._courses.values() if c.stuck), None)

    def acknowledged(self, repository: RepositoryId) -> int:
        """The seq of this device's last commit in a repository that the peer holds durably."""
        course = self._courses.get(self._tag(repository))
        return 0 if course is None else course.acknowledged

    # -- which repositories ------------------------------------------------------------------------

    def _tag(self, repository: RepositoryId) -> RepositoryTag:
        return repository_tag(self.link.session.id, repository)

    def _open(self, store: Store, repository: Repository | None, *, opens: bool) -> None:
        tag = self._tag(store.repository)
        exchange = Exchange(
            store,
            store.repository,
            initiator=self.link.session.initiator,
            members=repository is None,
        )
        course = self._courses[tag] = _Course(tag, exchange, repository)
        course.end = store.on_durable(lambda: self._advanced(course))
        exchange.start(self._clock(), opens=opens)

    def _look_again(self) -> None:
        """Members, roles or opened repositories changed."""
        if self.closed or self.database.closed:
            return
        members = self.database.members_here
        if self.peer not in members.evaluation.devices:
            self.link.abandon("The other device does not belong to this workspace any more.")
            return
        if not self._members_course().agreed:
            return
        self._accept_keys()
        self._hand_over_keys()
        wanted = set()
        for info in self.database.repositories():
            if not members.may_read(self.peer, info.id):
                continue
            tag = self._tag(info.id)
            wanted.add(tag)
            course = self._courses.get(tag)
            if course is not None and course.repository is not None and course.repository.closed:
                self._leave(course)
                course = None
            if course is None:
                try:
                    repository = self.database.repository(info.path)
                except GoatError as error:
                    self.database.problem = str(error)
                    continue
                if tag not in self._courses:  # opening it may have brought us here already
                    self._open(repository.store, repository, opens=True)
        for tag, course in list(self._courses.items()):
            if course.repository is not None and tag not in wanted:
                course.exchange.leave("This notebook is not shared with this device.")
                self._send(course)
                self._leave(course)
        self._pump()

    def _members_course(self) -> _Course:
        return self._courses[self._tag(self.database.members_here.store.repository)]

    def _leave(self, course: _Course) -> None:
        course.end()
        self._courses.pop(course.tag, None)

    def _hand_over_keys(self) -> None:
        """Give the peer the keys of the groups that both devices belong to."""
        evaluation = self.database.members_here.evaluation
        keys = [
            (epoch.group, epoch.key)
            for epoch in self.database.keyring.epochs()
            if self.peer in evaluation.readers(epoch.group)
            and self.database.device.author in evaluation.readers(epoch.group)
            and (epoch.group, epoch.key) not in self._sent_keys
        ]
        if keys:
            self._sent_keys.update(keys)
            self._members_course().exchange.send_keys(keys)

    def _take_keys(self, keys: tuple[tuple[GroupId, bytes], ...]) -> None:
        if len(self._early_keys) + len(keys) > EARLY_KEYS_MAX:
            raise PeerMisbehaved("The other device sends keys of groups that it does not have.")
        self._sent_keys.update(keys)
        self._early_keys.update(keys)
        self._accept_keys()

    def _accept_keys(self) -> None:
        """Keep the keys that came of groups which the peer belongs to. A key may come before the
        record that founds its group: then it waits."""
        readers = self.database.members_here.evaluation.readers
        ready = [entry for entry in self._early_keys if self.peer in readers(entry[0])]
        if ready:
            self._early_keys.difference_update(ready)
            self.database.add_keys(ready)

    # -- what comes and goes -----------------------------------------------------------------------

    def _on_message(self, data: bytes) -> None:
        tag, message = decode(data)
        course = self._courses.get(tag)
        if course is None:
            return  # a repository that is not open here yet; opening it says HELLO
        course.exchange.receive(message, self._clock())
        self._pump()

    def _advanced(self, course: _Course) -> None:
        if not self.closed:
            course.exchange.advanced(self._clock())
            self._pump()

    def _pump(self) -> None:
        """Send what is to be sent and handle what happened, until nothing is left."""
        if self._pumping or self.closed:
            return
        self._pumping = True
        try:
            busy = True
            while busy and not self.closed:
                busy = False
                for course in list(self._courses.values()):
                    busy = self._send(course) or busy
                    for event in course.exchange.take_events():
                        busy = True
                        self._on_event(course, event)
        finally:
            self._pumping = False
        self._set_timer()

    def _send(self, course: _Course) -> bool:
        sent = False
        while not self.link.full and not self.link.closed:
            messages = course.exchange.take_outgoing()
            if not messages:
                break
            sent = True
            for message in messages:
                try:
                    self.link.send(encode(message, course.tag))
                except Closed:
                    return False
        return sent

    def _on_event(self, course: _Course, event: Event) -> None:
        match event:
            case Received(commits):
                if course.repository is None:
                    self.database.members_here.admit(commits)
                else:
                    course.repository.admit(commits)
                course.exchange.decided([commit.id for commit in commits], self._clock())
            case Agreed():
                course.stuck = None
                self._acknowledge(course, self._own_durable_seq(course))
                if not course.agreed:
                    course.agreed = True
                    if course.repository is None:
                        self._look_again()
                self._on_change()
            case PeerHas(tips):
                mine = self.database.device.author
                self._acknowledge(course, max((t.seq for t in tips if t.author == mine), default=0))
            case KeysReceived(keys):
                self._take_keys(keys)
            case Stuck(sentence):
                course.stuck = sentence
                self._on_change()
            case PeerLeft():
                if course.repository is None:
                    self.link.abandon("The other computer takes no part in this workspace.")
                    return
                self._leave(course)
                self._on_change()

    def _own_durable_seq(self, course: _Course) -> int:
        mine = self.database.device.author
        store = self._store(course)
        return max((tip.seq for tip in store.durable.tips() if tip.author == mine), default=0)

    def _store(self, course: _Course) -> Store:
        if course.repository is None:
            return self.database.members_here.store
        return course.repository.store

    def _acknowledge(self, course: _Course, seq: int) -> None:
        if seq > course.acknowledged:
            course.acknowledged = seq
            self._on_change()

    def _set_timer(self) -> None:
        deadlines = [course.exchange.next_deadline() for course in self._courses.values()]
        due_ms = min((at for at in deadlines if at is not None), default=None)
        if due_ms == self._timer_ms:
            return
        if self._timer is not None:
            self._timer.cancel()
        self._timer_ms = due_ms
        if due_ms is None or self.closed:
            self._timer = None
            return
        delay_s = max(0, due_ms - self._clock()) / 1000
        self._timer = asyncio.get_running_loop().call_later(delay_s, self._on_timer)

    def _on_timer(self) -> None:
        self._timer = self._timer_ms = None
        now_ms = self._clock()
        for course in list(self._courses.values()):
            at = course.exchange.next_deadline()
            if at is not None and at <= now_ms:
                course.exchange.tick(now_ms)
        self._pump()

    def _on_link_closed(self, reason: str) -> None:
        self.closed = True
        if self._timer is not None:
            self._timer.cancel()
        for course in list(self._courses.values()):
            self._leave(course)
        for end in self._ends:
            end()
        self._on_closed(self, reason)


def _nothing() -> None:
    """Not subscribed yet."""
