"""A repository's log in a file: read, append, sync, repack.

Owns one open log file and its three positions. Invariant: `synced` moves only after the system
said that everything before it is on the medium; a descriptor that once failed to sync is never
trusted again: its unsynced records, which are kept in memory until then, go into a fresh file.
The caller holds the folder's lock. One thread owns a log; only `sync` may run in another.
"""

from __future__ import annotations

import errno
import os
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from itertools import chain
from pathlib import Path
from threading import Lock
from typing import Final

from goatcore.errors import Closed, Damaged, DiskFailed
from goatcore.ids import RepositoryId
from goatcore.storage.bit_rot import put_right
from goatcore.storage.disk import (
    Disk,
    DiskFile,
    disk_failed,
    read_exactly,
    write_all,
)
from goatcore.storage.file_mending import (
    check_file,
    fresh_path,
    mend,
    pieces,
    walk_file,
    write_fresh,
)
from goatcore.storage.file_opening import FileOpening, OpenedFile, mark_behind
from goatcore.storage.framing import (
    AFTER_GAP,
    RECORD_HEADER_SIZE,
    RECORDS_BEGIN,
    SALT_SIZE,
    Record,
    body_length,
    encode_record,
    parse_record,
)
from goatcore.storage.log import Entry, LogMark, Repacking, checked
from goatcore.storage.recovery import Condition, Plan
from goatcore.storage.repacking import FileRepacking, repacked_path
from goatcore.storage.rescan import Unseen

LOG_SUFFIX: Final = ".goat"


def log_path(folder: Path, repository: RepositoryId) -> Path:
    """Where a repository's log stands in its workspace's folder."""
    return folder / (repository.hex() + LOG_SUFFIX)


