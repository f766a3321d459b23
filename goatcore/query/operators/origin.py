"""The top of every pipeline: the rows of one source.

Owns nothing but the passing on. Invariant: it holds no rows, so a source that nobody queries costs
nothing. Imports the flow and the source protocol.
"""

from __future__ import annotations

from collections.abc import Iterator

from goatcore.query.changes import Row, RowChange, Source
from goatcore.query.operators.flow import Operator, in_chunks


class Origin(Operator):
    """All visible rows of a source."""

    __slots__ = ("_source", "fields")

    def __init__(self, source: Source) -> None:
        super().__init__()
        self._source = source
        self.fields = source.fields | {"key"}

    def covers(self, row: Row) -> bool:
        return self._source.covers(row)

    def accept(self, change: RowChange) -> None:
        self.emit(change)

    def step(self) -> bool:
        return True

    def chunks(self) -> Iterator[list[Row]]:
        return in_chunks(iter(self._source))

    def check(self) -> None:
        """A source never fails."""
