"""A glance at a row: what queries read of an item that is not in memory.

Owns which fields that is enough for. Invariant: what it says is what the item would show; where a
row alone does not tell, it says so. Pure; knows the places of `item_row.Row`.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, cast

import msgspec

from goatcore.history.snapshot import HIDDEN
from goatcore.repository.item_row import Row
from goatcore.schema import Schema
from goatcore.schema.fields import REGISTER, TEXT

Glance = list[object]  # a row as it is decoded, without what is left out at its end

_EXISTENCE: Final = 3  # mask of the flags
KEY: Final = Row._fields.index("key")
_VERSION: Final = Row._fields.index("version")
_REGISTERS: Final = Row._fields.index("registers")
_TEXTS: Final = Row._fields.index("texts")
_OLDEST: Final = Row._fields.index("oldest")

glance: Final = msgspec.msgpack.Decoder(Glance).decode


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


NOT_TOLD: Final = object()  # in the place of a value: the row alone does not tell


class FieldGlance:
    """Reads one register or text of many rows."""

    __slots__ = ("_at", "_default", "_place", "_stored", "_types", "_version")

    def __init__(self, schema: Schema, name: str) -> None:
        field = schema.fields[name]
        self._stored = schema.stored_name(name)
        self._version = schema.version
        self._types = frozenset((*field.types, type(None)))
        self._default = field.default
        self._place = _TEXTS if field.kind == TEXT else _REGISTERS
        self._at = 0  # where the name was found last; it is mostly the same in all rows

    def of(self, rows: Sequence[Glance | None]) -> list[object]:
        """The values, `NOT_TOLD` among them; of no row, too."""
        version, place, stored, at = self._version, self._place, self._stored, self._at
        types, found = self._types, list[object]()
        for row in rows:
            if row is None or row[_VERSION] < version or (len(row) > _OLDEST and self._old(row)):  # type: ignore[operator]
                found.append(NOT_TOLD)
                continue
            pairs: list[object] = row[place] if len(row) > place else []  # type: ignore[assignment]
            if at >= len(pairs) or pairs[at] != stored:
                at = next((n for n in range(0, len(pairs), 2) if pairs[n] == stored), -2)
                if at < 0:
                    at = self._at
                    found.append(self._default)
                    continue
                self._at = at
            value = pairs[at + 1]
            found.append(value if type(value) in types else self._default)
        return found

    def _old(self, row: Glance) -> bool:
        oldest = cast("int | None", row[_OLDEST])
        return oldest is not None and 0 < oldest < self._version


def is_told(schema: Schema, name: str) -> bool:
    """Whether rows tell a field at all."""
    return schema.fields[name].kind in {REGISTER, TEXT}
