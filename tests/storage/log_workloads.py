"""What is done to log files in the fault suite, and what must hold of them afterwards."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import suppress
from hashlib import blake2b
from pathlib import Path
from typing import cast

from goatcore.errors import DiskFailed
from goatcore.ids import RepositoryId
from goatcore.storage.file_log import FileLog
from goatcore.storage.framing import AFTER_GAP, FileHeader, Record, encode_file_start, encode_record
from goatcore.storage.group_commit import Done, GroupCommit
from goatcore.storage.log import Entry, Repacking
from tests.storage.fault_disk import FaultDisk, Files
from tests.storage.fault_suite import Violation, Workload

FOLDER = Path("/workspace")
PATH = FOLDER / "notes.goat"
REPOSITORY = RepositoryId(b"repository id 16")
SALT = b"a salt of 16 b.."

Line = tuple[int, ...]  # the numbers of bodies, in order


def salt(size: int) -> bytes:
    return SALT[:size]


def body(number: int, size: int = 40) -> bytes:
    """Bytes that no other number has, and that are not compressible to a pattern."""
    return (b"%d:" % number + blake2b(b"%d" % number).digest() * (size // 64 + 1))[:size]


def number(data: bytes) -> int:
    """The number of such a body. Raises `Violation` for other bytes."""
    digits = data.split(b":")[0]
    if not digits.isdigit() or data != body(int(digits), len(data)):
        raise Violation(f"a record of {len(data)} bytes was never written: {data[:20]!r}…")
    return int(digits)


def image(bodies: Sequence[bytes]) -> bytes:
    """A log file with these records."""
    start = encode_file_start(FileHeader(REPOSITORY, SALT))
    return start + b"".join(encode_record(SALT, 1, 0, data) for data in bodies)


class Said(tuple[str, Path, Line, int]):
    """A note: "opened" with what a file has and how much of it stands before its first gap, "line"
    with what it has now, or "acked" with how much of that is acknowledged."""

    __slots__ = ()


class LogFacts:
    """What is known of log files: what they may contain, and how much of it was acknowledged."""

    def __init__(self) -> None:
        self.lines: dict[Path, list[Line]] = {}
        self.acked: dict[Path, Line] = {}
        self.gaps: dict[Path, int] = {}  # of damage that was there before

    def take(self, note: object) -> None:
        what, path, bodies, count = cast(Said, note)
        if what == "opened":
            self.lines[path] = [bodies]
            self.acked[path] = bodies
            self.gaps[path] = count
        elif what == "line":
            self.lines.setdefault(path, [()]).append(bodies)
        else:
            self.acked[path] = bodies[:count]

    def key(self) -> bytes:
        acked = sorted((str(path), bodies) for path, bodies in self.acked.items())
        return blake2b(repr(acked).encode(), digest_size=8).digest()


class Owner:
    """Who has a log open, and notes what it is told."""

    def __init__(self, disk: FaultDisk, path: Path = PATH) -> None:
        self._disk, self._path = disk, path
        self.log = FileLog.open(path, REPOSITORY, disk, salt)
        records = list(self.log.records())
        self.line = [number(record.body) for record in records]
        self._ends = [record.end for record in records]
        if not self.log.read_only:  # what can only be read is not acknowledged by being read
            self._note("opened", _gap(records))
        if self.log.end != self.log.synced:
            raise Violation("a log that was opened is not durable")

    def _note(self, what: str, count: int = 0) -> None:
        self._disk.note(Said((what, self._path, tuple(self.line), count)))

    def append(self, *bodies: bytes) -> bool:
        before, ends = list(self.line), list(self._ends)
        at = self.log.end
        for data in bodies:
            self.line.append(number(data))
            at += 32 + len(data)
            self._ends.append(at)
        self._note("line")
        entries: list[Entry] = [(1, 0, data) for data in bodies]
        try:
            self.log.append(entries)
        except DiskFailed:
            self.line, self._ends = before, ends
            self._note("line")
            return False
        return True

    def acknowledge(self, position: int) -> None:
        self._note("acked", sum(end <= position for end in self._ends))

    def sync(self) -> bool:
        if self.log.read_only:
            return False
        try:
            position = self.log.sync()
        except DiskFailed:
            return False
        self.acknowledge(position)
        return True

    def moved(self) -> None:
        """The log goes on in another file, which has the same records in other places."""
        self._ends = [record.end for record in self.log.records()]
        assert [number(record.body) for record in self.log.records()] == self.line

    def go_on(self) -> None:
        """What a program does when the disk works again: all that it has is acknowledged."""
        if self.log.read_only:  # damage could not be mended: that is tried when it is opened again
            self.log.close()
            Owner(self._disk, self._path).go_on()
            return
        self.log.sync()
        assert self.append(body(900))
        self.acknowledge(self.log.sync())
        assert self.log.synced == self.log.end
        self.log.close()


class LogWorkload:
    """A workload on log files. `work` is what it does; `data` is what the first one is when it
    begins, with the records `line` in it, of which `gap` stand before damage."""

    def __init__(
        self,
        name: str,
        work: Callable[[FaultDisk], Owner | None],
        data: bytes | None = None,
        line: Line = (),
        gap: int = 100,
    ) -> None:
        self.name = name
        self._work = work
        self._data = data
        self._line = line
        self._gap = gap

    def files(self) -> Files:
        return {} if self._data is None else {PATH: self._data}

    def run(self, disk: FaultDisk) -> Callable[[], None]:
        owner: Owner | None = None
        with suppress(DiskFailed):
            owner = self._work(disk)

        def go_on() -> None:
            (owner or Owner(disk)).go_on()

        return go_on

    def facts(self) -> LogFacts:
        facts = LogFacts()
        if self._data is not None:
            facts.take(Said(("opened", PATH, self._line, self._gap)))
        return facts

    def check(self, disk: FaultDisk, facts: LogFacts) -> None:
        for path in facts.lines:
            acked = facts.acked.get(path, ())
            check_log(disk, path, facts.lines[path], acked, facts.gaps.get(path, 0))


def _gap(records: Sequence[Record]) -> int:
    """How many records stand before the first gap."""
    gaps = [n for n, record in enumerate(records) if record.flags & AFTER_GAP]
    return min(gaps, default=len(records))


def _read(disk: FaultDisk, path: Path) -> tuple[Line, int]:
    """What is in a log, and how many records stand before the first gap."""
    before = disk.files()
    log = FileLog.open(path, REPOSITORY, disk, salt)
    records = list(log.records())
    if log.end != log.synced:
        raise Violation("a log that was opened is not durable")
    log.close()
    if path in before and log.report:  # nothing is ever silently dropped
        kept = [data for at, data in disk.files().items() if at.parent.name == "lost"]
        if not any(data and data in before[path] for data in kept):
            raise Violation("what was cut away is not kept aside")
    return tuple(number(record.body) for record in records), _gap(records)


def check_log(disk: FaultDisk, path: Path, lines: Sequence[Line], acked: Line, known: int) -> None:
    """Hold what is in a log against what it may contain; twice, the power going in between.
    `known`: how much stood before the first gap already."""
    found, gap = _read(disk, path)
    if found[: len(acked)] != acked or gap < min(len(acked), known):
        raise Violation(f"{acked} are acknowledged, there are {found[:gap]} … {found[gap:]}")
    if not any(_follows(found, gap, line) for line in lines):
        raise Violation(f"{found[:gap]} … {found[gap:]} were never written in this order: {lines}")
    again, _ = _read(disk.after_power_cut(), path)
    if again != found:
        raise Violation(f"{found} were found, and then {again}")


def _follows(found: Line, gap: int, line: Line) -> bool:
    """Whether the records before a gap are the line's first ones, and those behind it later ones in
    order."""
    if found[:gap] != line[:gap]:
        return False
    rest = iter(line[gap:])
    return all(data in rest for data in found[gap:])


# -- the workloads ---------------------------------------------------------------------------------


def _append_and_sync(disk: FaultDisk) -> Owner:
    owner = Owner(disk)
    for first in range(0, 9, 3):
        owner.append(*(body(first + n, (60, 1700, 2500)[n]) for n in range(3)))
        owner.sync()
    return owner


class HeldBack:
    """An offload whose work runs when the workload says so."""

    def __init__(self) -> None:
        self.work: tuple[Callable[[], int], Done] | None = None

    def __call__(self, work: Callable[[], int], done: Done) -> None:
        assert self.work is None, "two syncs of one log at a time"
        self.work = (work, done)

    def run(self) -> None:
        while self.work is not None:
            (work, done), self.work = self.work, None
            try:
                result: int | Exception = work()
            except DiskFailed as error:
                result = error
            done(result)


def _group_commit(disk: FaultDisk) -> Owner:
    owner = Owner(disk)
    offload = HeldBack()
    commits = GroupCommit(owner.log, offload, owner.acknowledge, lambda error: None)
    count = 0

    def write(path: Path) -> None:
        nonlocal count
        if count < 12 and path == PATH:  # else a fresh file is being written: appends wait
            count += 1
            if owner.append(body(count, 250 * count)):
                commits.written(owner.log.end)

    disk.during_sync = write  # what arrives while a sync runs joins the next one
    for _ in range(4):
        write(PATH)
        offload.run()
    disk.during_sync = lambda path: None
    return owner


def _first_creation(disk: FaultDisk) -> Owner:
    owner = Owner(disk)
    owner.append(body(1, 2600), body(2, 1900))
    if not owner.sync():
        return owner
    owner.log.close()
    other = Owner(disk, FOLDER / "other.goat")
    other.append(body(3, 3900))
    other.sync()
    return Owner(disk)


def _after_open(disk: FaultDisk) -> Owner:
    owner = Owner(disk)
    owner.append(body(50, 2800), body(51, 1300))
    owner.sync()
    owner.append(body(52, 3300))
    owner.append(body(53, 900))
    owner.sync()
    return owner


def _failed_syncs(disk: FaultDisk) -> Owner:
    owner = Owner(disk)
    owner.append(body(1, 300), body(2, 900))
    owner.sync()
    owner.append(body(3, 1000), body(4, 200))
    before = disk.before
    armed = True

    def fails_once(call: str, path: Path) -> int | None:
        nonlocal armed
        if armed and call == "sync" and path == PATH:
            armed = False
            raise OSError(5, "the medium refused it")
        return before(call, path)

    disk.before = fails_once
    owner.sync()
    owner.append(body(5, 700))
    owner.sync()
    armed = True
    owner.append(body(6, 1200))
    owner.sync()
    owner.append(body(7, 100))
    owner.sync()
    disk.before = before
    return owner


def _close_and_reopen(disk: FaultDisk) -> Owner:
    owner = Owner(disk)
    for turn in range(4):
        owner.append(body(10 * turn, 2500), body(10 * turn + 1, 1400))
        if turn % 2 and not owner.sync():
            return owner
        owner.log.close()
        owner = Owner(disk)
    return owner


def _full_disk_then_room(disk: FaultDisk) -> Owner:
    owner = Owner(disk)
    owner.append(body(1, 700))
    owner.sync()
    before = disk.before
    room = len(disk.data(PATH)) + 3000

    def full(call: str, path: Path) -> int | None:
        taken = before(call, path)
        if call == "write" and path == PATH:
            left = room - len(disk.data(PATH))
            if left <= 0:
                raise OSError(28, "no space left on device")
            return min(left, taken if taken is not None else left)
        if call in {"create", "write"}:
            raise OSError(28, "no space left on device")
        return taken

    disk.before = full
    owner.append(body(2, 300))
    owner.append(body(3, 3500))  # does not fit: some sectors of it are written and taken back
    owner.append(body(4, 200))
    owner.sync()
    owner.append(body(5, 4000))
    disk.before = before
    owner.append(body(6, 2600))
    owner.sync()
    return owner


def _repacked(disk: FaultDisk) -> Owner:
    """The log is written anew while it is appended to."""
    owner = Owner(disk)
    owner.append(*(body(n, 700) for n in range(4)))
    owner.sync()
    for turn in (1, 2):
        repacking = None
        try:
            repacking = owner.log.repack(salt)
            _copy(repacking)
            appended = owner.append(body(10 * turn, 900), body(10 * turn + 1, 800))
            adopted = owner.log.adopt(repacking)
            assert not (appended and adopted)
            if not adopted:
                owner.sync()
                _copy(repacking)
                adopted = owner.log.adopt(repacking)
            if adopted:
                owner.moved()
        except DiskFailed:
            pass
        finally:
            if repacking is not None:
                repacking.close()
        owner.append(body(10 * turn + 2, 1200))
        owner.sync()
    return owner


def _copy(repacking: Repacking) -> None:
    for record in repacking.records():
        repacking.append(record.type, record.flags, record.body)
    repacking.sync()


def _damaged(at: int) -> bytes:
    data = bytearray(image([body(n, 450) for n in range(6)]))
    data[at] ^= 0x40
    data[at + 1] ^= 0x40
    return bytes(data)


def log_workloads() -> list[Workload]:
    """Those that need no more than one log file."""
    old = image([body(n, 450) for n in range(3)])
    record = 450 + 32
    middle = 4160 + 2 * record + 100
    two = bytearray(_damaged(middle))
    two[4160 + 4 * record + 3] ^= 1
    two[4160 + 4 * record + 2] ^= 1
    return [
        LogWorkload("append and sync", _append_and_sync),
        LogWorkload("group commit with overlap", _group_commit),
        LogWorkload("first creation", _first_creation),
        LogWorkload("torn tail", _after_open, old + image([body(9, 1400)])[4160:5000], (0, 1, 2)),
        LogWorkload("damage in the middle", _after_open, bytes(two), (0, 1, 3, 5), 2),
        LogWorkload("damaged header", _after_open, _damaged(9), (0, 1, 2, 3, 4, 5)),
        LogWorkload("rewrite after a failed sync", _failed_syncs),
        LogWorkload("close and reopen", _close_and_reopen, old, (0, 1, 2)),
        LogWorkload("full disk, then room", _full_disk_then_room),
        LogWorkload("written anew while in use", _repacked),
        LogWorkload("written anew, from an older one", _repacked, old, (0, 1, 2)),
    ]
