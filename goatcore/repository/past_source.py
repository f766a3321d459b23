"""Items of one schema as they were, as queries see them.

Owns their ordinals, which mean nothing elsewhere. Invariant: what it says never changes. Must never
import the repository.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import TYPE_CHECKING, cast

from goatcore.query import Row
from goatcore.query.chunks import in_chunks
from goatcore.repository.source import (
    OF_EVERY_ITEM,
    VOLATILE,
    comparable,
    fields_of,
    references_of,
    source_name,
)
from goatcore.repository.version import Version
from goatcore.schema import Registry, Schema
from goatcore.schema.fields import MAP, SET

if TYPE_CHECKING:
    from goatcore.query.changes import Read, ReadMany

Find = Callable[[str], Version | None]


class PastSource:
    """Versions of items of `schema`, those of `versions` that showed; `find` gives one of whatever
    schema by its key."""

    def __init__(
        self, schema: Schema, registry: Registry, versions: Iterable[Version], find: Find
    ) -> None:
        self._schema = schema
        self._registry = registry
        self._coming = iter(versions)
        self._found: list[Version] = []
        self._ordinals: dict[str, int] = {}
        self._find = find
        self.name = source_name(schema)
        self.fields = fields_of(schema)
        self.references = references_of(schema)
        self.volatile = VOLATILE
        self.collections = frozenset(
            name for name, field in schema.fields.items() if field.kind in {SET, MAP}
        )

    def covers(self, row: Row) -> bool:
        return isinstance(row, Version) and row.schema.name == self._schema.name

    def __len__(self) -> int:
        return len(self._found)

    def add(self, version: Version) -> int:
        """Take in one more; gives its ordinal."""
        ordinal = self._ordinals[version.key] = len(self._found)
        self._found.append(version)
        return ordinal

    def chunks(self) -> Iterator[list[int]]:
        return in_chunks(self._every())

    def _every(self) -> Iterator[int]:
        at = 0
        while True:
            if at == len(self._found):
                version = next(self._coming, None)
                if version is None:
                    return
                self.add(version)
            yield at
            at += 1

    def ordinal(self, row: Row) -> int:
        return self._ordinals.get(row.key, -1)

    def row(self, ordinal: int) -> Version:
        return self._found[ordinal]

    def shows(self, ordinal: int) -> bool:
        return 0 <= ordinal < len(self._found)

    def reader(self, field: str) -> Read:
        return lambda ordinal: _value(self._found[ordinal], field)

    def column(self, field: str) -> ReadMany:
        return lambda ordinals: [_value(self._found[ordinal], field) for ordinal in ordinals]

    def joined(self, field: str, *, reference: bool) -> bool:
        known = references_of if reference else fields_of
        return any(field in known(schema) for schema in self._registry)

    def follow(self, key: str, field: str) -> object:
        version = self._find(key)
        if version is None or not version.exists or field not in fields_of(version.schema):
            return None
        return _value(version, field)


def _value(version: Version, field: str) -> object:
    if field in OF_EVERY_ITEM:
        if field == "key":
            return str(version.key)
        if field == "created_ms":
            return version.item.created_ms
        return version.author if field == "author" else version.time
    kind = version.schema.fields[field].kind
    return comparable(kind, cast(object, version[field]))
