"""The part of a log before its mark, looked at once while the log is in use.

Owns the reading that opening behind a mark left out. Invariant: it only reads, with descriptors of
its own, and `on_damage` is called once at most, on the owner's thread, with all that was found. It
works in slices with pauses between them, so that nobody waits for it. Knows no threads: `offload`
and `later` are passed in.
"""

from __future__ import annotations

from collections.abc import Callable
from itertools import islice
from pathlib import Path
from typing import Final, NamedTuple

from goatcore.errors import DiskFailed
from goatcore.storage.disk import Disk, disk_failed, read_exactly
from goatcore.storage.file_mending import scan_file
from goatcore.storage.framing import RECORDS_BEGIN

BEGIN_MS: Final = 5_000  # after opening: what the person does first comes first
REST_MS: Final = 20  # between two slices
SLICES_OF: Final = 1_024  # records
PAUSE_AFTER: Final = 64  # records: a fraction of a millisecond's work
PAUSE_MS: Final = 0.15  # whoever waits to run Python does so now

Work = Callable[[], bool | Exception]
Offload = Callable[[Work, Callable[[bool | Exception], None]], None]
Later = Callable[[float, Callable[[], None]], Callable[[], None]]


class Damage(NamedTuple):
    """What is not as it was written: how many places, the first one's byte, bytes in all."""

    places: int
    first: int
    size: int


class Unseen(NamedTuple):
    """Where a log's records stand that nobody looked at: from the first one up to `end`."""

    disk: Disk
    path: Path
    salt: bytes
    end: int


class Rescan:
    """One reading of what is unseen. It begins with `begin`, and ends with `cancel` at the
    latest."""

    def __init__(
        self,
        unseen: Unseen,
        offload: Offload,
        later: Later,
        pause: Callable[[float], None],
        on_damage: Callable[[Damage], None],
        on_failed: Callable[[DiskFailed], None],
    ) -> None:
        self._unseen = unseen
        self._offload = offload
        self._later = later
        self._pause = pause
        self._on_damage = on_damage
        self._on_failed = on_failed
        self._records = scan_file(self._read, unseen.salt, unseen.end)
        self._at = RECORDS_BEGIN  # what stands before was looked at
        self._damage = Damage(0, 0, 0)
        self._cancelled = False
        self._cancel_wait: Callable[[], None] | None = None

    def begin(self) -> None:
        """Look, in a while."""
        self._cancel_wait = self._later(BEGIN_MS, self._go_on)

    def cancel(self) -> None:
        """Look no further, and tell nothing any more. Again is nothing."""
        self._cancelled = True
        if self._cancel_wait is not None:
            self._cancel_wait()
            self._cancel_wait = None

    def _go_on(self) -> None:
        self._cancel_wait = None
        self._offload(self._slice, self._sliced)

    def _slice(self) -> bool | Exception:
        """Look at some more records; whether those were the last."""
        try:
            for _ in range(SLICES_OF // PAUSE_AFTER):
                if self._cancelled or self._look(PAUSE_AFTER):
                    return True
                self._pause(PAUSE_MS / 1000)
        except DiskFailed as error:
            return error
        return False

    def _look(self, count: int) -> bool:
        seen = 0
        for record in islice(self._records, count):
            self._passed(record.offset)
            self._at = record.end
            seen += 1
        if seen == count:
            return False
        self._passed(self._unseen.end)
        return True

    def _passed(self, position: int) -> None:
        """The next sound record, or the end, is at `position`."""
        bad = position - self._at
        if bad:
            places, first, size = self._damage
            self._damage = Damage(places + 1, first or self._at, size + bad)

    def _read(self, position: int, length: int) -> bytes:
        """With a descriptor that is soon free again: the file may be renamed over meanwhile."""
        disk, path = self._unseen.disk, self._unseen.path
        try:
            file = disk.open(path)
            try:
                return read_exactly(file, position, length)
            finally:
                file.close()
        except OSError as error:
            raise disk_failed(path.name, error) from error

    def _sliced(self, result: bool | Exception) -> None:
        if self._cancelled:
            return
        if isinstance(result, DiskFailed):
            self._on_failed(result)
        elif isinstance(result, Exception):
            raise result
        elif not result:
            self._cancel_wait = self._later(REST_MS, self._go_on)
        elif self._damage.places:
            self._on_damage(self._damage)
