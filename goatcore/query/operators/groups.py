"""The groups: rows by the value of one field, for counting and finding.

Owns each row's value as it was when it was grouped, and which row of a value comes first, once
somebody asked. Invariant: every row of the upstream is in the group of its value (in one group an
element, if the value is a collection), and no group is empty. Imports the ordered flow and buckets.
"""

from __future__ import annotations

from collections.abc import Callable, Collection

from goatcore.query.buckets import Buckets
from goatcore.query.changes import RowChange
from goatcore.query.operators.flow import Failures
from goatcore.query.operators.ordered import Ordered
from goatcore.query.reading import Path, Reading

_FEW = 8  # rows whose places are looked up one by one


class Groups:
    """The rows of `upstream`, which is evaluated, by a field. A changed row whose field cannot be
    read is told to `on_error` once; it is in no group, and reading raises until the row mends."""

    __slots__ = (
        "__weakref__", "_buckets", "_failures", "_first", "_on_error", "_read", "_upstream",
    )  # fmt: skip

    def __init__(
        self,
        upstream: Ordered,
        path: Path,
        reading: Reading,
        on_error: Callable[[Exception], None],
    ) -> None:
        self._upstream = upstream
        self._read = reading.reader(path)
        self._on_error = on_error
        self._failures = Failures()
        self._buckets = Buckets(elements=True)
        self._first: dict[object, int] = {}
        ordinals = upstream.slice(0, len(upstream))
        values = reading.column(path)(ordinals)
        for ordinal, value in zip(ordinals, values, strict=True):
            self._buckets.put(ordinal, value)
        upstream.follow(self)

    def accept(self, change: RowChange) -> None:
        ordinal = change.ordinal
        for value, first in list(self._first.items()):
            if first == ordinal:
                del self._first[value]
        if change.kind == "removed":
            self._buckets.take_out(ordinal)
            self._failures.mend(ordinal)
            return
        try:
            value = self._read(ordinal)
        except Exception as error:  # whatever a row raises must not stop other queries
            self._buckets.take_out(ordinal)
            if self._failures.add(ordinal, error):
                self._on_error(error)
            return
        self._failures.mend(ordinal)
        self._buckets.put(ordinal, value)
        for one in self._buckets.of(value) if self._first else ():
            first = self._first.get(one, ordinal)
            if first != ordinal and self._place(ordinal) < self._place(first):
                self._first[one] = ordinal

    def counts(self) -> dict[object, int]:
        """How many rows have each value."""
        self._failures.check()
        return self._buckets.counts()

    def first(self, value: object) -> int | None:
        """The first row, in the upstream's order, that has `value`."""
        self._failures.check()
        first = self._first.get(value)
        if first is None:
            rows = self._buckets.rows(value)
            if not rows:
                return None
            first = self._first[value] = self._first_of(rows)
        return first

    def _first_of(self, rows: Collection[int]) -> int:
        if len(rows) <= _FEW:
            return min(rows, key=self._place)
        upstream = self._upstream
        return next(one for one in upstream.slice(0, len(upstream)) if one in rows)

    def _place(self, ordinal: int) -> int:
        index = self._upstream.rank(ordinal)
        assert index is not None
        return index
