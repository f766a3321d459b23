"""The messages of joining: what host and guest say on a link that a code secured.

Owns their bytes. Invariant: decoding checks every kind, length and count before anything is used;
what does not fit is `Malformed`. Must never import storage, sync or items.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Sequence
from enum import IntEnum
from typing import Final, NamedTuple, TypeAlias

from goatcore.errors import Malformed
from goatcore.ids import AuthorKey, GroupId, MemberId, WorkspaceId
from goatcore.trust.records import InviteKind
from goatcore.values import pack, unpack_canonical

JOIN_VERSION: Final = 1
NAME_BYTES_MAX: Final = 255
CHUNK_BYTES: Final = 1 << 20  # of commits in one message; a single commit may fill it
COMMITS_MAX: Final = 1 << 20
LINKS_MAX: Final = 8
EPOCHS_MAX: Final = 4096


class Reason(IntEnum):
    """Why one side ended it."""

    cancelled = 1
    rejected = 2
    member = 3  # the guest is a member already
    version = 4
    timeout = 5
    failed = 6  # of itself, such as a full disk
    broken = 7  # what the other side sent makes no sense


class Offer(NamedTuple):
    """Host: this is what you would join."""

    version: int
    workspace: WorkspaceId
    kind: InviteKind
    member_name: str
    device_name: str


class Ask(NamedTuple):
    """Guest: this is who I am. The signature is by `device` over `ask_message`."""

    version: int
    device: AuthorKey
    box: bytes
    member_name: str
    device_name: str
    signature: bytes


class Welcome(NamedTuple):
    """Host: you are in. The membership commits follow, parents first."""

    genesis: bytes
    naming: bytes
    links: tuple[bytes, ...]
    epochs: tuple[tuple[GroupId, bytes], ...]  # the workspace's and those of what is shared
    member: MemberId  # whom the guest's device belongs to
    endorser: AuthorKey | None  # for another device of the host's member
    endorsement: bytes | None
    path: str | None  # the shared repository's; None for all of them
    commit_count: int


class Commits(NamedTuple):
    """Host: some of the membership commits."""

    commits: tuple[bytes, ...]


class Joined(NamedTuple):
    """Guest: all is stored; these are commits of mine that you need."""

    commits: tuple[bytes, ...]


class Done(NamedTuple):
    """Host: all is stored."""


class Cancel(NamedTuple):
    """Either side: it ends here."""

    reason: Reason


Message: TypeAlias = Offer | Ask | Welcome | Commits | Joined | Done | Cancel

_CODES: Final[dict[type[Message], int]] = {
    Offer: 0,
    Ask: 1,
    Welcome: 2,
    Commits: 3,
    Joined: 4,
    Done: 5,
    Cancel: 6,
}


def ask_message(session: bytes, workspace: WorkspaceId, device: AuthorKey, box: bytes) -> bytes:
    """What a guest signs, so that nobody asks with keys of others. `session`: the link's
    handshake hash, 32."""
    return b"goat/join/1\0" + session + workspace + device + box


def encode(message: Message) -> bytes:
    """A message's bytes."""
    return pack([_CODES[type(message)], *message])


def decode(data: bytes) -> Message:
    """A message from its bytes. Raises `Malformed`. An offer or ask of another version has its
    version, and nothing else that is true."""
    value = unpack_canonical(data)
    try:
        match value:
            case [0 | 1 as code, int(version), *_] if version != JOIN_VERSION:
                return _of_version(code, version)
            case [0, int(version), bytes(workspace), int(kind), str(member), str(device)]:
                return Offer(
                    version,
                    WorkspaceId(_sized(workspace, 32)),
                    InviteKind(kind),
                    _name(member),
                    _name(device),
                )
            case [1, int(version), bytes(key), bytes(box), str(member), str(device), bytes(proof)]:
                return Ask(
                    version,
                    AuthorKey(_sized(key, 32)),
                    _sized(box, 32),
                    _name(member),
                    _name(device),
                    _sized(proof, 64),
                )
            case [2, *parts]:
                return _welcome(parts)
            case [3, list(commits)]:
                return Commits(_all_bytes(commits))
            case [4, list(commits)]:
                return Joined(_all_bytes(commits))
            case [5]:
                return Done()
            case [6, int(reason)]:
                return Cancel(Reason(reason))
    except ValueError:
        raise Malformed("A message of joining has a part that is not what it should be.") from None
    raise Malformed("This is not a message of joining.")


def _of_version(code: int, version: int) -> Offer | Ask:
    if code == 0:
        return Offer(version, WorkspaceId(bytes(32)), InviteKind.person, "", "")
    return Ask(version, AuthorKey(bytes(32)), bytes(32), "", "", bytes(64))


def _welcome(parts: list[object]) -> Welcome:
    match parts:
        case [
            bytes(genesis),
            bytes(naming),
            list(links),
            list(epochs),
            bytes(member),
            (bytes() | None) as endorser,
            (bytes() | None) as endorsement,
            (str() | None) as path,
            int(count),
        ] if (
            len(links) <= LINKS_MAX
            and len(epochs) <= EPOCHS_MAX
            and 0 < count <= COMMITS_MAX
            and (endorser is None) == (endorsement is None)
        ):
            return Welcome(
                genesis,
                _sized(naming, 32),
                tuple(_sized(link, 32) for link in _all_bytes(links)),
                tuple(_epoch(epoch) for epoch in epochs),
                MemberId(_sized(member, 16)),
                None if endorser is None else AuthorKey(_sized(endorser, 32)),
                None if endorsement is None else _sized(endorsement, 64),
                path,
                count,
            )
    raise ValueError


def _epoch(value: object) -> tuple[GroupId, bytes]:
    match value:
        case [bytes(group), bytes(key)]:
            return GroupId(_sized(group, 16)), _sized(key, 32)
    raise ValueError


def _sized(value: bytes, size: int) -> bytes:
    if len(value) != size:
        raise ValueError
    return value


def _all_bytes(values: list[object]) -> tuple[bytes, ...]:
    if not all(type(value) is bytes for value in values):
        raise ValueError
    return tuple(value for value in values if isinstance(value, bytes))


def _name(name: str) -> str:
    if not is_name(name):
        raise ValueError
    return name


def is_name(name: str) -> bool:
    """Whether a member or device may be called so: it is shown to people, on one line."""
    try:
        size = len(name.encode())
    except UnicodeEncodeError:  # a lone surrogate
        return False
    hidden = any(unicodedata.category(c) in ("Cc", "Zl", "Zp") for c in name)
    return size <= NAME_BYTES_MAX and bool(name.strip()) and not hidden


def chunks(commits: Sequence[bytes]) -> Iterator[Commits]:
    """Membership commits as messages of about a megabyte."""
    part: list[bytes] = []
    size = 0
    for commit in commits:
        if part and size + len(commit) > CHUNK_BYTES:
            yield Commits(tuple(part))
            part, size = [], 0
        part.append(commit)
        size += len(commit)
    if part:
        yield Commits(tuple(part))
