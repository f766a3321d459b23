"""The network of one computer, as applications use it.

Owns the workspaces served, what a status shows of them, and the ways in: shares and joins. One
`Network` a process, on a running event loop (asyncio's or Qt's through qasync).
"""

from __future__ import annotations

import asyncio
import os
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Final, Literal, NamedTuple

from goatcore.clock import Clock, system_clock
from goatcore.database import Database
from goatcore.errors import LocalMisuse, Refused
from goatcore.ids import WorkspaceId
from goatcore.network.join import Join
from goatcore.network.links import Interfaces, Links
from goatcore.network.session import PeerSession
from goatcore.network.share import Share
from goatcore.transport.handshake import Invitation
from goatcore.transport.link import Link
from goatcore.transport.listener import DEFAULT_PORT
from goatcore.trust.invites import InviteBook, words
from goatcore.trust.records import InviteKind, Role

Random = Callable[[int], bytes]
Unsubscribe = Callable[[], None]

TELL_S: Final = 0.05  # changes within this time are told once


class PeerStatus(NamedTuple):
    """Another device that is linked now."""

    device_name: str
    member_name: str
    address: str
    connected: bool
    workspace: WorkspaceId


class SyncStatus(NamedTuple):
    """How far one workspace's changes have come."""

    connected: int  # devices linked now
    looking: bool  # the network is on and nobody is linked
    sending: int  # changes of this device that no linked device holds durably yet
    saved_on: int  # linked devices that hold every change of this device durably
    problem: str | None  # what a person should know


class NearbyInvite(NamedTuple):
    """An invitation that a computer in reach shows: “7 · a computer nearby”."""

    number: int
    address: str
    port: int


