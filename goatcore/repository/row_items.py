"""Items straight from rows: the shortest way from a plain row to what an application reads.

Owns for which rows that is enough. Invariant: such an item shows what one of a record would; where
a row says more than registers of now, it is left to the longer way. Slots are filled by their own
descriptors, which is the fastest there is.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, cast

from goatcore.repository.glance import NO_TEXTS, Glance
from goatcore.repository.item import Item
from goatcore.schema import Schema
from goatcore.schema.fields import REGISTER

if TYPE_CHECKING:
    from goatcore.repository.view import View

Put = Callable[[Item, object], None]


class RowItems:
    """Makes items of one class."""

    __slots__ = ("_columns", "_own", "_version", "_view", "cls", "schema")

    def __init__(self, cls: type[Item], view: View, schema: Schema) -> None:
        self.cls = cls
        self.schema = schema
        self._view = view
        self._version = schema.version
        put = {name: _put(cls, name) for name in schema.fields}
        self._columns: list[tuple[Put, str, object, frozenset[type]]] | None = [
            (put[name], stored, field.default, frozenset((*field.types, type(None))))
            for name, stored, field in schema.columns
        ]
        if any(field.kind != REGISTER for field in schema.fields.values()):
            self._columns = None  # some are live objects
        names = ("key", "repository", "schema", "_known", "_listeners", "_upgraded", "_problem")
        self._own = tuple(_put(Item, name) for name in names)

    def of(self, row: Glance, schema: int) -> Item | None:
        """The item of a row, if it shows, has the schema of this number, and is plain."""
        columns = self._columns
        if (
            columns is None
            or row.texts is not NO_TEXTS  # it says more than registers
            or row.schema != schema
            or row.hidden
            or row.version < self._version
        ):
            return None
        item = self.cls.__new__(self.cls)
        key, view, of, known, listeners, upgraded, problem = self._own
        key(item, row.key)
        view(item, self._view)
        of(item, self.schema)
        known(item, None)
        listeners(item, None)
        upgraded(item, False)
        problem(item, None)
        pairs = iter(row.registers)
        values = dict(zip(pairs, pairs, strict=True))
        for put, stored, default, types in columns:
            value = values.get(stored, default)
            put(item, value if type(value) in types else default)
        return item


def _put(cls: type[Item], name: str) -> Put:
    return cast("Put", getattr(cls, name).__set__)
