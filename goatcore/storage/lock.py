"""One writer a workspace folder.

Owns the LOCK file, which is never unlinked: whoever unlinks a lock file lets two others lock two
files of one name. Invariant: of all openers of a folder, in this process and in others, at most
one holds its lock.
"""

from __future__ import annotations

from pathlib import Path
from types import TracebackType
from typing import Final

from goatcore.errors import InUse
from goatcore.storage.disk import READ_ONLY_ERRORS, Disk, DiskLock, disk_failed

LOCK_NAME: Final = "LOCK"


class FolderLock:
    """The right to write in a folder; `writable` is False on read-only media, where nothing is
    locked because nobody can write."""

    __slots__ = ("_lock", "folder")

    def __init__(self, folder: Path, lock: DiskLock | None) -> None:
        self.folder = folder
        self._lock = lock

    @classmethod
    def acquire(cls, folder: Path, disk: Disk) -> FolderLock:
        """Lock a folder that exists. Raises `InUse` if another opener has it, `DiskFailed` if the
        file system cannot lock."""
        try:
            return cls(folder, disk.lock(folder / LOCK_NAME))
        except BlockingIOError:
            raise InUse(
                f"“{folder.name}” is already open in another window or program on this computer. "
                "Use that one, or close it first."
            ) from None
        except OSError as error:
            if error.errno in READ_ONLY_ERRORS:
                return cls(folder, None)
            raise disk_failed(str(folder / LOCK_NAME), error) from error

    @property
    def writable(self) -> bool:
        """Whether the lock is held."""
        return self._lock is not None

    def release(self) -> None:
        """Let others in. Again is nothing."""
        if self._lock is not None:
            self._lock.release()
            self._lock = None

    def __enter__(self) -> FolderLock:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.release()
