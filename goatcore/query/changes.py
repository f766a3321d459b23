"""What the engine is fed with: rows, sources of rows, and changes of rows.

Invariant: a row already shows its new values when its change arrives, so nobody may learn an old
value from a row. Inside the engine a row is its ordinal: a small number that is its own among all
rows of the engine for as long as the engine runs. Imports nothing of ours.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Literal, NamedTuple, Protocol

Kind = Literal["added", "removed", "edited"]
Read = Callable[[int], object]  # ordinal → plain value
ReadMany = Callable[[Sequence[int]], list[object]]


class Row(Protocol):
    """A live object: `key` is stable and unique within its source, fields are attributes."""

    @property
    def key(self) -> str: ...


class Source(Protocol):
    """All visible rows of one schema, by ordinals from 0 up to 2**32. Values are plain: see
    `field_values`. Fields are what conditions and orders may name; "key" is one."""

    @property
    def name(self) -> str:
        """What the source is, with all that its rows' values depend on besides commits: a result
        that was saved under another name is never used."""
        ...

    @property
    def fields(self) -> frozenset[str]: ...

    @property
    def references(self) -> frozenset[str]:
        """Those fields that hold the key of another row of the engine."""
        ...

    @property
    def volatile(self) -> frozenset[str]:
        """Those fields that may be another in the next run of the program without a change."""
        ...

    @property
    def collections(self) -> frozenset[str]:
        """Those fields that never hold a text, but may hold a collection."""
        ...

    def covers(self, row: Row) -> bool:
        """True when `row` belongs to this source's schema, visible or not."""
        ...

    def __len__(self) -> int:
        """About how many rows there are; never less than the visible ones."""
        ...

    def chunks(self) -> Iterator[list[int]]:
        """Every visible row once, a bounded number (or none) at a time, to be read together. The
        iteration stays valid when rows come and go between two of its steps; a row that comes
        meanwhile may be left out, for its change will arrive."""
        ...

    def ordinal(self, row: Row) -> int: ...

    def row(self, ordinal: int) -> Row: ...

    def shows(self, ordinal: int) -> bool:
        """True when the row is visible and of this schema."""
        ...

    def reader(self, field: str) -> Read:
        """Reads one field of a row."""
        ...

    def column(self, field: str) -> ReadMany:
        """Reads one field of many rows, for less each than `reader` does."""
        ...

    def joined(self, field: str, *, reference: bool) -> bool:
        """Whether some row of the engine, of whatever schema, may have such a field (such a
        reference, if it has to be one)."""
        ...

    def follow(self, key: str, field: str) -> object:
        """The field of the visible row of that key, of whatever schema; None where there is no
        such row or it has no such field."""
        ...


class RowChange(NamedTuple):
    """One row came, left, or has new values in `fields`.

    Between operators the kinds mean a state rather than a step: an "added" or "edited" row is in,
    with its present values, whether or not the receiver held it; a "removed" row is out, whether
    or not it was held. So a change that arrives twice does no harm.
    """

    kind: Kind
    row: Row
    fields: frozenset[str]
    ordinal: int


def coalesced(changes: Iterable[RowChange]) -> list[RowChange]:
    """At most one change a row, in the order of each row's first: what the batch did in sum."""
    merged: dict[str, RowChange] = {}
    for change in changes:
        key = change.row.key
        before = merged.get(key)
        merged[key] = change if before is None else _sum(before, change)
    return list(merged.values())


def _sum(before: RowChange, after: RowChange) -> RowChange:
    fields = before.fields | after.fields
    if after.kind == "removed":
        return RowChange("removed", after.row, fields, after.ordinal)
    if before.kind == "added":
        return RowChange("added", after.row, fields, after.ordinal)
    return RowChange("edited", after.row, fields, after.ordinal)
