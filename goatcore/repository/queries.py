"""The queries of a view, which cost nothing until there is one.

Owns when the engine is made: for the first query. Invariant: as long as nobody asked, nothing of
the query room is loaded, and what changes is told to nobody.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from goatcore.query import QueryEngine, RowChange
    from goatcore.repository.item import Item


class Queries:
    """How many things run in the engine, as its length."""

    __slots__ = ("_engine", "_make")

    def __init__(self, make: Callable[[], QueryEngine[Item]]) -> None:
        self._make = make
        self._engine: QueryEngine[Item] | None = None

    @property
    def engine(self) -> QueryEngine[Item]:
        """The engine, made now if it was not needed before."""
        engine = self._engine
        if engine is None:
            engine = self._engine = self._make()
        return engine

    def __len__(self) -> int:
        return 0 if self._engine is None else len(self._engine.interest)

    def apply(self, changes: Sequence[RowChange]) -> None:
        """Feed the engine."""
        if self._engine is not None:
            self._engine.apply(changes)