class FileLog:
    """See `Log` for the contract; made by `open`."""

    __slots__ = ("_disk", "_end", "_failure", "_file", "_gate", "_header", "_named", "_path",
                 "_plan", "_ragged", "_salt", "_seen_from", "_synced", "_syncing", "_torn",
                 "_unsynced", "read_only", "report")  # fmt: skip

    def __init__(self, path: Path, disk: Disk, opened: OpenedFile) -> None:
        file, found, report, read_only, torn = opened
        self._path = path
        self._disk = disk
        self._file: DiskFile | None = file
        self._header = found.header
        self._salt = found.header.salt
        self._plan = found.plan
        self._seen_from = found.seen_from
        self._end = self._synced = found.plan.end
        self._unsynced: deque[tuple[int, bytes]] = deque()  # position, bytes: all of synced … end
        self._ragged = False  # bytes of a refused append may stand after the end
        self._named = True  # its name is on the medium
        self._failure: DiskFailed | None = None  # the file in use failed to sync
        self._torn = torn  # the torn tail has to be set aside before appending
        self._syncing = Lock()  # one sync at a time; taken before the gate
        self._gate = Lock()  # held while the file is written or replaced
        self.report = report
        self.read_only = read_only

    @classmethod
    def open(
        cls,
        path: Path,
        repository: RepositoryId,
        disk: Disk,
        random: Callable[[int], bytes],
        read_only: bool = False,
        known: LogMark | None = None,
    ) -> FileLog:
        """Open a log, made if missing; mend it if it is torn or damaged, and say so in `report`.

        `random(n)` gives n random bytes. Media that cannot be written open read-only. What stands
        before a mark that is `known` is not looked at now, if the file has the mark. Raises
        `NotAGoatFile`, `NewerFormat`, `Damaged` or `DiskFailed`, and then leaves the file as it is.
        """
        opening = FileOpening(path, repository, disk)
        try:
            opened = opening.to_read(known) if read_only else opening.to_write(random, known)
        except OSError as error:
            raise disk_failed(path.name, error) from error
        return cls(path, disk, opened)

    # -- reading -----------------------------------------------------------------------------------

    @property
    def end(self) -> int:
        return self._end

    @property
    def synced(self) -> int:
        return self._synced

    def records(self, start: int = RECORDS_BEGIN) -> Iterator[Record]:
        self._check_open()
        return self._walk(start)

    def _walk(self, begin: int) -> Iterator[Record]:
        name = self._path.name
        if begin < self._seen_from:
            yield from check_file(self._read, self._salt, begin, self._seen_from, name)
            begin = self._seen_from
        for start, end in self._plan.sound_ranges():
            records = walk_file(self._read, max(start, begin), end, name)
            if self._plan.follows_gap(start) and start >= begin:
                first = next(records)
                yield first._replace(flags=first.flags | AFTER_GAP)
            yield from records

    @property
    def unseen(self) -> Unseen | None:
        """The records that nobody looked at since the file was opened; None where there are
        none."""
        if self._seen_from <= RECORDS_BEGIN:
            return None
        return Unseen(self._disk, self._path, self._salt, self._seen_from)

    def record_at(self, position: int) -> Record:
        if RECORDS_BEGIN <= position <= self._end - RECORD_HEADER_SIZE:
            header = self._read(position, RECORD_HEADER_SIZE)
            length = body_length(header)
            if length is not None and position + RECORD_HEADER_SIZE + length <= self._end:
                body = self._read(position + RECORD_HEADER_SIZE, length)
                record = parse_record(header + body, self._salt, 0, position)
                if record is None:
                    right = put_right(header + body, self._salt, 0)
                    record = parse_record(right, self._salt, 0, position) if right else None
                if record is not None:
                    return record
        self._check_open()
        raise Damaged(
            f"“{self._path.name}” has no sound record at byte {position:,}. Close it and open it "
            "again to have it mended."
        )

    def mark(self, last: int) -> LogMark:
        header = self._read(last, RECORD_HEADER_SIZE) if last else b""
        return mark_behind(self._salt, last, header)

    def holds(self, mark: LogMark) -> bool:
        if not mark.position <= self._end:
            return False
        try:
            return self.mark(mark.last) == mark
        except DiskFailed:
            return False

    def _read(self, position: int, length: int) -> bytes:
        with self._gate:
            file = self._check_open()
            if self._failure is not None and position >= self._synced:
                return self._read_unsynced(position, length)
            try:
                return read_exactly(file, position, length)
            except OSError as error:
                raise disk_failed(self._path.name, error) from error

    def _read_unsynced(self, position: int, length: int) -> bytes:
        start = self._unsynced[0][0]
        return b"".join(data for _, data in self._unsynced)[position - start :][:length]

    # -- writing -----------------------------------------------------------------------------------

    def append(self, entries: Sequence[Entry]) -> int:
        checked(entries)
        salt = self._salt
        data = b"".join([encode_record(salt, kind, flags, body) for kind, flags, body in entries])
        with self._gate:
            file = self._check_open()
            if self.read_only:
                raise DiskFailed(f"“{self._path.name}” is open for reading only.")
            if self._failure is not None:
                raise DiskFailed(*self._failure.args)
            if not data:
                return self._end
            try:
                if self._torn:
                    file = self._mend_tail(file)
                if self._ragged:
                    file.truncate(self._end)
                    self._ragged = False
                write_all(file, self._end, data)
            except OSError as error:
                self._cut(file)
                raise disk_failed(self._path.name, error) from error
            self._unsynced.append((self._end, data))
            self._end += len(data)
            return self._end

    def _mend_tail(self, file: DiskFile) -> DiskFile:
        """Do what could not be done at open, since the disk was full or failed."""
        plan = self._plan._replace(size=file.size())
        try:
            if plan.condition is Condition.TORN_TAIL:  # else it was cut, but not synced
                mend(self._disk, self._path, file, self._header, plan)
            else:
                file.sync()
        finally:
            file.close()
            file = self._file = self._disk.open(self._path, write=True)
        self._torn = False
        return file

    def _cut(self, file: DiskFile) -> None:
        """Take back what a refused append may have written, now or before the next append."""
        if self._torn:
            return  # nothing was written
        self._ragged = True
        with suppress(OSError):
            file.truncate(self._end)
            self._ragged = False

    def sync(self) -> int:
        with self._syncing:
            file = self._check_open()
            position = self._end
            if self.read_only:
                return position
            if self._synced == position and self._named and self._failure is None:
                return position
            if self._failure is None:
                try:
                    file.sync()
                    self._make_named()
                    if not file.is_at(self._path):  # what nobody will find is not saved
                        raise OSError(errno.ENOENT, os.strerror(errno.ENOENT))
                except OSError:
                    with self._gate:
                        return self._rewrite()
                self._advance(position)
                return position
            with self._gate:
                return self._rewrite()

    def _make_named(self) -> None:
        """Let the name of a file that was adopted survive a crash."""
        if not self._named:
            self._disk.sync_folder(self._path.parent)
            self._named = True

    def _advance(self, position: int) -> None:
        self._synced = position
        while self._unsynced and self._unsynced[0][0] < position:
            self._unsynced.popleft()

    def _rewrite(self) -> int:
        """Put everything into a fresh file, since this one's descriptor failed to sync: the system
        may since have dropped what it held and call the next sync a success."""
        old, position = self._check_open(), self._end
        fresh = fresh_path(self._path)
        try:
            old.close()
            self._file = self._disk.open(self._path, write=True)
            unsynced = [data for _, data in self._unsynced]
            sound = pieces(self._file, 0, self._synced)
            write_fresh(self._disk, fresh, chain(sound, unsynced))
            self._file.close()
            try:
                self._disk.rename(fresh, self._path)
            finally:
                self._file = self._disk.open(self._path, write=True)
            self._disk.sync_folder(self._path.parent)
        except OSError as error:
            self._failure = disk_failed(self._path.name, error)
            # Who opens the file next must not take for durable what only the system's memory has.
            with suppress(OSError):
                self._check_open().truncate(self._synced)
            raise self._failure from error
        self._failure = None
        self._ragged = False
        self._named = True
        self._advance(position)
        return position

    # -- repacking ---------------------------------------------------------------------------------

    def repack(self, random: Callable[[int], bytes]) -> FileRepacking:
        self._check_open()
        if self.read_only:
            raise DiskFailed(f"“{self._path.name}” is open for reading only.")
        if self._plan.condition is not Condition.CLEAN:
            raise Damaged(
                f"“{self._path.name}” is damaged. Close it and open it again to have it mended."
            )
        header = self._header._replace(salt=random(SALT_SIZE))
        return FileRepacking(self._disk, self._path, self._salt, header, lambda: self._synced)

    def adopt(self, repacking: Repacking) -> bool:
        assert isinstance(repacking, FileRepacking)
        if not self._syncing.acquire(blocking=False):
            return False
        try:
            with self._gate:
                file = self._check_open()
                behind = not repacking.whole or repacking.covered != self._end
                if behind or self._synced != self._end or self._failure is not None:
                    return False
                repacking.release()
                file.close()
                self._take_place(repacking)
                return True
        finally:
            self._syncing.release()

    def _take_place(self, repacking: FileRepacking) -> None:
        refused = None
        try:
            self._disk.rename(repacked_path(self._path), self._path)
        except OSError as error:
            refused = disk_failed(self._path.name, error)
        else:
            repacking.adopted = True
            self._header = repacking.header
            self._salt = repacking.header.salt
            self._end = self._synced = end = repacking.end
            self._plan = Plan(repacking.records_count, end, end, (), header_intact=True)
            self._seen_from = RECORDS_BEGIN
            self._ragged = self._named = False
        try:
            self._file = self._disk.open(self._path, write=True)
        except OSError as error:
            self._failure = disk_failed(self._path.name, error)  # the next sync tries again
        if refused is not None:
            raise refused

    def close(self) -> None:
        with self._syncing, self._gate:
            if self._file is not None:
                if self._failure is not None:
                    with suppress(OSError):
                        self._file.truncate(self._synced)
                self._file.close()
                self._file = None

    def _check_open(self) -> DiskFile:
        if self._file is None:
            raise Closed(f"“{self._path.name}” was closed.")
        return self._file
