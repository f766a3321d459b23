"""The window: the rows of a sort from `offset` on, at most `limit` of them.

Owns the arithmetic of rows that cross its edges. Invariant: it holds no rows; after each splice
of the sort its rows are exactly the sort's rows[offset : offset + limit], and its own splices lead
there. Imports splices and the ordered flow.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator, Set

from goatcore.query.changes import Row
from goatcore.query.chunks import in_chunks
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

    def accept_splice(self, splice: Splice[Row], ordinal: int, fields: frozenset[str]) -> None:
        start, stop, count = self._start, self._stop, len(self._upstream)
        match splice:
            case Update(index, row):
                if start <= index < stop:
                    self.publish(Update(index - start, row), ordinal, fields)
            case Insert(index, row):
                if index < stop and start < stop and count > start:
                    if count > stop:  # it was full
                        self._leave_at_end()
                    if index < start:
                        self._enter_at_start()
                    else:
                        self.publish(Insert(index - start, row), ordinal, fields)
            case Remove(index, row):
                if index < stop and start < stop and count >= start:
                    if index >= start:
                        self.publish(Remove(index - start, row), ordinal, fields)
                    else:
                        self._leave_at_start()
                    if count >= stop:
                        self._enter_at_end(stop - 1)
            case Move(source, target, row):
                if start < min(stop, count):
                    self._move(source, target, row, ordinal, fields)

    def _move(
        self, source: int, target: int, row: Row, ordinal: int, fields: frozenset[str]
    ) -> None:
        start = self._start
        stop = min(self._stop, len(self._upstream))
        if start <= source < stop:
            if start <= target < stop:
                self.publish(Move(source - start, target - start, row), ordinal, fields)
                return
            self.publish(Remove(source - start, row), ordinal, fields)
            if target < start:
                self._enter_at_start()
            else:
                self._enter_at_end(stop - 1)
        elif source < start <= target:
            self._leave_at_start()
            if target < stop:
                self.publish(Insert(target - start, row), ordinal, fields)
            else:
                self._enter_at_end(stop - 1)
        elif source >= stop > target:
            self._leave_at_end()
            if target >= start:
                self.publish(Insert(target - start, row), ordinal, fields)
            else:
                self._enter_at_start()

    # The sort has already moved on, so a row that leaves now stands just outside the window.

    def _leave_at_start(self) -> None:
        self._leave(0, self._upstream.at(self._start - 1))

    def _leave_at_end(self) -> None:
        last = min(self._stop, len(self._upstream) - 1) - 1
        self._leave(last - self._start, self._upstream.at(last + 1))

    def _enter_at_start(self) -> None:
        self._enter(0, self._upstream.at(self._start))

    def _enter_at_end(self, index: int) -> None:
        self._enter(index - self._start, self._upstream.at(index))

    def _leave(self, index: int, ordinal: int) -> None:
        self.publish(Remove(index, self.row(ordinal)), ordinal, _NOTHING)

    def _enter(self, index: int, ordinal: int) -> None:
        self.publish(Insert(index, self.row(ordinal)), ordinal, _NOTHING)

    # -- reading -----------------------------------------------------------------------------------

    def step(self) -> bool:
        return self._upstream.step()

    def check(self) -> None:
        self._upstream.check()

    @property
    def progress(self) -> tuple[int, int]:
        return self._upstream.progress

    def admits(self, ordinal: int) -> bool:
        return self.rank(ordinal) is not None

    def unsettled(self) -> Set[int]:
        return self._upstream.unsettled()

    def row(self, ordinal: int) -> Row:
        return self._upstream.row(ordinal)

    def ordinal(self, row: Row) -> int | None:
        return self._upstream.ordinal(row)

    def chunks(self) -> Iterator[list[int]]:
        return in_chunks(iter(self.slice(0, len(self))))

    def __len__(self) -> int:
        return max(0, min(len(self._upstream), self._stop) - self._start)

    def at(self, index: int) -> int:
        return self._upstream.at(self._start + index)

    def slice(self, start: int, stop: int) -> list[int]:
        stop = min(self._start + stop, self._stop)
        return self._upstream.slice(min(self._start + start, stop), stop)

    def rank(self, ordinal: int) -> int | None:
        index = self._upstream.rank(ordinal)
        if index is None or not self._start <= index < self._stop:
            return None
        return index - self._start
