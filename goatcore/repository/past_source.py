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
    SchemaSource,
    comparable,
    fields_of,
)
from goatcore.repository.version import Version
from goatcore.schema import Registry, Schema

if TYPE_CHECKING:
    from goatcore.query.changes import Read, ReadMany

Find = Callable[[str], Version | None]


class PastSource(SchemaSource):
    """Versions of items of `schema`, those of `versions` that showed; `find` gives one of whatever
    schema by its key."""

    def __init__(
        self, schema: Schema, registry: Registry, versions: Iterable[Version], find: Find
    ) -> None:
        super().__init__(schema, registry)
        self._coming = iter(versions)
        self._found: list[Version] = []
        self._ordinals: dict[str, int] = {}
        self._find = find

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
