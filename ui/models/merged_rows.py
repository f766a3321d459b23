"""Several live queries shown as one: the notes of all notebooks in one order.

Owns the merged list, sorted by a key that the caller gives. Invariant: one delivery of a query is
one delivery here, and by the time it is heard, `rows` is the new list. Pure; must never import Qt.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Sequence
from typing import Any, Protocol

from goatcore import Insert, Move, Remove, Splice, Update

Key = tuple[Any, ...]


class LiveRows(Protocol):
    """What a query is to a model."""

    @property
    def rows(self) -> Sequence[Any]: ...
    def subscribe(self, callback: Callable[[list[Splice[Any]]], None]) -> Callable[[], None]: ...
    def close(self) -> None: ...


class FixedRows:
    """Looks like a query whose rows never change."""

    def __init__(self, rows: Sequence[Any]) -> None:
        self.rows = rows

    def subscribe(self, _callback: Callable[[list[Splice[Any]]], None]) -> Callable[[], None]:
        return lambda: None

    def close(self) -> None:
        """There is nothing to let go of."""


class MergedRows:
    """Looks like a query. `order` gives a row's place; `identity` tells rows apart for ever."""

    def __init__(
        self,
        queries: Sequence[Any],
        *,
        order: Callable[[Any], Key],
        identity: Callable[[Any], Key],
    ) -> None:
        self._queries = tuple(queries)
        self._order = order
        self._identity = identity
        self._callbacks: list[Callable[[list[Splice[Any]]], None]] = []
        entries = sorted(
            ((*order(row), *identity(row)), row) for query in queries for row in query.rows
        )
        self._keys = [key for key, _ in entries]
        self._rows = [row for _, row in entries]
        self._key_of = {identity(row): key for key, row in entries}
        self._unsubscribes = [query.subscribe(self._on_splices) for query in queries]

    @property
    def rows(self) -> Sequence[Any]:
        return self._rows

    def __len__(self) -> int:
        return len(self._rows)

    def subscribe(self, callback: Callable[[list[Splice[Any]]], None]) -> Callable[[], None]:
        self._callbacks.append(callback)
        return lambda: self._callbacks.remove(callback)

    def close(self) -> None:
        """Closes the queries too: they were made for this list."""
        for unsubscribe in self._unsubscribes:
            unsubscribe()
        self._unsubscribes = []
        for query in self._queries:
            query.close()
        self._callbacks.clear()

    def _on_splices(self, splices: Sequence[Splice[Any]]) -> None:
        told: list[Splice[Any]] = []
        for splice in splices:
            row = splice.row
            if isinstance(splice, Insert):
                told.append(Insert(self._put(row), row))
            elif isinstance(splice, Remove):
                told.append(Remove(self._take(row), row))
            else:
                told.append(self._place_anew(row))
        for callback in tuple(self._callbacks):
            callback(told)

    def _place_anew(self, row: Any) -> Splice[Any]:
        source = self._take(row)
        target = self._put(row)
        return Update(target, row) if source == target else Move(source, target, row)

    def _put(self, row: Any) -> int:
        identity = self._identity(row)
        key = (*self._order(row), *identity)
        at = bisect_left(self._keys, key)
        self._keys.insert(at, key)
        self._rows.insert(at, row)
        self._key_of[identity] = key
        return at

    def _take(self, row: Any) -> int:
        at = bisect_left(self._keys, self._key_of.pop(self._identity(row)))
        del self._keys[at], self._rows[at]
        return at
