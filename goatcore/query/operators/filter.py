"""The filter: rows that a condition matches.

Owns the decision on each row, and the rows it failed on. Invariant: it keeps no rows; a row that
does not match is passed on as removed, and whoever holds rows below knows if it was there.
Imports the flow and conditions.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from goatcore.query.changes import Row, RowChange
from goatcore.query.conditions import Condition
from goatcore.query.operators.flow import Failures, Operator


class Filter(Operator):
    """The rows of `upstream` that `condition` matches. A condition that raises on a changed row
    is told to `on_error` once; the row is left out and `check` raises until the row mends."""

    __slots__ = ("_failures", "_following", "_matches", "_on_error", "_upstream")

    def __init__(
        self, upstream: Operator, condition: Condition, on_error: Callable[[Exception], None]
    ) -> None:
        super().__init__()
        self._upstream = upstream
        self._matches = condition.matcher()
        self._on_error = on_error
        self._failures = Failures()
        self._following = False

    def accept(self, change: RowChange) -> None:
        kind, row, fields = change
        if kind != "removed" and not self._decide(row):
            change = RowChange("removed", row, fields)
        elif kind == "removed":
            self._failures.mend(row)
        self.emit(change)

    def _decide(self, row: Row) -> bool:
        try:
            matched = self._matches(row)
        except Exception as error:  # whatever a row or a predicate raises must not stop others
            if self._failures.add(row, error):
                self._on_error(error)
            return False
        self._failures.mend(row)
        return matched

    def step(self) -> bool:
        if not self._upstream.step():
            return False
        if not self._following:
            self._following = True
            self._upstream.follow(self)
        return True

    def chunks(self) -> Iterator[list[Row]]:
        return self.narrowed(self._upstream.chunks())

    def narrowed(self, chunks: Iterator[list[Row]]) -> Iterator[list[Row]]:
        """What matches in `chunks`. Raises the first failure."""
        matches = self._matches
        for chunk in chunks:
            yield [row for row in chunk if matches(row)]

    def check(self) -> None:
        self._upstream.check()
        self._failures.check()
