"""The window: the rows of a sort from `offset` on, at most `limit` of them.

Owns the arithmetic of rows that cross its edges. Invariant: it holds no rows; after each splice
of the sort its rows are exactly the sort's rows[offset : offset + limit], and its own splices lead
there. Imports splices and the ordered flow.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator

from goatcore.query.changes import Row
from goatcore.query.operators.flow import in_chunks
from goatcore.query.operators.ordered import Ordered
from goatcore.query.splices import Insert, Move, Remove, Splice, Update

_NOTHING: frozenset[str] = frozenset()


class Window(Ordered):
    """rows[offset : offset + limit] of `upstream`; a limit of None is none."""

    __slots__ = ("_start", "_stop", "_upstream")

    def __init__(
        self, upstream: Ordered, offset: int, limit: int | None, outbox: list[Ordered]
    ) -> None:
        super().__init__(outbox)
        self._upstream = upstream
        self._start = offset
        self._stop = sys.maxsize if limit is None else offset + limit
        upstream.follow_splices(self)

    def accept_splice(self, splice: Splice[Row], fields: frozenset[str]) -> None:
        start, stop, count = self._start, self._stop, len(self._upstream)
        match splice:
            case Update(index, row):
                if start <= index < stop:
                    self.publish(Update(index - start, row), fields)
            case Insert(index, row):
                if index < stop and start < stop and count > start:
                    if count > stop:  # it was full
                        self._leave_at_end()
                    if index < start:
                        self._enter_at_start()
                    else:
                        self.publish(Insert(index - start, row), fields)
            case Remove(index, row):
                if index < stop and start < stop and count >= start:
                    if index >= start:
                        self.publish(Remove(index - start, row), fields)
                    else:
                        self._leave_at_start()
                    if count >= stop:
                        self._enter_at_end(stop - 1)
            case Move(source, target, row):
                if start < min(stop, count):
                    self._move(source, target, row, fields)

    def _move(self, source: int, target: int, row: Row, fields: frozenset[str]) -> None:
        start = self._start
        stop = min(self._stop, len(self._upstream))
        if start <= source < stop:
            if start <= target < stop:
                self.publish(Move(source - start, target - start, row), fields)
                return
            self.publish(Remove(source - start, row), fields)
            if target < start:
                self._enter_at_start()
            else:
                self._enter_at_end(stop - 1)
        elif source < start <= target:
            self._leave_at_start()
            if target < stop:
                self.publish(Insert(target - start, row), fields)
            else:
                self._enter_at_end(stop - 1)
        elif source >= stop > target:
            self._leave_at_end()
            if target >= start:
                self.publish(Insert(target - start, row), fields)
            else:
                self._enter_at_start()

    # The sort has already moved on, so a row that leaves now stands just outside the window.

    def _leave_at_start(self) -> None:
        self.publish(Remove(0, self._upstream.at(self._start - 1)), _NOTHING)

    def _leave_at_end(self) -> None:
        last = min(self._stop, len(self._upstream) - 1) - 1
        self.publish(Remove(last - self._start, self._upstream.at(last + 1)), _NOTHING)

    def _enter_at_start(self) -> None:
        self.publish(Insert(0, self._upstream.at(self._start)), _NOTHING)

    def _enter_at_end(self, index: int) -> None:
        self.publish(Insert(index - self._start, self._upstream.at(index)), _NOTHING)

    # -- reading -----------------------------------------------------------------------------------

    def step(self) -> bool:
        return self._upstream.step()

    def check(self) -> None:
        self._upstream.check()

    def chunks(self) -> Iterator[list[Row]]:
        return in_chunks(iter(self.slice(0, len(self))))

    def __len__(self) -> int:
        return max(0, min(len(self._upstream), self._stop) - self._start)

    def at(self, index: int) -> Row:
        return self._upstream.at(self._start + index)

    def slice(self, start: int, stop: int) -> list[Row]:
        stop = min(self._start + stop, self._stop)
        return self._upstream.slice(min(self._start + start, stop), stop)

    def rank(self, row: Row) -> int | None:
        index = self._upstream.rank(row)
        if index is None or not self._start <= index < self._stop:
            return None
        return index - self._start
