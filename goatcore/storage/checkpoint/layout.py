"""The bytes of a checkpoint file: its header and the entries that name its blocks. Pure.

Owns section 7 of FORMATS.md but for the inside of blocks. Invariant: the nonce that opens a block
stands in the entry that names it, and entries stand in sealed blocks themselves, up to the
directory, whose associated data is the header: so no block can stand in for another, nor an older
one for a newer. Lengths are checked before anything of that length is read.
"""

from __future__ import annotations

import sys
from array import array
from collections.abc import Sequence
from struct import Struct, pack, unpack_from
from typing import Final, NamedTuple
from zlib import crc32

from goatcore.ids import RepositoryId
from goatcore.storage.log import LogMark

MAGIC: Final = b"\x89GOIX\r\n\x1a"
VERSION: Final = 1
HEADER_SIZE: Final = 4096
KEY_SIZE: Final = 32
NONCE_SIZE: Final = 12
TAG_SIZE: Final = 16
DIRECTORY_SIZE_MAX: Final = 16 * 1024 * 1024
BLOCK_SIZE_MAX: Final = 64 * 1024 * 1024
TABLE_ENTRIES: Final = 512  # entries a block of a table

_HEADER = Struct(">8sI16sQQQ16sQI12s")  # then crc32 of these 92 bytes
_REST = Struct(">QI12s")  # of an entry, without its `first`
ENTRY_SIZE: Final = 4 + _REST.size


class Header(NamedTuple):
    """What stands in clear at a checkpoint's beginning."""

    repository: RepositoryId
    generation: int
    mark: LogMark
    directory_at: int
    directory_size: int
    directory_nonce: bytes


class Entry(NamedTuple):
    """Where a sealed block stands; `first` is the number of the first element in it."""

    at: int
    size: int
    first: int
    nonce: bytes


def encode_header(header: Header) -> bytes:
    """The first 4,096 bytes of a checkpoint."""
    fields = header_fields(header)
    return (fields + crc32(fields).to_bytes(4, "big")).ljust(HEADER_SIZE, b"\0")


def header_fields(header: Header) -> bytes:
    """The header's fields as they stand in the file: the directory's associated data."""
    repository, generation, mark, at, size, nonce = header
    return _HEADER.pack(MAGIC, VERSION, repository, generation, *mark, at, size, nonce)


def parse_header(start: bytes, file_size: int) -> Header | str:
    """The header of a file of that size from its first 4,096 bytes, or why there is none."""
    if len(start) < HEADER_SIZE or not start.startswith(MAGIC):
        return "it is not a checkpoint"
    size = _HEADER.size
    version = int.from_bytes(start[8:12], "big")
    if version != VERSION:
        return f"it has format {version}"
    if crc32(start[:size]) != int.from_bytes(start[size : size + 4], "big") or any(
        start[size + 4 : HEADER_SIZE]
    ):
        return "its header is damaged"
    _, _, repository, generation, position, last, digest, at, length, nonce = _HEADER.unpack_from(
        start
    )
    if not TAG_SIZE <= length <= DIRECTORY_SIZE_MAX or not HEADER_SIZE <= at <= file_size - length:
        return "it is cut off"
    mark = LogMark(position, last, digest)
    return Header(RepositoryId(repository), generation, mark, at, length, nonce)


def encode_entries(entries: Sequence[Entry]) -> bytes:
    """Entries: their u32 `first` numbers, one after the other, then the rest of each."""
    firsts = [entry.first for entry in entries]
    rest = [_REST.pack(at, size, nonce) for at, size, _, nonce in entries]
    return pack(f">{len(firsts)}I", *firsts) + b"".join(rest)


def parse_firsts(data: bytes) -> array[int]:
    """The `first` numbers of encoded entries."""
    found = array("I", data[: len(data) // ENTRY_SIZE * 4])
    assert found.itemsize == 4
    if sys.byteorder == "little":
        found.byteswap()
    return found


def parse_entry(data: bytes, number: int) -> Entry:
    """Entry `number` of encoded ones. Raises `struct.error` if there are not so many."""
    count = len(data) // ENTRY_SIZE
    at, size, nonce = _REST.unpack_from(data, count * 4 + number * _REST.size)
    (first,) = unpack_from(">I", data, number * 4)
    return Entry(at, size, first, nonce)


def parse_entries(data: bytes) -> list[Entry]:
    """All of some encoded entries. Raises `ValueError` for other bytes."""
    if len(data) % ENTRY_SIZE:
        raise ValueError("these are no whole entries")
    firsts = parse_firsts(data)
    rest = _REST.iter_unpack(data[len(firsts) * 4 :])
    return [
        Entry(at, size, first, nonce) for first, (at, size, nonce) in zip(firsts, rest, strict=True)
    ]
