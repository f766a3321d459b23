"""The disk as the storage room sees it: few calls, each about one system call.

Owns the protocols and the sentences for their failures. Everything raises `OSError` as the system
does; the logs turn that into `DiskFailed`. A disk that fails on purpose implements this and runs
under the production log. Must never do I/O itself.
"""

from __future__ import annotations

import errno
from pathlib import Path
from typing import Protocol

from goatcore.errors import DiskFailed


class DiskFile(Protocol):
    """One open file. Positions and lengths in bytes."""

    def size(self) -> int: ...

    def read_at(self, position: int, length: int) -> bytes:
        """Up to `length` bytes; fewer only at the file's end, or if the system gives fewer."""
        ...

    def write_at(self, position: int, data: bytes | memoryview) -> int:
        """Write once; the count of bytes that were taken, which may be fewer than given."""
        ...

    def truncate(self, size: int) -> None: ...

    def sync(self) -> None:
        """Return when all that was written is on the medium. May run while others write.

        When it has failed once it fails for ever on this file, however often it is opened: the
        system may have dropped what it could not write, and would call the next try a success.
        """
        ...

    def is_at(self, path: Path) -> bool:
        """Whether this file is the one that has a name now: a folder can be moved away, deleted,
        or its disk be taken out, while files in it are open."""
        ...

    def close(self) -> None:
        """Again is nothing; other calls then raise `OSError`."""
        ...


class DiskLock(Protocol):
    """A lock that is held until released or until the process ends, however it ends."""

    def release(self) -> None: ...


class Disk(Protocol):
    """A file system. New files are for the user alone (mode 0600)."""

    def open(self, path: Path, *, write: bool = False, create: bool = False) -> DiskFile:
        """Open a file that exists; `create` makes an empty one in any case, and implies write."""
        ...

    def rename(self, source: Path, target: Path) -> None:
        """Give a file another name, replacing what had it, atomically. Neither may be open."""
        ...

    def unlink(self, path: Path) -> None: ...

    def listdir(self, path: Path) -> list[str]: ...

    def mkdir(self, path: Path) -> bool:
        """Make a folder, unless there is one; whether it was made."""
        ...

    def sync_folder(self, path: Path) -> None:
        """Return when names that were made, renamed or unlinked in a folder are on the medium."""
        ...

    def lock(self, path: Path) -> DiskLock:
        """Lock a file, made if missing; `BlockingIOError` if somebody else has it locked."""
        ...


READ_ONLY_ERRORS = frozenset({errno.EROFS, errno.EACCES, errno.EPERM})
FULL_ERRORS = frozenset({errno.ENOSPC, getattr(errno, "EDQUOT", errno.ENOSPC)})


def disk_failed(name: str, error: OSError) -> DiskFailed:
    """The sentence for a failed call on the file `name`."""
    if error.errno in FULL_ERRORS:
        return DiskFailed(
            f"The disk is full: “{name}” cannot be written. Make some room; what was saved before "
            "is safe, and writing goes on when there is room."
        )
    if error.errno in READ_ONLY_ERRORS:
        return DiskFailed(
            f"“{name}” cannot be opened or written: this computer does not allow it "
            f"({error.strerror}). Check the permissions of its folder."
        )
    if error.errno == errno.ENOENT:
        return DiskFailed(
            f"“{name}” is not there. Check that its folder exists and that its disk is connected."
        )
    return DiskFailed(
        f"The disk failed on “{name}” ({error.strerror or error}). What was saved before is safe; "
        "check that the disk is connected and sound, then open it again."
    )


def read_exactly(file: DiskFile, position: int, length: int) -> bytes:
    """`length` bytes from `position` on; `OSError` if the file ends before."""
    data = file.read_at(position, length)
    while len(data) < length:
        more = file.read_at(position + len(data), length - len(data))
        if not more:
            raise OSError(errno.EIO, "the file is shorter than it was")
        data += more
    return data


def write_all(file: DiskFile, position: int, data: bytes) -> None:
    """Write all of `data`: one call, more only where the system took less than it was given."""
    taken = file.write_at(position, data)
    while taken < len(data):
        more = file.write_at(position + taken, memoryview(data)[taken:])
        if not more:
            raise OSError(errno.EIO, "the disk takes no more bytes")
        taken += more
