"""How far things stand between this device and the others of a workspace.

Owns what a status counts: whose commits are durable where, who was seen when, and why somebody is
not reached. Pure: sessions, memory and the state of the network are given. Opens nothing.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from goatcore.database import Database
from goatcore.ids import AuthorKey, MemberId, WorkspaceId
from goatcore.network.acquaintances import Acquaintances
from goatcore.network.session import PeerSession
from goatcore.repository.repository import Repository


class PeerStatus(NamedTuple):
    """Another device that is linked now."""

    device_name: str
    member_name: str
    address: str
    connected: bool
    workspace: WorkspaceId


class SyncStatus(NamedTuple):
    """How far the changes of one workspace, or of one notebook, have come."""

    connected: int  # devices linked now
    looking: bool  # the network is on and nobody is linked
    # changes of this device that no linked device holds durably yet; with nobody linked: that none
    # of those met held when they left
    sending: int
    saved_on: int  # linked devices that hold every change of this device durably
    problem: str | None  # what a person should know
    arrived: int = 0  # changes that came since a link began, until all are here
    expected: int = 0  # how many there are; 0: nobody said


class DeviceStatus(NamedTuple):
    """One device of a workspace, as seen from this one."""

    device: AuthorKey
    member: MemberId
    here: bool  # it is this one
    connected: bool
    address: str  # where it is linked, or was reached last; "" if that is not known
    seen_ms: int | None  # when it was linked last; None: never, as far as is known
    missing: int | None  # changes of this device that it lacks; None: nobody knows
    problem: str | None  # why it is not reached at the last address


class Attempt(NamedTuple):
    """A way to others that was tried and has led to no link yet."""

    address: str
    nearby: bool  # found in the network; else typed, or known from before
    problem: str | None  # why it failed; None: it is tried just now


class Standing:
    """One workspace, its live sessions, and who was met before."""

    def __init__(
        self, database: Database, sessions: Sequence[PeerSession], met: Acquaintances
    ) -> None:
        self._database = database
        self._sessions = {session.peer: session for session in sessions}
        self._met = met

    def status(self, path: str | None, *, running: bool, problem: str | None) -> SyncStatus:
        """How far changes have come: of a notebook, or of all of them (None)."""
        members = self._database.members_here
        repositories = self._repositories(path)
        readers = {
            peer
            for peer in members.evaluation.devices
            if path is None or any(members.may_read(peer, one.id) for one in repositories)
        }
        linked = [session for peer, session in self._sessions.items() if peer in readers]
        waiting = {peer: self._missing(peer, repositories) for peer in readers if peer in self._met}
        here = {session.peer for session in linked}
        coming = [
            found
            for session in linked
            for one in repositories
            if (found := session.arriving(one.id)) is not None
        ]
        wanted = None if path is None else {one.id for one in repositories}
        return SyncStatus(
            connected=len(linked),
            looking=running and not linked,
            sending=min([n for peer, n in waiting.items() if not here or peer in here], default=0),
            saved_on=sum(
                not waiting.get(session.peer, 1) and session.settled_in(wanted)
                for session in linked
            ),
            problem=self._database.problem
            or next((s.problem for s in linked if s.problem), None)
            or (problem if running and not self._sessions else None),
            arrived=sum(arrived for arrived, _ in coming),
            expected=sum(there for _, there in coming) if all(n for _, n in coming) else 0,
        )

    def devices(self, path: str | None, problems: dict[AuthorKey, str]) -> list[DeviceStatus]:
        """Every device that has a notebook (None: any), by member and name; `problems`: why some
        were not reached where they were before."""
        members, mine = self._database.members_here, self._database.device.author
        repositories = self._repositories(path)
        found = []
        for key, device in members.evaluation.devices.items():
            if path is not None and not any(members.may_read(key, one.id) for one in repositories):
                continue
            session = self._sessions.get(key)
            place = self._met.place(key)
            found.append(
                DeviceStatus(
                    key,
                    device.member,
                    key == mine,
                    session is not None,
                    session.link.address if session else (place.address if place else ""),
                    self._met.seen_ms(key),
                    self._missing(key, repositories) if key in self._met else None,
                    None if session else problems.get(key),
                )
            )
        return found

    def _repositories(self, path: str | None) -> list[Repository]:
        return [one for one in self._database.opened() if path is None or one.path == path]

    def _missing(self, peer: AuthorKey, repositories: Sequence[Repository]) -> int:
        """How many changes of this device a device does not hold durably, as far as is known."""
        mine, members = self._database.device.author, self._database.members_here
        return sum(
            max(0, one.store.last_seq(mine) - self._met.held(peer, one.id))
            for one in repositories
            if members.may_read(peer, one.id)
        )
