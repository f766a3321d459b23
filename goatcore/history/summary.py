"""What a change did, in a few words that a list has room for. Pure; English, for programs that
have no better words of their own."""

from __future__ import annotations

from collections.abc import Sequence
from typing import cast

from goatcore.history.operations import (
    DELETE,
    FIRST_MEMBERSHIP,
    RESTORE,
    TEXT_SPLICE,
    Operation,
)


def summary(operations: Sequence[Operation], *, root: bool, merges: bool = False) -> str:
    """Such as "created", "deleted", "edited title", "+12 −3 letters in body"."""
    codes = [operation[0] for operation in operations]
    if root:
        return "created"
    told: list[str] = []
    existence = [code for code in codes if code in {DELETE, RESTORE}]
    if existence:
        told.append("deleted" if existence[-1] == DELETE else "restored")
    letters: dict[str, list[int]] = {}
    edited: dict[str, None] = {}
    for operation in operations:
        if operation[0] in {DELETE, RESTORE} or cast(int, operation[0]) >= FIRST_MEMBERSHIP:
            continue
        name = str(operation[1])
        if operation[0] == TEXT_SPLICE:
            _, _, _, deleted, inserted = operation
            count = letters.setdefault(name, [0, 0])
            count[0] += len(cast(str, inserted))
            count[1] += cast(int, deleted)
        else:
            edited[name] = None
    if edited:
        told.append(f"edited {_and(list(edited))}")
    told.extend(f"{_signed(*count)} letters in {name}" for name, count in letters.items())
    if not codes and merges:
        return "merged"
    return ", ".join(told) or "no change"


def _signed(inserted: int, deleted: int) -> str:
    return " ".join([f"+{inserted}"] * bool(inserted) + [f"−{deleted}"] * bool(deleted))


def _and(names: Sequence[str]) -> str:
    *rest, last = names
    return f"{', '.join(rest)} and {last}" if rest else last
