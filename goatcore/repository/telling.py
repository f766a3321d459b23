"""Telling: who hears of what changed, and when.

Owns the queries and the order of hearing: first every query has moved, then the item's listeners
hear, then the repository's. Invariant: while a transaction is open nobody hears of anything; a
listener's fault reaches neither the writer nor the next listener. Records nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence, Sized

from goatcore.query.changes import RowChange
from goatcore.repository.changes import ItemChange
from goatcore.repository.item import Item, listeners_of, record_of
from goatcore.repository.queries import Queries
from goatcore.repository.source import OF_CHANGES

Listener = Callable[[ItemChange], None]


class Telling:
    """The queries and listeners of one repository."""

    def __init__(
        self,
        queries: Queries,
        listeners: Sequence[Listener],
        on_error: Callable[[Exception], None],
    ) -> None:
        self._queries = queries
        self._listeners = listeners
        self._on_error = on_error
        self._held: list[ItemChange] | None = None

    def hold(self, changes: list[ItemChange]) -> None:
        """Until `release`, note in `changes` what there is to tell, and tell nobody."""
        self._held = changes

    def release(self) -> None:
        """Tell at once again."""
        self._held = None

    def hearers(self, item: Item) -> tuple[Sized, Sized, Sized]:
        """Who hears of an item: all empty while nobody does."""
        return listeners_of(item), self._listeners, self._queries

    def untold(self) -> Sequence[Item]:
        """The items that changed in a transaction which is open."""
        return [change.item for change in self._held] if self._held else ()

    def tell(self, changes: Sequence[ItemChange]) -> None:
        """Tell of changes that were made."""
        if self._held is not None:
            self._held.extend(changes)
            return
        if not changes:
            return
        if self._queries:
            self._queries.apply([_row_change(c) for c in changes])
        for change in changes:
            for callback in (*listeners_of(change.item), *self._listeners):
                try:
                    callback(change)
                except Exception as error:  # a listener's fault is not ours, nor the next one's
                    self._on_error(error)

    def tell_queries(self, changes: Sequence[RowChange]) -> None:
        """Tell of what nobody but a query looks at."""
        if self._queries:
            self._queries.apply(changes)


def _row_change(change: ItemChange) -> RowChange:
    item, kind, fields = change[:3]
    number = record_of(item).number
    return RowChange(kind if item.exists else "removed", item, fields | OF_CHANGES, number)
