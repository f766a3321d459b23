"""Rows: values of any size by number, in compressed blocks of up to 128 rows or 16 KiB.

A block is the zstd frame of `u32 offset × (rows + 1) | row …`; a row above 1 KiB has a block of its
own, so that what is short is read without what is long. Invariant: a row's number never changes.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import accumulate, pairwise
from struct import pack, unpack_from
from typing import Final

from goatcore.errors import CheckpointDamaged
from goatcore.storage.checkpoint.blocks import Blocks
from goatcore.storage.checkpoint.layout import Entry
from goatcore.storage.checkpoint.tables import Table
from goatcore.values import unpack

ROWS_MAX: Final = 128
ROWS_BYTES_MAX: Final = 16 * 1024
ALONE_FROM: Final = 1024  # bytes; a row that is larger has a block of its own


class Rows:
    """The rows of one section. What it raises besides `IndexError` is `CheckpointDamaged`."""

    __slots__ = ("_blocks", "_count", "_data", "_start", "_stop", "_table")

    def __init__(self, blocks: Blocks, table: Table, count: int) -> None:
        self._blocks = blocks
        self._table = table
        self._count = count
        self._start = self._stop = 0  # the rows in the block that was used last
        self._data = b""

    def __len__(self) -> int:
        return self._count

    def raw(self, number: int) -> bytes:
        """The bytes of row `number`."""
        if not self._start <= number < self._stop:
            self._find(number)
        data = self._data
        start, stop = unpack_from(">II", data, (number - self._start) * 4)
        return data[start:stop]

    def together(self, start: int, stop: int) -> bytes:
        """The bytes of the rows from `start` up to `stop`, one after the other."""
        pieces = []
        while start < stop:
            if not self._start <= start < self._stop:
                self._find(start)
            data, first, end = self._data, self._start, min(stop, self._stop)
            (begin,) = unpack_from(">I", data, (start - first) * 4)
            (until,) = unpack_from(">I", data, (end - first) * 4)
            pieces.append(data[begin:until])
            start = end
        return b"".join(pieces)

    def __getitem__(self, number: int) -> object:
        """Row `number` as the MessagePack value that it is."""
        return unpack(self.raw(number))

    def __iter__(self) -> Iterator[bytes]:
        """The bytes of all rows, in order; the cache is left to others."""
        for entry in self._table:
            yield from split(self._open(entry))

    def scan(self, start: int = 0) -> Iterator[bytes]:
        """The bytes of the rows from `start` on."""
        if start >= self._count:
            return
        for entry, after in pairwise((*self._table, None)):
            assert entry is not None
            if after is None or after.first > start:
                yield from split(self._open(entry))[max(0, start - entry.first) :]

    def _find(self, number: int) -> None:
        if not 0 <= number < self._count:
            raise IndexError(number)
        entry, after = self._table.holding(number)
        data = self._blocks.cached(entry, self._decode)
        stop = entry.first + row_count(data)
        if stop != (self._count if after is None else after):
            raise CheckpointDamaged("A block of the index has other rows than it should.")
        self._data, self._start, self._stop = data, entry.first, stop

    def _open(self, entry: Entry) -> bytes:
        return self._blocks.zstd.decompress(self._blocks.open(entry))

    def _decode(self, packed: bytes) -> tuple[bytes, int]:
        data = self._blocks.zstd.decompress(packed)
        return data, len(data)


def row_count(block: bytes) -> int:
    """How many rows a block has."""
    return int.from_bytes(block[:4], "big") // 4 - 1


def split(block: bytes) -> list[bytes]:
    """The rows of a block."""
    offsets = unpack_from(f">{row_count(block) + 1}I", block)
    return [block[start:stop] for start, stop in pairwise(offsets)]


def join(rows: list[bytes]) -> bytes:
    """A block of some rows, before compression."""
    ends = accumulate(map(len, rows), initial=4 * (len(rows) + 1))
    return pack(f">{len(rows) + 1}I", *ends) + b"".join(rows)


def in_blocks(rows: Iterable[bytes]) -> Iterator[list[bytes]]:
    """Rows, as they share blocks."""
    here: list[bytes] = []
    size = 0
    for row in rows:
        length = len(row)
        if here and (
            length > ALONE_FROM or len(here) == ROWS_MAX or size + length > ROWS_BYTES_MAX
        ):
            yield here
            here, size = [], 0
        if length > ALONE_FROM:
            yield [row]
        else:
            here.append(row)
            size += length
    if here:
        yield here
