"""High-water marks: how far this device had signed, kept apart from the workspace's folder.

Owns one file a workspace in the installation's state folder, with the last commit of this device in
each repository that may have been sent. Invariant: a mark is written when its commit is on disk,
and before that commit is sent; so a log that is behind its mark is not what this device wrote last,
and signing on would fork its chain. Composes storage's file of notes with the scheduler.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from hashlib import blake2b
from pathlib import Path
from typing import Final

from goatcore.errors import InUse, Malformed
from goatcore.ids import AuthorKey, CommitId, RepositoryId, WorkspaceId
from goatcore.scheduling import Scheduler
from goatcore.storage.disk import Disk, disk_failed
from goatcore.storage.journal import Journal
from goatcore.sync import Tip
from goatcore.values import pack, unpack

MARKS_FOLDER: Final = "marks"
Key = tuple[AuthorKey, RepositoryId]


class HighWaterMarks:
    """The marks of one workspace. While they are open, no other copy of the workspace's folder is
    written with this installation's keys."""

    def __init__(
        self,
        home: Path,
        workspace: WorkspaceId,
        disk: Disk,
        random: Callable[[int], bytes],
        scheduler: Scheduler,
        on_marked: Callable[[], None],
        on_error: Callable[[Exception], None],
    ) -> None:
        """Raises `InUse` and what opening a log does."""
        folder = home / MARKS_FOLDER
        path = folder / f"{workspace.hex()}.marks"
        self._scheduler = scheduler
        self._on_marked = on_marked
        self._on_error = on_error
        self._running = False
        try:
            disk.mkdir(folder)
            disk.sync_folder(home)
            self._lock = disk.lock(path.with_suffix(".lock"))
        except BlockingIOError:
            raise InUse(
                "It is a second copy of a workspace that is open on this computer. Close that "
                "first: both would write as one device."
            ) from None
        except OSError as error:
            raise disk_failed(str(folder), error) from error
        tag = RepositoryId(blake2b(workspace, digest_size=16, person=b"goat/marks/1").digest())
        try:
            self._notes = Journal(path, tag, disk, random, bytes, bytes)
        except BaseException:
            self._lock.release()
            raise
        self._reached: dict[Key, Tip] = {}
        for note in self._notes.notes:
            key, tip = _read(note)
            self._reached[key] = tip
        self._wanted = dict(self._reached)

    def of(self, author: AuthorKey, repository: RepositoryId) -> Tip | None:
        """The last commit that this device may have sent."""
        return self._reached.get((author, repository))

    def reach(self, repository: RepositoryId, tip: Tip) -> None:
        """A commit of this device is on disk: mark it."""
        key = (tip.author, repository)
        wanted = self._wanted.get(key)
        if wanted is None or wanted.seq < tip.seq:
            self._wanted[key] = tip
            self._notes.put(_note(key, tip))
        self._soon()

    def _soon(self) -> None:
        if self._running or self._wanted == self._reached:
            return
        self._running = True
        writing = dict(self._wanted)

        def done(result: int | Exception) -> None:
            self._running = False
            if isinstance(result, Exception):
                self._on_error(result)
                return
            self._marked(writing)
            self._soon()

        self._scheduler.offload(self._notes.write, done)

    def flush_now(self) -> None:
        """Block until all is marked that was to be. Raises `DiskFailed`."""
        if self._wanted != self._reached:
            writing = dict(self._wanted)
            self._notes.write()
            self._marked(writing)

    def _marked(self, written: Mapping[Key, Tip]) -> None:
        for key, tip in written.items():
            reached = self._reached.get(key)
            if reached is None or reached.seq < tip.seq:
                self._reached[key] = tip
        self._on_marked()

    def retry(self) -> None:
        """Write what the disk refused before."""
        self._soon()

    def close(self) -> None:
        """Let go of the file; what was not marked was not sent."""
        self._notes.close()
        self._lock.release()


def _note(key: Key, tip: Tip) -> bytes:
    name = blake2b(key[0] + key[1], digest_size=8).digest()
    return name + pack([*key, tip.seq, tip.id])


def _read(note: bytes) -> tuple[Key, Tip]:
    match unpack(note[8:]):
        case [bytes(author), bytes(repository), int(seq), bytes(id_)]:
            key = AuthorKey(author), RepositoryId(repository)
            return key, Tip(key[0], seq, CommitId(id_))
    raise Malformed("This is not a mark.")
