"""The rows of a query as a read-only sequence that is always up to date.

Owns indexing and slicing; holds no rows but slices, which are lists of their own. Invariant: it
reads through the query every time, so it never shows what has left. Imports the ordered flow.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Generic, TypeVar, cast, overload

from goatcore.query.changes import Row
from goatcore.query.operators.ordered import Ordered

R = TypeVar("R", bound=Row)


class Rows(Sequence[R], Generic[R]):
    """A view: `len`, `[i]`, slices, iteration, `in` and `index`, the last two in O(log n)."""

    __slots__ = ("_evaluated",)

    def __init__(self, evaluated: Callable[[], Ordered]) -> None:
        self._evaluated = evaluated

    def __len__(self) -> int:
        return len(self._evaluated())

    @overload
    def __getitem__(self, index: int) -> R: ...
    @overload
    def __getitem__(self, index: slice) -> list[R]: ...
    def __getitem__(self, index: int | slice) -> R | list[R]:
        ordered = self._evaluated()
        count, row = len(ordered), ordered.row
        if isinstance(index, slice):
            start, stop, stride = index.indices(count)
            if stride == 1:
                return cast("list[R]", list(map(row, ordered.slice(start, max(start, stop)))))
            return [cast("R", row(ordered.at(i))) for i in range(start, stop, stride)]
        if index < 0:
            index += count
        if not 0 <= index < count:
            raise IndexError(f"There are {count} rows; there is none at that index.")
        return cast("R", row(ordered.at(index)))

    def __iter__(self) -> Iterator[R]:
        """Goes through the rows as they are now, whatever is changed meanwhile."""
        return iter(self[:])

    def __contains__(self, row: object) -> bool:
        return self._rank(row) is not None

    def index(self, value: object, start: int = 0, stop: int | None = None) -> int:
        """Where `value` stands. Raises ValueError when it is not here."""
        rank = self._rank(value)
        if rank is None or rank not in range(*slice(start, stop).indices(len(self))):
            raise ValueError("The row is not in these rows.")
        return rank

    def _rank(self, row: object) -> int | None:
        if not isinstance(getattr(row, "key", None), str):
            return None
        ordered = self._evaluated()
        ordinal = ordered.ordinal(cast("Row", row))
        rank = None if ordinal is None else ordered.rank(ordinal)
        return None if rank is None or ordered.row(ordered.at(rank)) is not row else rank
