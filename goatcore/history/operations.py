"""Operations: the codes of FORMATS.md section 1.1, and which shapes of them are well-formed.

An operation is a tuple as it stands in a body: `(code, field, …)`. Pure; the same verdict on every
peer for ever.
"""

from __future__ import annotations

from typing import Final, TypeAlias

from goatcore.values import is_name, is_value

Operation: TypeAlias = tuple[object, ...]

REGISTER_SET: Final = 0
TEXT_SPLICE: Final = 1
SET_ADD: Final = 2
SET_REMOVE: Final = 3
MAP_PUT: Final = 4
MAP_DROP: Final = 5
COUNTER_ADD: Final = 6
DELETE: Final = 7
RESTORE: Final = 8
FIRST_RESERVED: Final = 16  # 16–63: unknown kinds on a field; kept and forwarded
FIRST_MEMBERSHIP: Final = 64
LAST_CODE: Final = 127

POSITION_MAX: Final = (1 << 32) - 1
OPERATIONS_MAX: Final = 65_536
_NO_SPLICE: Final = (TEXT_SPLICE, None, 0, 0, "")


def is_operation(value: object) -> bool:
    """Whether a decoded array is an operation that this version knows or must carry along."""
    if type(value) is not list or not value or type(value[0]) is not int:
        return False
    code, size = value[0], len(value)
    if code == REGISTER_SET:
        return size == 3 and is_name(value[1]) and is_value(value[2])
    if code == TEXT_SPLICE:
        _, name, position, deleted, inserted = value if size == 5 else _NO_SPLICE
        return (
            is_name(name)
            and type(position) is int
            and 0 <= position <= POSITION_MAX
            and type(deleted) is int
            and 0 <= deleted <= POSITION_MAX
            and type(inserted) is str
            and bool(deleted or inserted)
        )
    if code in {SET_ADD, SET_REMOVE, MAP_DROP}:
        return size == 3 and is_name(value[1]) and is_value(value[2])
    if code == MAP_PUT:
        return size == 4 and is_name(value[1]) and is_value(value[2]) and is_value(value[3])
    if code == COUNTER_ADD:
        return (
            size == 3
            and is_name(value[1])
            and type(value[2]) is int
            and -(1 << 63) <= value[2] < 1 << 63
        )
    if code in {DELETE, RESTORE}:
        return size == 1
    if FIRST_RESERVED <= code < FIRST_MEMBERSHIP:
        return size >= 2 and is_name(value[1]) and all(map(is_value, value[2:]))
    return FIRST_MEMBERSHIP <= code <= LAST_CODE and all(map(is_value, value[1:]))
