"""Exact values: which ones may be stored, and the one msgpack encoding of each.

Owns the rules of FORMATS.md section 1.1 on values. Two peers must give the same verdict on any
bytes, so everything here is a pure function of its argument. Imports no other room.
"""

from __future__ import annotations

from math import isnan
from typing import Final, TypeAlias

import msgspec

from goatcore.errors import InvalidValue, Malformed

Value: TypeAlias = "None | bool | int | float | str | bytes | tuple[Value, ...] | list[Value]"

NESTING_MAX: Final = 32
NAME_BYTES_MAX: Final = 255
INT_MIN: Final = -(1 << 63)
INT_MAX: Final = (1 << 64) - 1

_decode = msgspec.msgpack.Decoder().decode
_encode = msgspec.msgpack.Encoder().encode


def pack(value: object) -> bytes:
    """The shortest msgpack of a value. Floats stay 64-bit; tuples are arrays."""
    return _encode(value)


def unpack(data: bytes) -> object:
    """Decode one msgpack value without trailing bytes. Raises `Malformed`."""
    try:
        return _decode(data)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise Malformed(f"This is not MessagePack: {error}.") from None


def unpack_canonical(data: bytes) -> object:
    """Decode one msgpack value and insist on its shortest form. Raises `Malformed`."""
    value = unpack(data)
    if _encode(value) != data:
        raise Malformed("This MessagePack is not in its shortest form.")
    return value


def is_name(value: object) -> bool:
    """Whether a value may name an item, a schema or a field: str of 1 … 255 bytes of UTF-8."""
    return (
        type(value) is str
        and 0 < len(value) <= NAME_BYTES_MAX
        and (value.isascii() or _size(value) <= NAME_BYTES_MAX)
    )


def _size(name: str) -> int:
    try:
        return len(name.encode())
    except UnicodeEncodeError:  # a lone surrogate
        return NAME_BYTES_MAX + 1


def is_value(value: object, nesting: int = 0) -> bool:
    """Whether a decoded value may stand in an operation: no maps, no extension types, no NaN,
    no lone surrogates, nested at most 32 deep."""
    kind = type(value)
    if kind is str:
        return _no_lone_surrogate(value)  # type: ignore[arg-type]
    if kind is int:
        return INT_MIN <= value <= INT_MAX  # type: ignore[operator]
    if value is None or kind is bool or kind is bytes:
        return True
    if kind is float:
        return not isnan(value)  # type: ignore[arg-type]
    if kind is list or kind is tuple:
        return nesting < NESTING_MAX and all(is_value(v, nesting + 1) for v in value)  # type: ignore[attr-defined]
    return False


def _no_lone_surrogate(text: str) -> bool:
    if text.isascii():
        return True
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def frozen(value: object) -> object:
    """The value with its arrays as tuples, so that nobody can change it."""
    return tuple([frozen(one) for one in value]) if isinstance(value, list | tuple) else value


def checked(field: str, value: object) -> Value:
    """The value, if it may be stored; else `InvalidValue` that names the field and the reason."""
    if is_value(value):
        return value  # type: ignore[return-value]
    raise InvalidValue(f"{field}: {_reason(value)}")


def _reason(value: object) -> str:
    if isinstance(value, float):
        return "not-a-number cannot be stored."
    if isinstance(value, str):
        return "the text has half of a surrogate pair; that is not a character."
    if isinstance(value, int):
        return "the number does not fit into 64 bits."
    if isinstance(value, list | tuple):
        return f"it nests deeper than {NESTING_MAX}, or has a member that cannot be stored."
    return f"a {type(value).__name__} cannot be stored."
