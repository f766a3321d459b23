"""Members: what the held commits of `/sys/members` come to.

`evaluate` is a pure function of the held *set*: who is a member, whose a device is, who may do what
in which group, which group a repository is of, and which invites are open. Invariant: the same set
gives the same evaluation whatever the order it came in; a device that no counted record let in has
no role anywhere. Names stay sealed here; `open_names` opens them.
Must never import storage, sync or items.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from enum import Enum
from typing import NamedTuple, TypeVar

from goatcore.ids import (
    WORKSPACE_GROUP,
    AuthorKey,
    CommitId,
    GroupId,
    InviteId,
    MemberId,
    RepositoryId,
    WorkspaceId,
)
from goatcore.trust.causality import Causality, MembershipCommit
from goatcore.trust.identities import Identities
from goatcore.trust.purges import purged
from goatcore.trust.ranks import Act, Ranks
from goatcore.trust.records import (
    Admit,
    DeviceAdd,
    Founding,
    Genesis,
    Grant,
    GroupOf,
    Invite,
    InviteCancel,
    Record,
    Rename,
    Role,
)
from goatcore.trust.sealing import Keyring

K = TypeVar("K", bound=bytes)


class Device(NamedTuple):
    """A device of a member."""

    key: AuthorKey
    box: bytes  # X25519, 32
    member: MemberId
    name: bytes  # sealed


class Member(NamedTuple):
    """Somebody who has a role in some group."""

    id: MemberId
    name: bytes  # sealed
    roles: Mapping[GroupId, Role]
    devices: tuple[AuthorKey, ...]  # ascending


class RepositoryGroup(NamedTuple):
    """Whose keys seal a repository, and what it is called."""

    group: GroupId
    path: bytes  # sealed


class InviteState(Enum):
    """What may still come of an invite. Whether its time is over is the clock's business."""

    open = "open"
    used = "used"
    cancelled = "cancelled"


class InviteStatus(NamedTuple):
    """An invite that counts."""

    invite: Invite
    state: InviteState


