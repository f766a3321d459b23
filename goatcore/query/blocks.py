"""A sorted list of rows in blocks, addressable by row and by index.

Owns the storage of a sorted result. A block is *cold*, nothing but the ordinals of its rows, four
bytes each; or *warm*, with the rows' sort keys beside them, which it becomes the first time that a
row enters or leaves it. Invariants: rows ascend by sort key through all blocks; no block is empty;
the key kept for a warm row is the one that it was placed by, whatever the row shows now.

Because a row shows only its new values, a block cannot be warmed from rows that have changed and
were not moved yet. Who calls says which those are (`unsettled`); in a block that is warmed they get
a provisional key between their neighbours', which is all that is needed until they are moved. Those
that turn out not to have changed have to be moved as well, once they have settled: what came
meanwhile was not compared with them.
"""

from __future__ import annotations

from array import array
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable, Iterator, Sequence, Set
from itertools import accumulate

from goatcore.query.ordering import SortKeys

BLOCK_MAX = 1024  # rows of a block before it is split
COLD_MAX = 128  # rows of a block that comes from outside: warming it takes a fraction of a ms
_SIZE = 4  # bytes of an ordinal

Unsettled = Callable[[], Set[int]]


class _Block:
    """`cold` until `keys` and `ordinals` are there; `last` is the greatest key, None: not known."""

    __slots__ = ("cold", "keys", "last", "ordinals")

    def __init__(self, cold: bytes | None, keys: list[str], ordinals: list[int]) -> None:
        self.cold = cold
        self.keys = keys
        self.ordinals = ordinals
        self.last = keys[-1] if keys else None

    def rows(self) -> Sequence[int]:
        return self.ordinals if self.cold is None else memoryview(self.cold).cast("I")


