"""The join: rows whose values come along references.

Owns which rows depend on which others. Invariant: a row for which a path leads elsewhere than
before, or to another value, is passed on as edited, in the batch that made it so. It changes no
rows and holds none. Imports the flow and reading.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Set

from goatcore.query.changes import Row, RowChange
from goatcore.query.conditions import Condition
from goatcore.query.flight import InFlight
from goatcore.query.operators.flow import Operator
from goatcore.query.reading import Path, Reading


class Join(Operator):
    """The rows of `upstream`, edited whenever what they refer to by `paths` is."""

    __slots__ = (
        "_chunks", "_dependents", "_in_flight", "_names", "_paths", "_reading", "_referring",
        "_steps", "_steps_of", "_upstream",
    )  # fmt: skip

    def __init__(
        self, upstream: Operator, paths: Iterable[Path], reading: Reading, in_flight: InFlight
    ) -> None:
        super().__init__()
        self._upstream = upstream
        self._paths = tuple(paths)
        self._names = frozenset(field for path in self._paths for field in path[1:])
        self._referring = frozenset(path[0] for path in self._paths)
        self._reading = reading
        self._steps_of = reading.steps(self._paths)
        self._in_flight = in_flight
        self._dependents: dict[str, set[int]] = {}  # key of a row → who depends on it
        self._steps: dict[int, frozenset[str]] = {}  # of each row of upstream, those keys
        self._chunks: Iterator[list[int]] | None = None

    def accept(self, change: RowChange) -> None:
        self._forget(change.ordinal)
        if change.kind != "removed":
            self._note(change.ordinal)
        self.emit(change)

    def follow_reference(self, change: RowChange) -> None:
        """Some row of the engine changed: maybe one that others refer to."""
        if change.kind == "edited" and not change.fields & self._names:
            return
        for ordinal in sorted(self._dependents.get(change.row.key, ())):
            self._forget(ordinal)
            self._note(ordinal)
            row = self._reading.row(ordinal)
            self.emit(RowChange("edited", row, self._referring, ordinal))

    def _note(self, ordinal: int) -> None:
        keys = self._steps[ordinal] = self._steps_of(ordinal)
        for key in keys:
            self._dependents.setdefault(key, set()).add(ordinal)

    def _forget(self, ordinal: int) -> None:
        for key in self._steps.pop(ordinal, ()):
            dependents = self._dependents[key]
            dependents.discard(ordinal)
            if not dependents:
                del self._dependents[key]

    def step(self) -> bool:
        if not self._upstream.step():
            return False
        if self._chunks is None:
            self._upstream.follow(self)
            self._chunks = self._upstream.chunks()
        chunk = next(self._chunks, None)
        if chunk is None:
            self._chunks = iter(())
            return True
        for ordinal in chunk:
            self._forget(ordinal)
            self._note(ordinal)
        return False

    def chunks(self) -> Iterator[list[int]]:
        return self._upstream.chunks()

    def candidates(self, condition: Condition) -> Iterator[list[int]]:
        return self._upstream.candidates(condition)

    def admits(self, ordinal: int) -> bool:
        return self._upstream.admits(ordinal)

    def unsettled(self) -> Set[int]:
        found = set(self._upstream.unsettled())
        rows: Iterable[Row] = self._in_flight.rows()
        for row in rows:
            found.update(self._dependents.get(row.key, ()))
        return found

    def check(self) -> None:
        self._upstream.check()
