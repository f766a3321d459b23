"""A sorted list of rows in blocks, addressable by sort key and by index.

Owns the storage of sorted results: parallel lists of keys and rows, cut into blocks of at most
`BLOCK_MAX`. Invariant: keys ascend strictly through all blocks, no block is empty, and `_last[b]`
is no less than any key of block b and less than all of block b + 1. Inserting and removing cost a
bisection, a shift inside one block and a sum over the blocks before it. Imports only the row
protocol.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterator
from itertools import accumulate, chain, islice

from goatcore.query.changes import Row

BLOCK_MAX = 1024


class SortedBlocks:
    """Rows by ascending sort key; keys are distinct."""

    __slots__ = ("_counts", "_ends", "_keys", "_last", "_rows")

    def __init__(self) -> None:
        self._keys: list[list[str]] = []
        self._rows: list[list[Row]] = []
        self._last: list[str] = []
        self._counts: list[int] = []
        self._ends: list[int] | None = []  # rows up to and with each block; None: to be computed

    def __len__(self) -> int:
        return sum(self._counts)

    def __getitem__(self, index: int) -> Row:
        """The row at `index`, 0 ≤ index < len."""
        ends = self._ends
        if ends is None:
            ends = self._ends = list(accumulate(self._counts))
        b = bisect_right(ends, index)
        rows = self._rows[b]
        return rows[index - ends[b]]  # counted from the block's end

    def __iter__(self) -> Iterator[Row]:
        return chain.from_iterable(self._rows)

    def slice(self, start: int, stop: int) -> list[Row]:
        """The rows from `start` up to `stop`, 0 ≤ start ≤ stop."""
        b = 0
        for count in self._counts:
            if start < count:
                break
            start, stop, b = start - count, stop - count, b + 1
        return list(islice(chain.from_iterable(islice(self._rows, b, None)), start, stop))

    def insert(self, key: str, row: Row) -> int:
        """Puts a row in; gives its index. The key must be new."""
        self._ends = None
        last = self._last
        if not last:
            self.append_block([key], [row])
            return 0
        b = bisect_left(last, key)
        if b == len(last):
            b -= 1
            last[b] = key
        keys = self._keys[b]
        i = bisect_left(keys, key)
        keys.insert(i, key)
        self._rows[b].insert(i, row)
        self._counts[b] += 1
        index = sum(self._counts[:b]) + i
        if len(keys) > BLOCK_MAX:
            self._split(b)
        return index

    def remove(self, key: str) -> tuple[int, Row]:
        """Takes the row of `key` out; gives the index it had, and the row."""
        b, i = self._find(key)
        self._ends = None
        keys = self._keys[b]
        index = sum(self._counts[:b]) + i
        del keys[i]
        row = self._rows[b].pop(i)
        self._counts[b] -= 1
        if not keys:
            del self._keys[b], self._rows[b], self._last[b], self._counts[b]
        return index, row

    def replace(self, key: str, row: Row) -> int:
        """Makes `row` the one at `key`; gives its index."""
        b, i = self._find(key)
        self._rows[b][i] = row
        return sum(self._counts[:b]) + i

    def rank(self, key: str) -> int:
        """The index of the row of `key`, which is held."""
        b, i = self._find(key)
        return sum(self._counts[:b]) + i

    def append_block(self, keys: list[str], rows: list[Row]) -> None:
        """Puts a run of rows behind all others: keys ascend and follow those held. Takes the
        lists over."""
        assert len(keys) == len(rows) > 0
        assert not self._last or self._last[-1] < keys[0]
        self._keys.append(keys)
        self._rows.append(rows)
        self._last.append(keys[-1])
        self._counts.append(len(keys))
        self._ends = None

    def _find(self, key: str) -> tuple[int, int]:
        b = bisect_left(self._last, key)
        i = bisect_left(self._keys[b], key)
        assert self._keys[b][i] == key
        return b, i

    def _split(self, b: int) -> None:
        half = len(self._keys[b]) // 2
        self._keys.insert(b + 1, self._keys[b][half:])
        self._rows.insert(b + 1, self._rows[b][half:])
        del self._keys[b][half:], self._rows[b][half:]
        self._last.insert(b, self._keys[b][-1])
        self._counts[b : b + 1] = [half, len(self._keys[b + 1])]
