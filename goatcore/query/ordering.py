"""Orders: several keys, each ascending or descending, ties by the rows' own keys.

Owns the parsing of "-edited" and the sort key of a row. Invariant: two rows of one source never
have equal sort keys, and comparing sort keys as strings is comparing rows in the order.
Imports the collation, field values and the error tree.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import NamedTuple

from goatcore.errors import InvalidValue, UnknownField
from goatcore.query.changes import Row
from goatcore.query.collation import COMPLEMENT, encode
from goatcore.query.field_values import reader


class OrderKey(NamedTuple):
    """One field to order by."""

    field: str
    descending: bool


Order = tuple[OrderKey, ...]


def parse_order(names: Iterable[str], fields: frozenset[str]) -> Order:
    """The order that `names` say, "-" for descending; a field named twice counts once.

    Raises InvalidValue for what is not a name, UnknownField for a name not in `fields`.
    """
    order: dict[str, OrderKey] = {}
    for name in names:
        if not isinstance(name, str) or not name.removeprefix("-"):
            raise InvalidValue(f'order_by takes names of fields such as "-edited", not {name!r}.')
        field = name.removeprefix("-")
        if field not in fields:
            raise UnknownField(
                f'There is no field "{field}" to order by; there are {", ".join(sorted(fields))}.'
            )
        order.setdefault(field, OrderKey(field, name.startswith("-")))
    return tuple(order.values())


def sort_key(order: Order) -> Callable[[Row], str]:
    """A function that gives a row's sort key: bytes written as Latin-1, because strings of one
    byte a letter are what Python's sort compares fastest, and the row's own key."""
    parts = [(reader(key.field), key.descending) for key in order]
    if not parts:
        return lambda row: row.key

    def key_of_row(row: Row) -> str:
        joined = b""
        for read, descending in parts:
            encoded = encode(read(row))
            joined += encoded.translate(COMPLEMENT) if descending else encoded
        return joined.decode("latin-1") + row.key

    return key_of_row
