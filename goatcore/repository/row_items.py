"""Items straight from rows: the shortest way from plain rows to what an application reads.

Owns for which rows that is enough. Invariant: such an item shows what one of a record would; where
a row says more than registers of now, it is left to the longer way. Items are made by one call for
many rows, column by column.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import repeat

from goatcore.repository.glance import NO_TEXTS, FieldGlance, Glance, showing
from goatcore.repository.item import OWN, Item
from goatcore.schema.fields import REGISTER


class RowItems:
    """Makes items of one class."""

    __slots__ = ("_cls", "_columns", "_number", "_own")

    def __init__(self, cls: type[Item], number: int) -> None:
        """`number` is that of the schema in rows."""
        self._cls = cls
        self._number = number
        schema = cls.schema
        self._columns: list[FieldGlance] | None = [
            FieldGlance(schema, name) for name in schema.fields
        ]
        if any(field.kind != REGISTER for field in schema.fields.values()):
            self._columns = None  # some are live objects
        self._own = [repeat(value) for value in Item.__struct_defaults__]
        assert len(self._own) == OWN - 1, "all but the key"

    def of(self, rows: Sequence[Glance | None]) -> Sequence[Item] | None:
        """The items of rows, if all of them show, have the schema, and are plain."""
        if self._columns is None or not showing(rows, self._number):
            return None
        version = self._cls.schema.version
        plain = [
            row
            for row in rows
            if row is not None and row.texts is NO_TEXTS and row.version >= version
        ]
        if len(plain) < len(rows):
            return None
        registers = [row.registers for row in plain]
        values = [column.of_registers(registers) for column in self._columns]
        return list(map(self._cls, [row.key for row in plain], *self._own, *values))
