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
from goatcore.ids import AuthorKey, WorkspaceId
from goatcore.network.acquaintances import Acquaintances, Place
from goatcore.network.address import parse_address
from goatcore.network.join import Join
from goatcore.network.links import Interfaces, Links
from goatcore.network.presence import Presence
from goatcore.network.session import PeerSession
from goatcore.network.share import Share
from goatcore.network.standing import Attempt, DeviceStatus, PeerStatus, Standing, SyncStatus
from goatcore.repository.repository import Repository
from goatcore.transport.handshake import Invitation
from goatcore.transport.link import Link
from goatcore.transport.listener import DEFAULT_PORT
from goatcore.transport.refusal import Refusal
from goatcore.trust.invites import InviteBook, words
from goatcore.trust.records import InviteKind, Role

Random = Callable[[int], bytes]
Unsubscribe = Callable[[], None]

TELL_S: Final = 0.05  # changes within this time are told once
SAVE_S: Final = 5.0  # who was met is written so long after it changed


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
        self._ended: dict[int, Refusal] = {}  # why the last share with a number is over
        self._joins: set[Join] = set()
        self._book = InviteBook(clock, random)
        self._running = False
        self._met: dict[WorkspaceId, Acquaintances] = {}
        self._linked: dict[WorkspaceId, set[AuthorKey]] = {}
        self._saving: asyncio.TimerHandle | None = None
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
        for database in self._databases:
            self._recall(database)
        self._changed()

    async def close(self) -> None:
        """Send what waits, then stop."""
        self._running = False
        for share in list(self._shares.values()):
            share.cancel()
        for join in list(self._joins):
            join.cancel()
        for id_, linked in self._linked.items():
            self._met[id_].seen(linked, self._clock())
        self._linked.clear()
        await self._links.close()
        if self._saving is not None:
            self._saving.cancel()
        self._save()
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
            self._recall(database)
        self._changed()

    async def remove(self, database: Database) -> None:
        """Leave a workspace alone from now on."""
        self._databases.remove(database)
        self._ends.pop(database.id)()
        await self._links.remove(database)
        self._memory(database).save()
        self._linked.pop(database.id, None)
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

    def status(self, database: Database, path: str | None = None) -> SyncStatus:
        """How far changes have come: of a whole workspace, or of the notebook at a path."""
        return self._standing(database).status(
            path, running=self._running, problem=self._links.problem
        )

    def devices(self, database: Database, path: str | None = None) -> list[DeviceStatus]:
        """Every device of a workspace, or of the notebook at a path."""
        return self._standing(database).devices(path, self._links.home_problems(database.id))

    def attempts(self, database: Database) -> list[Attempt]:
        """The ways to others that were tried in vain: computers nearby, typed addresses."""
        return self._links.attempts(database.id)

    def reach(self, database: Database, address: str) -> None:
        """Dial an address that a person typed, and go on trying. Raises `LocalMisuse` for what
        cannot be an address; how it goes, `attempts` and `devices` tell."""
        if not self._running:
            raise LocalMisuse("Start the network first.")
        self._links.reach(database.id, Place(*parse_address(address)), typed=True)

    @property
    def problem(self) -> str | None:
        """Why nobody can be found in this network; None where all is well."""
        return self._links.problem if self._running else None

    def _standing(self, database: Database) -> Standing:
        sessions = self._links.sessions(database.id)
        return Standing(database, sessions, self._memory(database))

    def _changed(self) -> None:
        self._links.presences.forget_closed()
        for database in self._databases:
            sessions = self._links.sessions(database.id)
            for repository in database.opened():
                repository.shared = bool(sessions)
                if repository not in self._watched:  # so that offline changes are told, too
                    self._watched.add(repository)
                    repository.store.on_durable(self._changed)
            self._look(database, sessions)
        if self._telling is None and self._running:
            loop = asyncio.get_running_loop()
            self._telling = loop.call_later(TELL_S, self._tell)

    def _look(self, database: Database, sessions: Sequence[PeerSession]) -> None:
        """Remember who is here, where, and what they hold."""
        met = self._memory(database)
        met.met_by(database.device.author)
        linked = {session.peer for session in sessions}
        before = self._linked.get(database.id, set())
        self._linked[database.id] = linked
        met.seen(linked ^ before, self._clock())
        for session in sessions:
            place = self._links.place_of(session)
            if place is not None and met.place(session.peer) != place:
                met.reached(session.peer, place)
                self._links.remember(database.id, session.peer, place)
            for repository in database.opened():
                met.acknowledged(session.peer, repository.id, session.acknowledged(repository.id))
        if met.changed and self._saving is None and self._running:
            self._saving = asyncio.get_running_loop().call_later(SAVE_S, self._save)

    def _memory(self, database: Database) -> Acquaintances:
        """Who of a workspace was met."""
        if database.id not in self._met:
            self._met[database.id] = Acquaintances(self.home, database.id)
        return self._met[database.id]

    def _save(self) -> None:
        self._saving = None
        for met in self._met.values():
            met.save()

    def _recall(self, database: Database) -> None:
        """Try everybody where they were reached before."""
        met = self._memory(database)
        for device in database.members_here.evaluation.devices:
            place = met.place(device)
            if place is not None and device != database.device.author:
                self._links.remember(database.id, device, place)

    def _tell(self) -> None:
        self._telling = None
        for callback in tuple(self._listeners):
            callback()

    def presence(self, repository: Repository) -> Presence:
        """Who is where in a repository of a workspace that was added; the same object each time,
        until one of them is closed."""
        for database in self._databases:
            if repository in database.opened():
                return self._links.presences.of(database, repository)
        raise LocalMisuse("This repository's workspace is not in the network.")

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
        if not self.port:
            raise Refused(self.problem or "Nobody can reach this computer.")
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
        self._ended.pop(invite.code.number, None)
        self._links.invite(sorted(self._shares))
        return share

    def _share_over(self, share: Share) -> None:
        self._shares.pop(share.invite.code.number, None)
        self._ended[share.invite.code.number] = share.refusal
        if self._running:
            self._links.invite(sorted(self._shares))

    def invitation(self, number: int) -> Invitation | None:
        share = self._shares.get(number)
        return None if share is None else share.invitation()

    def why_closed(self, number: int) -> Refusal:
        share = self._shares.get(number)
        return self._ended.get(number, Refusal.INVITE) if share is None else share.refusal

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

    def _candidates(self, number: int | None) -> list[tuple[str, int]]:
        """Where computers nearby answer that show an invitation; None: where any does."""
        return [
            (address, one.port)
            for one in self._links.found.values()
            if number is None or number in one.invites
            for address in one.addresses
        ]

    def _joined(self, database: Database, address: str, port: int) -> None:
        self.add(database)
        self._links.reach(database.id, Place(address, port))
