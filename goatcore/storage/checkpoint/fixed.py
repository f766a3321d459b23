"""Fixed: elements of one width by number, such as ids, positions and ordinals.

A block has 16 KiB // width elements, as they are (ids, which nothing compresses), or as *planes*:
all first bytes, all second bytes and so on, compressed with zstd (numbers, whose high bytes
repeat). Invariant: block `n` holds the elements from n × per block on; only the last has fewer.
"""

from __future__ import annotations

import sys
from array import array
from typing import Final

from goatcore.errors import CheckpointDamaged
from goatcore.storage.checkpoint.blocks import Blocks, Zstd
from goatcore.storage.checkpoint.tables import Table

BLOCK_BYTES: Final = 16 * 1024
WIDTH_MAX: Final = 1024


class Fixed:
    """The elements of one section. What it raises besides `IndexError` is `CheckpointDamaged`."""

    __slots__ = ("_blocks", "_count", "_data", "_per_block", "_planes", "_start", "_stop", "_table",
                 "width")  # fmt: skip

    def __init__(self, blocks: Blocks, table: Table, count: int, width: int, planes: bool) -> None:
        self._blocks = blocks
        self._table = table
        self._count = count
        self._planes = planes
        self._per_block = per_block(width)
        self.width = width
        self._start = self._stop = 0  # the elements in the block that was used last
        self._data = b""

    def __len__(self) -> int:
        return self._count

    def __getitem__(self, number: int) -> bytes:
        """The bytes of element `number`."""
        if not self._start <= number < self._stop:
            self._find(number)
        at = (number - self._start) * self.width
        return self._data[at : at + self.width]

    def number(self, number: int) -> int:
        """Element `number` as the unsigned integer that it is."""
        return int.from_bytes(self[number], "big")

    def slice(self, start: int = 0, stop: int | None = None) -> bytes:
        """The elements from `start` up to `stop`, one after the other; the cache is left to
        others. Bounds beyond the end are the end."""
        stop = self._count if stop is None else min(stop, self._count)
        if start >= stop:
            return b""
        first = start // self._per_block
        pieces = [
            self._decode(self._blocks.open(self._table.block(block)))[0]
            for block in range(first, (stop - 1) // self._per_block + 1)
        ]
        data = b"".join(pieces)
        begin = (start - first * self._per_block) * self.width
        end = begin + (stop - start) * self.width
        if len(data) < end:
            raise CheckpointDamaged("A block of the index has fewer elements than it should.")
        return data[begin:end]

    def numbers(self, start: int = 0, stop: int | None = None) -> array[int]:
        """The elements of a slice as unsigned integers; width 4 or 8."""
        found = array({4: "I", 8: "Q"}[self.width], self.slice(start, stop))
        assert found.itemsize == self.width
        if sys.byteorder == "little":
            found.byteswap()
        return found

    def _find(self, number: int) -> None:
        if not 0 <= number < self._count:
            raise IndexError(number)
        block = number // self._per_block
        data = self._blocks.cached(self._table.block(block), self._decode)
        start = block * self._per_block
        stop = min(start + self._per_block, self._count)
        if len(data) != (stop - start) * self.width:
            raise CheckpointDamaged("A block of the index has other elements than it should.")
        self._data, self._start, self._stop = data, start, stop

    def _decode(self, stored: bytes) -> tuple[bytes, int]:
        data = from_planes(stored, self.width, self._blocks.zstd) if self._planes else stored
        return data, len(data)


def per_block(width: int) -> int:
    """How many elements of a width a block has."""
    return BLOCK_BYTES // width


def to_planes(data: bytes, width: int, zstd: Zstd) -> bytes:
    """Elements, plane by plane and compressed."""
    return zstd.compress(b"".join([data[plane::width] for plane in range(width)]))


def from_planes(stored: bytes, width: int, zstd: Zstd) -> bytes:
    """The elements that `to_planes` made this of."""
    data = zstd.decompress(stored)
    count = len(data) // width
    found = bytearray(count * width)
    for plane in range(width):
        found[plane::width] = data[plane * count : (plane + 1) * count]
    return bytes(found)
