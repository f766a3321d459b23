"""A glance at rows: what queries read of items that are not in memory.

Owns which fields that is enough for. Invariant: what it says is what the item would show; where a
row alone does not tell, it says so. Pure; knows the places of `item_row.Row`.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import msgspec

from goatcore.history.snapshot import HIDDEN
from goatcore.repository.item_row import Row
from goatcore.schema import Schema
from goatcore.schema.fields import REGISTER, TEXT

_EXISTENCE: Final = 3  # mask of the flags
_ARRAY32: Final = b"\xdd"  # how MessagePack begins a long array
NO_TEXTS: Final = msgspec.Raw(b"\x90")  # of a row that ends before them


class Glance(msgspec.Struct, array_like=True, eq=False, gc=False):
    """A row as far as it is looked at; texts are decoded by who reads them."""

    key: str
    schema: int
    version: int
    flags: int
    newest: int
    root: int
    heads: object
    registers: list[object]
    texts: msgspec.Raw = NO_TEXTS
    created: int | None = None
    changes: int = 1
    oldest: int | None = None

    @property
    def hidden(self) -> bool:
        """Whether the item does not show."""
        return self.flags & _EXISTENCE == HIDDEN


assert Row._fields[: len(Glance.__struct_fields__)] == Glance.__struct_fields__

_glances: Final = msgspec.msgpack.Decoder(list[Glance | None]).decode
_pairs: Final = msgspec.msgpack.Decoder(list[object]).decode


def glances(rows: bytes, count: int) -> list[Glance | None]:
    """So many rows that stand one after the other; None where there is nothing."""
    return _glances(_ARRAY32 + count.to_bytes(4, "big") + rows)


class _Head(msgspec.Struct, array_like=True, gc=False):
    key: msgspec.Raw
    schema: int
    version: int
    flags: int


_head: Final = msgspec.msgpack.Decoder(_Head).decode


def schema_if_visible(row: bytes) -> int | None:
    """The number of the schema of an item that shows; None of one that does not."""
    head = _head(row)
    return None if head.flags & _EXISTENCE == HIDDEN else head.schema


def showing(rows: Sequence[Glance | None], schema: int) -> bool:
    """Whether these are all rows of items that show and have a schema."""
    there = [
        None
        for row in rows
        if row is not None and row.schema == schema and row.flags & _EXISTENCE != HIDDEN
    ]
    return len(there) == len(rows)


NOT_TOLD: Final = object()  # in the place of a value: the row alone does not tell


class FieldGlance:
    """Reads one register or text of many rows."""

    __slots__ = ("_at", "_default", "_is_text", "_stored", "_types", "_version")

    def __init__(self, schema: Schema, name: str) -> None:
        field = schema.fields[name]
        self._stored = schema.stored_name(name)
        self._version = schema.version
        self._types = frozenset((*field.types, type(None)))
        self._default = field.default
        self._is_text = field.kind == TEXT
        self._at = 0  # where the name was found last; it is mostly the same in all rows

    def of(self, rows: Sequence[Glance | None]) -> list[object]:
        """The values, `NOT_TOLD` among them; of no row, too."""
        version = self._version
        told = [
            row.registers
            for row in rows
            if row is not None and row.version >= version and row.oldest is None
        ]
        if self._is_text or len(told) < len(rows):
            return [self._one(row) for row in rows]
        return self.of_registers(told)

    def of_registers(self, told: Sequence[list[object]]) -> list[object]:
        """The values of a register, of rows of now by what they have of registers."""
        stored, at = self._stored, self._at
        try:
            values = [pairs[at + 1] for pairs in told if pairs[at] == stored]
        except IndexError:
            values = []
        if len(values) == len(told) and self._types.issuperset(map(type, values)):
            return values
        return [self._value(pairs) for pairs in told]

    def _one(self, row: Glance | None) -> object:
        if row is None or row.version < self._version:
            return NOT_TOLD
        if row.oldest is not None and 0 < row.oldest < self._version:
            return NOT_TOLD
        return self._value(_pairs(row.texts) if self._is_text else row.registers)

    def _value(self, pairs: list[object]) -> object:
        at, stored = self._at, self._stored
        if at >= len(pairs) or pairs[at] != stored:
            at = next((n for n in range(0, len(pairs), 2) if pairs[n] == stored), -1)
            if at < 0:
                return self._default
            self._at = at
        value = pairs[at + 1]
        return value if type(value) in self._types else self._default


def is_told(schema: Schema, name: str) -> bool:
    """Whether rows tell a field at all."""
    return schema.fields[name].kind in {REGISTER, TEXT}
