"""A log in memory: the same contract as the file log, for tests and for what shall not stay.

Invariant: positions are those that a file would have. Does no I/O.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Final

from goatcore.errors import Closed, Damaged
from goatcore.storage.framing import (
    RECORD_HEADER_SIZE,
    RECORDS_BEGIN,
    Record,
    encode_record,
    mark_digest,
)
from goatcore.storage.log import Entry, LogMark, Repacking, checked

_SALT: Final = bytes(16)


class MemoryLog:
    """Records in a list; `entries` are those that it opens with."""

    __slots__ = ("_closed", "_end", "_opened_with", "_records", "_synced")

    read_only = False
    report: str | None = None

    def __init__(self, entries: Iterable[Entry] = ()) -> None:
        self._records: list[Record] = []
        self._closed = False
        self._end = self._synced = RECORDS_BEGIN
        self._add(entries)
        self._opened_with = len(self._records)
        self._synced = self._end

    @property
    def end(self) -> int:
        return self._end

    @property
    def synced(self) -> int:
        return self._synced

    def entries(self) -> list[Entry]:
        """All that was appended, to open another log with."""
        return [(record.type, record.flags, record.body) for record in self._records]

    def records(self, start: int = RECORDS_BEGIN) -> Iterator[Record]:
        self._check_open()
        first = bisect_left(self._records, start, key=lambda record: record.offset)
        return iter(self._records[first : self._opened_with])

    def record_at(self, position: int) -> Record:
        self._check_open()
        index = bisect_left(self._records, position, key=lambda record: record.offset)
        if index == len(self._records) or self._records[index].offset != position:
            raise Damaged(f"No record begins at byte {position:,} of this log.")
        return self._records[index]

    def mark(self, last: int) -> LogMark:
        if last == 0:
            return LogMark(RECORDS_BEGIN, 0, mark_digest(_SALT, 0, b""))
        record = self.record_at(last)
        header = encode_record(_SALT, record.type, record.flags, record.body)[:RECORD_HEADER_SIZE]
        return LogMark(record.end, last, mark_digest(_SALT, last, header))

    def holds(self, mark: LogMark) -> bool:
        try:
            return self.mark(mark.last) == mark
        except Damaged:
            return False

    def append(self, entries: Sequence[Entry]) -> int:
        self._check_open()
        checked(entries)
        self._add(entries)
        return self._end

    def sync(self) -> int:
        self._check_open()
        self._synced = self._end
        return self._synced

    def repack(self, random: Callable[[int], bytes]) -> MemoryRepacking:
        self._check_open()
        return MemoryRepacking(self._records)

    def adopt(self, repacking: Repacking) -> bool:
        self._check_open()
        assert isinstance(repacking, MemoryRepacking)
        if repacking.covered != self._end or self._synced != self._end:
            return False
        self._records = repacking.fresh
        self._opened_with = len(self._records)
        self._end = self._synced = self._records[-1].end if self._records else RECORDS_BEGIN
        return True

    def close(self) -> None:
        self._closed = True

    def _add(self, entries: Iterable[Entry]) -> None:
        for kind, flags, body in entries:
            record = Record(self._end, kind, flags, bytes(body))
            self._records.append(record)
            self._end = record.end

    def _check_open(self) -> None:
        if self._closed:
            raise Closed("This log was closed.")


class MemoryRepacking:
    """See `Repacking` for the contract."""

    __slots__ = ("_records", "covered", "fresh")

    def __init__(self, records: list[Record]) -> None:
        self._records = records
        self.covered = RECORDS_BEGIN
        self.fresh: list[Record] = []

    def records(self) -> Iterator[Record]:
        first = bisect_left(self._records, self.covered, key=lambda record: record.offset)
        for record in self._records[first:]:
            yield record
            self.covered = record.end

    def append(self, kind: int, flags: int, body: bytes) -> int:
        at = self.fresh[-1].end if self.fresh else RECORDS_BEGIN
        self.fresh.append(Record(at, kind, flags, body))
        return at

    def sync(self) -> None:
        """Nothing is faster."""

    def close(self) -> None:
        self.fresh = []
