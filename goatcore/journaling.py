"""The crash journal of one opened workspace: its file, its key, and when it is written.

Composes storage's journal with the device's key and the scheduler. Invariant: at most one write
runs at a time, off the thread; what is put meanwhile is in the next. Where the disk refuses, the
owner is told, and the next note tries again.
"""

from __future__ import annotations

from collections.abc import Callable
from hashlib import blake2b
from pathlib import Path

from goatcore.ids import RepositoryId, WorkspaceId
from goatcore.scheduling import Scheduler
from goatcore.storage.disk import Disk
from goatcore.storage.journal import JOURNAL_SUFFIX, NAME_SIZE, Journal
from goatcore.trust.sealing import NONCE_BYTES, journal_key, open_note, seal_note
from goatcore.trust.signing import DeviceKeys


class DraftJournal:
    """Where one device's drafts stand until a commit that has them is on disk."""

    def __init__(
        self,
        folder: Path,
        workspace: WorkspaceId,
        device: DeviceKeys,
        disk: Disk,
        random: Callable[[int], bytes],
        scheduler: Scheduler,
        on_error: Callable[[Exception], None],
    ) -> None:
        """Raises what opening a log does."""
        self._folder = folder
        self._workspace = workspace
        self._disk = disk
        self._random = random
        self._scheduler = scheduler
        self._on_error = on_error
        self._running = self._again = False
        self._journal = self._of(device)

    def _of(self, device: DeviceKeys) -> Journal:
        key = journal_key(device.sign_seed, self._workspace)
        person = b"goat/journal/1"
        tag = RepositoryId(
            blake2b(device.author, digest_size=16, key=self._workspace, person=person).digest()
        )
        return Journal(
            self._folder / (tag.hex() + JOURNAL_SUFFIX),
            tag,
            self._disk,
            self._random,
            lambda note: seal_note(note, key, self._random(NONCE_BYTES)),
            lambda sealed: open_note(sealed, key),
        )

    def hand_over(self, device: DeviceKeys) -> None:
        """What stands is another device's from now on. Raises `DiskFailed`."""
        old, new = self._journal, self._of(device)
        for note in old.notes:
            new.put(note)
        new.write()
        self._journal = new
        for note in old.notes:
            old.drop(note[:NAME_SIZE])
        old.close()

    @property
    def notes(self) -> list[bytes]:
        return self._journal.notes

    def put(self, note: bytes) -> None:
        self._journal.put(note)

    def drop(self, name: bytes) -> None:
        self._journal.drop(name)

    def soon(self) -> None:
        if self._running:
            self._again = True
            return
        self._running = True
        self._scheduler.offload(self._journal.write, self._done)

    def _done(self, result: int | Exception) -> None:
        self._running = False
        if isinstance(result, Exception):
            self._on_error(result)
        elif self._again:
            self._again = False
            self.soon()

    def close(self) -> None:
        """Let go of the file; without notes it is removed."""
        self._journal.close()
