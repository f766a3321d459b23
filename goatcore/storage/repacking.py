"""A log file written anew, beside the one in use.

Owns the new file until the log adopts it. Invariant: what was adopted was synced before; a file
that is left behind has a name that means nothing, and is removed at the next open. Runs on a thread
of its own: of the log in use it reads what is synced, with a descriptor of its own.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import Final

from goatcore.errors import DiskFailed
from goatcore.storage.disk import Disk, DiskFile, disk_failed, read_exactly, write_all
from goatcore.storage.file_mending import check_file
from goatcore.storage.framing import (
    RECORDS_BEGIN,
    FileHeader,
    Record,
    encode_file_start,
    encode_record,
)

PIECE_SIZE: Final = 256 * 1024  # written at a time


def repacked_path(path: Path) -> Path:
    """The name of a log that is written anew; one left over means nothing."""
    return path.with_name(path.name + ".repacked")


class FileRepacking:
    """See `Repacking` for the contract; made by `FileLog.repack`. `salt` is that of the log in
    use, `header` the new file's; `synced` tells how far the log in use may be read."""

    __slots__ = ("_disk", "_file", "_path", "_pending", "_pending_size", "_salt", "_synced",
                 "adopted", "covered", "end", "header", "records_count", "whole")  # fmt: skip

    def __init__(
        self, disk: Disk, path: Path, salt: bytes, header: FileHeader, synced: Callable[[], int]
    ) -> None:
        self._disk = disk
        self._path = path
        self._salt = salt
        self._synced = synced
        self._pending = [encode_file_start(header)]
        self._pending_size = RECORDS_BEGIN
        self.header = header
        self.covered = RECORDS_BEGIN
        self.end = RECORDS_BEGIN
        self.records_count = 0
        self.adopted = False
        self.whole = False  # everything that was appended is synced
        try:
            self._file: DiskFile | None = disk.open(repacked_path(path), create=True)
        except OSError as error:
            raise disk_failed(path.name, error) from error

    def records(self) -> Iterator[Record]:
        stop = self._synced()
        if stop == self.covered:
            return
        try:
            file = self._disk.open(self._path)
            try:
                read = partial(read_exactly, file)
                yield from check_file(read, self._salt, self.covered, stop, self._path.name)
            finally:
                file.close()
        except OSError as error:
            raise disk_failed(self._path.name, error) from error
        self.covered = stop

    def append(self, kind: int, flags: int, body: bytes) -> int:
        data = encode_record(self.header.salt, kind, flags, body)
        at = self.end
        self._pending.append(data)
        self._pending_size += len(data)
        self.end += len(data)
        self.records_count += 1
        self.whole = False
        if self._pending_size >= PIECE_SIZE:
            self._write()
        return at

    def sync(self) -> None:
        self._write()
        try:
            self._open_file().sync()
        except OSError as error:
            raise disk_failed(self._path.name, error) from error
        self.whole = True

    def close(self) -> None:
        self.release()
        if not self.adopted:
            with suppress(OSError):
                self._disk.unlink(repacked_path(self._path))

    def release(self) -> None:
        """Let go of the file, which stays."""
        if self._file is not None:
            self._file.close()
            self._file = None

    def _write(self) -> None:
        data = b"".join(self._pending)
        try:
            write_all(self._open_file(), self.end - len(data), data)
        except OSError as error:
            raise disk_failed(self._path.name, error) from error
        self._pending, self._pending_size = [], 0

    def _open_file(self) -> DiskFile:
        if self._file is None:
            raise DiskFailed(f"What was being written beside “{self._path.name}” was given up.")
        return self._file
