"""What a branch is recorded as: an item of a reserved schema on the main line of its repository.

Owns that item's key and fields, and the bytes of a base: the version that a branch was made from.
Invariant: a base names commits, never a moment, so it means the same on every peer for ever. Pure.
"""

from __future__ import annotations

from typing import Final, NamedTuple

from goatcore.errors import Malformed
from goatcore.ids import BranchId, CommitId, ItemKey
from goatcore.values import is_name, pack, unpack

BRANCH_SCHEMA: Final = "sys/branch"
BRANCH_VERSION: Final = 1
KEY_PREFIX: Final = "sys/branch/"
NAME: Final = "name"  # a register: str
BASE: Final = "base"  # a register: bin

BRANCH_BYTES: Final = 16


class Base(NamedTuple):
    """The version that a branch was made from.

    Of a whole repository (`key` is None): `commits` are the tips of chains, and all before them in
    their chains belongs to it. Of one item: `commits` are the heads of a version of it.
    """

    key: ItemKey | None
    commits: tuple[CommitId, ...]


def encode_base(base: Base) -> bytes:
    """The bytes of a base."""
    return pack((base.key, sorted(base.commits)))


def decode_base(encoded: object) -> Base | None:
    """The base of these bytes; None where they are none."""
    if type(encoded) is not bytes:
        return None
    try:
        value = unpack(encoded)
    except Malformed:
        return None
    if type(value) is not list or len(value) != 2 or type(value[1]) is not list:
        return None
    key, commits = value
    if not (key is None or is_name(key)):
        return None
    if not all(type(one) is bytes and len(one) == 32 for one in commits):
        return None
    return Base(None if key is None else ItemKey(key), tuple(map(CommitId, commits)))


def branch_key(branch: BranchId) -> ItemKey:
    """The key of the item that a branch is recorded as."""
    return ItemKey(KEY_PREFIX + branch.hex())


def branch_of(key: str) -> BranchId | None:
    """The branch that an item of this key records."""
    if not key.startswith(KEY_PREFIX):
        return None
    digits = key[len(KEY_PREFIX) :]
    try:
        branch = bytes.fromhex(digits)
    except ValueError:
        return None
    return BranchId(branch) if len(branch) == BRANCH_BYTES and branch.hex() == digits else None
