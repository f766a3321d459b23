"""Lookup: from a key to the number it was given, without reading the others.

A key's hash is the first 4 bytes of BLAKE2b keyed with the file's own salt, so that who chooses
keys cannot choose hashes. There are 2 ** bits buckets, a block each, chosen by the hash's upper
bits; in one stand `hash u32 | number u32` in ascending order, found by bisection. A hash is not the
key: who asks compares the keys of the few numbers that come back (most often one or none).
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable
from hashlib import blake2b
from struct import pack, unpack, unpack_from
from typing import Final

from goatcore.storage.checkpoint.blocks import Blocks
from goatcore.storage.checkpoint.tables import Table

BUCKET_ENTRIES: Final = 1024  # a bucket has at most about so many on average
PAIR: Final = 8
SALT_SIZE: Final = 16


class Lookup:
    """One section's keys. What it raises is `CheckpointDamaged`."""

    __slots__ = ("_bits", "_blocks", "_count", "_salt", "_table")

    def __init__(self, blocks: Blocks, table: Table, count: int, bits: int, salt: bytes) -> None:
        self._blocks = blocks
        self._table = table
        self._count = count
        self._bits = bits
        self._salt = salt

    def __len__(self) -> int:
        return self._count

    def candidates(self, key: bytes) -> list[int]:
        """The numbers whose keys have the same hash as `key`: all that have this key, and rarely
        (one question in 2³² ÷ keys) another's."""
        if not self._count:
            return []
        hash_ = blake2b(key, digest_size=4, key=self._salt).digest()
        bucket = int.from_bytes(hash_, "big") >> (32 - self._bits)
        data = self._blocks.cached(self._table.block(bucket), _sized)
        pairs = range(len(data) // PAIR)
        at = bisect_left(pairs, hash_, key=lambda pair: data[pair * PAIR : pair * PAIR + 4])
        found = []
        while data[at * PAIR : at * PAIR + 4] == hash_:
            found.append(unpack_from(">I", data, at * PAIR + 4)[0])
            at += 1
        return found


def _sized(data: bytes) -> tuple[bytes, int]:
    return data, len(data)


def bits_for(count: int) -> int:
    """How many bits of a hash choose the bucket, for so many keys."""
    return max(0, (count - 1) // BUCKET_ENTRIES).bit_length()


def hashed(keys: Iterable[bytes], first: int, salt: bytes) -> list[int]:
    """Keys numbered from `first` on as `hash << 32 | number`."""
    keyed = blake2b(digest_size=4, key=salt)
    found = []
    for number, key in enumerate(keys, first):
        digest = keyed.copy()  # faster than to key anew
        digest.update(key)
        found.append(int.from_bytes(digest.digest(), "big") << 32 | number)
    return found


def pairs_of(bucket: bytes) -> tuple[int, ...]:
    """The pairs in a bucket."""
    return unpack(f">{len(bucket) // PAIR}Q", bucket)


def encode_bucket(pairs: list[int]) -> bytes:
    """A bucket's bytes; `pairs` ascend."""
    return pack(f">{len(pairs)}Q", *pairs)