class Evaluation:
    """What one held set comes to. Immutable."""

    __slots__ = (
        "_causality",
        "_groups",
        "_identities",
        "_roles",
        "counted",
        "devices",
        "founding",
        "heads",
        "invites",
        "members",
        "named",
        "purged",
        "repositories",
        "workspace",
    )

    def __init__(self, workspace: WorkspaceId, commits: Iterable[MembershipCommit]) -> None:
        """Call `evaluate`."""
        self._causality = causality = Causality(commits)
        self._identities = identities = Identities(workspace, causality)
        self._roles: dict[tuple[AuthorKey, GroupId, tuple[CommitId, ...]], Role | None] = {}
        self.workspace = workspace
        self.heads = causality.heads  # the newest commits, ascending: `auth` of a new commit
        self.founding: Founding | None = identities.founding
        self.named = identities.named  # whose commits may be held
        acts = [
            Act(at, number, causality.commits[at].author, record)
            for at in identities.rooted
            for number, record in enumerate(causality.commits[at].records)
        ]
        invites: dict[InviteId, list[Act]] = {}
        for act in acts:
            if isinstance(act.record, Invite):
                invites.setdefault(act.record.invite, []).append(act)
        self._groups = self._standing(_ranks(acts, invites, identities, causality), acts)
        counted = {mark for ranks in self._groups.values() for mark in ranks.counted}
        counted |= {
            (act.at, act.number)
            for act in acts
            if isinstance(act.record, DeviceAdd)
            and identities.joins(act.record, act.author, act.at)
        }
        self.repositories = self._repositories(acts, counted)
        self.members, self.devices = self._people(acts, counted)
        self.purged, marks = purged(
            acts,
            {
                id_: self._groups[found.group]
                for id_, found in self.repositories.items()
                if found.group in self._groups
            },
            identities,
            causality,
        )
        counted |= marks
        self.invites = self._invites(acts, counted)  # those for persons
        self.counted = frozenset(  # (commit, number of the record in it)
            (causality.commits[act.at].id, act.number)
            for act in acts
            if (act.at, act.number) in counted
            and (not isinstance(act.record, DeviceAdd) or act.author in self.devices)
        )

    # -- questions -----------------------------------------------------------------------------

    def role(
        self, author: AuthorKey, group: GroupId, auth: tuple[CommitId, ...] | None = None
    ) -> Role | None:
        """The role of a device's member in a group, by the records up to the heads `auth` that
        count in this evaluation (None: all records). None without a role, and where `auth` names
        commits that are not held."""
        key = (author, group, self.heads if auth is None else auth)
        if key not in self._roles:
            self._roles[key] = self._role(*key)
        return self._roles[key]

    def _role(self, author: AuthorKey, group: GroupId, auth: tuple[CommitId, ...]) -> Role | None:
        ranks, view = self._groups.get(group), self._causality.view(auth)
        if ranks is None or view is None:
            return None
        member = self._identities.member(author, view)
        return None if member is None else ranks.role(member, view)

    def member_of(self, author: AuthorKey) -> Member | None:
        """The member that a device belongs to; None for strangers."""
        device = self.devices.get(author)
        return None if device is None else self.members[device.member]

    def readers(self, group: GroupId) -> frozenset[AuthorKey]:
        """The devices of all members of a group: who may have its keys and its repositories. Of
        the workspace itself every member's."""
        return frozenset(
            device.key
            for device in self.devices.values()
            if group == WORKSPACE_GROUP or group in self.members[device.member].roles
        )

    # -- making --------------------------------------------------------------------------------

    def _standing(self, groups: dict[GroupId, Ranks], acts: list[Act]) -> dict[GroupId, Ranks]:
        """The groups that somebody with a role founded; those of strangers are left out."""
        standing = {WORKSPACE_GROUP: groups[WORKSPACE_GROUP]}
        for act in acts:
            if isinstance(act.record, GroupOf) and act.record.group not in standing:
                ranks = groups.get(act.record.group)
                if ranks is None or (act.at, act.number) not in ranks.counted:
                    continue
                if self._takes_part(act, standing) is not None:
                    standing[act.record.group] = ranks
        return standing

    def _takes_part(self, act: Act, groups: Mapping[GroupId, Ranks]) -> MemberId | None:
        """The act's member, if it had a role anywhere when it acted."""
        view = self._causality.past[act.at]
        actor = self._identities.member(act.author, self._causality.upto[act.at])
        if actor is not None and any(ranks.role(actor, view) for ranks in groups.values()):
            return actor
        founding = self._identities.founded >> act.at & 1
        return actor if founding else None

    def _repositories(
        self, acts: list[Act], counted: set[tuple[int, int]]
    ) -> dict[RepositoryId, RepositoryGroup]:
        """The group of each repository: by the record that came first; of those that have not seen
        each other, by the highest rank in the workspace, then the smallest commit id."""
        claims: dict[RepositoryId, list[tuple[Act, GroupOf, int]]] = {}
        seen: dict[RepositoryId, int] = {}
        for act in acts:
            record, view = act.record, self._causality.upto[act.at]
            if not isinstance(record, GroupOf) or view & seen.get(record.repository, 0):
                continue
            actor = self._takes_part(act, self._groups)
            ranks = self._groups.get(record.group)
            if actor is None or ranks is None:
                continue
            if record.group != WORKSPACE_GROUP and not ranks.founded(view):
                continue
            rank = self._groups[WORKSPACE_GROUP].role(actor, view) or 0
            claims.setdefault(record.repository, []).append((act, record, rank))
            seen[record.repository] = seen.get(record.repository, 0) | 1 << act.at
            counted.add((act.at, act.number))
        found: dict[RepositoryId, RepositoryGroup] = {}
        for repository, rivals in claims.items():
            _, record, _ = min(rivals, key=lambda c: (-c[2], self._causality.commits[c[0].at].id))
            found[repository] = RepositoryGroup(record.group, record.path)
        return found

    def _people(
        self, acts: list[Act], counted: set[tuple[int, int]]
    ) -> tuple[dict[MemberId, Member], dict[AuthorKey, Device]]:
        everything = (1 << len(self._causality.commits)) - 1
        roles: dict[MemberId, dict[GroupId, Role]] = {}
        for group, ranks in self._groups.items():
            for member in ranks.events:
                role = ranks.role(member, everything)
                if role is not None:
                    roles.setdefault(member, {})[group] = role
        names: dict[MemberId, bytes] = {}
        devices: dict[AuthorKey, Device] = {}
        for act in sorted(acts, key=lambda act: (act.at, act.number) not in counted):
            record = act.record
            if isinstance(record, Genesis):
                founding = self._identities.founding
                if founding is None or not self._identities.founded >> act.at & 1:
                    continue
                names.setdefault(founding.member, record.member_name)
                key, box, member = founding.device, founding.box, founding.member
            elif isinstance(record, Admit):
                names.setdefault(record.member, record.member_name)
                key, box, member = record.device, record.box, record.member
            elif isinstance(record, DeviceAdd) and (act.at, act.number) in counted:
                key, box, member = record.device, record.box, record.member
            else:
                continue
            if member in roles and self._identities.member(key, everything) == member:
                devices.setdefault(key, Device(key, box, member, record.device_name))
        for act in acts:  # in canonical order: the newest name stands
            if isinstance(act.record, Rename) and act.author in devices:
                device = devices[act.author]
                names[device.member] = act.record.member_name
                devices[act.author] = device._replace(name=act.record.device_name)
                counted.add((act.at, act.number))
        keys: dict[MemberId, list[AuthorKey]] = {}
        for device in devices.values():
            keys.setdefault(device.member, []).append(device.key)
        members = {
            member: Member(
                member, names.get(member, b""), held, tuple(sorted(keys.get(member, ())))
            )
            for member, held in sorted(roles.items())
        }
        return members, dict(sorted(devices.items()))

    def _invites(
        self, acts: list[Act], counted: set[tuple[int, int]]
    ) -> dict[InviteId, InviteStatus]:
        everything = (1 << len(self._causality.commits)) - 1
        found: dict[InviteId, InviteStatus] = {}
        for act in acts:
            record = act.record
            if not isinstance(record, Invite) or record.invite in found:
                continue
            if (act.at, act.number) not in counted:
                continue
            ranks = self._groups[record.group]
            if record.invite in ranks.used:
                state = InviteState.used
            elif ranks.invite(record.invite, everything) is None:
                state = InviteState.cancelled  # its id was taken twice, so nobody can use it
            elif ranks.cancelled(record.invite, everything):
                state = InviteState.cancelled
            else:
                state = InviteState.open
            found[record.invite] = InviteStatus(record, state)
        return found


