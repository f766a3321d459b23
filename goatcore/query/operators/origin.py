"""The top of every pipeline: the rows of one source.

Owns the source, and the indexes that looking at it made worth their while. Invariant: without an
index it holds no rows, so a source that nobody queries costs nothing. Imports the flow, indexes
and the source protocol.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Set

from goatcore.query.changes import Row, RowChange, Source
from goatcore.query.collation import Collation
from goatcore.query.conditions import Condition
from goatcore.query.flight import InFlight
from goatcore.query.indexes import Indexes, Ranked
from goatcore.query.operators.flow import Operator
from goatcore.query.reading import Reading


class Origin(Operator):
    """All visible rows of a source. `sort_by` gives the rows in ascending order of a field, by
    key where those are equal; of an existing sort only, unless it is to be made."""

    __slots__ = ("_in_flight", "_moment", "_unsettled", "indexes", "reading", "source")

    def __init__(
        self,
        source: Source,
        collation: Collation,
        in_flight: InFlight,
        sort_by: Callable[[str, bool], Ranked | None],
    ) -> None:
        super().__init__()
        self.source = source
        self.reading = Reading(source, collation)
        self.indexes = Indexes(source, self.reading, sort_by)
        self._in_flight = in_flight
        self._moment = -1
        self._unsettled: frozenset[int] = frozenset()

    def accept(self, change: RowChange) -> None:
        if self.indexes:
            self.indexes.accept(change)
        self.emit(change)

    def covers(self, row: Row) -> bool:
        return self.source.covers(row)

    def step(self) -> bool:
        return True

    def chunks(self) -> Iterator[list[int]]:
        return self.source.chunks()

    def candidates(self, condition: Condition) -> Iterator[list[int]]:
        found = self.indexes.candidates(condition, self.unsettled)
        return self.chunks() if found is None else found

    def admits(self, ordinal: int) -> bool:
        return self.source.shows(ordinal)

    def unsettled(self) -> Set[int]:
        flight = self._in_flight
        if flight.moment != self._moment or flight.untold():
            self._moment = flight.moment
            self._unsettled = frozenset(map(self.source.ordinal, flight.rows()))
            if flight.untold():
                self._moment = -1
        return self._unsettled

    def check(self) -> None:
        """A source never fails."""
