"""The crash journal: sealed notes that stand on disk until what they say is in a log.

Owns one file of a workspace and device. A note is bytes whose first eight name it; a later note of
a name takes the place of the earlier. Invariant: when `write` is done, every note that was put
before it began survives a crash, and nothing of it can be read without the device's key. What a
note says is the repository's to know; whether it is still wanted, too: one that was dropped may
come back after a crash.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from threading import Lock
from typing import Final

from goatcore.ids import RepositoryId
from goatcore.storage.disk import Disk, disk_failed
from goatcore.storage.file_log import FileLog
from goatcore.storage.file_mending import replace
from goatcore.storage.framing import (
    JOURNAL_NOTE,
    RECORDS_BEGIN,
    SALT_SIZE,
    FileHeader,
    encode_file_start,
    encode_record,
)

JOURNAL_SUFFIX: Final = ".journal"
NAME_SIZE: Final = 8
STALE_BYTES: Final = 256 * 1024  # of notes that others took the place of, before all begins anew

Seal = Callable[[bytes], bytes]
Unseal = Callable[[bytes], bytes | None]


class Journal:
    """The notes of one device in one workspace. Made on the owner's thread; `write` may run in
    another."""

    def __init__(
        self,
        path: Path,
        tag: RepositoryId,
        disk: Disk,
        random: Callable[[int], bytes],
        seal: Seal,
        unseal: Unseal,
    ) -> None:
        """Read what a crash left; `tag` is in the file's header. Without such a file none is made
        before there is something to write. Raises as opening a log does."""
        self._path = path
        self._tag = tag
        self._disk = disk
        self._random = random
        self._seal = seal
        self._gate = Lock()  # held while notes are looked at
        self._notes: dict[bytes, bytes] = {}
        self._dirty: set[bytes] = set()
        self._writing = Lock()  # one write at a time; taken before the gate
        self._closed = self._failed = False
        self._log = self._open() if self._exists() else None
        if self._log is not None:
            for record in self._log.records():
                note = unseal(bytes(record.body)) if record.type == JOURNAL_NOTE else None
                if note is not None:
                    self._notes[note[:NAME_SIZE]] = note

    def _exists(self) -> bool:
        try:
            self._disk.open(self._path).close()
        except FileNotFoundError:
            return False
        except OSError as error:
            raise disk_failed(self._path.name, error) from error
        return True

    def _open(self) -> FileLog:
        return FileLog.open(self._path, self._tag, self._disk, self._random)

    @property
    def notes(self) -> list[bytes]:
        """All that stand, in the order in which their names came."""
        return list(self._notes.values())

    def put(self, note: bytes) -> None:
        """From the next `write` on, this note stands."""
        name = note[:NAME_SIZE]
        with self._gate:
            self._notes[name] = note
            self._dirty.add(name)

    def drop(self, name: bytes) -> None:
        """What this note says is in a log, or is not wanted any more."""
        with self._gate:
            self._notes.pop(name, None)
            self._dirty.discard(name)

    def write(self) -> int:
        """Block until every note that was put survives a crash. Raises `DiskFailed`: then all of
        them wait for the next try. How many were written."""
        with self._writing:
            with self._gate:
                dirty, self._dirty = self._dirty, set()
                fresh = [self._notes[name] for name in self._notes if name in dirty]
                every = list(self._notes.values())
            if not fresh or self._closed:
                return 0
            try:
                self._write(fresh, every)
            except BaseException:
                self._failed = True
                with self._gate:
                    self._dirty |= dirty & self._notes.keys()
                raise
            self._failed = False
            return len(fresh)

    def _write(self, fresh: list[bytes], every: list[bytes]) -> None:
        log, room = self._log, STALE_BYTES + sum(map(len, every))
        if log is None or log.read_only or self._failed or log.end - RECORDS_BEGIN > room:
            self._begin_anew(every)  # also where the file that is there refused something
            return
        log.append([(JOURNAL_NOTE, 0, self._seal(note)) for note in fresh])
        log.sync()

    def _begin_anew(self, notes: list[bytes]) -> None:
        if self._log is not None:
            self._log.close()
            self._log = None
        header = FileHeader(self._tag, self._random(SALT_SIZE))
        records = [encode_record(header.salt, JOURNAL_NOTE, 0, self._seal(note)) for note in notes]
        try:
            replace(self._disk, self._path, [encode_file_start(header), *records])
        except OSError as error:
            raise disk_failed(self._path.name, error) from error
        self._log = self._open()

    def close(self) -> None:
        """Let go of the file, and remove it if no note stands. Again is nothing."""
        if self._closed:
            return
        self._closed = True
        if self._log is not None:
            self._log.close()
            if not self._notes:
                with suppress(OSError):
                    self._disk.unlink(self._path)
