"""A ledger of membership commits that is written by hand, by honest and other devices."""

from __future__ import annotations

from collections.abc import Iterable
from hashlib import sha256

import pytest

from goatcore.ids import (
    WORKSPACE_GROUP,
    AuthorKey,
    CommitId,
    GroupId,
    InviteId,
    MemberId,
    RepositoryId,
    workspace_id,
)
from goatcore.trust import records
from goatcore.trust.causality import MembershipCommit
from goatcore.trust.members import Evaluation, evaluate
from goatcore.trust.records import InviteKind, Record, Role
from goatcore.trust.signing import DeviceKeys, SigningKey


def device(name: str) -> DeviceKeys:
    return DeviceKeys(sha256(name.encode()).digest(), sha256(b"box" + name.encode()).digest())


class Ledger:
    """Commits in the order they were written; `write` links them to all heads unless told."""

    def __init__(self) -> None:
        self.root = SigningKey(b"r" * 32)
        self.founder = device("founder")
        self.founding = records.Founding(
            self.root.public,
            MemberId(b"founder member.."),
            self.founder.author,
            self.founder.box,
            b"h" * 32,
            1,
            b"n" * 16,
        )
        self.workspace = workspace_id(self.founding.encode())
        self.commits: list[MembershipCommit] = []
        self.genesis = self.write(
            self.founder, records.found(self.founding, self.root, b"Frida", b"Frida's laptop")
        )

    def write(
        self,
        by: DeviceKeys,
        *written: Record,
        deps: Iterable[CommitId] | None = None,
        salt: int = 0,
    ) -> CommitId:
        inner = {dep for commit in self.commits for dep in commit.deps}
        heads = [commit.id for commit in self.commits if commit.id not in inner]
        chosen = tuple(heads if deps is None else deps)
        text = repr((by.author, chosen, written, salt))
        commit = MembershipCommit(
            CommitId(sha256(text.encode()).digest()), by.author, chosen, written
        )
        if commit not in self.commits:
            self.commits.append(commit)
        return commit.id

    def evaluate(self, commits: Iterable[MembershipCommit] | None = None) -> Evaluation:
        return evaluate(self.workspace, self.commits if commits is None else commits)

    def invite(
        self,
        by: DeviceKeys,
        name: str,
        role: Role,
        group: GroupId = WORKSPACE_GROUP,
        deps: Iterable[CommitId] | None = None,
    ) -> CommitId:
        record = records.Invite(self.invite_id(name), group, role, InviteKind.person, 99)
        return self.write(by, record, deps=deps)

    def admit(
        self,
        by: DeviceKeys,
        name: str,
        guest: DeviceKeys,
        deps: Iterable[CommitId] | None = None,
        member: MemberId | None = None,
    ) -> CommitId:
        record = records.Admit(
            self.invite_id(name),
            member or self.member(guest),
            guest.author,
            guest.box,
            b"member " + guest.author[:4],
            b"device " + guest.author[:4],
        )
        return self.write(by, record, deps=deps)

    def let_in(
        self, by: DeviceKeys, guest: DeviceKeys, role: Role, group: GroupId = WORKSPACE_GROUP
    ) -> MemberId:
        name = f"{guest.author.hex()} {group.hex()} {len(self.commits)}"
        self.invite(by, name, role, group)
        self.admit(by, name, guest)
        return self.member(guest)

    def grant(
        self,
        by: DeviceKeys,
        member: MemberId,
        role: Role,
        group: GroupId = WORKSPACE_GROUP,
        deps: Iterable[CommitId] | None = None,
        salt: int = 0,
    ) -> CommitId:
        return self.write(by, records.Grant(member, group, role), deps=deps, salt=salt)

    def endorsed(
        self, new: DeviceKeys, member: MemberId, endorser: DeviceKeys | SigningKey
    ) -> records.DeviceAdd:
        message = records.endorsement_message(self.workspace, member, new.author, new.box)
        key: AuthorKey = endorser.public if isinstance(endorser, SigningKey) else endorser.author
        return records.DeviceAdd(
            member, new.author, new.box, key, endorser.sign(message), b"device " + new.author[:4]
        )

    def found_group(
        self, by: DeviceKeys, repository: RepositoryId, deps: Iterable[CommitId] | None = None
    ) -> GroupId:
        group = records.founded_group(by.author, repository)
        self.write(by, records.GroupOf(repository, group, b"path"), deps=deps)
        return group

    @staticmethod
    def invite_id(name: str) -> InviteId:
        return InviteId(sha256(name.encode()).digest()[:16])

    @staticmethod
    def member(of: DeviceKeys) -> MemberId:
        return records.first_member(of.author)

    @staticmethod
    def device(name: str) -> DeviceKeys:
        return device(name)

    @staticmethod
    def verdict(evaluation: Evaluation) -> object:
        """All that an evaluation says, to be compared."""
        return (
            dict(evaluation.members),
            dict(evaluation.devices),
            dict(evaluation.repositories),
            dict(evaluation.invites),
            evaluation.named,
            evaluation.counted,
            evaluation.heads,
        )


@pytest.fixture
def ledger() -> Ledger:
    return Ledger()


@pytest.fixture(scope="session")
def new_ledger() -> type[Ledger]:
    return Ledger
