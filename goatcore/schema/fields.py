"""Fields: what one may hold, its default, and why a value is refused.

A field is checked at the write, never at the read: what peers of other versions wrote stays
readable. Pure; knows nothing of items.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence, Set
from typing import Final

from goatcore.errors import InvalidValue
from goatcore.values import INT_MAX, INT_MIN, Value, checked, frozen, pack

REGISTER: Final = "register"
TEXT: Final = "text"
SET: Final = "set"
MAP: Final = "map"
COUNTER: Final = "counter"


class Field:
    """One field of a schema: `kind` says how concurrent edits meet, `types` what it may hold."""

    __slots__ = ("choices", "default", "kind", "noun", "required", "types")

    def __init__(
        self,
        kind: str,
        noun: str,
        types: tuple[type, ...],
        default: object,
        *,
        required: bool = False,
        choices: tuple[Value, ...] = (),
    ) -> None:
        self.kind = kind
        self.noun = noun  # in messages: "must be a …"
        self.types = types
        self.default = default
        self.required = required
        self.choices = choices

    def check(self, name: str, value: object) -> object:
        """The value as it is stored. Raises `InvalidValue` that names the field and the reason."""
        if value is None and self.kind == REGISTER:
            if self.required:
                raise InvalidValue(f"{name}: a value is needed here.")
            return None
        stored = self._checked(name, value)
        if self.choices and stored not in self.choices:
            wanted = ", ".join(map(str, self.choices))
            raise InvalidValue(f"{name}: must be one of {wanted}, not {stored!s}.")
        return stored

    def fits(self, value: object) -> bool:
        """Whether a value that somebody stored can be shown here."""
        return value is None or type(value) in self.types

    def _checked(self, name: str, value: object) -> Value:
        if type(value) not in self.types:
            if int not in self.types or isinstance(value, bool) or not isinstance(value, int):
                raise InvalidValue(f"{name}: must be {self.noun}, not {type(value).__name__}.")
            value = int(value)  # a count, or a member of an enumeration
        return _storable(name, value)


class ReferenceField(Field):
    """The key of another item."""

    __slots__ = ()


class SetField(Field):
    """Members that are added and removed one by one."""

    __slots__ = ()

    def check(self, name: str, value: object) -> tuple[object, ...]:
        """The members of a collection, distinct, in the order of their encoded bytes."""
        if isinstance(value, str | bytes) or not isinstance(value, Set | list | tuple):
            raise InvalidValue(f"{name}: must be a set of strings, not {type(value).__name__}.")
        return tuple(sorted({self.check_member(name, one) for one in value}, key=pack))

    def check_member(self, name: str, member: object) -> str:
        """One member. Raises `InvalidValue`."""
        if type(member) is not str:
            raise InvalidValue(f"{name}: a member must be a string, not {type(member).__name__}.")
        checked(name, member)
        return member


class MapField(Field):
    """Keys with a value each."""

    __slots__ = ()

    def check(self, name: str, value: object) -> dict[str, object]:
        """Keys and values, in the order of the keys' encoded bytes."""
        if not isinstance(value, Mapping):
            raise InvalidValue(f"{name}: must be a mapping, not {type(value).__name__}.")
        entries = [self.check_entry(name, key, one) for key, one in value.items()]
        return dict(sorted(entries, key=lambda entry: pack(entry[0])))

    def check_entry(self, name: str, key: object, value: object) -> tuple[str, object]:
        """One key and its value, arrays as tuples. Raises `InvalidValue`."""
        if type(key) is not str:
            raise InvalidValue(f"{name}: a key must be a string, not {type(key).__name__}.")
        checked(name, key)
        return key, frozen(_storable(f"{name}[{key!r}]", value))


def _storable(name: str, value: object) -> Value:
    stored = checked(name, value)
    if isinstance(stored, int) and not INT_MIN <= stored <= INT_MAX:
        raise InvalidValue(f"{name}: the number does not fit into 64 bits.")
    return stored


class CounterField(Field):
    """A number that only increments change."""

    __slots__ = ()

    def check(self, name: str, value: object) -> int:
        """A whole number of any size. Raises `InvalidValue`."""
        if isinstance(value, bool) or not isinstance(value, int):
            raise InvalidValue(f"{name}: must be a whole number, not {type(value).__name__}.")
        return int(value)


def string(default: str | None = "", *, required: bool = False) -> Field:
    """A short text that is replaced as a whole."""
    return Field(REGISTER, "a string", (str,), default, required=required)


def text() -> Field:
    """A text in which several people can write at once: it merges letter by letter."""
    return Field(TEXT, "a string", (str,), "")


def number(default: float | None = 0, *, required: bool = False) -> Field:
    """A number: an integer of 64 bits or a float."""
    return Field(REGISTER, "a number", (int, float), default, required=required)


def flag(default: bool = False, *, required: bool = False) -> Field:
    """Yes or no."""
    return Field(REGISTER, "True or False", (bool,), default, required=required)


def date(default: int | None = None, *, required: bool = False) -> Field:
    """A moment, in milliseconds since 1970 (UTC)."""
    return Field(REGISTER, "milliseconds since 1970", (int,), default, required=required)


def choice(*choices: str, default: str | None = None, required: bool = False) -> Field:
    """One of some fixed words; without a default, the first of them."""
    if not choices:
        raise InvalidValue("A choice needs at least one word to choose from.")
    first = choices[0] if default is None else default
    return Field(REGISTER, "a string", (str,), first, choices=choices, required=required)


def reference(default: str = "", *, required: bool = False) -> Field:
    """The key of another item of the repository; "" for none."""
    return ReferenceField(REGISTER, "an item's key", (str,), default, required=required)


def binary(default: bytes = b"", *, required: bool = False) -> Field:
    """A few bytes."""
    return Field(REGISTER, "bytes", (bytes,), default, required=required)


def order() -> Field:
    """A place in a list that people put in order: a stamp, made by `order_stamps`."""
    return Field(REGISTER, "an order stamp (bytes)", (bytes,), b"")


def tags() -> Field:
    """A set of strings: what somebody adds stays, unless who removes it had seen it."""
    return SetField(SET, "a set of strings", (), ())


def mapping() -> Field:
    """Values by string keys; every key for itself, as a register of its own."""
    return MapField(MAP, "a mapping", (), {})


def counter() -> Field:
    """A whole number that several people count up and down at once; nothing is lost."""
    return CounterField(COUNTER, "a whole number", (), 0)


def names_of(fields: Sequence[str]) -> str:
    """Field names as a person reads them."""
    return ", ".join(sorted(fields))
