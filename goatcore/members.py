"""The members of one workspace: `/sys/members` held, evaluated, and asked.

Owns the store of membership commits and their evaluation. Invariant: the evaluation is that of
exactly the held commits, and listeners hear of a change after it took place. Which records count is
trust's to say; what follows from it for items is the repositories' own.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Final, NamedTuple

from goatcore.clock import Clock
from goatcore.errors import Refused
from goatcore.history.commit import Commit
from goatcore.ids import (
    WORKSPACE_GROUP,
    AuthorKey,
    CommitId,
    GroupId,
    ItemKey,
    MemberId,
    RepositoryId,
    WorkspaceId,
)
from goatcore.repository.authoring import Authoring, Edit, greatest_heads
from goatcore.repository.sealer import ClearSealer
from goatcore.repository.store import Auth, Store
from goatcore.trust.causality import MembershipCommit, read_membership
from goatcore.trust.identities import Naming
from goatcore.trust.members import Evaluation, Names, evaluate, open_names
from goatcore.trust.purges import NOTHING_PURGED, Purged, item_tag
from goatcore.trust.ranks import may_set
from goatcore.trust.records import (
    LISTED_MAX,
    MEMBERS_KEY,
    MEMBERS_SCHEMA,
    Grant,
    Purge,
    Record,
    Role,
    encode,
)
from goatcore.trust.sealing import Keyring
from goatcore.trust.signing import Signer

Unsubscribe = Callable[[], None]

VIEWER_OBSTACLE: Final = "You can read this notebook, not write in it. Its owner can change that."
PURGE_OBSTACLE: Final = (
    "Only an owner or admin of this notebook can delete for good, since that is for everybody."
)
GRANT_OBSTACLE: Final = (
    "Only owners and admins of this notebook can change what others may do, and only for those who "
    "may do less than they themselves."
)
STRANGER_OBSTACLE: Final = "You do not belong to this notebook any more."


class Device(NamedTuple):
    """One installation."""

    key: AuthorKey
    name: str


class Member(NamedTuple):
    """A person in a workspace."""

    id: MemberId
    name: str
    roles: Mapping[GroupId, Role]
    devices: tuple[Device, ...]
    me: bool


class Gate:
    """What admission asks of the members, for their own repository and for all others."""

    def __init__(self, workspace: WorkspaceId) -> None:
        self._naming = Naming(workspace)
        self.store: Store | None = None  # of /sys/members, once it is open
        self.purges: Mapping[RepositoryId, Purged] = {}

    def learn(self, commit: MembershipCommit) -> None:
        """A membership commit is held."""
        self._naming.learn(commit)

    def named(self, commit: Commit) -> bool:
        """Whether a held membership record names the commit's author, or a record of its own does
        (a new device's first commit)."""
        if commit.author in self._naming.named:
            return True
        if self.store is None or commit.header.repository != self.store.repository:
            return False
        trial = self._naming.copy()
        return trial.learn(read_membership(commit))

    def purged(self, commit: Commit) -> bool:
        """Whether a purge that counts lets the commit's body be dropped."""
        purged = self.purges.get(commit.header.repository)
        return purged is not None and commit.id in purged.commits

    def droppable(self, commit: Commit) -> bool:
        """Whether it may be dropped here and now: the purge is on disk."""
        return self.purged(commit) and self.store is not None and self.store.all_durable

    def holds_auth(self, commit: Commit) -> bool:
        """Whether the membership heads that the commit claims are held."""
        auth = commit.header.auth
        assert self.store is not None
        if commit.header.repository == self.store.repository:
            return True
        if auth is None:
            return commit.seq > 1
        return all(map(self.store.holds, auth))


class Members:
    """The open `/sys/members` of a workspace. Also what repositories ask (see `Membership`)."""

    def __init__(
        self,
        workspace: WorkspaceId,
        store: Store,
        gate: Gate,
        device: Signer,
        keyring: Keyring,
        clock: Clock,
        naming: bytes,
    ) -> None:
        self.store = store
        self._workspace = workspace
        self._gate = gate
        self._device = device
        self._keyring = keyring
        self._naming = naming
        self._authoring = Authoring(store, device, ClearSealer(), clock)
        self._commits: list[MembershipCommit] = []
        self._listeners: list[Callable[[], None]] = []
        self.hindrance: str | None = None  # why this device must not sign anything now
        gate.store = store
        for commit in store.load():
            self._learn(commit)
        self.evaluation: Evaluation = evaluate(workspace, self._commits)
        gate.purges = self.evaluation.purged
        self.names: Names = open_names(self.evaluation, keyring)

    # -- changing ----------------------------------------------------------------------------------

    def admit(self, commits: Iterable[Commit]) -> None:
        """Take in commits from a peer."""
        offered = list(commits)
        changed = False
        while True:
            held, _ = self.store.admit(offered)
            for commit in held:
                self._learn(commit)
            if not held:
                break
            changed, offered = True, []  # whom they name may have waited
        if changed:
            self._evaluate()

    def record(self, records: Sequence[Record]) -> Commit:
        """Write records of this device, as one commit. Raises `Refused` where it must not sign."""
        if self.hindrance is not None:
            raise Refused(self.hindrance)
        heads = greatest_heads(self.store, self.evaluation.heads)
        edit = Edit(
            ItemKey(MEMBERS_KEY), MEMBERS_SCHEMA, 1, heads, [encode(record) for record in records]
        )
        commit = self._authoring.commit([edit], None, ())
        self.store.append([commit])
        self._learn(commit)
        self._evaluate()
        return commit

    def keys_changed(self) -> None:
        """The keyring has more keys: more names can be read."""
        self._evaluate()

    def _learn(self, commit: Commit) -> None:
        read = read_membership(commit)
        self._gate.learn(read)
        self._commits.append(read)

    def _evaluate(self) -> None:
        self.evaluation = evaluate(self._workspace, self._commits)
        self._gate.purges = self.evaluation.purged
        self.names = open_names(self.evaluation, self._keyring)
        for callback in tuple(self._listeners):
            callback()

    def subscribe(self, callback: Callable[[], None]) -> Unsubscribe:
        """Call back after every change of the evaluation."""
        self._listeners.append(callback)
        return lambda: self._listeners.remove(callback) if callback in self._listeners else None

    # -- asking ------------------------------------------------------------------------------------

    @property
    def me(self) -> MemberId | None:
        """The member that this device belongs to."""
        member = self.evaluation.member_of(self._device.author)
        return None if member is None else member.id

    def listing(self) -> list[Member]:
        """Everybody with a role somewhere, oneself first, then by name."""
        me = self.me
        names = self.names
        found = [
            Member(
                member.id,
                names.members.get(member.id, ""),
                dict(member.roles),
                tuple(Device(key, names.devices.get(key, "")) for key in member.devices),
                member.id == me,
            )
            for member in self.evaluation.members.values()
        ]
        return sorted(found, key=lambda one: (not one.me, one.name.casefold(), one.id))

    def group_of(self, repository: RepositoryId) -> GroupId | None:
        """The key group of a repository."""
        found = self.evaluation.repositories.get(repository)
        return None if found is None else found.group

    def may_read(self, author: AuthorKey, repository: RepositoryId) -> bool:
        """Whether a device may be told of a repository at all."""
        if repository == self.store.repository:
            return author in self.evaluation.devices
        group = self.group_of(repository)
        return group is not None and self.evaluation.role(author, group) is not None

    def may_link(self, author: AuthorKey) -> bool:
        """Whether a device that knows the link secret may talk with this one. While records are
        missing here because of damage, nobody can tell who is a member: then any such device may
        bring them back. It is told of nothing else."""
        return author in self.evaluation.devices or self.store.lost > 0

    def holds_auth_durably(self, auth: Auth) -> bool:
        """Whether the commits are on disk that a commit with this `auth` stands on."""
        return all(self.store.contains(id_) for id_ in auth)

    # -- what repositories ask ---------------------------------------------------------------------

    def heads(self) -> Auth:
        """The heads of `/sys/members` that this device has."""
        return greatest_heads(self.store, self.evaluation.heads)

    def may_write(self, author: bytes, auth: Auth, repository: RepositoryId) -> bool:
        """Whether an author was an editor or more in the repository's group, by `auth`. Where the
        group was not founded yet by `auth` (two devices made one notebook at once, and the other
        one's group is its group now), the author's present role decides."""
        group = self.group_of(repository)
        if group is None:
            return False
        evaluation, device = self.evaluation, AuthorKey(author)
        role = evaluation.role(device, group, auth)
        if role is None and not any(
            evaluation.role(reader, group, auth) for reader in evaluation.readers(group)
        ):
            role = evaluation.role(device, group)
        return role is not None and role >= Role.editor

    def purged(self, repository: RepositoryId) -> Purged:
        """What was deleted for good in a repository."""
        return self.evaluation.purged.get(repository, NOTHING_PURGED)

    def item_tag(self, repository: RepositoryId, key: str) -> bytes:
        """What an item is called in purges."""
        return item_tag(self._naming, repository, key)

    def purge(
        self, repository: RepositoryId, keys: Sequence[str], commits: Sequence[CommitId]
    ) -> None:
        """See `Membership.purge`."""
        role = self.role(repository)
        if role is None or role < Role.admin:
            raise Refused(PURGE_OBSTACLE)
        tags = [item_tag(self._naming, repository, key) for key in keys]
        for start in range(0, max(len(tags), len(commits)), LISTED_MAX):
            end = start + LISTED_MAX
            self.record([Purge(repository, tuple(tags[start:end]), tuple(commits[start:end]))])

    def roles_to_give(self, member: MemberId, repository: RepositoryId) -> tuple[Role, ...]:
        """The roles in a repository's group, the highest first, that this device may give to a
        member now. Owners make owners; nobody changes who is as high as oneself; oneself one can
        only lower, and not as the only owner."""
        group, mine = self.group_of(repository), self.role(repository)
        known = self.evaluation.members.get(member)
        if group is None or mine is None or mine < Role.admin or known is None:
            return ()
        present = known.roles.get(group)
        if member == self.me:
            owners = [m for m in self.evaluation.members.values() if m.roles.get(group) == mine]
            if mine is Role.owner and len(owners) < 2:
                return ()
            given = [role for role in Role if role < mine]
        else:
            given = [role for role in Role if may_set(mine, present, role) and role != present]
        return tuple(sorted(given, reverse=True))

    def grant(self, member: MemberId, repository: RepositoryId, role: Role) -> None:
        """Give a member a role in a repository's group, which they need not have been in. Raises
        `Refused`. What somebody wrote with a role that was lowered stays."""
        group = self.group_of(repository)
        if group is None or role not in self.roles_to_give(member, repository):
            raise Refused(GRANT_OBSTACLE)
        self.record([Grant(member, group, role)])

    def role(self, repository: RepositoryId) -> Role | None:
        """This device's present role."""
        group = self.group_of(repository)
        return None if group is None else self.evaluation.role(self._device.author, group)

    def obstacle(self, repository: RepositoryId) -> str | None:
        """Why this device may not write, in a sentence; None if it may."""
        if self.hindrance is not None:
            return self.hindrance
        role = self.role(repository)
        if role is None:
            return STRANGER_OBSTACLE
        return VIEWER_OBSTACLE if role < Role.editor else None

    def name_of(self, author: bytes) -> str:
        """The name of the member whose device signs with this key; "" if unknown."""
        member = self.evaluation.member_of(AuthorKey(author))
        return "" if member is None else self.names.members.get(member.id, "")

    def device_name(self, author: bytes) -> str:
        """The name of a device; "" if unknown."""
        return self.names.devices.get(AuthorKey(author), "")

    def is_workspace_owner(self) -> bool:
        """Whether this device's member founded or owns the workspace."""
        role = self.evaluation.role(self._device.author, WORKSPACE_GROUP)
        return role is Role.owner

    def close(self) -> None:
        """Flush and let go of the file."""
        self.store.close()
