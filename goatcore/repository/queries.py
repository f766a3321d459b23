"""The queries of a view, which cost nothing until there is one.

Owns when the engine is made: for the first query; and the results of the last run until then.
Invariant: as long as nobody asked, nothing of the query room is loaded, and what changes is told
only if there are such results.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from goatcore.query import QueryEngine, RowChange, Saved
    from goatcore.repository.item import Item


CHANGES_MAX: Final = 4_096  # noted before the first query; after more, results are not worth it


class Queries:
    """How many things run in the engine, as its length."""

    __slots__ = ("_changed", "_engine", "_make", "_saved")

    def __init__(self, make: Callable[[], QueryEngine[Item]]) -> None:
        self._make = make
        self._engine: QueryEngine[Item] | None = None
        self._saved: Callable[[], list[Saved]] | None = None
        self._changed: set[int] = set()

    @property
    def engine(self) -> QueryEngine[Item]:
        """The engine, made now if it was not needed before."""
        engine = self._engine
        if engine is None:
            engine = self._engine = self._make()
            if self._saved is not None:
                engine.resume(self._saved(), self._changed)
                self._saved = None
        return engine

    def __len__(self) -> int:
        if self._engine is None:
            return 0 if self._saved is None else 1
        return len(self._engine.interest)

    def apply(self, changes: Sequence[RowChange]) -> None:
        """Feed the engine."""
        if self._engine is not None:
            self._engine.apply(changes)
        elif self._saved is not None:
            self._changed.update(change.ordinal for change in changes)
            if len(self._changed) > CHANGES_MAX:
                self._saved = None

    def export(self) -> list[Saved]:
        """The results that `resume` can use in the next run."""
        return [] if self._engine is None else self._engine.export()

    def resume(self, saved: Callable[[], list[Saved]], changed: set[int]) -> None:
        """Results of the last run, to be read for the first query, and the numbers of all items
        that may be other than they were then."""
        self._saved, self._changed = saved, changed
