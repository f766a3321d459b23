"""Schemas and the registry of those that one program knows.

A registry belongs to a database; there is no global one. Two programs with different registries
share a repository without harm: what one does not know, it keeps.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from goatcore.errors import InvalidValue, LocalMisuse, UnknownField
from goatcore.schema.fields import Field, names_of
from goatcore.values import Value, is_name


class Schema:
    """A named, versioned set of fields.

    >>> from goatcore.schema import string, flag
    >>> TASK = Schema("task", 1, title=string(), done=flag())
    >>> TASK.fields["done"].default
    False
    """

    __slots__ = ("fields", "name", "version")

    def __init__(self, name: str, version: int, /, **fields: Field) -> None:
        if not is_name(name):
            raise LocalMisuse("A schema's name has 1 to 255 bytes.")
        if not 1 <= version < 1 << 32:
            raise LocalMisuse(f"{name}: a schema's version counts from 1.")
        for field in fields:
            if field.startswith("_") or field in RESERVED:
                raise LocalMisuse(f"{name}: {field} cannot be the name of a field.")
        self.name = name
        self.version = version
        self.fields: Mapping[str, Field] = MappingProxyType(dict(fields))

    def check(self, values: Mapping[str, object]) -> dict[str, Value]:
        """The values of a new item as they are stored; fields not given keep their defaults.

        Raises `UnknownField` and `InvalidValue`.
        """
        checked = {name: self.field(name).check(name, value) for name, value in values.items()}
        for name, field in self.fields.items():
            if field.required and checked.get(name) is None:
                raise InvalidValue(f"{name}: a value is needed here.")
        return checked

    def field(self, name: str) -> Field:
        """The field of that name. Raises `UnknownField`."""
        field = self.fields.get(name)
        if field is None:
            raise UnknownField(
                f"{self.name} has no field {name}; it has {names_of(list(self.fields))}."
            )
        return field

    def __repr__(self) -> str:
        return f"Schema({self.name!r}, {self.version})"


# what every item has besides its fields
RESERVED = frozenset(
    {
        "alternatives",
        "author",
        "created_ms",
        "delete",
        "edited_ms",
        "exists",
        "key",
        "repository",
        "restore",
        "schema",
        "subscribe",
    }
)


class Registry:
    """The schemas that one database knows, by name."""

    def __init__(self) -> None:
        self._schemas: dict[str, Schema] = {}

    def add(self, schema: Schema) -> None:
        """Make a schema known. Raises `LocalMisuse` for a second, different one of that name."""
        known = self._schemas.setdefault(schema.name, schema)
        if known is not schema:
            raise LocalMisuse(
                f"There are two schemas named {schema.name}; use one object for both."
            )

    def get(self, name: str) -> Schema | None:
        """The schema of that name, if this program knows it."""
        return self._schemas.get(name)
