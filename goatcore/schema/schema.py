"""Schemas and the registry of those that one program knows.

A registry belongs to a database; there is no global one. Two programs with different registries
share a repository without harm: what one does not know, it keeps.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import Final

from goatcore.errors import InvalidValue, LocalMisuse, UnknownField
from goatcore.schema import upgrade as upgrades
from goatcore.schema.fields import REGISTER, Field, names_of
from goatcore.schema.upgrade import Reading, Step, Written
from goatcore.values import is_name

_NONE: Mapping[str, str] = MappingProxyType({})
_NO_STEPS: Mapping[int, Step] = MappingProxyType({})


class Schema:
    """A named, versioned set of fields.

    `upgrade[v]` brings the registers of an item from version v - 1 to v, when it is read: it gets
    them by stored name and returns those that are new or other. Nothing is written by that.
    `stored` says under which name a field is stored, where that is not its own: a renamed field.

    >>> from goatcore.schema import string, flag
    >>> TASK = Schema("task", 1, title=string(), done=flag())
    >>> TASK.fields["done"].default
    False
    """

    __slots__ = ("_shown_as", "_stored", "_upgrade", "columns", "fields", "name", "version")

    def __init__(
        self,
        name: str,
        version: int,
        /,
        *,
        upgrade: Mapping[int, Step] = _NO_STEPS,
        stored: Mapping[str, str] = _NONE,
        **fields: Field,
    ) -> None:
        if not is_name(name):
            raise LocalMisuse("A schema's name has 1 to 255 bytes.")
        if type(version) is not int or not 1 <= version < 1 << 32:
            raise LocalMisuse(f"{name}: a schema's version counts from 1.")
        for what, one in (("upgrade", upgrade), ("stored", stored)):
            if not isinstance(one, Mapping):
                raise LocalMisuse(f"{name}: {what} cannot be the name of a field.")
        for field, kind in fields.items():
            if field.startswith("_") or "__" in field or field in RESERVED or not is_name(field):
                raise LocalMisuse(f"{name}: {field} cannot be the name of a field.")
            if not isinstance(kind, Field):
                raise LocalMisuse(f"{name}: {field} must be a field such as string(), not {kind}.")
            _check_default(name, field, kind)
        for step in upgrade:
            if type(step) is not int or not 2 <= step <= version:
                raise LocalMisuse(f"{name}: there can be steps to versions 2 to {version} only.")
        self.name = name
        self.version = version
        self.fields: Mapping[str, Field] = MappingProxyType(dict(fields))
        self._upgrade = dict(upgrade)
        self._stored = dict(zip(fields, fields, strict=True))
        self._shown_as: dict[str, tuple[str, ...]] = {}
        self._rename(stored)
        # every field as (its name, the name it is stored under, the field)
        self.columns = tuple([(n, self._stored[n], field) for n, field in fields.items()])

    def _rename(self, stored: Mapping[str, str]) -> None:
        for field, name in stored.items():
            if field not in self.fields or not is_name(name):
                raise LocalMisuse(f"{self.name}: {field} cannot be stored as {name!r}.")
        self._stored.update(stored)
        taken: dict[tuple[str, str], str] = {}
        for field, name in self._stored.items():
            rival = taken.setdefault((name, self.fields[field].kind), field)
            if rival != field:
                raise LocalMisuse(f"{self.name}: {rival} and {field} are both stored as {name}.")
            self._shown_as[name] = (*self._shown_as.get(name, ()), field)

    def stored_name(self, field: str) -> str:
        """The name that a field has in commits."""
        return self._stored[field]

    def shown_as(self, stored: str) -> tuple[str, ...]:
        """The fields, of whatever kinds, that are stored under a name; none: it is unknown here."""
        return self._shown_as.get(stored, ())

    def upgraded(self, since: int, writes: Mapping[str, Written]) -> Reading:
        """All registers, by stored name, of an item made with version `since`."""
        reading = upgrades.read(self.name, self.version, self._upgrade, since, writes)
        if reading.problem is not None:
            return reading
        for field, kind in self.fields.items():
            name = self._stored[field]
            if kind.kind == REGISTER and name in reading.values:
                value = reading.values[name]
                if not kind.fits(value) and (name not in writes or writes[name].value != value):
                    problem = (
                        f"{self.name}: {field} must be {kind.noun}, but a step gave {value!r}."
                    )
                    return Reading(reading.values, problem)
        return reading

    def check(self, values: Mapping[str, object]) -> dict[str, object]:
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


def _check_default(schema: str, name: str, field: Field) -> None:
    if field.kind == REGISTER and field.default is not None:
        try:
            field.check(name, field.default)
        except InvalidValue as error:
            raise LocalMisuse(f"{schema}: the default of {error}") from None


RESERVED_PREFIX: Final = "sys/"  # of schemas that are not an application's

# what every item has besides its fields
RESERVED = frozenset(
    {
        "alternatives",
        "at",
        "author",
        "blame",
        "branch",
        "created_ms",
        "delete",
        "diff",
        "edited_ms",
        "exists",
        "history",
        "key",
        "playback",
        "redo",
        "repository",
        "restore",
        "schema",
        "subscribe",
        "undo",
        "upgrade_problem",
        "version",
    }
)


class Registry:
    """The schemas that one database knows, by name."""

    def __init__(self) -> None:
        self._schemas: dict[str, Schema] = {}

    def add(self, schema: Schema) -> None:
        """Make a schema known. Raises `LocalMisuse` for a second, different one of that name."""
        if schema.name.startswith(RESERVED_PREFIX):
            raise LocalMisuse(f"{schema.name}: names that begin with {RESERVED_PREFIX} are taken.")
        known = self._schemas.setdefault(schema.name, schema)
        if known is not schema:
            raise LocalMisuse(
                f"There are two schemas named {schema.name}; use one object for both."
            )

    def __iter__(self) -> Iterator[Schema]:
        """All that are known."""
        return iter(list(self._schemas.values()))

    def get(self, name: str) -> Schema | None:
        """The schema of that name, if this program knows it."""
        return self._schemas.get(name)
