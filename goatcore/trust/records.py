"""Membership operations: the records that `/sys/members` is made of, and their bytes.

Owns codes 64–78 (FORMATS.md section 2): each record is a tuple of plain bytes and numbers, named
here. Invariant: decoding is total and deterministic; what cannot be understood becomes `Unknown`
with the reason, on every peer the same, and is ignored by the evaluator. Whether a record *counts*
is the evaluator's. Must never import storage, sync or items.
"""

from __future__ import annotations

from collections.abc import Sequence
from enum import IntEnum
from functools import lru_cache
from hashlib import sha256
from typing import Final, NamedTuple, TypeAlias

from goatcore.errors import Malformed
from goatcore.ids import (
    AuthorKey,
    CommitId,
    GroupId,
    InviteId,
    MemberId,
    RepositoryId,
    WorkspaceId,
    workspace_id,
)
from goatcore.trust.signing import SigningKey, verify
from goatcore.values import Value, pack, unpack_canonical

MEMBERS_KEY: Final = "members"  # the one item of /sys/members
MEMBERS_SCHEMA: Final = "sys/members"

GENESIS, GRANT, DEVICE_ADD, INVITE, INVITE_CANCEL, ADMIT, GROUP = range(64, 71)
PURGE: Final = 75
RENAME: Final = 79
CODE_MIN, CODE_MAX = 64, 127
LISTED_MAX: Final = 8_192  # of items, or of commits, in one record
_LISTS: Final = {"tags": 16, "commits": 32}
_U64_MAX: Final = (1 << 64) - 1


class Role(IntEnum):
    """What a member may do in a group; a higher number is a higher rank."""

    viewer = 1
    editor = 2
    admin = 3
    owner = 4


class InviteKind(IntEnum):
    """Whom an invite is for."""

    device = 0  # another device of the member who invites
    person = 1


class Founding(NamedTuple):
    """The genesis record: the root of a workspace; its hash is the workspace's id."""

    root: AuthorKey
    member: MemberId
    device: AuthorKey
    box: bytes  # X25519, 32
    naming_hash: bytes  # SHA-256 of the naming secret
    created_ms: int
    nonce: bytes  # 16

    def encode(self) -> bytes:
        return pack([1, *self])


class Genesis(NamedTuple):
    """Founds the workspace."""

    genesis: bytes  # a Founding, encoded
    signature: bytes  # by the root key
    member_name: bytes  # sealed
    device_name: bytes  # sealed


class Grant(NamedTuple):
    """Gives a member a role in a group."""

    member: MemberId
    group: GroupId
    role: Role


class DeviceAdd(NamedTuple):
    """A new device, the author, joins a member, one of whose devices endorsed it."""

    member: MemberId
    device: AuthorKey
    box: bytes
    endorser: AuthorKey
    endorsement: bytes
    device_name: bytes


class Invite(NamedTuple):
    """Opens a way in for one device."""

    invite: InviteId
    group: GroupId
    role: Role
    kind: InviteKind
    expires_ms: int


class InviteCancel(NamedTuple):
    """Closes an invite."""

    invite: InviteId


class Admit(NamedTuple):
    """Lets a person in by an invite: the member gets its role in its group. A person who comes
    with a new device has the id `first_member(device)`."""

    invite: InviteId
    member: MemberId
    device: AuthorKey
    box: bytes
    member_name: bytes
    device_name: bytes


class GroupOf(NamedTuple):
    """Says which group's keys seal a repository. A group that is new with this record is founded
    by it, and has the id `founded_group(author, repository)`."""

    repository: RepositoryId
    group: GroupId
    path: bytes  # sealed


class Rename(NamedTuple):
    """The author's member and device are called so from now on."""

    member_name: bytes  # sealed
    device_name: bytes  # sealed


class Purge(NamedTuple):
    """Items of a repository are deleted for good: their states vanish, and the bodies of the
    commits, whose every change is of purged items, may be dropped by everybody."""

    repository: RepositoryId
    items: tuple[bytes, ...]  # tags of 16 bytes
    commits: tuple[CommitId, ...]


class Unknown(NamedTuple):
    """An operation that this version does not understand, or nobody should."""

    code: int  # -1: not even that
    reason: str


Record: TypeAlias = (
    Genesis | Grant | DeviceAdd | Invite | InviteCancel | Admit | GroupOf | Rename | Purge | Unknown
)

# The layouts: how long each part is; 0 = bytes of any length, a name = a number of that kind.
_SHAPES: Final[dict[int, tuple[type[Record], tuple[int | str, ...]]]] = {
    GENESIS: (Genesis, (0, 64, 0, 0)),
    GRANT: (Grant, (16, 16, "role")),
    DEVICE_ADD: (DeviceAdd, (16, 32, 32, 32, 64, 0)),
    INVITE: (Invite, (16, 16, "role", "kind", "ms")),
    INVITE_CANCEL: (InviteCancel, (16,)),
    ADMIT: (Admit, (16, 16, 32, 32, 0, 0)),
    GROUP: (GroupOf, (16, 16, 0)),
    RENAME: (Rename, (0, 0)),
    PURGE: (Purge, (16, "tags", "commits")),
}
_CODES: Final = {shape[0]: code for code, shape in _SHAPES.items()}
_RESERVED: Final = {
    71: "device_revoke",
    72: "revoke",
    73: "rekey",
    74: "key_share",
    76: "rule",
    77: "link_secret",
    78: "recovery",
}


