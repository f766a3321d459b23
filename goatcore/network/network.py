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
from weakref import WeakSet

from goatcore.clock import Clock, system_clock
from goatcore.database import Database
from goatcore.errors import LocalMisuse, Refused
from goatcore.ids import AuthorKey, RepositoryId, WorkspaceId
from goatcore.network.join import Join
from goatcore.network.links import Interfaces, Links
from goatcore.network.share import Share
from goatcore.repository.repository import Repository
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
    # changes of this device that no linked device holds durably yet; with nobody linked: that none
    # of those linked since the start held when they left
    sending: int
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
        # the seq of this device's last commit in a repository that another one held durably
        self._acknowledged: dict[tuple[WorkspaceId, AuthorKey, RepositoryId], int] = {}
        self._watched: WeakSet[Repository] = WeakSet()
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
        linked = {session.peer for session in sessions}
        waiting = {peer: self._unacknowledged(database, peer) for peer in self._met(database)}
        problem = (
            database.problem
            or next((s.problem for s in sessions if s.problem), None)
            or (self._links.problem if self._running and not sessions else None)
        )
        return SyncStatus(
            connected=len(sessions),
            looking=self._running and not sessions,
            sending=min(
                [n for peer, n in waiting.items() if not linked or peer in linked], default=0
            ),
            saved_on=sum(
                [not waiting[s.peer] and s.settled for s in sessions if s.peer in waiting]
            ),
            problem=problem,
        )

    def _met(self, database: Database) -> set[AuthorKey]:
        """The devices that were linked since the start and belong to the workspace still."""
        met = {peer for workspace, peer, _ in self._acknowledged if workspace == database.id}
        return met & database.members_here.evaluation.devices.keys()

    def _unacknowledged(self, database: Database, peer: AuthorKey) -> int:
        """How many changes of this device a device does not hold durably, as far as is known."""
        mine, count = database.device.author, 0
        for repository in database.opened():
            if database.members_here.may_read(peer, repository.id):
                known = self._acknowledged.get((database.id, peer, repository.id), 0)
                count += max(0, repository.store.last_seq(mine) - known)
        return count

    def _changed(self) -> None:
        for database in self._databases:
            sessions = self._links.sessions(database.id)
            for repository in database.opened():
                repository.shared = bool(sessions)
                if repository not in self._watched:  # so that offline changes are told, too
                    self._watched.add(repository)
                    repository.store.on_durable(self._changed)
                for session in sessions:
                    place = (database.id, session.peer, repository.id)
                    seq = session.acknowledged(repository.id)
                    self._acknowledged[place] = max(seq, self._acknowledged.get(place, 0))
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
