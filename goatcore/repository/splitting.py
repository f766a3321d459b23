"""Splitting: what fits into one commit, and how a long draft becomes several.

Owns the limits. Invariant: the parts of a draft, done one after the other, come to what the draft
does, and each fits into a commit. Pure: knows operations and no items.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final, cast

from goatcore.errors import InvalidValue
from goatcore.history.operations import TEXT_SPLICE, Operation
from goatcore.values import pack

TEXT_COMMIT_LETTERS: Final = 128 * 1024  # a longer insert becomes several commits
COMMIT_OPERATIONS: Final = 16_384  # and so do more edits of an item than this,
COMMIT_BYTES: Final = 768 * 1024  # or more bytes
VALUE_BYTES_MAX: Final = 512 * 1024  # of one field that is set as a whole


def check_value(name: str, value: object) -> None:
    """Refuse a register's value that no commit has room for. Raises `InvalidValue`."""
    if isinstance(value, (str, bytes)) and len(value) > VALUE_BYTES_MAX // 4:
        _check(name, value)


def check_operations(name: str, operations: Sequence[Operation]) -> None:
    """Refuse members and entries that no commit has room for. Raises `InvalidValue`."""
    for operation in operations:
        _check(name, operation)


def _check(name: str, value: object) -> None:
    size = len(pack(value))
    if size > VALUE_BYTES_MAX:
        raise InvalidValue(f"{name}: it has {size:,} bytes; {VALUE_BYTES_MAX:,} are the most.")


def parts(operations: list[Operation]) -> list[list[Operation]]:
    """Operations in portions that fit into a commit each; long inserts are cut."""
    if len(operations) <= COMMIT_OPERATIONS and len(pack(operations)) <= TEXT_COMMIT_LETTERS:
        return [operations]  # a letter has a byte or more
    return list(_cut(operations))


def _cut(operations: Sequence[Operation]) -> Iterator[list[Operation]]:
    part: list[Operation] = []
    letters = size = 0
    for operation in operations:
        needed = len(pack(operation))
        if part and (len(part) >= COMMIT_OPERATIONS or size + needed > COMMIT_BYTES):
            yield part
            part, letters, size = [], 0, 0
        if operation[0] != TEXT_SPLICE:
            part.append(operation)
            size += needed
            continue
        _, name, position, deleted, inserted = operation
        text, at, gone = cast(str, inserted), cast(int, position), deleted
        while letters + len(text) > TEXT_COMMIT_LETTERS:
            room = TEXT_COMMIT_LETTERS - letters
            if room:
                part.append((TEXT_SPLICE, name, at, gone, text[:room]))
                text, at, gone = text[room:], at + room, 0
            yield part
            part, letters, size = [], 0, 0
        if text or gone:
            part.append((TEXT_SPLICE, name, at, gone, text))
            letters += len(text)
            size += min(needed, 4 * len(text) + 64)
    yield part
