"""Opening a log's file: what is in it is examined, put right and mended before anything is added.

Owns the way from a path to a file that may be trusted. Invariant: a file that is open for writing
was synced since it was examined; what was wrong with it is said in `report`. Appends nothing.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import NamedTuple

from goatcore.errors import Damaged, NotAGoatFile
from goatcore.ids import RepositoryId
from goatcore.storage.disk import READ_ONLY_ERRORS, Disk, DiskFile, disk_failed, read_exactly
from goatcore.storage.file_mending import (
    Patched,
    Read,
    create,
    fresh_path,
    mend,
    pieces,
    put_right_at,
    scan_file,
    write_fresh,
)
from goatcore.storage.framing import (
    RECORD_HEADER_SIZE,
    RECORDS_BEGIN,
    SALT_SIZE,
    FileHeader,
    body_length,
    mark_digest,
    parse_file_start,
)
from goatcore.storage.log import LogMark
from goatcore.storage.recovery import Condition, Plan, decide, sentence, suspects
from goatcore.storage.repacking import repacked_path


class Found(NamedTuple):
    """What examining a file came to."""

    header: FileHeader
    plan: Plan
    seen_from: int  # the first position that was looked at


class OpenedFile(NamedTuple):
    """A file that may be trusted as far as its plan says."""

    file: DiskFile
    found: Found
    report: str | None  # what a person should know
    read_only: bool
    torn: bool = False  # the torn tail has to be set aside before appending


class FileOpening:
    """Opens the log of one repository at a path."""

    __slots__ = ("_disk", "_path", "_repository")

    def __init__(self, path: Path, repository: RepositoryId, disk: Disk) -> None:
        self._path = path
        self._repository = repository
        self._disk = disk

    def to_read(self, known: LogMark | None) -> OpenedFile:
        """The file as it is. Raises `NotAGoatFile`, `NewerFormat`, `Damaged` and `OSError`."""
        file = self._disk.open(self._path)
        try:
            found = self._examine(file, known)
            file, found = _put_right(file, found)
        except BaseException:
            file.close()
            raise
        report = sentence(found.plan, self._path.name, None)
        return OpenedFile(file, found, report, read_only=True)

    def to_write(self, random: Callable[[int], bytes], known: LogMark | None) -> OpenedFile:
        """The file, made if missing, mended if it is torn or damaged; media that cannot be written
        are opened to read. Raises as `to_read`, and then leaves the file as it is."""
        disk, path = self._disk, self._path
        try:
            try:
                file = disk.open(path, write=True)
            except FileNotFoundError:
                create(disk, path, FileHeader(self._repository, random(SALT_SIZE)))
                file = disk.open(path, write=True)
        except OSError as error:
            if error.errno not in READ_ONLY_ERRORS:
                raise
            return self.to_read(known)
        return self._to_write(file, known)

    def _to_write(self, file: DiskFile, known: LogMark | None, copied: bool = False) -> OpenedFile:
        disk, path = self._disk, self._path
        report, torn = None, False
        for left_over in (fresh_path(path), repacked_path(path)):
            with suppress(OSError):
                disk.unlink(left_over)
        try:
            found = self._examine(file, known)
            file, found = _put_right(file, found)
            header, plan, _ = found
            if plan.condition is not Condition.CLEAN and not header.read_only_compat:
                try:
                    report = sentence(plan, path.name, mend(disk, path, file, header, plan))
                except OSError as error:
                    file.close()
                    report = f"{sentence(plan, path.name, None)} {disk_failed(path.name, error)}"
                    if plan.condition is not Condition.TORN_TAIL:
                        return self.to_read(None)._replace(report=report)
                    torn = True
                    file = disk.open(path, write=True)
                else:
                    file = disk.open(path, write=True)
                    found = self._examine(file, None)
                    if found.plan.condition is not Condition.CLEAN:
                        raise Damaged(f"The disk does not keep what is written to “{path.name}”.")
            if not header.read_only_compat:
                # A process that was killed may have left all this in the system's memory only.
                try:
                    file.sync()
                except OSError:
                    if copied:
                        raise
                    return self._to_write_a_copy(file)
                disk.sync_folder(path.parent)
        except BaseException:
            file.close()
            raise
        if header.read_only_compat:
            report = f"“{path.name}” was written by a newer version; this one can only read it."
        return OpenedFile(file, found, report, bool(header.read_only_compat), torn)

    def _to_write_a_copy(self, file: DiskFile) -> OpenedFile:
        """The file failed to sync, so what it says is true of a copy only; without one, read it."""
        disk, path = self._disk, self._path
        try:
            write_fresh(disk, fresh_path(path), pieces(file, 0, file.size()))
            file.close()
            disk.rename(fresh_path(path), path)
            return self._to_write(disk.open(path, write=True), None, copied=True)
        except OSError as error:
            file.close()
            opened = self.to_read(None)
            report = f"{opened.report or ''} {disk_failed(path.name, error)}".strip()
            return opened._replace(report=report)

    def _examine(self, file: DiskFile, known: LogMark | None) -> Found:
        name = self._path.name
        size = file.size()
        start = read_exactly(file, 0, min(size, RECORDS_BEGIN))
        header, intact = parse_file_start(start, name)
        if header.repository != self._repository:
            raise NotAGoatFile(
                f"“{name}” holds another repository than its name says; it is left as it is."
            )
        read = partial(read_exactly, file)
        if known is not None and intact and _has(read, header.salt, size, known):
            tail = scan_file(read, header.salt, size, known.position)
            plan = decide(tail, size, intact, known.position)
            if plan.condition is Condition.CLEAN:
                return Found(header, plan, known.position)
        plan = decide(scan_file(read, header.salt, size), size, intact)
        return Found(header, plan, RECORDS_BEGIN)


def _put_right(file: DiskFile, found: Found) -> tuple[DiskFile, Found]:
    """The file as it was written, as far as its damage can be put right, and what is found then."""
    header, plan, seen_from = found
    patches = put_right_at(file, header.salt, suspects(plan))
    if not patches:
        return file, found
    patched = Patched(file, patches)
    records = scan_file(partial(read_exactly, patched), header.salt, plan.size)
    plan = decide(records, plan.size, plan.header_intact)
    return patched, Found(header, plan._replace(put_right=len(patches)), seen_from)


def _has(read: Read, salt: bytes, size: int, mark: LogMark) -> bool:
    if not RECORDS_BEGIN <= mark.position <= size or mark.last > mark.position - RECORD_HEADER_SIZE:
        return False
    header = read(mark.last, RECORD_HEADER_SIZE) if mark.last else b""
    return mark_behind(salt, mark.last, header) == mark


def mark_behind(salt: bytes, last: int, header: bytes) -> LogMark:
    """The mark behind the record at `last` that begins with `header`; with no header, the one
    before all records."""
    length = body_length(header)
    position = RECORDS_BEGIN if length is None else last + RECORD_HEADER_SIZE + length
    return LogMark(position, last, mark_digest(salt, last, header))
