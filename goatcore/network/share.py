"""A share: one code that is open on this computer, until somebody is let in or it is over.

Owns the host's side of one invitation: the code, the guest who proved it, the person's decision.
Invariant: no secret and no name of a notebook leaves before `confirm`; a share lets one device in
at most. The conversation is trust's `JoinHost`; the link is the network's.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from typing import Final, Literal, NamedTuple

from goatcore.clock import Clock
from goatcore.database import Database
from goatcore.errors import Refused
from goatcore.history.commit import parse
from goatcore.ids import WORKSPACE_GROUP
from goatcore.network.conversation import Conversation
from goatcore.network.links import identity
from goatcore.repository.repository import Repository
from goatcore.transport.handshake import Invitation
from goatcore.transport.link import Link
from goatcore.transport.refusal import Refusal
from goatcore.trust.invites import OpenInvite, State
from goatcore.trust.join_messages import Ask, Welcome
from goatcore.trust.joining import HostCalls, JoinHost, Step
from goatcore.trust.records import (
    Admit,
    Grant,
    Invite,
    InviteKind,
    Role,
    endorsement_message,
    first_member,
)
from goatcore.trust.sealing import seal_name

Unsubscribe = Callable[[], None]
ShareState = Literal["waiting", "asking", "done", "failed", "closed"]


_REFUSALS: Final = {
    State.waiting: Refusal.INVITE,
    State.trying: Refusal.BUSY,
    State.asking: Refusal.BUSY,
    State.used: Refusal.USED,
    State.burned: Refusal.BURNED,
    State.cancelled: Refusal.CANCELLED,
    State.expired: Refusal.EXPIRED,
}


class Guest(NamedTuple):
    """Who asks to be let in, by their own word."""

    member_name: str
    device_name: str


class Share:
    """One open invitation. `on_over` hears once when nothing more can come of it."""

    def __init__(
        self,
        database: Database,
        repository: Repository,
        invite: OpenInvite,
        kind: InviteKind,
        role: Role,
        *,
        clock: Clock,
        on_over: Callable[[Share], None],
    ) -> None:
        self.invite = invite
        self.code = str(invite.code)
        self.kind = kind
        self.role = role
        self.state: ShareState = "waiting"
        self.problem: str | None = None
        self.guest: Guest | None = None
        self.expires_ms = invite.expires_ms
        self._database = database
        self._repository = repository
        self._clock = clock
        self._on_over = on_over
        self._identity = identity(database.link_device)
        self._machine: JoinHost | None = None
        self._talk: Conversation | None = None
        self._timer: asyncio.TimerHandle | None = None
        self._listeners: list[Callable[[], None]] = []
        self._watch_time()

    @property
    def tries_left(self) -> int:
        """How often the code may still be typed wrongly."""
        return self.invite.tries_left

    def subscribe(self, callback: Callable[[], None]) -> Unsubscribe:
        """Call back after every change."""
        self._listeners.append(callback)
        return lambda: self._listeners.remove(callback) if callback in self._listeners else None

    # -- what the person does ----------------------------------------------------------------------

    def confirm(self) -> None:
        """Let the guest in."""
        if self._machine is not None and self._talk is not None and self.state == "asking":
            self._machine.confirm(self._clock())
            self._talk.carry_on()

    def reject(self) -> None:
        """Turn the guest away; the code is used up."""
        if self._machine is not None and self._talk is not None and self.state == "asking":
            self._machine.reject()
            self._talk.carry_on()

    def cancel(self) -> None:
        """Close the invitation."""
        if self.state in {"waiting", "asking"}:
            self.invite.cancel()
            if self._machine is not None and self._talk is not None:
                self._machine.cancel()
                self._talk.carry_on()
            self._end("closed", None)

    # -- what comes from the network ---------------------------------------------------------------

    def invitation(self) -> Invitation | None:
        """What the handshake needs; None while the code is not to be had."""
        if self.invite.state not in {State.waiting, State.trying}:
            return None
        return Invitation(self.invite.code.secret.decode(), self._identity)

    @property
    def refusal(self) -> Refusal:
        """What a newcomer is told while the code is not to be had."""
        return _REFUSALS[self.invite.state]

    def wrong_code(self) -> None:
        """Somebody typed other words."""
        if self.invite.state is State.waiting:
            self.invite.begin()
        self.invite.wrong()
        if self.invite.state is State.burned:
            self._end(
                "failed",
                "The code was typed wrongly three times, so it is not valid any more. "
                "Share again for a new one.",
            )
        else:
            self._tell()

    def guest_arrived(self, link: Link) -> None:
        """Somebody proved the code."""
        try:
            if self.invite.state is State.waiting:
                self.invite.begin()
            self.invite.right()
        except Refused as refusal:
            link.abandon(str(refusal))
            return
        calls = HostCalls(self._check, self._admit, self._joined)
        self._machine = JoinHost(
            self._database.id,
            self.kind,
            self._database.names_here,
            link.session.id,
            calls,
            self._clock(),
        )
        if self._timer is not None:
            self._timer.cancel()
        self._talk = Conversation(self._machine, link, clock=self._clock, on_step=self._on_step)
        self._talk.start()

    def _on_step(self) -> None:
        machine = self._machine
        assert machine is not None
        if machine.guest is not None:
            self.guest = Guest(machine.guest.member_name, machine.guest.device_name)
        if machine.step is Step.asking and self.state == "waiting":
            self.state = "asking"
        if machine.over:
            self.invite.use()
            self._end("failed" if machine.step is Step.failed else "done", machine.problem)
        self._tell()

    # -- what the machine asks of the workspace ----------------------------------------------------

    def _check(self, ask: Ask) -> None:
        members = self._database.members_here
        known = members.evaluation.member_of(ask.device)
        if known is None:
            return
        if self.kind is InviteKind.device:
            raise Refused("This computer belongs to the workspace already.")
        group = members.group_of(self._repository.id)
        if group in known.roles:
            raise Refused("This person has this notebook already.")

    def _admit(self, ask: Ask) -> tuple[Welcome, Sequence[bytes]]:
        database, members = self._database, self._database.members_here
        mine = members.me
        group = members.group_of(self._repository.id)
        epoch = database.keyring.newest(WORKSPACE_GROUP)
        if mine is None or group is None or epoch is None:
            raise Refused("This computer cannot invite anybody: it is not a member itself.")
        endorser = endorsement = None
        if self.kind is InviteKind.device:
            member = mine
            message = endorsement_message(database.id, mine, ask.device, ask.box)
            endorser, endorsement = database.device.author, database.device.sign(message)
            epochs = database.keyring.epochs()
        else:
            known = members.evaluation.member_of(ask.device)
            member = known.id if known is not None else first_member(ask.device)
            if known is not None:
                members.record([Grant(member, group, self.role)])
            else:
                invite = self.invite.id
                names = [
                    seal_name(name, epoch.key, database.random(12))
                    for name in (ask.member_name, ask.device_name)
                ]
                members.record([Invite(invite, group, self.role, self.kind, self.expires_ms)])
                members.record([Admit(invite, member, ask.device, ask.box, *names)])
            epochs = tuple(
                e for e in database.keyring.epochs() if e.group in {WORKSPACE_GROUP, group}
            )
        members.store.flush_now()  # what a guest is told must not be forgotten here
        keys = database.keys
        welcome = Welcome(
            keys.genesis,
            keys.naming,
            keys.links[-8:],
            tuple((e.group, e.key) for e in epochs),
            member,
            endorser,
            endorsement,
            None if self.kind is InviteKind.device else self._repository.path,
            len(members.store),
        )
        return welcome, [commit.raw for commit in members.store.commits()]

    def _joined(self, commits: Sequence[bytes]) -> bool:
        assert self._machine is not None
        assert self._machine.guest is not None
        members = self._database.members_here
        members.admit([parse(raw) for raw in commits])
        members.store.flush_now()
        return self._machine.guest.device in members.evaluation.devices

    # -- end ---------------------------------------------------------------------------------------

    def _watch_time(self) -> None:
        """Until somebody comes, the code's own time counts."""
        delay_s = max(0, self.invite.expires_ms - self._clock()) / 1000
        self._timer = asyncio.get_running_loop().call_later(delay_s, self._on_time)

    def _on_time(self) -> None:
        self._timer = None
        if self._talk is not None:
            return
        if self.invite.over:
            self._end("closed", "The code has expired; a code is good for five minutes.")
        else:
            self._watch_time()

    def _end(self, state: ShareState, problem: str | None) -> None:
        if self.state in {"done", "failed", "closed"}:
            return
        self.state, self.problem = state, problem
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        if self._talk is not None:
            self._talk.close()
        self._on_over(self)
        self._tell()

    def _tell(self) -> None:
        for callback in tuple(self._listeners):
            callback()
