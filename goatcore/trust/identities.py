"""Identities: which device is whose, by signatures and hashes alone.

Nobody's rank matters here, so that ranks can be built on it. A device belongs to the member that it
was founded with, or to the one it joined by its own word and an endorsement by a device of that
member (or the root key), or, without these, to the member whose id follows from its key. Whether
such a member has any role is ranks' business. Invariant: a function of the set; of several
memberships of one device the first in canonical order stands.
Must never import storage, sync or items.
"""

from __future__ import annotations

from goatcore.ids import AuthorKey, MemberId, WorkspaceId
from goatcore.trust.causality import Causality, MembershipCommit
from goatcore.trust.records import (
    Admit,
    DeviceAdd,
    Founding,
    Genesis,
    first_member,
    is_endorsed,
    is_genesis_of,
)


class Naming:
    """The authors whose commits may be held: those that the membership records name, whether or
    not the records count. It only ever grows, and never asks for ranks."""

    __slots__ = ("_root", "_workspace", "named")

    def __init__(self, workspace: WorkspaceId) -> None:
        self._workspace = workspace
        self._root: AuthorKey | None = None
        self.named: set[AuthorKey] = set()

    def copy(self) -> Naming:
        """Another one that knows the same."""
        other = Naming(self._workspace)
        other._root, other.named = self._root, set(self.named)
        return other

    def learn(self, commit: MembershipCommit) -> bool:
        """Take in whom a commit names. Whether its own author is named, by then."""
        for record in commit.records:
            if isinstance(record, Genesis):
                founding = is_genesis_of(record, self._workspace)
                if founding is not None and commit.author == founding.device:
                    self._root = founding.root
                    self.named.add(founding.device)
            elif isinstance(record, DeviceAdd):
                known = record.endorser in self.named or record.endorser == self._root
                if known and is_endorsed(record, self._workspace):
                    self.named.add(record.device)
            elif isinstance(record, Admit) and commit.author in self.named:
                self.named.add(record.device)
        return commit.author in self.named


class Identities:
    """Who is who in one held set."""

    __slots__ = ("_first_seen", "_joined", "founded", "founding", "named", "rooted")

    def __init__(self, workspace: WorkspaceId, causality: Causality) -> None:
        naming, count = Naming(workspace), -1
        while count != len(naming.named):  # until nobody new comes: records are of one moment
            count = len(naming.named)
            for commit in causality.commits:
                naming.learn(commit)
        self.named = frozenset(naming.named)
        self.founding: Founding | None = None
        self.founded = 0  # the commits that found the workspace, as bits
        self.rooted: list[int] = []  # places of those and of all that named devices wrote upon them
        self._joined: dict[AuthorKey, tuple[int, MemberId]] = {}  # by its own word, at a place
        self._first_seen: dict[MemberId, int] = {}  # places where somebody was admitted as new
        for at, commit in enumerate(causality.commits):
            for record in commit.records:
                if isinstance(record, Genesis):
                    founding = is_genesis_of(record, workspace)
                    if founding is not None and commit.author == founding.device:
                        self.founding = founding
                        self.founded |= 1 << at
            if causality.upto[at] & self.founded and commit.author in self.named:
                self.rooted.append(at)
        if self.founding is not None:
            self._read(self.founding, workspace, causality)

    def _read(self, founding: Founding, workspace: WorkspaceId, causality: Causality) -> None:
        for at in self.rooted:
            commit, view = causality.commits[at], causality.upto[at]
            for record in commit.records:
                if isinstance(record, Admit):
                    if record.member == first_member(record.device):
                        seen = self._first_seen.get(record.member, 0)
                        self._first_seen[record.member] = seen | 1 << at
                elif isinstance(record, DeviceAdd) and commit.author == record.device:
                    endorsed = is_endorsed(record, workspace) and (
                        self.member(record.endorser, view) == record.member
                        or (record.endorser == founding.root and self.exists(record.member, view))
                    )
                    if endorsed and record.device != founding.device:
                        self._joined.setdefault(record.device, (at, record.member))

    def joins(self, record: DeviceAdd, author: AuthorKey, at: int) -> bool:
        """Whether this is the record by which its device became a member's."""
        return author == record.device and self._joined.get(author) == (at, record.member)

    def _own_word(self, device: AuthorKey, view: int) -> MemberId | None:
        founding = self.founding
        if founding is not None and device == founding.device:
            return founding.member if view & self.founded else None
        at, member = self._joined.get(device, (0, None))
        return member if view >> at & 1 else None

    def member(self, device: AuthorKey, view: int) -> MemberId | None:
        """Whose a device is, as seen from the commits `view` (bits)."""
        own = self._own_word(device, view)
        if own is not None:
            return own
        member = first_member(device)
        return member if self._first_seen.get(member, 0) & view else None

    def exists(self, member: MemberId, view: int) -> bool:
        """Whether a member was named at all, as seen from the commits `view`."""
        founding = self.founding
        if founding is not None and member == founding.member and view & self.founded:
            return True
        return bool(self._first_seen.get(member, 0) & view)
