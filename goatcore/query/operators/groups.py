"""The groups: rows by the value of one field, for counting and finding.

Owns each row's values as they were when it was grouped. Invariant: every row of the upstream is in
the group of its value (in one group an element, if the value is a collection), and no group is
empty. Imports the ordered flow and field values.
"""

from __future__ import annotations

from collections.abc import Callable

from goatcore.query.changes import Row, RowChange
from goatcore.query.field_values import reader
from goatcore.query.operators.flow import Failures
from goatcore.query.operators.ordered import Ordered


class Groups:
    """The rows of `upstream`, which is evaluated, by `field`. A changed row whose field cannot be
    read is told to `on_error` once; it is in no group, and reading raises until the row mends."""

    __slots__ = (
        "__weakref__", "_failures", "_groups", "_on_error", "_read", "_upstream", "_values",
    )  # fmt: skip

    def __init__(
        self, upstream: Ordered, field: str, on_error: Callable[[Exception], None]
    ) -> None:
        self._upstream = upstream
        self._read = reader(field)
        self._on_error = on_error
        self._failures = Failures()
        self._values: dict[str, tuple[object, ...]] = {}
        self._groups: dict[object, dict[str, Row]] = {}
        for row in upstream.slice(0, len(upstream)):
            self._put_in(row)
        upstream.follow(self)

    def accept(self, change: RowChange) -> None:
        self._take_out(change.row)
        if change.kind == "removed":
            self._failures.mend(change.row)
            return
        try:
            self._put_in(change.row)
            self._failures.mend(change.row)
        except Exception as error:  # whatever a row raises must not stop other queries
            if self._failures.add(change.row, error):
                self._on_error(error)

    def _put_in(self, row: Row) -> None:
        value = self._read(row)
        elements = value if isinstance(value, (tuple, frozenset)) else (value,)
        values: tuple[object, ...] = tuple(dict.fromkeys(elements))
        self._values[row.key] = values
        for one in values:
            self._groups.setdefault(one, {})[row.key] = row

    def _take_out(self, row: Row) -> None:
        for value in self._values.pop(row.key, ()):
            group = self._groups[value]
            del group[row.key]
            if not group:
                del self._groups[value]

    def counts(self) -> dict[object, int]:
        """How many rows have each value."""
        self._failures.check()
        return {value: len(group) for value, group in self._groups.items()}

    def first(self, value: object) -> Row | None:
        """The first row, in the upstream's order, that has `value`."""
        self._failures.check()
        group = self._groups.get(value)
        return None if group is None else min(group.values(), key=self._place)

    def _place(self, row: Row) -> int:
        index = self._upstream.rank(row)
        assert index is not None
        return index
