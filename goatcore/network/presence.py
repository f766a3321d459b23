"""Who is here: what an application says of its person and hears of others, a repository each.

Owns when words are said and whom they are said to: devices that are linked, may read the
repository and have agreed on it once; nobody passes them on. Invariants: without news no byte is
sent; a place is told at a version that others have or soon get, so that it stands between the same
letters for everybody; a device is heard on its own link only, and forgotten when that ends.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Final, NamedTuple

from goatcore.clock import Clock
from goatcore.database import Database
from goatcore.errors import LocalMisuse, Malformed
from goatcore.ids import AuthorKey, ItemKey, RepositoryId, WorkspaceId
from goatcore.network.session import PeerSession
from goatcore.repository.item import Item
from goatcore.repository.places import anchored, placed
from goatcore.repository.repository import Repository
from goatcore.sync.messages import Presence as Word
from goatcore.sync.presence import (
    HEADS_MAX,
    NOWHERE,
    QUIET_MS,
    Pace,
    People,
    Whereabouts,
    say,
    understand,
)

Unsubscribe = Callable[[], None]
Selection = Callable[[], tuple[int, int]]  # where it begins and the cursor, in code points

AGAIN_MS: Final = QUIET_MS // 2  # who moves and comes back to where they were says so after this
LAG_MS: Final = 400  # so long a word waits for what is being typed to be recorded


class Person(NamedTuple):
    """Somebody who is in an item now, at another device."""

    device: AuthorKey
    member_name: str
    device_name: str
    me: bool  # another device of one's own
    item: ItemKey
    placed: bool  # at a place in a text; not who said nothing for a minute
    typing: bool
    word: int  # greater with every word that is heard of the device


class Presence:
    """Where people are in one repository. Ask the network for it."""

    def __init__(
        self,
        database: Database,
        repository: Repository,
        clock: Clock,
        sessions: Callable[[WorkspaceId], list[PeerSession]],
    ) -> None:
        self.repository = repository
        self._database = database
        self._clock = clock
        self._sessions = sessions
        self._people = People()
        self._pace = Pace()
        self._counter = 0
        self._asked_ms = 0  # since when a word waits
        self._item: Item | None = None  # that one is in,
        self._field: str | None = None  # a text of it,
        self._selection: Selection | None = None  # and where
        self._typing = False
        self._said, self._said_ms = NOWHERE, 0  # to all who listened
        self._listeners: list[Callable[[], None]] = []
        self._timers: dict[Callable[[], None], asyncio.TimerHandle] = {}
        self._end = repository.store.on_durable(self._go)

    # -- oneself -----------------------------------------------------------------------------------

    def enter(
        self, item: Item, field: str | None = None, selection: Selection | None = None
    ) -> None:
        """Be in an item from now on, and at a place in one of its texts: `selection` is asked
        whenever others are told. Raises `UnknownField`."""
        if item.repository is not self.repository:
            raise LocalMisuse("Presence is told of items of its own repository.")
        if field is not None:
            item.schema.field(field)
        self._item, self._field, self._selection = item, field, selection
        self.moved()

    def moved(self, *, typing: bool = False) -> None:
        """Cursor or selection are elsewhere; `typing`: because something was typed."""
        if not self._pace.wanted:
            self._asked_ms = self._clock()
        self._typing, self._pace.wanted = typing, True
        self._go()

    def leave(self) -> None:
        """Be in no item."""
        self._item = self._field = self._selection = None
        self.moved()

    @property
    def alone(self) -> bool:
        """Whether nobody is linked who could be told."""
        return not self._who_listens()

    # -- others ------------------------------------------------------------------------------------

    def people(self, item: Item | None = None) -> list[Person]:
        """Who is in an item now, or in any: the devices that are linked to this one."""
        members = self._database.members_here
        mine = members.me
        found = []
        for device, word, _, where in self._people.here(self._clock()):
            if where.item is None or (item is not None and where.item != item.key):
                continue
            member = members.evaluation.member_of(device)
            me = member is not None and member.id == mine
            names = members.name_of(device), members.device_name(device)
            placed = where.field is not None
            found.append(Person(device, *names, me, where.item, placed, where.typing, word))
        return found

    def place(self, person: Person, item: Item, field: str) -> tuple[int, int] | None:
        """Where somebody's selection begins and the cursor is, in code points of a text as it
        shows now; None: elsewhere, silent for long, or at what is still on its way."""
        heard = self._people.word(person.device, self._clock())
        if heard is None:
            return None
        where = heard.where
        stored = item.schema.stored_name(field)
        if where.item != item.key or where.field != stored:
            return None
        found = placed(item, stored, where.heads, (where.anchor, where.cursor))
        if found is None:
            return None
        size = len(getattr(item, field))
        return min(found[0], size), min(found[1], size)

    def subscribe(self, callback: Callable[[], None]) -> Unsubscribe:
        """Call back when somebody came, moved or left, or what they speak of arrived."""
        self._listeners.append(callback)
        return lambda: self._listeners.remove(callback) if callback in self._listeners else None

    # -- saying ------------------------------------------------------------------------------------

    def _go(self) -> None:
        """Say what there is to say, if it is time."""
        now_ms = self._clock()
        due_ms = self._pace.due(now_ms)
        if due_ms is None:
            return
        listeners = self._who_listens()
        if not listeners or self.repository.closed:
            self._pace.wanted = False  # whoever comes is told then
            return
        where, exact = self._whereabouts()
        if not exact:
            due_ms = max(due_ms, self._asked_ms + LAG_MS)
        if due_ms > now_ms:
            self._later(due_ms - now_ms, self._go)
            return
        self._pace.said(now_ms)
        if not exact:  # once more when it is recorded
            self._pace.wanted, self._asked_ms = True, now_ms
        is_old = where.item is not None and now_ms - self._said_ms >= AGAIN_MS
        if where != self._said or is_old:
            self._said, self._said_ms = where, now_ms
            self._say(where, listeners, now_ms)

    def _who_listens(self) -> list[PeerSession]:
        sessions = self._sessions(self._database.id)
        return [one for one in sessions if one.speaks_of(self.repository)]

    def _whereabouts(self) -> tuple[Whereabouts, bool]:
        """Where one is now, and whether that is exact: what is typed and not recorded has no place
        that others could find."""
        item, field, selection = self._item, self._field, self._selection
        if item is None:
            return NOWHERE, True
        if field is None or selection is None:
            return Whereabouts(item.key), True
        heads, (anchor, cursor), exact = anchored(item, field, selection())
        if not 0 < len(heads) <= HEADS_MAX:
            return Whereabouts(item.key), exact
        stored = item.schema.stored_name(field)
        return Whereabouts(item.key, stored, heads, anchor, cursor, self._typing), exact

    def _say(self, where: Whereabouts, listeners: list[PeerSession], now_ms: int) -> None:
        group = self._database.members_here.group_of(self.repository.id)
        epoch = None if group is None else self._database.keyring.newest(group)
        if epoch is None:
            return
        self._counter = max(self._counter + 1, now_ms)
        keys = self._database.link_device
        word = say(where, self.repository.id, epoch, keys.author, keys.sign, self._counter)
        for session in listeners:
            session.say(self.repository, word)

    # -- hearing (called by what carries words) ----------------------------------------------------

    def met(self, session: PeerSession) -> None:
        """A device may be told from now on."""
        where, _ = self._whereabouts()
        if where.item is not None:
            self._say(where, [session], self._clock())

    def heard(self, peer: AuthorKey, word: Word) -> None:
        """A device said something; what does not hold is not heard."""
        epoch = self._database.keyring.epoch(word.epoch)
        group = self._database.members_here.group_of(self.repository.id)
        if word.author != peer or epoch is None or epoch.group != group:
            return
        try:
            where = understand(word, self.repository.id, epoch.key)
        except Malformed:
            return
        if self._people.hear(peer, word.counter, where, self._clock()):
            self._tell()

    def parted(self, peer: AuthorKey) -> None:
        """A device is not heard any more."""
        if self._people.part(peer):
            self._tell()

    def admitted(self) -> None:
        """More of the repository is here."""
        if self._people.here(self._clock()):
            self._tell()

    def close(self) -> None:
        """Nothing is said or told any more."""
        self._end()
        self._listeners.clear()
        for timer in self._timers.values():
            timer.cancel()

    def _tell(self) -> None:
        now_ms = self._clock()
        quiet_ms = self._people.due(now_ms)
        if quiet_ms is not None:
            self._later(quiet_ms - now_ms, self._tell)
        for callback in tuple(self._listeners):
            callback()

    def _later(self, delay_ms: int, call: Callable[[], None]) -> None:
        """Call once after a while, instead of any time that was set before."""
        timer = self._timers.pop(call, None)
        if timer is not None:
            timer.cancel()
        loop = asyncio.get_running_loop()
        self._timers[call] = loop.call_later(delay_ms / 1000, call)


class Presences:
    """The presence of every repository that is shown or spoken of here."""

    def __init__(self, clock: Clock, sessions: Callable[[WorkspaceId], list[PeerSession]]) -> None:
        self._clock = clock
        self._sessions = sessions
        self._known: dict[tuple[WorkspaceId, RepositoryId], Presence] = {}

    def of(self, database: Database, repository: Repository) -> Presence:
        """That of a repository."""
        place = database.id, repository.id
        known = self._known.get(place)
        if known is not None and known.repository is repository:
            return known
        if known is not None:
            known.close()
        known = Presence(database, repository, self._clock, self._sessions)
        self._known[place] = known
        return known

    def forget_closed(self) -> None:
        """Let go of repositories that were closed."""
        for place in [at for at, one in self._known.items() if one.repository.closed]:
            self._known.pop(place).close()

    def forget(self, database: Database) -> None:
        """A workspace is left alone."""
        for place in [one for one in self._known if one[0] == database.id]:
            self._known.pop(place).close()

    def close(self) -> None:
        """The end of all."""
        while self._known:
            self._known.popitem()[1].close()

    def met(self, session: PeerSession, repository: Repository) -> None:
        self.of(session.database, repository).met(session)

    def heard(self, session: PeerSession, repository: Repository, word: Word) -> None:
        self.of(session.database, repository).heard(session.peer, word)

    def admitted(self, session: PeerSession, repository: Repository) -> None:
        known = self._known.get((session.database.id, repository.id))
        if known is not None:
            known.admitted()

    def parted(self, session: PeerSession, repository: Repository) -> None:
        known = self._known.get((session.database.id, repository.id))
        if known is not None and known.repository is repository:
            known.parted(session.peer)
