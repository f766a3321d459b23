"""Rows in flight: they have changed, and not every pipeline has taken that in yet.

Owns the batches that wait. Invariant: a row that shows other values than a pipeline knows is in
flight. Imports change values.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence

from goatcore.query.changes import Row, RowChange

Untold = Callable[[], Iterable[Row]]  # rows changed in an open transaction


class InFlight:
    """What has changed and is not settled."""

    __slots__ = ("_current", "_untold", "_waiting", "moment")

    def __init__(self, untold: Untold) -> None:
        self._untold = untold
        self._waiting: deque[Sequence[RowChange]] = deque()
        self._current: Sequence[RowChange] = ()
        self.moment = 0  # another one whenever batches come or go

    def __bool__(self) -> bool:
        """True while batches wait."""
        return bool(self._waiting)

    def add(self, changes: Sequence[RowChange]) -> None:
        self._waiting.append(changes)
        self.moment += 1

    def begin(self) -> Sequence[RowChange]:
        """The next batch; it is in flight until `end`."""
        self._current = self._waiting.popleft()
        return self._current

    def end(self) -> None:
        self._current = ()
        self.moment += 1

    def clear(self) -> None:
        self._waiting.clear()
        self.end()

    def rows(self) -> Iterator[Row]:
        """The rows in flight; a row may come more than once."""
        yield from self.untold()
        for batch in (self._current, *self._waiting):
            for change in batch:
                yield change.row

    def untold(self) -> Iterable[Row]:
        """Those that were changed in a transaction which is open."""
        return self._untold()
