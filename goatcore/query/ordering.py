"""Orders: several keys, each ascending or descending, ties by the rows' own keys.

Owns the parsing of "-edited" and the sort keys of rows. Invariant: two rows of one source never
have equal sort keys, and comparing sort keys as strings is comparing rows in the order.
Imports the collation, reading and the error tree.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from goatcore.errors import InvalidValue
from goatcore.query.collation import complement
from goatcore.query.reading import Path, Reading, parse_path


class OrderKey(NamedTuple):
    """One field to order by."""

    path: Path
    descending: bool


Order = tuple[OrderKey, ...]


def parse_order(names: Iterable[str], reading: Reading) -> Order:
    """The order that `names` say, "-" for descending; a field named twice counts once.

    Raises InvalidValue for what is not a name, UnknownField for a name that is no field.
    """
    order: dict[Path, OrderKey] = {}
    for name in names:
        if not isinstance(name, str) or not name.removeprefix("-"):
            raise InvalidValue(f'order_by takes names of fields such as "-edited", not {name!r}.')
        path = parse_path(name.removeprefix("-"))
        reading.check(path)
        order.setdefault(path, OrderKey(path, name.startswith("-")))
    return tuple(order.values())


class SortKeys:
    """The sort keys of one source's rows in one order: of each field its encoding in the collation,
    then the row's own key."""

    __slots__ = ("_columns", "_directions", "_reading", "_row_key", "_row_keys")

    def __init__(self, order: Order, reading: Reading) -> None:
        self._reading = reading
        self._row_key = reading.reader(("key",))
        self._row_keys = reading.column(("key",))
        self._directions = [(reading.reader(key.path), key.descending) for key in order]
        self._columns = [(reading.column(key.path), key.descending) for key in order]

    def of(self, ordinal: int) -> str:
        """The sort key of one row."""
        parts = []
        key = self._reading.collation.key
        for read, descending in self._directions:
            part = key(read(ordinal))
            parts.append(complement(part) if descending else part)
        parts.append(str(self._row_key(ordinal)))
        return "".join(parts)

    def of_many(self, ordinals: Sequence[int]) -> list[str]:
        """The sort keys of many rows."""
        keys: list[str] = [str(key) for key in self._row_keys(ordinals)]
        for column, descending in reversed(self._columns):
            parts = self._reading.collation.keys(column(ordinals)) if ordinals else []
            if descending:
                keys = [complement(part) + key for part, key in zip(parts, keys, strict=True)]
            else:
                keys = [part + key for part, key in zip(parts, keys, strict=True)]
        return keys
