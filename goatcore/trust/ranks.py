"""Ranks: who has which role in one group, as far as its membership records count.

Three passes, from the highest rank of actors down (owner, admin, editor), each in canonical order:
an act counts by what its actor had *in its own past*, and what a higher rank decided at the same
time stands. So nothing that a lower rank writes, whenever it says it was written, changes what a
higher rank may do or did. The rules:

- One acts on strictly lower ranks, present and new; an owner may also make owners; anybody may
  lower oneself.
- Of grants that have not seen each other the higher actor's stands, else the lower role.
- An act counts not if somebody of higher rank lowered its actor and neither saw the other.
- An admit uses an invite that it has seen, that no record it has seen cancelled (the inviter may
  cancel, and whoever has the admitter's rank or more), and that no other admit used first.

Must never import storage, sync or items.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, NamedTuple

from goatcore.ids import AuthorKey, GroupId, InviteId, MemberId
from goatcore.trust.causality import Causality
from goatcore.trust.identities import Identities
from goatcore.trust.records import (
    Admit,
    Genesis,
    Grant,
    GroupOf,
    Invite,
    InviteCancel,
    InviteKind,
    Record,
    Role,
    founded_group,
)

ACTING: Final = (Role.owner, Role.admin, Role.editor)  # a viewer has nobody below


class Act(NamedTuple):
    """One record that concerns a group, and where it stands."""

    at: int  # the commit's place in canonical order
    number: int  # the record's, in its commit
    author: AuthorKey
    record: Record


class Event(NamedTuple):
    """A role that counts, given by somebody of rank `level`."""

    at: int
    role: Role
    level: Role


def may_set(actor: Role, present: Role | None, new: Role) -> bool:
    """Whether a rank may give `new` to somebody who has `present`."""
    if present is not None and present >= actor:
        return False
    return new < actor or actor is Role.owner


class Ranks:
    """The roles in one group."""

    __slots__ = (
        "_cancels",
        "_causality",
        "_group",
        "_identities",
        "_invites",
        "counted",
        "events",
        "used",
    )

    def __init__(
        self,
        group: GroupId,
        acts: Sequence[Act],
        invites: dict[InviteId, list[Act]],
        identities: Identities,
        causality: Causality,
    ) -> None:
        """`acts`: those of the group, in canonical order; `invites`: all invite records."""
        self._group = group
        self._identities = identities
        self._causality = causality
        self._invites = invites
        self._cancels: dict[InviteId, int] = {}  # places, as bits
        self.used: dict[InviteId, Act] = {}  # the admit that used an invite
        self.counted: set[tuple[int, int]] = set()  # (place, number) of the acts that count
        self.events: dict[MemberId, list[Event]] = {}
        for level in ACTING:
            for act in acts:
                if (act.at, act.number) not in self.counted and self._act(act, level):
                    self.counted.add((act.at, act.number))

    def role(self, member: MemberId, view: int) -> Role | None:
        """A member's role, as seen from the commits `view` (bits)."""
        events = self.events.get(member)
        if not events:
            return None
        role: Role | None = None
        above = 0  # what higher ranks said of the member, in view
        for level in ACTING:
            seen = [e for e in events if e.level is level and view >> e.at & 1]
            covered = 0
            newest: list[Role] = []
            for event in reversed(seen):
                upto = self._causality.upto[event.at]
                if not covered >> event.at & 1 and upto & above == above:
                    newest.append(event.role)
                covered |= upto
            if newest:
                role = min(newest)
            for event in seen:
                above |= 1 << event.at
        return role

    def _act(self, act: Act, level: Role) -> bool:
        record, view = act.record, self._causality.upto[act.at]
        actor = self._identities.member(act.author, view)
        if actor is None:
            return False
        if isinstance(record, Genesis | GroupOf):
            return level is Role.owner and self._found(act, actor)
        if isinstance(record, InviteCancel) and self._invited(actor, record.invite, view):
            return self._close(act)
        if self.role(actor, view) is not level or self.lowered_meanwhile(actor, act.at, level):
            return False
        if isinstance(record, Grant):
            return self._grant(act, record, actor, level)
        if isinstance(record, Invite):
            return record.kind is InviteKind.person and may_set(level, None, record.role)
        if isinstance(record, InviteCancel):
            return self._cancel(act, record, level)
        return isinstance(record, Admit) and self._admit(act, record, level)

    def lowered_meanwhile(self, actor: MemberId, at: int, level: Role) -> bool:
        """Whether somebody of higher rank lowered an actor, who had not seen it at a place."""
        return any(
            event.level > level and event.role < level and self._causality.concurrent(event.at, at)
            for event in self.events.get(actor, ())
        )

    def _found(self, act: Act, actor: MemberId) -> bool:
        if isinstance(act.record, GroupOf):
            if act.record.group != founded_group(act.author, act.record.repository):
                return False
            if self.founded(self._causality.upto[act.at]):
                return False
        elif not self._identities.founded >> act.at & 1:
            return False
        self._give(actor, Event(act.at, Role.owner, Role.owner))
        return True

    def _grant(self, act: Act, record: Grant, actor: MemberId, level: Role) -> bool:
        view = self._causality.upto[act.at]
        if not self._identities.exists(record.member, view):
            return False
        if actor == record.member:
            fine = record.role < level
        else:
            fine = may_set(level, self.role(record.member, view), record.role)
        if fine:
            self._give(record.member, Event(act.at, record.role, level))
        return fine

    def _cancel(self, act: Act, record: InviteCancel, level: Role) -> bool:
        view = self._causality.upto[act.at]
        invite = self.invite(record.invite, view)
        if invite is None or not may_set(level, None, invite.role):
            return False
        return self._close(act)

    def _close(self, act: Act) -> bool:
        assert isinstance(act.record, InviteCancel)
        invite = act.record.invite
        self._cancels[invite] = self._cancels.get(invite, 0) | 1 << act.at
        return True

    def _invited(self, actor: MemberId, invite: InviteId, view: int) -> bool:
        return any(
            view >> act.at & 1
            and self._identities.member(act.author, self._causality.upto[act.at]) == actor
            for act in self._invites.get(invite, ())
        )

    def _admit(self, act: Act, record: Admit, level: Role) -> bool:
        view = self._causality.upto[act.at]
        invite = self.invite(record.invite, view)
        if (
            invite is None
            or record.invite in self.used
            or self.cancelled(record.invite, view)
            or self._identities.member(record.device, view) != record.member
        ):
            return False
        present = self.role(record.member, view)
        if not may_set(level, present, invite.role) or invite.role <= (present or 0):
            return False
        self.used[record.invite] = act
        self._give(record.member, Event(act.at, invite.role, level))
        return True

    def founded(self, view: int) -> bool:
        """Whether the group was there, as seen from `view`."""
        return any(view >> event.at & 1 for events in self.events.values() for event in events)

    def _give(self, member: MemberId, event: Event) -> None:
        self.events.setdefault(member, []).append(event)

    def invite(self, invite: InviteId, view: int) -> Invite | None:
        """What an invite offers to a person, as seen from `view`; None where there is none, or
        where two records that use one id offer different things."""
        offers = {
            act.record[1:4]: act.record
            for act in self._invites.get(invite, ())
            if view >> act.at & 1
        }
        offer = next(iter(offers.values())) if len(offers) == 1 else None
        if not isinstance(offer, Invite) or offer.group != self._group:
            return None
        return offer if offer.kind is InviteKind.person else None

    def cancelled(self, invite: InviteId, view: int) -> bool:
        """Whether the inviter, or somebody whose word counts so far, cancelled it."""
        return bool(self._cancels.get(invite, 0) & view)
