"""One log, copied into a backup: what is new is appended, and nothing that was there goes away.

Owns the two ways. A copy that is the beginning of its log gets the rest. Where it is not (the log
was damaged, mended or repacked, the folder put back from an older copy, or the copy is damaged), a
fresh copy is made of the sounder one of the two and of all commits that only the other has.
Invariant: afterwards the copy has every commit that it or the log had, and reads as it was written;
at any moment it is a log that opens: a fresh file is synced before it takes the name.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from hashlib import blake2b
from pathlib import Path
from typing import Final

from goatcore.checking.frames import Frames
from goatcore.errors import DiskFailed, NotAGoatFile
from goatcore.history.commit import Commit
from goatcore.history.packing import Packer
from goatcore.ids import CommitId, RepositoryId
from goatcore.repository.log_reading import LogReading
from goatcore.storage.disk import Disk, DiskFile, read_exactly, write_all
from goatcore.storage.file_mending import fresh_path, pieces, write_fresh
from goatcore.storage.framing import (
    NEW_STREAM,
    PACKED_COMMIT,
    WHOLE_COMMIT,
    encode_file_start,
    encode_record,
)
from goatcore.trust.signing import verify
from goatcore.values import pack

PIECE_SIZE: Final = 1 << 20

Pause = Callable[[], None]


class LogCopy:
    """Copies the log at `source` to `target`. Run `steps` to its end."""

    def __init__(
        self, disk: Disk, source: Path, target: Path, repository: RepositoryId, pause: Pause
    ) -> None:
        self.bytes_written = 0
        self.damaged = False  # the log; its sound records are in the copy all the same
        self._disk = disk
        self._source = source
        self._target = target
        self._repository = repository
        self._pause = pause

    def steps(self) -> Iterator[int]:
        """Copy; yields how far in the log it came. Raises what opening a log raises, `OSError`."""
        source = self._disk.open(self._source)
        try:
            log = self._frames(self._source, source)
            self.damaged = not log.as_written
            try:
                target = self._disk.open(self._target, write=True)
            except FileNotFoundError:
                yield from self._fresh(log, ())
                return
            try:
                yield from self._onto(source, log, target)
            finally:
                target.close()
        finally:
            source.close()

    def _frames(self, path: Path, file: DiskFile) -> Frames:
        frames = Frames(path.name, file, self._pause)
        if frames.header.repository != self._repository:
            raise NotAGoatFile(f"“{path}” holds another notebook than its name says.")
        return frames

    def _onto(self, source: DiskFile, log: Frames, target: DiskFile) -> Iterator[int]:
        copy = self._frames(self._target, target)
        have, at = copy.plan.end, 0
        same = not self.damaged and have <= log.plan.end
        while same and at < have:
            length = min(PIECE_SIZE, have - at)
            same = read_exactly(source, at, length) == read_exactly(target, at, length)
            at += length
            yield at
        if same:
            yield from self._append(source, target, have, log.plan.end)
            return
        more = list(_only_in(log, copy, self._repository))
        if not more and copy.as_written:
            return  # the copy has it all, in another form
        if self.damaged:
            yield from self._fresh(copy, more)
        else:
            yield from self._fresh(log, _only_in(copy, log, self._repository))

    def _append(self, source: DiskFile, target: DiskFile, start: int, end: int) -> Iterator[int]:
        if target.size() > start:
            target.truncate(start)  # an append of ours that was cut off
        if start == end:
            return
        for at in range(start, end, PIECE_SIZE):
            data = read_exactly(source, at, min(PIECE_SIZE, end - at))
            write_all(target, at, data)
            yield at + len(data)
        target.sync()
        for at in range(start, end, PIECE_SIZE):
            length = min(PIECE_SIZE, end - at)
            if read_exactly(source, at, length) != read_exactly(target, at, length):
                raise self._untrue()
            yield end
        self.bytes_written += end - start

    def _fresh(self, base: Frames, more: Iterable[Commit]) -> Iterator[int]:
        wrote, reads = blake2b(), blake2b()

        def contents() -> Iterator[bytes]:
            for data in _contents(base, more, self._repository):
                wrote.update(data)
                yield data

        fresh = fresh_path(self._target)
        write_fresh(self._disk, fresh, contents())
        yield base.plan.end
        file = self._disk.open(fresh)
        try:
            size = file.size()
            for data in pieces(file, 0, size):
                reads.update(data)
                yield base.plan.end
        finally:
            file.close()
        if wrote.digest() != reads.digest():
            raise self._untrue()
        self._disk.rename(fresh, self._target)
        self._disk.sync_folder(self._target.parent)
        self.bytes_written += size

    def _untrue(self) -> DiskFailed:
        return DiskFailed(
            f"“{self._target}” does not read as it was written: its disk is not to be trusted. "
            "Keep the backup on another one."
        )


def commits_of(frames: Frames, repository: RepositoryId) -> Iterator[Commit]:
    """The commits of a log that stand on each other, parents first."""
    held: set[CommitId] = set()
    for commit, _ in LogReading(repository, held.__contains__, verify).commits(frames.records()):
        held.add(commit.id)
        yield commit


def _only_in(one: Frames, other: Frames, repository: RepositoryId) -> Iterator[Commit]:
    known = {commit.id for commit in commits_of(other, repository)}
    return (commit for commit in commits_of(one, repository) if commit.id not in known)


def _contents(base: Frames, more: Iterable[Commit], repository: RepositoryId) -> Iterator[bytes]:
    salt = base.header.salt
    yield encode_file_start(base.header)
    for record in base.records():
        yield encode_record(salt, record.type, record.flags, bytes(record.body))
    packer, flags = Packer(repository), NEW_STREAM
    for commit in more:
        packed = packer.pack(commit)
        if isinstance(packed, bytes):
            yield encode_record(salt, WHOLE_COMMIT, flags, packed)
        else:
            yield encode_record(salt, PACKED_COMMIT, flags, pack(packed))
        flags = 0
