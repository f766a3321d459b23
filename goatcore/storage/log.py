"""What a log is: records in order, appended, synced, read again.

Owns the protocol that the file log and the memory log both keep, and one suite of tests for both.
Invariant of every log: `synced` ≤ `end`; both only grow; what lies before `synced` survives any
crash, and nothing is ever read that was not appended.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import NamedTuple, Protocol, TypeAlias

from goatcore.errors import LocalMisuse
from goatcore.storage.framing import BODY_SIZE_MAX, RECORDS_BEGIN, Record, record_size

Entry: TypeAlias = tuple[int, int, bytes]  # type, flags, body


class LogMark(NamedTuple):
    """A place in one log: what was computed from the records before it holds for every log that
    has the mark. It names the last record before the place, not each: what is damaged further in
    front is found when it is touched, or when it is looked at in the background."""

    position: int  # where the records after the mark begin
    last: int  # where the last record before it begins; 0 where there is none
    digest: bytes  # 16, keyed with the log's salt


class Repacking(Protocol):
    """A log that is being written anew beside the one in use: by one thread, which need not be the
    log's. The log's owner adopts it when it has all."""

    @property
    def covered(self) -> int:
        """The position in the log in use up to which `records` gave out its records."""
        ...

    def records(self) -> Iterator[Record]:
        """The records of the log in use from `covered` on that are synced by now, each checked.
        Raises `Damaged`, `DiskFailed`."""
        ...

    def append(self, kind: int, flags: int, body: bytes) -> int:
        """Write a record; where it begins. Raises `DiskFailed`."""
        ...

    def sync(self) -> None:
        """Return when all that was appended is on the medium. Raises `DiskFailed`."""
        ...

    def close(self) -> None:
        """Give it up, and leave nothing of it. Again, or after it was adopted, is nothing."""
        ...


class Log(Protocol):
    """A repository's records. One thread owns it; only `sync` may be called from another."""

    @property
    def report(self) -> str | None:
        """What recovery found and did at open, in one sentence; None where all was well."""
        ...

    @property
    def read_only(self) -> bool: ...

    @property
    def end(self) -> int:
        """The position after the last record that was appended."""
        ...

    @property
    def synced(self) -> int:
        """The position up to which everything survives a crash."""
        ...

    def records(self, start: int = RECORDS_BEGIN) -> Iterator[Record]:
        """The records that were there at open, in order: all, or those from a record's position
        on. Raises `Damaged` at records that nobody looked at before and that are unsound."""
        ...

    def record_at(self, position: int) -> Record:
        """The record that begins at `position`. Raises `Damaged` if no sound one does."""
        ...

    def mark(self, last: int) -> LogMark:
        """The mark behind the record that begins at `last`; 0: before the first record."""
        ...

    def holds(self, mark: LogMark) -> bool:
        """Whether this log has that mark."""
        ...

    def repack(self, random: Callable[[int], bytes]) -> Repacking:
        """Begin to write this log anew beside it. Raises `DiskFailed`, or `Damaged` where it could
        not be mended when it was opened."""
        ...

    def adopt(self, repacking: Repacking) -> bool:
        """Go on with the new file, at once, if everything in this log stands in it: False where
        something was appended or synced since, or is just being synced. All positions are others
        then, and all records are synced; the new file's name is so after the next `sync`. Raises
        `DiskFailed`: then nothing has changed."""
        ...

    def append(self, entries: Sequence[Entry]) -> int:
        """Hand records to the operating system at once; all of them or none. The new end.

        Raises `DiskFailed`; after a full disk, later appends work when there is room. A body of
        more than 2 MiB less 32 bytes is `LocalMisuse`.
        """
        ...

    def sync(self) -> int:
        """Block until what was appended before this call survives a crash; the position up to
        which. Raises `DiskFailed`: then appends are refused until a later `sync` succeeds."""
        ...

    def close(self) -> None:
        """Free the file without syncing. Again is nothing; other calls then raise `Closed`."""
        ...


def positions(start: int, entries: Sequence[Entry]) -> list[int]:
    """Where the records begin that are appended to a log whose end is `start`."""
    found = []
    for _, _, body in entries:
        found.append(start)
        start += record_size(body)
    return found


def checked(entries: Sequence[Entry]) -> None:
    """Raise `LocalMisuse` for what could not be read again: nothing of it may reach a file."""
    for kind, flags, body in entries:
        if not (0 < kind < 256 and 0 <= flags < 256):
            raise LocalMisuse(f"A record of type {kind} with flags {flags} cannot be written.")
        if len(body) > BODY_SIZE_MAX:
            raise LocalMisuse(f"A record of {len(body):,} bytes is larger than a log takes.")
