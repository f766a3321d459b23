"""The frames of a log file as a check reads them: without a lock, while others may append.

Owns the way from a file's bytes to its records, with a finding for every byte that is not what was
written. Invariant: the file is never written; what is put right is so in memory only.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from typing import Final

from goatcore.checking.findings import Finding
from goatcore.storage.disk import DiskFile, read_exactly
from goatcore.storage.file_mending import Patched, put_right_at, scan_file, walk_file
from goatcore.storage.framing import (
    AFTER_GAP,
    RECORDS_BEGIN,
    FileHeader,
    Record,
    encode_file_start,
    parse_file_start,
)
from goatcore.storage.recovery import Plan, decide, suspects

LOOKS_MAX: Final = 20  # at a tail that somebody may be writing


class Frames:
    """One log file, opened to be checked. `pause` waits a moment. Raises what opening a log raises,
    and `OSError`."""

    def __init__(self, name: str, file: DiskFile, pause: Callable[[], None]) -> None:
        self.findings: list[Finding] = []
        self._name = name
        header, plan = self._settled(file, pause)
        self._patches = put_right_at(file, header.salt, suspects(plan))
        self._file: DiskFile = file
        if self._patches:
            self._file = Patched(file, self._patches)
            records = scan_file(partial(read_exactly, self._file), header.salt, plan.size)
            plan = decide(records, plan.size, plan.header_intact)
        self.header, self.plan = header, plan
        self._look_at_start()
        self._look_at_plan()

    def records(self) -> Iterator[Record]:
        """Every sound record, and those that can be put right; one behind a hole has its flag."""
        read = partial(read_exactly, self._file)
        for start, end in self.plan.sound_ranges():
            gap = AFTER_GAP if self.plan.follows_gap(start) else 0
            for record in walk_file(read, start, end, self._name):
                yield record._replace(flags=record.flags | gap) if gap else record
                gap = 0

    @property
    def as_written(self) -> bool:
        """Whether every byte is as it was written."""
        return not self.findings and not self._patches

    def was_wrong(self, offset: int) -> bool:
        """Whether the record that begins there could be put right, and stands wrong in the file."""
        return offset in self._patches

    def _settled(self, file: DiskFile, pause: Callable[[], None]) -> tuple[FileHeader, Plan]:
        """What the file holds. An append in progress becomes whole in a moment."""
        found = self._examine(file)
        for _ in range(LOOKS_MAX):
            before = found[1]
            if before.end == before.size:
                break
            pause()
            found = self._examine(file)
            if found[1] == before:
                break
        return found

    def _examine(self, file: DiskFile) -> tuple[FileHeader, Plan]:
        size = file.size()
        read = partial(read_exactly, file)
        header, intact = parse_file_start(read(0, min(size, RECORDS_BEGIN)), self._name)
        return header, decide(scan_file(read, header.salt, size), size, intact)

    def _look_at_start(self) -> None:
        start = read_exactly(self._file, 0, min(self.plan.size, RECORDS_BEGIN))
        whole = encode_file_start(self.header)
        wrong = next((at for at, byte in enumerate(start) if byte != whole[at]), None)
        if wrong is not None:
            self._tell(wrong, "the file's beginning is not as it was written")

    def _look_at_plan(self) -> None:
        plan = self.plan
        for hole in plan.holes:
            self._tell(hole.start, f"{_bytes(hole.end - hole.start)} cannot be read")
        if plan.end != plan.size:
            tail = max(plan.size - plan.end, 0)
            self._tell(
                min(plan.end, plan.size),
                f"the last {_bytes(tail)} are no whole record: a write was cut off there, or they "
                "are damaged",
            )

    def _tell(self, offset: int, what: str) -> None:
        self.findings.append(Finding(True, self._name, offset, what))


def _bytes(number: int) -> str:
    return "1 byte" if number == 1 else f"{number:,} bytes"
