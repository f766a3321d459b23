"""A table: the entries of a section's blocks, themselves in blocks of up to 512 entries.

Owns how a block is found by an element's number or by its own. Invariant: `first` ascends strictly,
and all leaves but the last are full.
"""

from __future__ import annotations

from array import array
from bisect import bisect_right
from collections.abc import Iterator
from typing import TypeAlias

from goatcore.errors import CheckpointDamaged
from goatcore.storage.checkpoint.blocks import Blocks
from goatcore.storage.checkpoint.layout import (
    TABLE_ENTRIES,
    Entry,
    parse_entries,
    parse_entry,
    parse_firsts,
)

Leaf: TypeAlias = "tuple[array[int], bytes]"  # first elements, entries as they stand


class Table:
    """The blocks of one section."""

    __slots__ = ("_blocks", "_entries", "_firsts")

    def __init__(self, blocks: Blocks, entries: list[Entry]) -> None:
        self._blocks = blocks
        self._entries = entries
        self._firsts = [entry.first for entry in entries]

    def holding(self, number: int) -> tuple[Entry, int | None]:
        """The entry of the block that element `number` stands in, and the first element of the
        next block, None where there is none."""
        leaf = bisect_right(self._firsts, number) - 1
        firsts, entries = self._leaf(leaf)
        place = bisect_right(firsts, number)
        if place < len(firsts):
            after: int | None = firsts[place]
        else:
            after = self._firsts[leaf + 1] if leaf + 1 < len(self._firsts) else None
        return parse_entry(entries, place - 1), after

    def block(self, number: int) -> Entry:
        """The entry of the section's block `number`."""
        leaf, place = divmod(number, TABLE_ENTRIES)
        if leaf < len(self._entries):
            firsts, entries = self._leaf(leaf)
            if place < len(firsts):
                return parse_entry(entries, place)
        raise CheckpointDamaged("A table of the index has fewer blocks than it should.")

    def __iter__(self) -> Iterator[Entry]:
        for entry in self._entries:
            try:
                yield from parse_entries(self._blocks.open(entry))
            except ValueError:
                raise CheckpointDamaged("A table of the index makes no sense.") from None

    def _leaf(self, number: int) -> Leaf:
        return self._blocks.cached(self._entries[number], _parse)


def _parse(data: bytes) -> tuple[Leaf, int]:
    return (parse_firsts(data), data), len(data) * 7 // 6
