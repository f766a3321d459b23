"""A state written down, so that it can be had again without its history (FORMATS.md section 1.3).

Owns the shape: nested tuples of what `goatcore.values` packs. Invariant: it says all that an item
shows and all that a change on top of its heads needs; what is left out (who saw whom, who wrote
which letter) comes back from the history alone. Must never import the state that it is of.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Final, NamedTuple, TypeAlias

from goatcore.history.register import Write

THERE: Final = 0  # no delete stands
HIDDEN: Final = 1
FLAGGED: Final = 2  # a delete stands, and somebody edited beside it

INT_MIN: Final = -(1 << 63)
INT_MAX: Final = (1 << 63) - 1

Writer: TypeAlias = "Sequence[object]"  # stamp, schema version, commit or its index in the heads
Writes: TypeAlias = "Sequence[object]"  # index of a writer, value, …: those that compete, in order


class Snapshot(NamedTuple):
    """One item's state. Names are stored names; members and keys are their encoded bytes."""

    heads: Sequence[bytes]  # commits, ascending
    changes: int  # how many, equal roots counted once
    twins: Sequence[bytes]  # root commits that equal another one, which goes by the same name
    existence: int
    oldest_version: int | None  # of the schemas that registers were set with
    writers: Sequence[Writer]
    registers: Sequence[tuple[str, Writes]]
    texts: Sequence[tuple[str, str]]
    sets: Sequence[tuple[str, Sequence[bytes]]]
    maps: Sequence[tuple[str, Sequence[tuple[bytes, Writes]]]]
    counters: Sequence[tuple[str, int | bytes]]  # bytes: signed, big-endian, beyond 64 bits
    unknown: Sequence[str]  # fields with operations that this version does not know


class Writers:
    """Says writes by numbers; what one commit wrote shares one."""

    def __init__(self, heads: Sequence[bytes]) -> None:
        self._heads = {commit: at for at, commit in enumerate(heads)}
        self._numbers: dict[tuple[int, int, bytes], int] = {}

    def told(self, writes: Iterable[Write]) -> Writes:
        """Competing writes of one register."""
        numbers = self._numbers
        row: list[object] = []
        for stamp, commit, _, value, version in writes:
            row += (numbers.setdefault((stamp, version, commit), len(numbers)), value)
        return tuple(row)

    def rows(self) -> Sequence[Writer]:
        """All writers, by number."""
        heads = self._heads
        return tuple(
            [
                (stamp, version, heads.get(commit, commit))
                for stamp, version, commit in self._numbers
            ]
        )


def writes_of(told: Writes, writers: Sequence[Writer], heads: Sequence[bytes]) -> tuple[Write, ...]:
    """The competing writes of one register again, all of them by vertex 0."""
    found = []
    for at in range(0, len(told), 2):
        stamp, version, by = writers[told[at]]  # type: ignore[call-overload]
        found.append(Write(stamp, heads[by] if type(by) is int else by, 0, told[at + 1], version))
    return tuple(found)


def told_total(total: int) -> int | bytes:
    """A counter's total as a value."""
    if INT_MIN <= total <= INT_MAX:
        return total
    return total.to_bytes(total.bit_length() // 8 + 1, "big", signed=True)


def total_of(told: int | bytes) -> int:
    """The total again."""
    return told if isinstance(told, int) else int.from_bytes(told, "big", signed=True)
