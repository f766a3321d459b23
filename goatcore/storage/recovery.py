"""What to do about a log file as it was found. Pure: a scan goes in, a plan comes out.

Invariant: a plan accounts for every byte after the file's header: kept, in a hole, or in the tail.
Must never import I/O; `file_mending` carries plans out.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from enum import Enum
from typing import NamedTuple

from goatcore.storage.framing import RECORD_HEADER_SIZE, RECORDS_BEGIN, Record


class Condition(Enum):
    """How a log file was found."""

    CLEAN = "clean"
    TORN_TAIL = "torn tail"  # bad bytes at the end, nothing sound after them: a write was cut off
    HEADER_COPY = "one of the header's two copies is broken"
    DAMAGED = "damaged in the middle"  # bad bytes with sound records after them
    PUT_RIGHT = "damaged records that could be put right"


class Hole(NamedTuple):
    """Bytes that are not a sound record: from `start` up to `end`."""

    start: int
    end: int


class Plan(NamedTuple):
    """What a scan found: `kept` sound records, which end at `end`, in a file of `size` bytes."""

    kept: int
    end: int
    size: int
    holes: tuple[Hole, ...]
    header_intact: bool
    put_right: int = 0  # records that were unsound and are read as they were written

    @property
    def condition(self) -> Condition:
        if self.holes:
            return Condition.DAMAGED
        if self.put_right:
            return Condition.PUT_RIGHT
        if not self.header_intact:
            return Condition.HEADER_COPY
        return Condition.TORN_TAIL if self.end < self.size else Condition.CLEAN

    @property
    def bytes_bad(self) -> int:
        """How many bytes are in holes and in the tail."""
        return sum(hole.end - hole.start for hole in self.holes) + max(self.size - self.end, 0)

    def sound_ranges(self) -> Iterator[tuple[int, int]]:
        """Where the sound records stand, as (start, end) without the holes."""
        start = RECORDS_BEGIN
        for hole in self.holes:
            if hole.start > start:
                yield start, hole.start
            start = hole.end
        if self.end > start:
            yield start, self.end

    def follows_gap(self, start: int) -> bool:
        """Whether the record at `start` stands right behind a hole."""
        return any(hole.end == start for hole in self.holes)


def suspects(plan: Plan) -> list[int]:
    """Where records that should be there are unsound: beginnings of holes, and of the tail."""
    tail = [plan.end] if plan.end < plan.size else []
    return [*(hole.start for hole in plan.holes), *tail]


def decide(
    records: Iterable[Record], size: int, header_intact: bool, start: int = RECORDS_BEGIN
) -> Plan:
    """The plan for a file of `size` bytes in which a scan from `start` on found `records`."""
    kept = 0
    end = start
    holes = []
    for offset, _, _, body in records:
        if offset != end:
            holes.append(Hole(end, offset))
        kept += 1
        end = offset + RECORD_HEADER_SIZE + len(body)
    return Plan(kept, end, size, tuple(holes), header_intact)


def sentence(plan: Plan, name: str, aside: str | None) -> str | None:
    """What to tell a person about a plan: None where all was well. `aside` is where the bad bytes
    are kept, None where the file was left as it is (opened read-only)."""
    condition = plan.condition
    if condition is Condition.CLEAN:
        return None
    kept = f"{plan.kept:,} record{'' if plan.kept == 1 else 's'}"
    bad = f"{plan.bytes_bad:,} byte{'' if plan.bytes_bad == 1 else 's'}"
    where = f"kept in “{aside}”" if aside else "left where it is"
    if condition is Condition.TORN_TAIL:
        return (
            f"“{name}” was cut off while it was written: the incomplete {bad} at its end "
            f"{'is' if plan.size - plan.end == 1 else 'are'} {where}, {kept} could be read."
        )
    if plan.size < RECORDS_BEGIN:
        return (
            f"Only the first {plan.size:,} bytes of “{name}” were there: what was in it comes back "
            f"from your other devices, and the damaged file is {where}."
        )
    if condition is Condition.HEADER_COPY:
        tail = f" and {bad} at its end" if plan.bytes_bad else ""
        return (
            f"The beginning of “{name}”{tail} was damaged: {kept} could be read, and the damaged "
            f"file is {where}."
        )
    if condition is Condition.PUT_RIGHT:
        records = "1 record" if plan.put_right == 1 else f"{plan.put_right:,} records"
        return (
            f"The disk had changed {records} of “{name}”. They could be put right, nothing is "
            f"lost; the file as it was found is {where}."
        )
    places = "1 place" if len(plan.holes) == 1 else f"{len(plan.holes):,} places"
    return (
        f"“{name}” was damaged in {places}, {bad} cannot be read: {kept} could be saved, the "
        f"damaged file is {where}, and what is missing comes back from your other devices."
    )
