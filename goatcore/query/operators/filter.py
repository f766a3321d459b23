"""The filter: rows that a condition matches.

Owns the decision on each row, and the rows it failed on. Invariant: it keeps no rows; a row that
does not match is passed on as removed, and whoever holds rows below knows if it was there.
Imports the flow and conditions.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Set

from goatcore.query.changes import RowChange
from goatcore.query.conditions import Condition
from goatcore.query.operators.flow import Failures, Operator
from goatcore.query.reading import Reading


class Filter(Operator):
    """The rows of `upstream` that `condition` matches. A condition that raises on a changed row
    is told to `on_error` once; the row is left out and `check` raises until the row mends."""

    __slots__ = (
        "_condition", "_failures", "_following", "_matches", "_on_error", "_select", "_upstream",
    )  # fmt: skip

    def __init__(
        self,
        upstream: Operator,
        condition: Condition,
        reading: Reading,
        on_error: Callable[[Exception], None],
    ) -> None:
        super().__init__()
        self._upstream = upstream
        self._condition = condition
        self._matches = condition.matcher(reading)
        self._select = condition.selector(reading)
        self._on_error = on_error
        self._failures = Failures()
        self._following = False

    def accept(self, change: RowChange) -> None:
        kind, row, fields, ordinal = change
        if kind == "removed":
            self._failures.mend(ordinal)
        elif not self._decide(ordinal):
            change = RowChange("removed", row, fields, ordinal)
        self.emit(change)

    def _decide(self, ordinal: int) -> bool:
        try:
            matched = self._matches(ordinal)
        except Exception as error:  # whatever a row or a predicate raises must not stop others
            if self._failures.add(ordinal, error):
                self._on_error(error)
            return False
        self._failures.mend(ordinal)
        return matched

    def step(self) -> bool:
        if not self._upstream.step():
            return False
        if not self._following:
            self._following = True
            self._upstream.follow(self)
        return True

    def chunks(self) -> Iterator[list[int]]:
        return self.narrowed(self._upstream.candidates(self._condition))

    def narrowed(self, chunks: Iterator[list[int]]) -> Iterator[list[int]]:
        """What matches in `chunks`. Raises the first failure."""
        select = self._select
        for chunk in chunks:
            yield select(chunk)

    def admits(self, ordinal: int) -> bool:
        return self._upstream.admits(ordinal) and self._matches(ordinal)

    def unsettled(self) -> Set[int]:
        return self._upstream.unsettled()

    def check(self) -> None:
        self._upstream.check()
        self._failures.check()