class SortedBlocks:
    """Rows by ascending sort key; keys are distinct."""

    __slots__ = (
        "_blocks", "_came", "_came_blocks", "_cold", "_counts", "_ends", "_kept", "_sort_keys",
        "_stop", "provisional", "unsettled",
    )  # fmt: skip

    def __init__(self, sort_keys: SortKeys, unsettled: Unsettled) -> None:
        self._sort_keys = sort_keys
        self.unsettled = unsettled
        self.provisional: set[int] = set()  # rows that are to be moved once they have settled
        self._blocks: list[_Block] = []
        self._counts: list[int] = []  # rows of each
        self._cold = 0  # blocks that are
        self._came = b""  # all that came from outside, as it was then
        self._came_blocks: list[tuple[int, _Block]] = []  # where each of its blocks begins
        self._kept: dict[int, str] = {}  # of warm rows
        self._stop: int | None = None
        self._ends: list[int] | None = None  # rows up to and with each block; None: to be computed

    # -- reading -----------------------------------------------------------------------------------

    def __len__(self) -> int:
        ends = self._counted()
        return ends[-1] if ends else 0

    def __getitem__(self, index: int) -> int:
        """The row at `index`, 0 ≤ index < len."""
        ends = self._counted()
        b = bisect_right(ends, index)
        return self._blocks[b].rows()[index - (ends[b - 1] if b else 0)]

    def __iter__(self) -> Iterator[int]:
        for block in self._blocks:
            yield from block.rows()

    def slice(self, start: int, stop: int) -> list[int]:
        """The rows from `start` up to `stop`, 0 ≤ start ≤ stop."""
        ends, found = self._counted(), list[int]()
        b = bisect_right(ends, start)
        while b < len(ends) and start < stop:
            before = ends[b - 1] if b else 0
            found.extend(self._blocks[b].rows()[start - before : stop - before])
            start, b = ends[b], b + 1
        return found

    def rank(self, ordinal: int) -> int | None:
        """The index of a row; None where it is not held."""
        place = self._place(ordinal)
        return None if place is None else self._index(*place)

    def key(self, ordinal: int) -> str:
        """The key by which a held row was placed."""
        place = self._place(ordinal)
        assert place is not None
        self._warm(place[0])
        return self._kept[ordinal]

    def rank_of_key(self, key: str) -> int:
        """How many rows have a smaller key; `key` may be the beginning of one."""
        b = self._block_of(key)
        if b == len(self._blocks):
            return len(self)
        self._warm(b)
        return self._index(b, bisect_left(self._blocks[b].keys, key))

    def export(self) -> bytes:
        """All ordinals in order, four bytes each, as this machine writes them."""
        return b"".join(
            [array("I", one.ordinals).tobytes() if one.cold is None else one.cold
             for one in self._blocks]
        )  # fmt: skip

    # -- changing ----------------------------------------------------------------------------------

    def insert(self, key: str, ordinal: int) -> int:
        """Puts a row in; gives its index. Neither is held."""
        if not self._blocks:
            self._blocks.append(_Block(None, [key], [ordinal]))
            self._counts.append(1)
            self._kept[ordinal] = key
            self._ends = None
            return 0
        b = min(self._block_of(key), len(self._blocks) - 1)
        self._warm(b)
        block = self._blocks[b]
        i = bisect_left(block.keys, key)
        block.keys.insert(i, key)
        block.ordinals.insert(i, ordinal)
        block.last = block.keys[-1]
        self._kept[ordinal] = key
        index = self._index(b, i)
        self._counts[b] += 1
        self._ends = None
        if len(block.keys) > BLOCK_MAX:
            half = len(block.keys) // 2
            behind = _Block(None, block.keys[half:], block.ordinals[half:])
            self._blocks.insert(b + 1, behind)
            self._counts[b : b + 1] = [half, len(behind.keys)]
            del block.keys[half:], block.ordinals[half:]
            block.last = block.keys[-1]
        return index

    def placed(self, ordinal: int) -> str | None:
        """The key by which a row was placed; None where it is not held."""
        kept = self._kept.get(ordinal)
        if kept is None and self._cold and ordinal < self._cold_stop():
            place = self._place(ordinal)
            if place is not None:
                self._warm(place[0])
                return self._kept[ordinal]
        return kept

    def remove(self, ordinal: int) -> int:
        """Takes a held row out; gives the index it had."""
        place = self._place(ordinal)
        assert place is not None
        b, i = place
        self._warm(b)
        index = self._index(b, i)
        block = self._blocks[b]
        del block.keys[i], block.ordinals[i], self._kept[ordinal]
        self.provisional.discard(ordinal)
        self._counts[b] -= 1
        if block.keys:
            block.last = block.keys[-1]
        else:
            del self._blocks[b], self._counts[b]
        self._ends = None
        return index

    def append_cold(self, ordinals: bytes) -> None:
        """Puts rows behind all others, in the form of `export`. They must follow those held."""
        before = len(self._came)
        self._came += ordinals
        for at in range(0, len(ordinals), COLD_MAX * _SIZE):
            block = _Block(ordinals[at : at + COLD_MAX * _SIZE], [], [])
            assert block.cold is not None
            self._blocks.append(block)
            self._counts.append(len(block.cold) // _SIZE)
            self._came_blocks.append((before + at, block))
            self._cold += 1
        self._ends = self._stop = None

    # -- inside ------------------------------------------------------------------------------------

    def _counted(self) -> list[int]:
        ends = self._ends
        if ends is None:
            ends = self._ends = list(accumulate(self._counts))
        return ends

    def _index(self, b: int, i: int) -> int:
        return sum(self._counts[:b]) + i

    def _place(self, ordinal: int) -> tuple[int, int] | None:
        """The block of a row, and where in it."""
        key = self._kept.get(ordinal)
        if key is None:
            return self._cold_place(ordinal) if self._cold else None
        b = self._block_of(key)
        if b < len(self._blocks):
            block = self._blocks[b]
            i = bisect_left(block.keys, key)
            if i < len(block.keys) and block.ordinals[i] == ordinal:
                return b, i
        for b, block in enumerate(self._blocks):  # a row changed without telling; still found
            if block.cold is None and ordinal in block.ordinals:
                return b, block.ordinals.index(ordinal)
        raise AssertionError("a kept row is in no block")

    def _cold_stop(self) -> int:
        """All cold rows have smaller ordinals: a new row need not be looked for."""
        stop = self._stop
        if stop is None:
            stop = self._stop = 1 + max(memoryview(self._came).cast("I"), default=-1)
        return stop

    def _cold_place(self, ordinal: int) -> tuple[int, int] | None:
        wanted = array("I", [ordinal]).tobytes()
        at = self._came.find(wanted)
        while at % _SIZE:  # of -1, too
            if at < 0:
                return None
            at = self._came.find(wanted, at + 1)
        begin, block = self._came_blocks[
            bisect_right(self._came_blocks, at, key=lambda entry: entry[0]) - 1
        ]
        if block.cold is None:  # it was here, and left
            return None
        return self._blocks.index(block), (at - begin) // _SIZE

    def _block_of(self, key: str) -> int:
        """The first block whose last key is not less than `key`; how many there are if none is."""
        low, high = 0, len(self._blocks)
        while low < high:
            middle = (low + high) // 2
            last = self._blocks[middle].last
            if last is None:
                last = self._last(middle)
            if last < key:
                low = middle + 1
            else:
                high = middle
        return low

    def _last(self, b: int) -> str:
        """The greatest key of a block, which need not be warmed for it if that row is settled."""
        block = self._blocks[b]
        if block.last is None:
            ordinal = block.rows()[-1]
            if ordinal in self.unsettled():
                self._warm(b)
            else:
                block.last = self._sort_keys.of(ordinal)
        assert block.last is not None
        return block.last

    def _warm(self, b: int) -> None:
        if self._blocks[b].cold is None:
            return
        unsettled, first = self.unsettled(), b
        while first and self._blocks[first].rows()[0] in unsettled:  # its key needs the one before
            before = self._blocks[first - 1]
            if before.last is not None or before.rows()[-1] not in unsettled:
                break
            first -= 1
        for at in range(first, b + 1):
            self._warm_one(at, self._last(at - 1) if at else "", unsettled)

    def _warm_one(self, b: int, anchor: str, unsettled: Set[int]) -> None:
        block = self._blocks[b]
        if block.cold is None:
            return
        ordinals = list(block.rows())
        settled = [one for one in ordinals if one not in unsettled]
        block.ordinals, block.cold = ordinals, None
        self._cold -= 1
        if not self._cold:
            self._came, self._came_blocks = b"", []
        keys = dict(zip(settled, self._sort_keys.of_many(settled), strict=True))
        for n, ordinal in enumerate(ordinals):
            key = keys.get(ordinal)
            if key is None:
                self.provisional.add(ordinal)
            if key is None or key <= anchor:  # or it changed without telling anybody
                keys[ordinal] = f"{anchor}\x00{n:04}"
            else:
                anchor = key
        block.keys = [keys[ordinal] for ordinal in ordinals]
        block.last = block.keys[-1]
        self._kept.update(keys)


def as_cold(ordinals: Iterable[int]) -> bytes:
    """Ordinals in the form of `SortedBlocks.export`."""
    return array("I", ordinals).tobytes()
