"""Fields: what one may hold, its default, and why a value is refused.

A field is checked at the write, never at the read: what peers of other versions wrote stays
readable. Pure; knows nothing of items.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from goatcore.errors import InvalidValue
from goatcore.values import INT_MAX, INT_MIN, Value, checked

REGISTER: Final = "register"
TEXT: Final = "text"


class Field:
    """One field of a schema: `kind` says how concurrent edits meet, `types` what it may hold."""

    __slots__ = ("choices", "default", "kind", "noun", "required", "types")

    def __init__(
        self,
        kind: str,
        noun: str,
        types: tuple[type, ...],
        default: Value,
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

    def check(self, name: str, value: object) -> Value:
        """The value as it is stored. Raises `InvalidValue` that names the field and the reason."""
        if value is None and self.kind != TEXT:
            if self.required:
                raise InvalidValue(f"{name}: a value is needed here.")
            return None
        if type(value) not in self.types:
            raise InvalidValue(f"{name}: must be {self.noun}, not {type(value).__name__}.")
        stored = checked(name, value)
        if isinstance(stored, int) and not INT_MIN <= stored <= INT_MAX:
            raise InvalidValue(f"{name}: the number does not fit into 64 bits.")
        if self.choices and stored not in self.choices:
            wanted = ", ".join(map(str, self.choices))
            raise InvalidValue(f"{name}: must be one of {wanted}, not {stored!s}.")
        return stored


def string(default: str = "", *, required: bool = False) -> Field:
    """A short text that is replaced as a whole."""
    return Field(REGISTER, "a string", (str,), default, required=required)


def text() -> Field:
    """A text in which several people can write at once: it merges letter by letter."""
    return Field(TEXT, "a string", (str,), "")


def number(default: float = 0, *, required: bool = False) -> Field:
    """A number: an integer of 64 bits or a float."""
    return Field(REGISTER, "a number", (int, float), default, required=required)


def flag(default: bool = False) -> Field:
    """Yes or no."""
    return Field(REGISTER, "True or False", (bool,), default)


def date(default: int | None = None, *, required: bool = False) -> Field:
    """A moment, in milliseconds since 1970 (UTC)."""
    return Field(REGISTER, "milliseconds since 1970", (int,), default, required=required)


def choice(*choices: str, default: str | None = None) -> Field:
    """One of some fixed words."""
    return Field(REGISTER, "a string", (str,), default or choices[0], choices=choices)


def reference(default: str = "") -> Field:
    """The key of another item of the repository; "" for none."""
    return Field(REGISTER, "an item's key", (str,), default)


def binary(default: bytes = b"") -> Field:
    """A few bytes."""
    return Field(REGISTER, "bytes", (bytes,), default)


def names_of(fields: Sequence[str]) -> str:
    """Field names as a person reads them."""
    return ", ".join(sorted(fields))
