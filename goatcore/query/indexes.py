"""Indexes of one source's fields, which nobody declares.

Owns when an index is made and when it goes. It is the rule of who rents until buying would have
been cheaper (ski rental: at most twice the cost of knowing the future): looking at every row for
one field is counted, and once it has cost as much as an index does, the next time makes one; an
index goes when keeping it up since its last use has cost as much as making it again. Invariant: the
candidates for a condition are at least the rows that match it, so an index decides what is looked
at and never what is shown.

Two kinds: by value (hash), for `exact`, `in` and elements with `contains`; in order, for `gt`,
`gte`, `lt` and `lte`, which is nothing but a sort of all rows by that field, shared with the
queries that are ordered so. Imports buckets, conditions and reading.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Hashable, Iterator, Set
from typing import Final, NamedTuple, Protocol

from goatcore.query.buckets import Buckets
from goatcore.query.changes import RowChange, Source
from goatcore.query.chunks import in_chunks
from goatcore.query.collation import BYTES, NUMBERS, TEXTS, Collation
from goatcore.query.conditions import AllOf, Condition, Lookup
from goatcore.query.reading import Reading

ROWS_MIN = 256  # of fewer rows no index is made: looking at all of them costs less than it
SCANS: Final = {"value": 1, "element": 1, "order": 4}  # looks at all rows that pay for an index

_BEHIND: Final = chr(0x10FFFF)  # with this at its end a key is behind all that begin as it does


class Ranked(Protocol):
    """All rows in ascending order of a field."""

    def step(self) -> bool: ...

    def rank_of_key(self, key: str) -> int: ...

    def slice(self, start: int, stop: int) -> list[int]: ...

    def check(self) -> None: ...


class Wanted(NamedTuple):
    """What one lookup would ask an index for."""

    kind: str  # "value", "element" or "order"
    field: str
    values: Collection[Hashable]  # any of them; of "order" the first and last key


class _ByValue:
    """A hash index while it is made, and then."""

    __slots__ = ("_column", "_unread", "buckets", "complete")

    def __init__(self, reading: Reading, wanted: Wanted) -> None:
        self._column = reading.column((wanted.field,))
        self.buckets = Buckets(elements=wanted.kind == "element")
        self.complete = False
        self._unread: set[int] = set()  # rows whose field raised: always candidates

    def fill(self, ordinals: Iterator[list[int]]) -> Iterator[None]:
        """Makes it, step by step."""
        for chunk in ordinals:
            self._put(chunk)
            yield
        self.complete = True

    def _put(self, ordinals: list[int]) -> None:
        try:
            values = self._column(ordinals)
        except Exception:  # who looks at the row will be told, by reading it again
            self._put_each(ordinals)
            return
        for ordinal, value in zip(ordinals, values, strict=True):
            self.buckets.put(ordinal, value)

    def _put_each(self, ordinals: list[int]) -> None:
        for ordinal in ordinals:
            try:
                self.buckets.put(ordinal, self._column([ordinal])[0])
            except Exception:  # as above
                self.buckets.take_out(ordinal)
                self._unread.add(ordinal)

    def accept(self, change: RowChange) -> None:
        ordinal = change.ordinal
        self._unread.discard(ordinal)
        if change.kind == "removed":
            self.buckets.take_out(ordinal)
        else:
            self._put([ordinal])

    def rows(self, values: Collection[Hashable]) -> Set[int]:
        found = set(self._unread)
        for value in values:
            found.update(self.buckets.rows(value))
        return found

    def count(self, values: Collection[Hashable]) -> int:
        return sum(len(self.buckets.rows(value)) for value in values)


class Indexes:
    """The indexes of one source. Empty ones cost nothing."""

    __slots__ = ("_by_value", "_credit", "_reading", "_scans", "_sort_by", "_sorts", "_source")

    def __init__(
        self, source: Source, reading: Reading, sort_by: Callable[[str, bool], Ranked | None]
    ) -> None:
        self._source = source
        self._reading = reading
        self._sort_by = sort_by
        self._scans: dict[tuple[str, str], int] = {}
        self._by_value: dict[tuple[str, str], _ByValue] = {}
        self._sorts: dict[tuple[str, str], Ranked] = {}
        self._credit: dict[tuple[str, str], int] = {}  # changes until it goes

    def __len__(self) -> int:
        """How many there are."""
        return len(self._credit)

    @property
    def held(self) -> frozenset[tuple[str, str]]:
        """Which there are now, as (kind, field)."""
        return frozenset(self._credit)

    def accept(self, change: RowChange) -> None:
        """A row of the source changed."""
        for index in self._by_value.values():
            index.accept(change)
        gone = []
        for name in self._credit:
            self._credit[name] -= 1
            if self._credit[name] <= 0:
                gone.append(name)
        for name in gone:
            del self._credit[name]
            self._by_value.pop(name, None)
            self._sorts.pop(name, None)

    def candidates(
        self, condition: Condition, unsettled: Callable[[], Set[int]]
    ) -> Iterator[list[int]] | None:
        """Rows among which are all that match, a bounded number or none at a time; None: look at
        every row. Rows in flight are always among them."""
        if len(self._source) < ROWS_MIN:
            return None
        wanted = [one for part in _parts(condition) if (one := _wanted(part, self._reading))]
        best: tuple[int, Wanted] | None = None
        for one in wanted:
            count = self._count(one)
            if count is not None and (best is None or count < best[0]):
                best = count, one
        if best is not None and best[0] * 4 < len(self._source):
            return self._chunks(best[1], unsettled)
        for one in wanted if best is None else ():
            name = one[:2]
            scans = self._scans[name] = self._scans.get(name, 0) + 1
            if scans > SCANS[one.kind]:
                return self._making(one, unsettled)
        return None

    def _count(self, wanted: Wanted) -> int | None:
        """How many candidates an index gives; None where there is none."""
        name = wanted[:2]
        if wanted.kind != "order":
            index = self._by_value.get(name)
            return index.count(wanted.values) if index is not None and index.complete else None
        ranked = self._sorts.get(name) or self._sort_by(wanted.field, False)
        if ranked is None or not _sound(ranked):
            return None
        start, stop = _range(ranked, wanted)
        return stop - start

    def _chunks(self, wanted: Wanted, unsettled: Callable[[], Set[int]]) -> Iterator[list[int]]:
        name = wanted[:2]
        if name in self._credit:
            self._credit[name] = len(self._source)
        ordinals: Collection[int]
        if wanted.kind == "order":
            ranked = self._sorts.get(name) or self._sort_by(wanted.field, False)
            assert ranked is not None
            ordinals = ranked.slice(*_range(ranked, wanted))
        else:
            ordinals = self._by_value[name].rows(wanted.values)
        open_ = unsettled()
        found = sorted({*ordinals} - open_ | set(filter(self._source.shows, open_)))
        return in_chunks(iter(found))

    def _making(self, wanted: Wanted, unsettled: Callable[[], Set[int]]) -> Iterator[list[int]]:
        """Makes the index first."""
        name = wanted[:2]
        self._credit[name] = len(self._source)
        if wanted.kind == "order":
            ranked = self._sort_by(wanted.field, True)
            assert ranked is not None
            self._sorts[name] = ranked
            while not ranked.step():
                yield []
            if not _sound(ranked):  # of some row the field cannot be read: no index then
                self._credit.pop(name, None)
                self._sorts.pop(name, None)
                yield from self._source.chunks()
                return
        else:
            index = self._by_value[name] = _ByValue(self._reading, wanted)
            for _ in index.fill(self._source.chunks()):
                yield []
            if self._by_value.get(name) is not index:  # it went while it was made
                yield from self._source.chunks()
                return
        yield from self._chunks(wanted, unsettled)


def _parts(condition: Condition) -> Collection[Condition]:
    return condition.parts if isinstance(condition, AllOf) else (condition,)


def _wanted(condition: Condition, reading: Reading) -> Wanted | None:
    """What a condition asks one field for, if an index can tell."""
    if not isinstance(condition, Lookup) or len(condition.path) != 1:
        return None
    field, value = condition.path[0], condition.wanted
    match condition.lookup:
        case "exact":
            return Wanted("value", field, (value,)) if isinstance(value, Hashable) else None
        case "in":
            assert isinstance(value, (tuple, frozenset))
            return Wanted("value", field, frozenset(value))
        case "contains":
            if isinstance(value, (str, bytes)) and field not in reading.collections:
                return None  # a part of a text
            return Wanted("element", field, (value,)) if isinstance(value, Hashable) else None
        case "gt" | "gte" | "lt" | "lte":
            return Wanted("order", field, _bounds(condition.lookup, value, reading.collation))
    return None


def _bounds(lookup: str, value: object, collation: Collation) -> tuple[str, str]:
    """The keys between which a row's is: the bound itself is always inside."""
    first, last = TEXTS if isinstance(value, str) else BYTES
    if isinstance(value, (int, float)):
        first, last = NUMBERS
    key = collation.key(value)
    return (key, last) if lookup[0] == "g" else (first, key + _BEHIND)


def _range(ranked: Ranked, wanted: Wanted) -> tuple[int, int]:
    first, last = wanted.values
    assert isinstance(first, str)
    assert isinstance(last, str)
    start = ranked.rank_of_key(first)
    return start, max(start, ranked.rank_of_key(last))


def _sound(ranked: Ranked) -> bool:
    try:
        ranked.check()
    except Exception:  # what it is does not matter: its rows are not all there
        return False
    return True