class Network:
    """Discovery, links, sharing and joining for all workspaces of this computer."""

    def __init__(
        self,
        home: Path,
        *,
        interfaces: Interfaces = "all",
        port: int = DEFAULT_PORT,
        clock: Clock = system_clock,
        random: Random = os.urandom,
    ) -> None:
        self.home = home
        self._clock = clock
        self._random = random
        self._wanted_port = port
        self._databases: list[Database] = []
        self._ends: dict[WorkspaceId, Callable[[], None]] = {}
        self._listeners: list[Callable[[], None]] = []
        self._telling: asyncio.TimerHandle | None = None
        self._shares: dict[int, Share] = {}
        self._joins: set[Join] = set()
        self._book = InviteBook(clock, random)
        self._running = False
        self._problem: str | None = None
        self._links = Links(
            self, interfaces=interfaces, clock=clock, random=random, on_change=self._changed
        )

    # -- life --------------------------------------------------------------------------------------

    async def start(self) -> None:
        """Begin to listen and to look. A network that is missing is a `problem`, not an error."""
        self._running = True
        for database in self._databases:
            self._links.add(database)
        await self._links.start(self._wanted_port)
        self._changed()

    async def close(self) -> None:
        """Send what waits, then stop."""
        self._running = False
        for share in list(self._shares.values()):
            share.cancel()
        for join in list(self._joins):
            join.cancel()
        await self._links.close()
        if self._telling is not None:
            self._telling.cancel()
            self._telling = None

    @property
    def port(self) -> int:
        """The port that this computer listens on; 0 before `start`."""
        return self._links.port

    def add(self, database: Database) -> None:
        """Keep a workspace in sync from now on."""
        if database.id in self._ends:
            raise LocalMisuse("This workspace is in the network already.")
        self._databases.append(database)
        self._ends[database.id] = database.subscribe(self._changed)
        if self._running:
            self._links.add(database)
        self._changed()

    async def remove(self, database: Database) -> None:
        """Leave a workspace alone from now on."""
        self._databases.remove(database)
        self._ends.pop(database.id)()
        await self._links.remove(database)
        self._changed()

    # -- what is shown -----------------------------------------------------------------------------

    def subscribe(self, callback: Callable[[], None]) -> Unsubscribe:
        """Call back soon after anything of what is shown changed."""
        self._listeners.append(callback)
        return lambda: self._listeners.remove(callback) if callback in self._listeners else None

    def peers(self) -> list[PeerStatus]:
        """The devices that are linked now."""
        found = []
        for session in self._links.sessions():
            members = session.database.members_here
            found.append(
                PeerStatus(
                    members.device_name(session.peer),
                    members.name_of(session.peer),
                    session.link.address,
                    not session.closed,
                    session.database.id,
                )
            )
        return sorted(found)

    def status(self, database: Database) -> SyncStatus:
        """How far a workspace's changes have come."""
        sessions = self._links.sessions(database.id)
        waiting = [self._unacknowledged(database, session) for session in sessions]
        problem = (
            database.problem
            or next((s.problem for s in sessions if s.problem), None)
            or (self._links.problem if self._running and not sessions else None)
        )
        return SyncStatus(
            connected=len(sessions),
            looking=self._running and not sessions,
            sending=min(waiting, default=0),
            saved_on=sum(1 for session, count in zip(sessions, waiting, strict=True)
                         if not count and session.settled),
            problem=problem,
        )  # fmt: skip

    @staticmethod
    def _unacknowledged(database: Database, session: PeerSession) -> int:
        mine, count = database.device.author, 0
        for repository in database.opened():
            if database.members_here.may_read(session.peer, repository.id):
                last = repository.store.last_seq(mine)
                count += max(0, last - session.acknowledged(repository.id))
        return count

    def _changed(self) -> None:
        for database in self._databases:
            shared = bool(self._links.sessions(database.id))
            for repository in database.opened():
                repository.shared = shared
        if self._telling is None and self._running:
            loop = asyncio.get_running_loop()
            self._telling = loop.call_later(TELL_S, self._tell)

    def _tell(self) -> None:
        self._telling = None
        for callback in tuple(self._listeners):
            callback()

    # -- sharing (also the door that links ask) ----------------------------------------------------

    @property
    def code_words(self) -> Sequence[str]:
        """The words that codes are made of."""
        return words()

    def share(
        self,
        database: Database,
        path: str,
        *,
        whom: Literal["device", "person"],
        role: Role = Role.editor,
    ) -> Share:
        """Open an invitation to a notebook (a person), or to all of one's own (another device).

        Raises `Refused` if this device may not invite."""
        if not self._running:
            raise LocalMisuse("Start the network before sharing.")
        kind = InviteKind.device if whom == "device" else InviteKind.person
        repository = database.repository(path)
        mine = repository.role
        if kind is InviteKind.person and (mine is None or mine < Role.admin):
            raise Refused("Only owners and admins of this notebook can invite others to it.")
        nearby = {invite.number for invite in self.nearby()}
        invite = self._book.open(nearby)
        share = Share(
            database,
            repository,
            invite,
            kind,
            role,
            clock=self._clock,
            on_over=self._share_over,
        )
        self._shares[invite.code.number] = share
        self._links.invite(sorted(self._shares))
        return share

    def _share_over(self, share: Share) -> None:
        self._shares.pop(share.invite.code.number, None)
        if self._running:
            self._links.invite(sorted(self._shares))

    def invitation(self, number: int) -> Invitation | None:
        share = self._shares.get(number)
        return None if share is None else share.invitation()

    def wrong_code(self, number: int) -> None:
        share = self._shares.get(number)
        if share is not None:
            share.wrong_code()

    def guest_arrived(self, link: Link) -> None:
        number = link.session.invite
        share = None if number is None else self._shares.get(number)
        if share is None:
            link.abandon("This invitation is over.")
        else:
            share.guest_arrived(link)

    # -- joining -----------------------------------------------------------------------------------

    def nearby(self) -> list[NearbyInvite]:
        """The invitations that computers in reach show now, by number."""
        found = [
            NearbyInvite(number, one.addresses[0], one.port)
            for one in self._links.found.values()
            for number in one.invites
        ]
        return sorted(found)

    def join(
        self,
        code: str,
        *,
        folder: Path,
        member_name: str,
        device_name: str,
        address: str | None = None,
    ) -> Join:
        """Join the workspace whose code was read out. `folder` (new or empty) becomes its place
        here; `address` ("host" or "host:port") where nothing is found by itself. Raises
        `InvalidValue` for what cannot be a code."""
        if not self._running:
            raise LocalMisuse("Start the network before joining.")
        join = Join(
            code,
            folder=folder,
            home=self.home,
            names=(member_name, device_name),
            address=address,
            candidates=self._candidates,
            known=self._databases,
            clock=self._clock,
            random=self._random,
            on_joined=self._joined,
            on_over=self._joins.discard,
        )
        self._joins.add(join)
        join.start()
        return join

    def _candidates(self, number: int) -> list[tuple[str, int]]:
        return [
            (address, one.port)
            for one in self._links.found.values()
            if number in one.invites
            for address in one.addresses
        ]

    def _joined(self, database: Database, address: str, port: int) -> None:
        self.add(database)
        self._links.reach(database.id, address, port)
