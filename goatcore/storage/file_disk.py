"""The real disk: the operating system's files, locks and syncs.

Owns every difference between the systems: full syncs on macOS, locks and seeking on Windows,
which has no positioned writes and cannot sync folders. Descriptors are never inherited.
"""

from __future__ import annotations

import errno
import os
import sys
import threading
from pathlib import Path

from goatcore.storage.disk import DiskFile, DiskLock

if sys.platform == "win32":
    import msvcrt
else:
    import fcntl

_doubted: set[tuple[int, int]] = set()  # device and inode of files that failed to sync

_FLAGS = getattr(os, "O_CLOEXEC", 0) | getattr(os, "O_BINARY", 0) | getattr(os, "O_NOINHERIT", 0)


class OpenFile:
    """One descriptor of the operating system."""

    __slots__ = ("_descriptor", "_seeking")

    def __init__(self, descriptor: int) -> None:
        self._descriptor = descriptor
        self._seeking = threading.Lock()

    def size(self) -> int:
        return os.fstat(self._descriptor).st_size

    def truncate(self, size: int) -> None:
        os.ftruncate(self._descriptor, size)

    def sync(self) -> None:
        if self._descriptor >= 0 and self._name() in _doubted:
            raise OSError(errno.EIO, "what was written before did not all get to the disk")
        try:
            _sync(self._descriptor)
        except OSError:
            if self._descriptor >= 0:
                _doubted.add(self._name())
            raise

    def _name(self) -> tuple[int, int]:
        status = os.fstat(self._descriptor)
        return status.st_dev, status.st_ino

    def is_at(self, path: Path) -> bool:
        try:
            status = os.stat(path)
            return (status.st_dev, status.st_ino) == self._name()
        except OSError:
            return False

    def believe(self) -> None:
        """The file begins anew: whatever failed before, and whoever had its number."""
        if _doubted:
            _doubted.discard(self._name())

    def close(self) -> None:
        descriptor, self._descriptor = self._descriptor, -1  # calls after this fail, with EBADF
        if descriptor >= 0:
            os.close(descriptor)

    if sys.platform == "win32":

        def read_at(self, position: int, length: int) -> bytes:
            with self._seeking:
                os.lseek(self._descriptor, position, os.SEEK_SET)
                return os.read(self._descriptor, length)

        def write_at(self, position: int, data: bytes | memoryview) -> int:
            with self._seeking:
                os.lseek(self._descriptor, position, os.SEEK_SET)
                return os.write(self._descriptor, data)
    else:

        def read_at(self, position: int, length: int) -> bytes:
            return os.pread(self._descriptor, length, position)

        def write_at(self, position: int, data: bytes | memoryview) -> int:
            return os.pwrite(self._descriptor, data, position)


class HeldLock:
    """A lock of the operating system on a file that stays; the system frees it if we die."""

    __slots__ = ("_descriptor",)

    def __init__(self, descriptor: int) -> None:
        self._descriptor = descriptor

    def release(self) -> None:
        if self._descriptor >= 0:
            os.close(self._descriptor)  # which unlocks; unlinking would let two others both lock
            self._descriptor = -1


class FileDisk:
    """The machine's file systems."""

    __slots__ = ()

    def open(self, path: Path, *, write: bool = False, create: bool = False) -> DiskFile:
        flags = os.O_RDWR if write or create else os.O_RDONLY
        if create:
            flags |= os.O_CREAT | os.O_TRUNC
        file = OpenFile(os.open(path, flags | _FLAGS, 0o600))
        if create:
            file.believe()  # nothing of what was in it is needed any more
        return file

    def rename(self, source: Path, target: Path) -> None:
        os.replace(source, target)

    def unlink(self, path: Path) -> None:
        os.unlink(path)

    def listdir(self, path: Path) -> list[str]:
        return sorted(os.listdir(path))

    def mkdir(self, path: Path) -> bool:
        try:
            path.mkdir(mode=0o700)
        except OSError:
            if not path.is_dir():
                raise
            return False
        return True

    def sync_folder(self, path: Path) -> None:
        if sys.platform == "win32":
            return  # folders cannot be synced there; the file system journals names by itself
        descriptor = os.open(path, os.O_RDONLY | _FLAGS)
        try:
            _sync(descriptor)
        finally:
            os.close(descriptor)

    def lock(self, path: Path) -> DiskLock:
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT | _FLAGS, 0o600)
        try:
            if sys.platform == "win32":
                msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)
            else:
                fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            os.close(descriptor)
            if error.errno in {errno.EACCES, errno.EAGAIN, errno.EDEADLK}:
                raise BlockingIOError(errno.EAGAIN, os.strerror(errno.EAGAIN)) from None
            raise
        return HeldLock(descriptor)


def _sync(descriptor: int) -> None:
    if descriptor < 0:  # which os.fsync takes for a mistake in the program
        raise OSError(errno.EBADF, os.strerror(errno.EBADF))
    if sys.platform == "darwin":
        # fsync leaves the data in the drive's own cache there; not all file systems know better.
        try:
            fcntl.fcntl(descriptor, fcntl.F_FULLFSYNC)
        except OSError as error:
            if error.errno not in {errno.ENOTSUP, errno.EINVAL, errno.ENOTTY}:
                raise
        else:
            return
    os.fsync(descriptor)
