"""What the engine is fed with: rows, sources of rows, and changes of rows.

Invariant: a row already shows its new values when its change arrives, so nobody may learn an old
value from a row; operators keep their own copy of what they need. Imports nothing of ours.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Literal, NamedTuple, Protocol

Kind = Literal["added", "removed", "edited"]


class Row(Protocol):
    """A live object: `key` is stable and unique within its source, fields are attributes."""

    @property
    def key(self) -> str: ...


class Source(Protocol):
    """All visible rows of one schema.

    Iterating yields every visible row once. The iteration stays valid when rows come and go
    between two of its steps; a row that comes meanwhile may be left out, for its change will
    arrive. `fields` are the names that conditions and orders may use (besides `key`).
    """

    @property
    def fields(self) -> frozenset[str]: ...

    def __iter__(self) -> Iterator[Row]: ...

    def covers(self, row: Row) -> bool:
        """True when `row` belongs to this source's schema, visible or not."""
        ...


class RowChange(NamedTuple):
    """One row came, left, or has new values in `fields`.

    Between operators the kinds mean a state rather than a step: an "added" or "edited" row is in,
    with its present values, whether or not the receiver held it; a "removed" row is out, whether
    or not it was held. So a change that arrives twice does no harm.
    """

    kind: Kind
    row: Row
    fields: frozenset[str] = frozenset()


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
        return RowChange("removed", after.row, fields)
    if before.kind == "added":
        return RowChange("added", after.row, fields)
    return RowChange("edited", after.row, fields)
