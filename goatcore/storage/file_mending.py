"""Reads log files in pieces, makes fresh ones, and carries out recovery's plans.

Owns the order of the steps: bad bytes are synced into `lost/` before anything is cut or replaced;
a fresh file is synced before it gets its name, and the folder after. So each step may be the last
one before a crash, and doing all of them again is harmless.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import suppress
from hashlib import blake2b
from itertools import islice
from pathlib import Path
from typing import Final, TypeAlias

from goatcore.errors import Damaged
from goatcore.storage.bit_rot import put_right
from goatcore.storage.disk import Disk, DiskFile, read_exactly, write_all
from goatcore.storage.framing import (
    AFTER_GAP,
    RECORD_HEADER_SIZE,
    RECORD_SIZE_MAX,
    RECORDS_BEGIN,
    FileHeader,
    Record,
    encode_file_start,
    parse_record,
    scan,
    walk,
    with_flags,
)
from goatcore.storage.recovery import Condition, Plan

PLACES_MAX: Final = 64  # where a file's damage is tried to be put right
PIECE_SIZE: Final = 4 * 1024 * 1024  # read at a time; more than the largest record has
LOST_FOLDER: Final = "lost"

Read: TypeAlias = Callable[[int, int], bytes]  # position, length


# -- reading ---------------------------------------------------------------------------------------


def scan_file(read: Read, salt: bytes, end: int, start: int = RECORDS_BEGIN) -> Iterator[Record]:
    """Every sound record of a file between two positions, in order."""
    base = start
    while base < end:
        piece = read(base, min(PIECE_SIZE, end - base))
        reached = yield from scan(piece, salt, 0, base)
        piece_end = base + len(piece)
        # What is sound and begins this far from the piece's end lies wholly inside and was found.
        base = end if piece_end >= end else max(reached, piece_end - RECORD_SIZE_MAX)


def check_file(read: Read, salt: bytes, start: int, end: int, name: str) -> Iterator[Record]:
    """The records between two positions where nobody looked since the file was opened, each
    checked now. Raises `Damaged` instead of passing anything over."""
    reached = start
    for record in scan_file(read, salt, end, start):
        if record.offset != reached:
            break
        yield record
        reached = record.end
    if reached != end:
        raise Damaged(
            f"“{name}” is damaged at byte {reached:,}. Close it and open it again to have it "
            "mended."
        )


def walk_file(read: Read, start: int, end: int, name: str) -> Iterator[Record]:
    """The records between two positions that a scan has found sound before."""
    while start < end:
        reached = yield from walk(read(start, min(PIECE_SIZE, end - start)), 0, start)
        if reached == start:
            raise Damaged(f"“{name}” was changed by another program while open. Open it again.")
        start = reached


def pieces(file: DiskFile, start: int, end: int) -> Iterator[bytes]:
    """The bytes of a file between two positions, a few MiB at a time."""
    for position in range(start, end, PIECE_SIZE):
        yield read_exactly(file, position, min(PIECE_SIZE, end - position))


class Patched:
    """A file read as if some of its bytes were others; `patches` by position, none overlapping."""

    __slots__ = ("_patches", "file")

    def __init__(self, file: DiskFile, patches: Mapping[int, bytes]) -> None:
        self.file = file
        self._patches = dict(sorted(patches.items()))

    def size(self) -> int:
        return self.file.size()

    def read_at(self, position: int, length: int) -> bytes:
        data = bytearray(self.file.read_at(position, length))
        end = position + len(data)
        for at, patch in self._patches.items():
            if at < end and at + len(patch) > position:
                first, last = max(at, position), min(at + len(patch), end)
                data[first - position : last - position] = patch[first - at : last - at]
        return bytes(data)

    def write_at(self, position: int, data: bytes | memoryview) -> int:
        return self.file.write_at(position, data)

    def truncate(self, size: int) -> None:
        self.file.truncate(size)

    def sync(self) -> None:
        self.file.sync()

    def is_at(self, path: Path) -> bool:
        return self.file.is_at(path)

    def close(self) -> None:
        self.file.close()


def put_right_at(file: DiskFile, salt: bytes, places: Iterable[int]) -> dict[int, bytes]:
    """What records that begin at these places and are unsound were written as, by place, as far as
    it can be told. A damaged record may follow upon another."""
    size, found = file.size(), dict[int, bytes]()
    for place in islice(places, PLACES_MAX):
        at = place
        while at < size:
            data = read_exactly(file, at, min(RECORD_SIZE_MAX, size - at))
            record = None if parse_record(data, salt, 0) else put_right(data, salt, 0)
            if record is None:
                break
            found[at] = record
            at += len(record)
    return found


# -- folders ---------------------------------------------------------------------------------------


def make_folder(disk: Disk, path: Path) -> None:
    """Make a folder and those it stands in, as far as they are missing; durably."""
    try:
        made = disk.mkdir(path)
    except FileNotFoundError:
        make_folder(disk, path.parent)
        made = disk.mkdir(path)
    if made:
        disk.sync_folder(path.parent)


# -- fresh files -----------------------------------------------------------------------------------


def fresh_path(path: Path) -> Path:
    """The name of a file that shall take the place of `path`; one left over means nothing."""
    return path.with_name(path.name + ".new")


def write_fresh(disk: Disk, path: Path, contents: Iterable[bytes]) -> None:
    """Write and sync a whole file. On failure nothing is left of it, as far as the disk allows."""
    file = disk.open(path, create=True)
    try:
        position = 0
        for data in contents:
            write_all(file, position, data)
            position += len(data)
        file.sync()
    except BaseException:
        file.close()
        with suppress(OSError):
            disk.unlink(path)
        raise
    file.close()


def replace(disk: Disk, path: Path, contents: Iterable[bytes]) -> None:
    """Make a file, or put another in its place, durably; at no moment is there half a one."""
    fresh = fresh_path(path)
    write_fresh(disk, fresh, contents)
    disk.rename(fresh, path)
    disk.sync_folder(path.parent)


def create(disk: Disk, path: Path, header: FileHeader) -> None:
    """Make an empty log file."""
    replace(disk, path, (encode_file_start(header),))


# -- mending ---------------------------------------------------------------------------------------


def mend(disk: Disk, path: Path, file: DiskFile, header: FileHeader, plan: Plan) -> str:
    """Carry out a plan that is not clean, and close the file; it must be opened and scanned again.

    Returns where the bad bytes are kept, as "lost/…" relative to the file's folder.
    """
    try:
        if plan.condition is Condition.TORN_TAIL:
            aside = _set_aside(disk, path, file, plan.end, plan.size, "torn")
            file.truncate(plan.end)
            file.sync()
            return aside
        found = file.file if isinstance(file, Patched) else file
        aside = _set_aside(disk, path, found, 0, plan.size, "damaged")
        fresh = fresh_path(path)
        write_fresh(disk, fresh, _sound_contents(file, header, plan))
    finally:
        file.close()
    disk.rename(fresh, path)
    disk.sync_folder(path.parent)
    return aside


def _sound_contents(file: DiskFile, header: FileHeader, plan: Plan) -> Iterator[bytes]:
    yield encode_file_start(header)
    for start, end in plan.sound_ranges():
        body = start
        if plan.follows_gap(start):
            body += RECORD_HEADER_SIZE
            yield with_flags(read_exactly(file, start, RECORD_HEADER_SIZE), AFTER_GAP)
        yield from pieces(file, body, end)


def _set_aside(disk: Disk, path: Path, file: DiskFile, start: int, end: int, why: str) -> str:
    """Copy bad bytes into `lost/`, durably. Their hash is in the name: a second try after a crash
    writes the same file, and different bytes never replace each other."""
    digest = blake2b(digest_size=6)
    for piece in pieces(file, start, end):
        digest.update(piece)
    folder = path.parent / LOST_FOLDER
    aside = folder / f"{path.name}.{digest.hexdigest()}.{why}"
    disk.mkdir(folder)
    write_fresh(disk, aside, pieces(file, start, end))
    disk.sync_folder(folder)
    disk.sync_folder(path.parent)
    return f"{LOST_FOLDER}/{aside.name}"
