"""The checkpoint file of one log: where it stands, its key, and the one that is open.

Owns which checkpoint is the present one. Invariant: the present one is of this log, for the log has
its mark. `prepare` may run on another thread than all else.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Final

from goatcore.errors import CheckpointDamaged
from goatcore.ids import RepositoryId
from goatcore.storage.checkpoint.blocks import BlockCache
from goatcore.storage.checkpoint.contents import Contents
from goatcore.storage.checkpoint.reading import Checkpoint, open_checkpoint
from goatcore.storage.checkpoint.writing import install, remove, write
from goatcore.storage.disk import Disk

VERIFIED_SIZE_MAX: Final = 8 << 20  # about 100,000 short items; opening all blocks takes some ms


class IndexFile:
    """The file beside one log. `key`: 32 bytes; `random(n)` gives n random bytes."""

    __slots__ = ("_cache", "_disk", "_path", "_random", "key", "present", "repository")

    def __init__(
        self,
        disk: Disk,
        path: Path,
        key: bytes,
        repository: RepositoryId,
        random: Callable[[int], bytes],
        cache: BlockCache | None = None,
    ) -> None:
        self._disk = disk
        self._path = path
        self._random = random
        self._cache = cache
        self.key = key
        self.repository = repository
        self.present: Checkpoint | None = None

    def open(self) -> Checkpoint | None:
        """Open what is there, if it can be used. One of usual size is gone through whole, so that
        no damage in it is met in the middle of work; of a larger one only what is touched."""
        found = self._find()
        if found is not None and found.size() <= VERIFIED_SIZE_MAX:
            try:
                found.verify()
            except CheckpointDamaged:
                found.close()
                found = None
        self.present = found
        return found

    def _find(self) -> Checkpoint | None:
        path, key = self._path, self.key
        return open_checkpoint(self._disk, path, key, self.repository, self._cache).checkpoint

    def prepare(self, contents: Contents, previous: Checkpoint | None) -> None:
        """Write the next checkpoint aside. Raises `DiskFailed`, `CheckpointDamaged`."""
        for _ in write(self._disk, self._path, contents, self._random, previous):
            pass

    def install(self) -> Checkpoint | None:
        """Put what was prepared in the place of the present one, which is closed, and open it.
        Raises `DiskFailed`: then the present one may be used on."""
        previous = self.present
        install(self._disk, self._path, previous)
        self.present = self._find()
        if previous is not None:
            previous.close()
        return self.present

    def forget(self) -> None:
        """Nobody shall open it again. The one that is open can be read until it is closed; where
        the system does not let go of open files, it is there until `remove`."""
        remove(self._disk, self._path)

    def remove(self) -> None:
        """It is of no use: delete it."""
        self.close()
        remove(self._disk, self._path)

    def close(self) -> None:
        """Let go of the file."""
        if self.present is not None:
            self.present.close()
            self.present = None
