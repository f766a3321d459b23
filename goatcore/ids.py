"""Names of things, a type for each noun, and how they are derived. Pure; imports nothing of ours.

All ids are plain `bytes` at run time (so that they hash and compare at C speed) and distinct types
to the type checker.
"""

from __future__ import annotations

from hashlib import blake2b, sha256
from typing import NewType

CommitId = NewType("CommitId", bytes)  # 32: SHA-256 of a commit's bytes through its signature
AuthorKey = NewType("AuthorKey", bytes)  # 32: a device's Ed25519 public key
RepositoryId = NewType("RepositoryId", bytes)  # 16
WorkspaceId = NewType("WorkspaceId", bytes)  # 32: hash of the genesis record
MemberId = NewType("MemberId", bytes)  # 16
GroupId = NewType("GroupId", bytes)  # 16
EpochId = NewType("EpochId", bytes)  # 16: hash of the epoch's key
InviteId = NewType("InviteId", bytes)  # 16
BranchId = NewType("BranchId", bytes)  # 16
RepositoryTag = NewType("RepositoryTag", bytes)  # 8: a repository's name on one link
Digest = NewType("Digest", bytes)  # 16: says which commits a repository holds
ItemKey = NewType("ItemKey", str)  # 1–255 bytes of UTF-8

CLEAR = EpochId(bytes(16))  # the epoch of bodies that are not sealed: those of /sys/members
WORKSPACE_GROUP = GroupId(bytes(16))  # the group of everybody; rules /sys/members itself

MEMBERS_PATH = "/sys/members"


def commit_id(signed: bytes) -> CommitId:
    """The id of a commit, from its bytes through the signature (the sealed body is not in it:
    the header holds the body's hash)."""
    return CommitId(sha256(signed).digest())


def repository_id(naming_secret: bytes, path: str) -> RepositoryId:
    """The id of the repository at `path`: equal on all devices that know the workspace's 32-byte
    naming secret, and not to be guessed by anybody else."""
    return RepositoryId(blake2b(path.encode(), key=naming_secret, digest_size=16).digest())


def repository_tag(session: bytes, repository: RepositoryId) -> RepositoryTag:
    """A repository's name on one link; `session` is the link's 32-byte handshake hash, so that
    tags of two links cannot be told to be of one repository."""
    return RepositoryTag(blake2b(repository, key=session, digest_size=8).digest())


def workspace_id(genesis: bytes) -> WorkspaceId:
    """The id of a workspace, from the bytes of its genesis record."""
    return WorkspaceId(sha256(b"goat/genesis/1\0" + genesis).digest())


def epoch_id(key: bytes) -> EpochId:
    """The id of an epoch, from its 32-byte key: nobody can hand two keys under one id."""
    return EpochId(sha256(b"goat/epoch/1\0" + key).digest()[:16])
