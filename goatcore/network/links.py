"""The links of one computer: who is found, dialled, let in, and which of two links stays.

Owns the listener, discovery and redialling for all workspaces served. Invariant: at most one link a
(workspace, device) stays; a device that `/sys/members` does not name never gets past the handshake
(unless that is damaged here: see `Members.may_link`).
Knows invitations only as numbers that a door may open for.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable
from functools import lru_cache
from typing import Final, Literal, NamedTuple, Protocol

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from goatcore.clock import Clock
from goatcore.database import Database
from goatcore.errors import GoatError
from goatcore.ids import AuthorKey, WorkspaceId
from goatcore.network.acquaintances import Place
from goatcore.network.presence import Presences
from goatcore.network.session import PeerSession
from goatcore.network.standing import Attempt
from goatcore.transport.announcement import recognise
from goatcore.transport.discovery import Discovery, Found
from goatcore.transport.handshake import Initiator, Invitation, Mode, Responder, WorkspaceKeys
from goatcore.transport.link import Link, dial
from goatcore.transport.listener import Listener
from goatcore.transport.noise import KeyPair
from goatcore.transport.proof import Identity
from goatcore.transport.reconnect import LinkFacts, Redial, keeps_new
from goatcore.transport.refusal import Refusal
from goatcore.trust.signing import DeviceKeys, verify

Interfaces = Literal["all", "loopback"]
Random = Callable[[int], bytes]

DOZE_MS: Final = 1_500  # the one with the greater discovery name dials a little later
LADDER_MS: Final = 3_000  # where somebody was reached before is tried when nobody was found so long


class Target(NamedTuple):
    """Somebody to dial: a workspace, and where it was seen."""

    workspace: WorkspaceId
    where: str  # the name of an announcement, or "address:port"


class Door(Protocol):
    """What the listener asks about invitations."""

    def invitation(self, number: int) -> Invitation | None: ...

    def why_closed(self, number: int) -> Refusal: ...

    def wrong_code(self, number: int) -> None: ...

    def guest_arrived(self, link: Link) -> None:
        """A link in join mode is secure; the door takes it from here."""


class Links:
    """All links of all workspaces served."""

    def __init__(
        self,
        door: Door,
        *,
        interfaces: Interfaces,
        clock: Clock,
        random: Random,
        on_change: Callable[[], None],
    ) -> None:
        self.port = 0
        self.found: dict[str, Found] = {}
        self._door = door
        self._clock = clock
        self._random = random
        self._on_change = on_change
        self.presences = Presences(clock, self.sessions)
        self._databases: dict[WorkspaceId, Database] = {}
        self._sessions: dict[tuple[WorkspaceId, AuthorKey], PeerSession] = {}
        self._addresses: dict[Target, tuple[tuple[str, ...], int]] = {}
        self._target_of: dict[PeerSession, Target] = {}
        self._redial: Redial[Target] = Redial(random)
        self._secret_back: dict[Target, int] = {}  # how many secrets back to try next
        self._homes: dict[tuple[WorkspaceId, AuthorKey], Target] = {}  # where it was reached before
        self._failures: dict[Target, str] = {}  # why the last dial led to no link
        self._typed: set[Target] = set()
        self._deaf: str | None = None  # why nobody can knock here
        self._tasks: set[asyncio.Task[None]] = set()
        self._timer: asyncio.TimerHandle | None = None
        self._invites: tuple[int, ...] = ()
        self._running = False
        self._listener = Listener(
            lambda: Responder(self, verify=verify, random=random),
            self._on_link,
            clock=clock,
            interfaces=interfaces,
        )
        self._discovery = Discovery(
            self._on_found,
            self._on_lost,
            clock=clock,
            random=random,
            interfaces=interfaces,
            on_problem=lambda _: on_change(),
        )

    # -- life --------------------------------------------------------------------------------------

    async def start(self, port: int) -> None:
        """Listen, look around, let others find us."""
        self._running = True
        try:
            self.port = await self._listener.start(port)
        except GoatError as error:  # others are found and dialled all the same
            self._deaf = f"{error} Others cannot reach this computer; it still looks for them."
        await self._discovery.start()
        self._announce()

    async def close(self) -> None:
        """Stop everything; links send what waits first."""
        self._running = False
        if self._timer is not None:
            self._timer.cancel()
        for task in list(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await self._discovery.close()
        await asyncio.gather(
            *(s.close("The other computer closed Goat Notes.") for s in list(self.sessions()))
        )
        await self._listener.close()
        self.presences.close()

    @property
    def problem(self) -> str | None:
        """Why nobody can be found, or reach this computer; None where all is well."""
        return self._discovery.problem or self._deaf

    def sessions(self, workspace: WorkspaceId | None = None) -> list[PeerSession]:
        """The live sessions, of one workspace or of all."""
        return [
            session
            for (of, _), session in self._sessions.items()
            if workspace is None or of == workspace
        ]

    # -- workspaces --------------------------------------------------------------------------------

    def add(self, database: Database) -> None:
        """Serve a workspace."""
        self._databases[database.id] = database
        self._announce()
        for found in self.found.values():
            self._on_found(found)

    async def remove(self, database: Database) -> None:
        """Serve it no longer."""
        self._databases.pop(database.id, None)
        for target in [t for t in self._addresses if t.workspace == database.id]:
            self._forget(target)
        self._homes = {key: t for key, t in self._homes.items() if key[0] != database.id}
        sessions = self.sessions(database.id)
        await asyncio.gather(*(s.close("The workspace was closed.") for s in sessions))
        self.presences.forget(database)
        self._announce()

    def invite(self, numbers: Iterable[int]) -> None:
        """Announce these invitations."""
        self._invites = tuple(numbers)
        self._announce()

    def reach(self, workspace: WorkspaceId, place: Place, *, typed: bool = False) -> None:
        """Dial a known address, and go on trying."""
        target = self._target(workspace, place)
        if typed:
            self._typed.add(target)
        self._failures.pop(target, None)
        self._redial.want(target, self._clock())
        self._set_timer()
        self._on_change()

    def remember(self, workspace: WorkspaceId, device: AuthorKey, place: Place) -> None:
        """A device was reached there before: it is tried there while it is not linked."""
        target = self._target(workspace, place)
        before = self._homes.get((workspace, device))
        self._homes[workspace, device] = target
        if before not in (None, target) and before not in self._target_of.values():
            self._forget(before)
        self._try_home((workspace, device))

    def _target(self, workspace: WorkspaceId, place: Place) -> Target:
        target = Target(workspace, f"{place.address}:{place.port}")
        self._addresses[target] = ((place.address,), place.port)
        return target

    def _try_home(self, key: tuple[WorkspaceId, AuthorKey]) -> None:
        """Dial a device that is not linked where it was reached before, if nothing else helps."""
        target = self._homes.get(key)
        if target is not None and key not in self._sessions and key[0] in self._databases:
            if target not in self._addresses:
                address, _, port = target.where.rpartition(":")
                self._addresses[target] = ((address,), int(port))
            self._redial.want(target, self._clock(), delay_ms=LADDER_MS)
            self._set_timer()

    def place_of(self, session: PeerSession) -> Place | None:
        """Where the other side of a session listens, if that is known: it was dialled there, or
        announces a port at the address that it dialled from."""
        target = self._target_of.get(session)
        if target is not None and target in self._addresses:
            addresses, port = self._addresses[target]
            return Place(session.link.address, port) if session.link.address in addresses else None
        for found in self.found.values():
            target = Target(session.database.id, found.name)
            if session.link.address in found.addresses and target in self._addresses:
                return Place(session.link.address, found.port)
        return None

    def attempts(self, workspace: WorkspaceId) -> list[Attempt]:
        """The ways to others of a workspace that have led to no link: found nearby, or typed."""
        linked = set(self._target_of.values())
        return [
            Attempt(
                addresses[0] if target.where in self.found else target.where,
                target.where in self.found,
                self._failures.get(target),
            )
            for target, (addresses, _) in self._addresses.items()
            if target.workspace == workspace
            and target not in linked
            and (target in self._typed or (target.where in self.found and target in self._failures))
        ]

    def home_problems(self, workspace: WorkspaceId) -> dict[AuthorKey, str]:
        """Why devices were not reached where they were before."""
        return {
            device: self._failures[target]
            for (of, device), target in self._homes.items()
            if of == workspace and target in self._failures
        }

    def _announce(self) -> None:
        if self._running and self.port:
            secrets = [keys.secrets[-1] for keys in self.workspaces()]
            self._discovery.announce(self.port, secrets, self._invites)

    # -- what a responder asks (the handshake's gate) ----------------------------------------------

    def workspaces(self) -> Iterable[WorkspaceKeys]:
        return [
            WorkspaceKeys(id_, database.keys.links, identity(database.link_device))
            for id_, database in self._databases.items()
        ]

    def invitation(self, number: int) -> Invitation | None:
        return self._door.invitation(number)

    def why_closed(self, number: int) -> Refusal:
        return self._door.why_closed(number)

    def wrong_code(self, number: int) -> None:
        self._door.wrong_code(number)

    def admit(self, device: AuthorKey, workspace: WorkspaceId) -> bool:
        database = self._databases.get(workspace)
        return (
            database is not None
            and device != database.link_device.author
            and database.members_here.may_link(device)
        )

    # -- found and dialled -------------------------------------------------------------------------

    def _on_found(self, found: Found) -> None:
        self.found[found.name] = found
        keys = list(self.workspaces())
        doze_ms = 0 if self._discovery.name < found.name else DOZE_MS
        for index in recognise(found.tags, [k.secrets[-1] for k in keys], self._clock()):
            target = Target(keys[index].workspace, found.name)
            self._addresses[target] = (found.addresses, found.port)
            self._redial.want(target, self._clock(), delay_ms=doze_ms)
        self._set_timer()
        self._on_change()

    def _on_lost(self, name: str) -> None:
        self.found.pop(name, None)
        for target in [t for t in self._addresses if t.where == name]:
            if target not in self._target_of.values():
                self._forget(target)
        self._on_change()

    def _forget(self, target: Target) -> None:
        self._addresses.pop(target, None)
        self._secret_back.pop(target, None)
        self._failures.pop(target, None)
        self._typed.discard(target)
        self._redial.forget(target)

    def _set_timer(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        due_ms = self._redial.next_due_ms()
        if due_ms is not None and self._running:
            delay_s = max(0, due_ms - self._clock()) / 1000
            self._timer = asyncio.get_running_loop().call_later(delay_s, self._dial_due)

    def _dial_due(self) -> None:
        self._timer = None
        for target in self._redial.take_due(self._clock()):
            task = asyncio.get_running_loop().create_task(self._dial(target))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)
        self._set_timer()

    async def _dial(self, target: Target) -> None:
        key = next((key for key, home in self._homes.items() if home == target), None)
        if key in self._sessions and target not in self._typed:
            self._forget(target)  # linked another way meanwhile
            return
        try:
            link = await self._first_that_answers(target)
        except GoatError as error:
            self._failures[target] = str(error)
            self._redial.failed(target, self._clock())
            self._set_timer()
            self._on_change()
            return
        if link is None:  # there is no such workspace here any more
            self._forget(target)
            return
        self._failures.pop(target, None)
        self._redial.connected(target, self._clock())
        self._adopt(link, target)

    async def _first_that_answers(self, target: Target) -> Link | None:
        addresses, port = self._addresses.get(target, ((), 0))
        failure: GoatError | None = None
        for address in addresses:
            keys = next((k for k in self.workspaces() if k.workspace == target.workspace), None)
            if keys is None:
                return None
            back = self._secret_back.get(target, 0) % len(keys.secrets)
            machine = Initiator.for_member(
                keys,
                admit=self.admit,
                verify=verify,
                random=self._random,
                secret_index=len(keys.secrets) - 1 - back,
            )
            try:
                return await dial(address, port, machine, clock=self._clock)
            except GoatError as error:
                failure = error
                if machine.refusal is Refusal.WORKSPACE:
                    self._secret_back[target] = back + 1
        if failure is not None:
            raise failure
        return None

    # -- sessions ----------------------------------------------------------------------------------

    def _on_link(self, link: Link) -> None:
        if link.session.mode is Mode.JOIN:
            self._door.guest_arrived(link)
        else:
            self._adopt(link, None)

    def _adopt(self, link: Link, target: Target | None) -> None:
        """Make a secure member link a session, unless a better one to that device is there."""
        workspace, peer = link.session.workspace, link.session.peer
        assert workspace is not None
        database = self._databases.get(workspace)
        if database is None:
            link.abandon("This workspace is not open here any more.")
            return
        old = self._sessions.get((workspace, peer))
        if old is not None and not old.closed:
            if not keeps_new(database.link_device.author, peer, _facts(old.link), _facts(link)):
                link.abandon("There is a link to this device already.")
                if target is not None:
                    self._target_of[old] = target
                return
            target = target or self._target_of.pop(old, None)
            self._target_of.pop(old, None)
            old.link.abandon("A newer link to this device took its place.")
        session = PeerSession(
            database,
            link,
            clock=self._clock,
            presence=self.presences,
            on_change=self._on_change,
            on_closed=self._on_closed,
        )
        self._sessions[workspace, peer] = session
        if target is not None:
            self._target_of[session] = target
        session.start()
        self._on_change()

    def _on_closed(self, session: PeerSession, reason: str) -> None:
        key = (session.database.id, session.peer)
        if self._sessions.get(key) is session:
            del self._sessions[key]
        target = self._target_of.pop(session, None)
        if target is not None:
            self._redial.lost(target, self._clock())
            self._set_timer()
        if self._running and target != self._homes.get(key):
            self._try_home(key)
        self._on_change()


@lru_cache(maxsize=64)
def identity(device: DeviceKeys) -> Identity:
    """A device as it shows itself on links: its Noise key is derived from its box key."""
    derived = HKDF(algorithm=SHA256(), length=32, salt=None, info=b"goat/noise/1\0")
    return Identity(device.author, device.sign, KeyPair(derived.derive(device.box_private)))


def _facts(link: Link) -> LinkFacts:
    return LinkFacts(link.session.id, link.session.initiator, link.opened_ms)
