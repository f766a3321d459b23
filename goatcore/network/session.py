"""One member link: every repository that both devices may read, exchanged over it.

Owns the exchanges of one link and when they run. Invariants: `/sys/members` is reconciled first; a
repository is named to a peer only while the peer's device may read it; what arrives is admitted in
the order in which it came, so little at a time that the loop is never held for long. The link, the
clock and the timers are asyncio's; the exchanges are pure.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable, Collection
from typing import Protocol

from goatcore.clock import Clock
from goatcore.database import Database
from goatcore.errors import Closed, GoatError, PeerMisbehaved
from goatcore.history.commit import Commit
from goatcore.ids import AuthorKey, GroupId, RepositoryId, RepositoryTag
from goatcore.repository.repository import Repository
from goatcore.repository.store import Store
from goatcore.sync.catalog import Catalog, Opening
from goatcore.sync.events import Agreed, Event, KeysReceived, PeerHas, PeerLeft, Received, Stuck
from goatcore.sync.exchange import Exchange
from goatcore.sync.messages import Hello, Presence, decode, encode
from goatcore.sync.presence import Intake
from goatcore.transport.link import Link

EARLY_KEYS_MAX = 8_192
ADMIT_TOGETHER = 20  # commits, in one turn of the loop: about 3 ms


class _Course:
    """One exchange on this link, and what the peer acknowledged of our own commits."""

    __slots__ = (
        *("acknowledged", "admitting", "agreed", "arrived", "end", "exchange", "repository"),
        *("met", "received", "stuck", "tag", "word"),
    )

    def __init__(
        self, tag: RepositoryTag, exchange: Exchange, repository: Repository | None
    ) -> None:
        self.tag = tag
        self.exchange = exchange
        self.repository = repository  # None: /sys/members
        self.acknowledged = 0  # seq of this device's last commit that the peer holds durably
        self.agreed = False  # it has agreed at least once
        self.received = 0  # commits, on this link
        self.stuck: str | None = None
        self.arrived: deque[Commit] = deque()  # and not taken in yet, oldest first
        self.admitting: asyncio.Task[None] | None = None  # takes it in
        self.end: Callable[[], None] = _nothing
        self.met = False  # the peer was told where one is, since it began
        self.word: Presence | None = None  # to be said as soon as the link takes it


class Listening(Protocol):
    """Who hears of presence."""

    def met(self, session: PeerSession, repository: Repository) -> None:
        """The peer may be told from now on where one is."""

    def heard(self, session: PeerSession, repository: Repository, word: Presence) -> None:
        """The peer said something."""

    def admitted(self, session: PeerSession, repository: Repository) -> None:
        """What others speak of may be there now."""

    def parted(self, session: PeerSession, repository: Repository) -> None:
        """The peer is not heard any more."""


class PeerSession:
    """A link to one member's device, and the exchanges on it. `on_change` hears whatever a status
    shows; `on_closed` hears once that the link ended."""

    def __init__(
        self,
        database: Database,
        link: Link,
        *,
        clock: Clock,
        presence: Listening,
        on_change: Callable[[], None],
        on_closed: Callable[[PeerSession, str], None],
    ) -> None:
        self.database = database
        self.link = link
        self.peer: AuthorKey = link.session.peer
        self.closed = False
        self._clock = clock
        self._presence = presence
        self._intake = Intake()
        self._listening: asyncio.TimerHandle | None = None
        self._on_change = on_change
        self._on_closed = on_closed
        self._courses: dict[RepositoryId, _Course] = {}
        members = database.members_here.store.repository
        initiator = link.session.initiator
        self._catalog = Catalog(link.session.id, members, initiator=initiator)
        self._catalog_settled = False
        self._members_settled = False
        self._choosing = False
        self._sent_keys: set[tuple[GroupId, bytes]] = set()
        self._early_keys: set[tuple[GroupId, bytes]] = set()
        self._timer: asyncio.TimerHandle | None = None
        self._timer_ms: int | None = None
        self._pumping = False
        self._ends: list[Callable[[], None]] = []

    def start(self) -> None:
        """Begin with the members."""
        self._begin(self._catalog.members(), None)
        self._ends.append(self.database.subscribe(self._look_again))
        self.link.start(self._on_message, self._on_link_closed, self._pump)
        self._pump()

    async def close(self, reason: str) -> None:
        """End the link."""
        await self.link.close(reason)

    # -- what a status shows -----------------------------------------------------------------------

    def settled_in(self, repositories: Collection[RepositoryId] | None) -> bool:
        """Whether every exchange (None), or that of each of these, has agreed at least once."""
        if repositories is None:
            return all(course.agreed for course in self._courses.values())
        return all(id_ in self._courses and self._courses[id_].agreed for id_ in repositories)

    @property
    def problem(self) -> str | None:
        """What a person should know of this link."""
        return next((c.stuck for c in self._courses.values() if c.stuck), None)

    def arriving(self, repository: RepositoryId) -> tuple[int, int] | None:
        """While commits come before the first agreement: how many came, and how many there are
        (0: nobody said); None when nothing of that kind is going on."""
        course = self._courses.get(repository)
        if course is None or course.agreed or not course.received:
            return None
        return course.received, course.exchange.peer_held

    def acknowledged(self, repository: RepositoryId) -> int:
        """The seq of this device's last commit in a repository that the peer holds durably."""
        course = self._courses.get(repository)
        return 0 if course is None else course.acknowledged

    # -- presence ----------------------------------------------------------------------------------

    def speaks_of(self, repository: Repository) -> bool:
        """Whether the peer may be told where one is in a repository: both have read it."""
        course = self._courses.get(repository.id)
        return course is not None and course.agreed and course.repository is repository

    def say(self, repository: Repository, word: Presence) -> None:
        """Tell the peer; while the link is busy only the latest word waits."""
        if self.speaks_of(repository):
            self._courses[repository.id].word = word
            self._pump()

    def _listen(self) -> None:
        """Look at the words that came, as many as there is time for."""
        self._listening = None
        while not self.closed and (heard := self._intake.take(self._clock())):
            id_, word = heard
            course = self._courses.get(id_)
            if course is not None and course.repository is not None:
                self._presence.heard(self, course.repository, word)
        now_ms = self._clock()
        due_ms = self._intake.due(now_ms)
        if due_ms is not None and not self.closed:
            loop = asyncio.get_running_loop()
            self._listening = loop.call_later((due_ms - now_ms) / 1000, self._listen)

    # -- which repositories ------------------------------------------------------------------------

    def _begin(self, opening: Opening, repository: Repository | None) -> None:
        """Begin one exchange; `repository` is None for `/sys/members`."""
        store = self.database.members_here.store if repository is None else repository.store
        exchange = Exchange(
            store,
            opening.repository,
            initiator=self.link.session.initiator,
            members=repository is None,
        )
        course = self._courses[opening.repository] = _Course(opening.tag, exchange, repository)
        course.end = store.on_durable(lambda: self._advanced(course))
        exchange.start(self._clock(), opens=opening.opens)
        if opening.early is not None:
            exchange.receive(opening.early, self._clock())

    def _look_again(self) -> None:
        """Members, roles or opened repositories changed."""
        if self.closed:
            return
        if not self.database.members_here.may_link(self.peer):
            self.link.abandon("The other device does not belong to this workspace any more.")
            return
        self._accept_keys()
        if not self._members_settled:
            return
        self._hand_over_keys()
        self._choose()
        self._pump()

    def _choose(self) -> None:
        """Begin and end exchanges, so that they are of what both devices may read now."""
        if self._choosing:  # opening a repository is itself a change that brings us here
            return
        self._choosing = True
        try:
            readable = self._readable()
            stale = {
                id_ for id_, one in readable.items()
                if id_ in self._courses and self._courses[id_].repository is not one
            }  # fmt: skip
            openings: list[Opening] = []
            for wanted in (readable.keys() - stale, readable.keys()) if stale else (readable,):
                begun, ended = self._catalog.allow(wanted)
                openings += begun
                for id_, _ in ended:
                    self._part(self._courses[id_])
            if not self._catalog_settled:
                self._catalog_settled = True
                openings += self._catalog.settle_members()
            for opening in openings:
                self._begin(opening, readable[opening.repository])
        finally:
            self._choosing = False

    def _readable(self) -> dict[RepositoryId, Repository]:
        """The repositories that both devices may read, opened."""
        members = self.database.members_here
        found: dict[RepositoryId, Repository] = {}
        for info in self.database.repositories():
            if members.may_read(self.peer, info.id):
                try:
                    found[info.id] = self.database.repository(info.path)
                except GoatError as error:  # one that cannot be opened hinders no other
                    self.database.problem = str(error)
        return found

    def _part(self, course: _Course) -> None:
        """Leave a repository alone, and say so."""
        if course.repository is not None and not course.repository.closed:
            course.exchange.leave("This notebook is not shared with this device.")
            self._send(course)
        self._leave(course)

    def _members_course(self) -> _Course:
        return self._courses[self.database.members_here.store.repository]

    def _leave(self, course: _Course) -> None:
        course.end()
        self._courses = {id_: one for id_, one in self._courses.items() if one is not course}
        if course.repository is not None:
            self._intake.forget(course.repository.id)
            self._presence.parted(self, course.repository)

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
        repository = self._catalog.find(tag, message)
        course = None if repository is None else self._courses.get(repository)
        if repository is None or course is None:
            return  # not open here yet, or not for this peer
        if isinstance(message, Presence):
            self._intake.put(repository, message)
            if self._listening is None:
                self._listen()
            return
        if isinstance(message, Hello):
            course.met = False  # it may have forgotten what it was told
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
        word = course.word
        if word is not None and not self.link.full and not self.link.closed:
            course.word = None
            self.link.send(encode(word, course.tag))
        return sent

    def _on_event(self, course: _Course, event: Event) -> None:
        match event:
            case Received(commits):
                course.received += len(commits)
                course.arrived.extend(commits)
                if course.admitting is None:
                    self._admit(course)
                    if course.arrived:
                        loop = asyncio.get_running_loop()
                        course.admitting = loop.create_task(self._go_on(course))
            case Agreed():
                course.stuck = None
                self._acknowledge(course, self._own_durable_seq(course))
                course.agreed = True
                if course.repository is None:
                    self.database.known()
                self._settle(course)
                self._on_change()
                if not course.met and course.repository is not None:
                    course.met = True
                    self._presence.met(self, course.repository)
            case PeerHas(tips):
                mine = self.database.device.author
                self._acknowledge(course, max((t.seq for t in tips if t.author == mine), default=0))
            case KeysReceived(keys):
                self._take_keys(keys)
            case Stuck(sentence):
                course.stuck = sentence
                self._settle(course)
                self._on_change()
            case PeerLeft():
                if course.repository is None:
                    self.link.abandon("The other computer takes no part in this workspace.")
                    return
                self._leave(course)
                self._on_change()

    def _admit(self, course: _Course) -> None:
        """Take in some of what arrived; members' records all at once."""
        if course.repository is None:
            part = list(course.arrived)
            course.arrived.clear()
            self.database.members_here.admit(part)
        else:
            part = [
                course.arrived.popleft() for _ in range(min(ADMIT_TOGETHER, len(course.arrived)))
            ]
            course.repository.admit(part)
            if not course.agreed:
                self._on_change()
            self._presence.admitted(self, course.repository)
        course.exchange.decided([commit.id for commit in part], self._clock())

    async def _go_on(self, course: _Course) -> None:
        """Take in the rest of what arrived, a turn of the loop a part."""
        try:
            while course.arrived and self._goes_on(course):
                await asyncio.sleep(0)
                if self._goes_on(course):
                    self._admit(course)
                    self._pump()
        except GoatError as error:
            self.link.abandon(str(error))
        except Exception:
            self.link.abandon("A fault in this program ended the link.")
            raise
        finally:
            course.admitting = None

    def _goes_on(self, course: _Course) -> bool:
        return not self.closed and any(one is course for one in self._courses.values())

    def _settle(self, course: _Course) -> None:
        """The members are equal, or cannot become so: the notebooks may begin."""
        if course.repository is None and not self._members_settled:
            self._members_settled = True
            self._look_again()

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
        for timer in (self._timer, self._listening):
            if timer is not None:
                timer.cancel()
        for course in list(self._courses.values()):
            self._leave(course)
        for end in self._ends:
            end()
        self._on_closed(self, reason)


def _nothing() -> None:
    """Not subscribed yet."""
