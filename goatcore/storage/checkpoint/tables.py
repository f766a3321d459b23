"""A table: the entries of a section's blocks, themselves in blocks of up to 512 entries.

Owns how a block is found by an element's number or by its own. Invariant: `first` ascends strictly.
"""

from __future__ import annotations

import struct
from bisect import bisect_right
from collections.abc import Iterator
from typing import TypeAlias

from goatcore.errors import CheckpointDamaged
from goatcore.storage.checkpoint.blocks import Blocks
from goatcore.storage.checkpoint.layout import ENTRY_SIZE, TABLE_ENTRIES, Entry, parse_entries

Leaf: TypeAlias = tuple[list[int], list[Entry]]  # first elements, entries


class Table:
    """The blocks of one section."""

    __slots__ = ("_blocks", "_entries", "_firsts")

    def __init__(self, blocks: Blocks, entries: list[Entry]) -> None:
        self._blocks = blocks
        self._entries = entries
        self._firsts = [entry.first for entry in entries]

    def holding(self, number: int) -> tuple[Entry, int | None]:
        """The entry of the block that element `number` stands in, and the first element of the
        next block in the same leaf; None where that is in another leaf or there is none."""
        at = bisect_right(self._firsts, number) - 1
        firsts, entries = self._leaf(self._entries[at])
        place = bisect_right(firsts, number) - 1
        after = firsts[place + 1] if place + 1 < len(firsts) else None
        if after is None and at + 1 < len(self._firsts):
            after = self._firsts[at + 1]
        return entries[place], after

    def block(self, number: int) -> Entry:
        """The entry of the section's block `number`; all leaves but the last are full."""
        leaf, place = divmod(number, TABLE_ENTRIES)
        return self._leaf(self._entries[leaf])[1][place]

    def __iter__(self) -> Iterator[Entry]:
        for entry in self._entries:
            yield from _parse(self._blocks.open(entry))[0][1]

    def _leaf(self, entry: Entry) -> Leaf:
        return self._blocks.cached(entry, _parse)


def _parse(data: bytes) -> tuple[Leaf, int]:
    try:
        entries = parse_entries(data)
    except struct.error:
        raise CheckpointDamaged("A table of the index is damaged.") from None
    firsts = [entry.first for entry in entries]
    return (firsts, entries), len(entries) * (ENTRY_SIZE + 150)