def encode(record: Record) -> tuple[Value, ...]:
    """A record as an operation of a change."""
    assert not isinstance(record, Unknown)
    return (_CODES[type(record)], *map(_plain, record))


def _plain(part: object) -> Value:
    if isinstance(part, int):
        return int(part)
    assert isinstance(part, bytes | tuple)
    return part


def decode(operation: Sequence[object]) -> Record:
    """An operation as a record; `Unknown` for everything else. Never raises."""
    code = operation[0] if operation else None
    if type(code) is not int:
        return Unknown(-1, "an operation starts with its code")
    shape = _SHAPES.get(code)
    if shape is None:
        return Unknown(code, f"{_RESERVED.get(code, 'this')} is not known to this version")
    kind, parts = shape
    if len(operation) != len(parts) + 1:
        return Unknown(code, f"it has {len(operation) - 1} parts instead of {len(parts)}")
    values: list[object] = []
    for number, (part, value) in enumerate(zip(parts, operation[1:], strict=True), 1):
        checked = _part(part, value)
        if checked is None:
            return Unknown(code, f"its part {number} is not what it should be")
        values.append(checked)
    return kind(*values)  # type: ignore[arg-type]  # as _SHAPES says


def _part(part: int | str, value: object) -> object | None:
    if isinstance(part, int):
        return value if type(value) is bytes and len(value) == (part or len(value)) else None
    if part in _LISTS:
        size = _LISTS[part]
        if type(value) not in {list, tuple} or len(value) > LISTED_MAX:  # type: ignore[arg-type]
            return None
        entries: tuple[object, ...] = tuple(value)  # type: ignore[arg-type]
        return entries if all(type(e) is bytes and len(e) == size for e in entries) else None
    if type(value) is not int:
        return None
    if part == "role":
        return Role(value) if Role.viewer <= value <= Role.owner else None
    if part == "kind":
        return InviteKind(value) if value in (0, 1) else None
    return value if 0 <= value <= _U64_MAX else None


# -- what is derived and signed --------------------------------------------------------------------


def found(founding: Founding, root: SigningKey, member_name: bytes, device_name: bytes) -> Genesis:
    """The first record of a workspace; both names are sealed."""
    assert founding.root == root.public
    raw = founding.encode()
    return Genesis(raw, root.sign(b"goat/genesis/1\0" + raw), member_name, device_name)


def founding_of(genesis: bytes) -> Founding:
    """Decode a genesis record. Raises `Malformed`."""
    value = unpack_canonical(genesis)
    lengths = (32, 16, 32, 32, 32, None, 16)
    if type(value) is not list or len(value) != 8 or type(value[0]) is not int or value[0] != 1:
        raise Malformed("This genesis record is not of version 1.")
    for length, part in zip(lengths, value[1:], strict=True):
        if _part("ms" if length is None else length, part) is None:
            raise Malformed("This genesis record has a part that is not what it should be.")
    return Founding(*value[1:])


@lru_cache(maxsize=64)
def is_genesis_of(record: Genesis, workspace: WorkspaceId) -> Founding | None:
    """The founding of `workspace`, if this record is that and its root key signed it."""
    if workspace_id(record.genesis) != workspace:
        return None
    try:
        founding = founding_of(record.genesis)
    except Malformed:
        return None
    message = b"goat/genesis/1\0" + record.genesis
    return founding if verify(founding.root, message, record.signature) else None


def endorsement_message(
    workspace: WorkspaceId, member: MemberId, device: AuthorKey, box: bytes
) -> bytes:
    """What a member's device (or the root key) signs to let another device into the member."""
    return b"goat/endorse/1\0" + workspace + member + device + box


@lru_cache(maxsize=4096)  # the same records are judged again with every arriving one
def is_endorsed(record: DeviceAdd, workspace: WorkspaceId) -> bool:
    """Whether the endorsement was made by the endorser that it names (who that is, is another
    question)."""
    message = endorsement_message(workspace, record.member, record.device, record.box)
    return verify(record.endorser, message, record.endorsement)


def first_member(device: AuthorKey) -> MemberId:
    """The id of the person who was admitted with this device. Since it follows from the key,
    nobody can admit a device of theirs as somebody else, or somebody under another key."""
    return MemberId(sha256(b"goat/member/1\0" + device).digest()[:16])


def founded_group(author: AuthorKey, repository: RepositoryId) -> GroupId:
    """The id of the group that a device founds for a repository. Since it follows from the key,
    nobody else can claim to have founded the group."""
    return GroupId(sha256(b"goat/group/1\0" + author + repository).digest()[:16])
