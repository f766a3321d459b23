"""Commit bytes: how a commit is laid out, signed and named (FORMATS.md section 1).

Owns the outside of a commit: header, signature, id. Invariant: bytes are hashed and verified as
received and never re-encoded. Knows no keys (a signer is passed in), no bodies, no repository.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from hashlib import sha256
from typing import Final, NamedTuple

from goatcore.clock import STAMP_MAX, Stamp
from goatcore.errors import Malformed, TransactionTooLarge
from goatcore.ids import AuthorKey, CommitId, EpochId, RepositoryId, commit_id
from goatcore.values import pack, unpack_canonical

VERSION: Final = 1
COMMIT_BYTES_MAX: Final = 1 << 20
DEPS_MAX: Final = 256
SEQ_MAX: Final = (1 << 63) - 1
SIGNATURE_BYTES: Final = 64
EMPTY_HASH: Final = sha256(b"").digest()
SIGNING_PREFIX: Final = b"goat/commit/1\0"

Sign = Callable[[bytes], bytes]  # message → Ed25519 signature, 64 bytes


class Header(NamedTuple):
    """The clear part of a commit, in the order of its bytes."""

    repository: RepositoryId
    author: AuthorKey
    seq: int
    time: Stamp
    deps: tuple[CommitId, ...]
    auth: tuple[CommitId, ...] | None
    epoch: EpochId
    body_hash: bytes
    extensions: Mapping[str, bytes]


class Commit:
    """A commit as it was made or received: its exact bytes and what its header says."""

    __slots__ = ("header", "id", "raw", "sealed_at")

    def __init__(self, raw: bytes, header: Header, sealed_at: int, id_: CommitId) -> None:
        self.raw = raw
        self.header = header
        self.sealed_at = sealed_at  # where in raw the sealed body begins
        self.id = id_

    @property
    def author(self) -> AuthorKey:
        return self.header.author

    @property
    def seq(self) -> int:
        return self.header.seq

    @property
    def prev(self) -> CommitId | None:
        """The author's commit before this one; None for its first."""
        return self.header.deps[0] if self.header.seq > 1 else None

    @property
    def signature(self) -> bytes:
        return self.raw[self.sealed_at - SIGNATURE_BYTES : self.sealed_at]

    @property
    def bodiless(self) -> bool:
        """Whether the body was dropped, as a purge allows."""
        return len(self.raw) == self.sealed_at and self.header.body_hash != EMPTY_HASH

    def without_body(self) -> Commit:
        """The same commit with its body dropped: header, signature and id stay."""
        return Commit(self.raw[: self.sealed_at], self.header, self.sealed_at, self.id)

    @property
    def sealed(self) -> bytes:
        """The sealed body."""
        return self.raw[self.sealed_at :]

    def __repr__(self) -> str:
        return f"Commit({self.id.hex()[:8]} seq {self.seq} of {self.author.hex()[:8]})"


def signed_message(commit: Commit) -> bytes:
    """What the signature of a commit is over."""
    return SIGNING_PREFIX + commit.raw[: commit.sealed_at - SIGNATURE_BYTES]


def associated_data(header: Header) -> bytes:
    """What the seal of the body is bound to: the header without body_hash."""
    return pack(header[:7] + header[8:])


def assemble(header: Header, signature: bytes, sealed: bytes) -> Commit:
    """Put a commit together from its parts; the signature is not checked here."""
    encoded = pack(header)
    start = b"\x01" + len(encoded).to_bytes(2, "big") + encoded + signature
    return Commit(start + sealed, header, len(start), commit_id(start))


def build(header: Header, sealed: bytes, sign: Sign) -> Commit:
    """Make and sign a commit. `header.body_hash` may be empty: it is filled in.

    Raises `TransactionTooLarge` when the commit would pass 1 MiB.
    """
    header = Header(*header[:7], sha256(sealed).digest(), header.extensions)
    encoded = pack(header)
    start = b"\x01" + len(encoded).to_bytes(2, "big") + encoded
    size = len(start) + SIGNATURE_BYTES + len(sealed)
    if size > COMMIT_BYTES_MAX:
        raise TransactionTooLarge(
            f"This change has {size:,} bytes; one commit may have {COMMIT_BYTES_MAX:,}. "
            "Make it in several smaller transactions."
        )
    start += sign(SIGNING_PREFIX + start)
    return Commit(start + sealed, header, len(start), commit_id(start))


def parse(raw: bytes) -> Commit:
    """Read a commit's bytes and check everything that needs no key and no other commit.

    A body may be missing altogether (see `Commit.bodiless`): whether it may, others say. Raises
    `Malformed` with the first thing that is wrong. The signature is *not* checked here.
    """
    if len(raw) > COMMIT_BYTES_MAX:
        raise Malformed(f"A commit has {len(raw):,} bytes; {COMMIT_BYTES_MAX:,} are allowed.")
    if len(raw) < 3 + SIGNATURE_BYTES or raw[0] != VERSION:
        raise Malformed("These bytes are not a commit of version 1.")
    header_end = 3 + int.from_bytes(raw[1:3], "big")
    sealed_at = header_end + SIGNATURE_BYTES
    if sealed_at > len(raw):
        raise Malformed("A commit is cut off.")
    header = _header(raw[3:header_end])
    if sealed_at < len(raw) and sha256(raw[sealed_at:]).digest() != header.body_hash:
        raise Malformed("A commit's body is not the one that its header names.")
    return Commit(raw, header, sealed_at, commit_id(raw[:sealed_at]))


def _header(encoded: bytes) -> Header:
    fields = unpack_canonical(encoded)
    if type(fields) is not list or len(fields) != 9:
        raise Malformed("A commit's header is not an array of 9.")
    repository, author, seq, time, deps, auth, epoch, body_hash, extensions = fields
    _expect(_is_bytes(repository, 16), "repository")
    _expect(_is_bytes(author, 32), "author")
    _expect(type(seq) is int and 1 <= seq <= SEQ_MAX, "seq")
    _expect(type(time) is int and 0 <= time <= STAMP_MAX, "time")
    _expect(_are_ids(deps) and not (seq > 1 and not deps), "deps")
    _expect(auth is None or (_are_ids(auth) and bool(auth)), "auth")
    _expect(_is_bytes(epoch, 16), "epoch")
    _expect(_is_bytes(body_hash, 32), "body_hash")
    _expect(_are_extensions(extensions), "extensions")
    return Header(
        RepositoryId(repository),
        AuthorKey(author),
        seq,
        Stamp(time),
        tuple(deps),
        None if auth is None else tuple(auth),
        EpochId(epoch),
        body_hash,
        extensions,
    )


def _expect(fine: bool, field: str) -> None:
    if not fine:
        raise Malformed(f"A commit's header has no valid {field}.")


def _is_bytes(value: object, size: int) -> bool:
    return type(value) is bytes and len(value) == size


def _are_ids(value: object) -> bool:
    return (
        type(value) is list
        and len(value) <= DEPS_MAX
        and all(type(v) is bytes and len(v) == 32 for v in value)
        and len(set(value)) == len(value)
    )


def _are_extensions(value: object) -> bool:
    if type(value) is not dict:
        return False
    keys = list(value)
    return (
        all(type(k) is str and type(v) is bytes for k, v in value.items())
        and sorted(keys, key=str.encode) == keys
    )