def evaluate(workspace: WorkspaceId, commits: Iterable[MembershipCommit]) -> Evaluation:
    """What a set of commits of `/sys/members` comes to. Those whose deps are not in the set wait
    outside; O(commits² / 64 + records)."""
    return Evaluation(workspace, commits)


def _ranks(
    acts: list[Act],
    invites: dict[InviteId, list[Act]],
    identities: Identities,
    causality: Causality,
) -> dict[GroupId, Ranks]:
    by_group: dict[GroupId, list[Act]] = {WORKSPACE_GROUP: []}
    for act in acts:
        for group in _groups_of(act.record, invites):
            by_group.setdefault(group, []).append(act)
    return {
        group: Ranks(group, concerned, invites, identities, causality)
        for group, concerned in by_group.items()
    }


def _groups_of(record: Record, invites: dict[InviteId, list[Act]]) -> set[GroupId]:
    if isinstance(record, Genesis):
        return {WORKSPACE_GROUP}
    if isinstance(record, Grant | Invite | GroupOf):
        return {record.group}
    if isinstance(record, InviteCancel | Admit):
        offers = (act.record for act in invites.get(record.invite, ()))
        return {offer.group for offer in offers if isinstance(offer, Invite)}
    return set()


class Names(NamedTuple):
    """What a keyring can read of an evaluation; what it cannot is left out."""

    members: Mapping[MemberId, str]
    devices: Mapping[AuthorKey, str]
    paths: Mapping[RepositoryId, str]


def open_names(evaluation: Evaluation, keyring: Keyring) -> Names:
    """The names of members and devices, and the paths of repositories."""

    def opened(sealed: Iterable[tuple[K, bytes]]) -> dict[K, str]:
        names = ((key, keyring.open_name(name)) for key, name in sealed)
        return {key: name for key, name in names if name is not None}

    return Names(
        opened((m.id, m.name) for m in evaluation.members.values()),
        opened((d.key, d.name) for d in evaluation.devices.values()),
        opened((id_, group.path) for id_, group in evaluation.repositories.items()),
    )
