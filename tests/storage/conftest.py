"""A small disk in memory that fails, stops or forgets when a test says so."""

from __future__ import annotations

import errno
import os
from collections.abc import Callable
from pathlib import Path

import pytest

from goatcore.ids import RepositoryId
from goatcore.storage.file_log import FileLog

REPOSITORY = RepositoryId(b"repository id 16")
SALT = b"a salt of 16 b.."


class PowerCut(BaseException):
    """The machine is off: no call is made any more."""


class Inode:
    def __init__(self) -> None:
        self.live = bytearray()
        self.durable = bytearray()
        self.waiting: list[tuple[int, bytes | None]] = []  # position, bytes; None = cut here

    def change(self, position: int, data: bytes | None) -> None:
        _apply(self.live, position, data)
        self.waiting.append((position, data))

    def sync(self) -> None:
        for position, data in self.waiting:
            _apply(self.durable, position, data)
        self.waiting.clear()


def _apply(image: bytearray, position: int, data: bytes | None) -> None:
    image.extend(bytes(max(0, position - len(image))))
    if data is None:
        del image[position:]
    else:
        image[position : position + len(data)] = data


class RememberingDisk:
    """What is live, and apart from it what is durable. `before(call, path)` sees each call first:
    it may raise, or return how many bytes a write takes. A sync that fails drops what it should
    have written from what is waiting, and the next one succeeds: as systems really do."""

    def __init__(self) -> None:
        self.names: dict[Path, Inode] = {}
        self.durable_names: dict[Path, Inode] = {}
        self.locked: set[Path] = set()
        self.calls: list[str] = []
        self.before: Callable[[str, Path], int | None] = lambda call, path: None

    def call(self, call: str, path: Path) -> int | None:
        self.calls.append(call)
        return self.before(call, path)

    def open(self, path: Path, *, write: bool = False, create: bool = False) -> RememberedFile:
        self.call("create" if create else "open" if write else "open to read", path)
        if create:
            self.names.setdefault(path, Inode()).change(0, None)
        if path not in self.names:
            raise FileNotFoundError(errno.ENOENT, os.strerror(errno.ENOENT))
        return RememberedFile(self, path, self.names[path])

    def rename(self, source: Path, target: Path) -> None:
        self.call("rename", source)
        self.names[target] = self.names.pop(source)

    def unlink(self, path: Path) -> None:
        self.call("unlink", path)
        if self.names.pop(path, None) is None:
            raise FileNotFoundError(errno.ENOENT, os.strerror(errno.ENOENT))

    def listdir(self, path: Path) -> list[str]:
        return sorted(name.name for name in self.names if name.parent == path)

    def mkdir(self, path: Path) -> None:
        self.call("mkdir", path)

    def sync_folder(self, path: Path) -> None:
        self.call("sync folder", path)
        others = {name: node for name, node in self.durable_names.items() if name.parent != path}
        here = {name: node for name, node in self.names.items() if name.parent == path}
        self.durable_names = others | here

    def lock(self, path: Path) -> RememberedLock:
        self.call("lock", path)
        if path in self.locked:
            raise BlockingIOError(errno.EAGAIN, "locked")
        self.locked.add(path)
        return RememberedLock(self, path)

    # -- what a test does to it

    def put(self, path: Path, data: bytes) -> None:
        node = self.names[path] = self.durable_names[path] = Inode()
        node.live[:] = node.durable[:] = data

    def data(self, path: Path) -> bytes:
        return bytes(self.names[path].live)

    def after_power_cut(self) -> RememberingDisk:
        """The disk at the next boot: nothing that was not synced is there."""
        disk = RememberingDisk()
        for path, node in self.durable_names.items():
            disk.put(path, bytes(node.durable))
        return disk

    def fail(self, call: str, code: int, times: int = 10**9, suffix: str = "") -> None:
        """Let the next `times` calls of this name fail, on paths that end so."""
        left = times

        def before(called: str, path: Path) -> None:
            nonlocal left
            if called == call and left and path.name.endswith(suffix):
                left -= 1
                raise OSError(code, os.strerror(code))

        self.before = before

    def work(self) -> None:
        self.before = lambda call, path: None


class RememberedFile:
    def __init__(self, disk: RememberingDisk, path: Path, node: Inode) -> None:
        self._disk, self._path, self._node = disk, path, node
        self._closed = False

    def _call(self, call: str) -> int | None:
        if self._closed:
            raise OSError(errno.EBADF, os.strerror(errno.EBADF))
        return self._disk.call(call, self._path)

    def size(self) -> int:
        self._call("size")
        return len(self._node.live)

    def read_at(self, position: int, length: int) -> bytes:
        self._call("read")
        return bytes(self._node.live[position : position + length])

    def write_at(self, position: int, data: bytes | memoryview) -> int:
        taken = self._call("write")
        taken = len(data) if taken is None else taken
        self._node.change(position, bytes(data[:taken]))
        return taken

    def truncate(self, size: int) -> None:
        self._call("truncate")
        self._node.change(size, None)

    def sync(self) -> None:
        try:
            self._call("sync")
        except OSError:
            self._node.waiting.clear()
            raise
        self._node.sync()

    def close(self) -> None:
        self._closed = True


class RememberedLock:
    def __init__(self, disk: RememberingDisk, path: Path) -> None:
        self._disk, self._path = disk, path

    def release(self) -> None:
        self._disk.locked.discard(self._path)


@pytest.fixture
def disk() -> RememberingDisk:
    return RememberingDisk()


@pytest.fixture
def path() -> Path:
    return Path("/workspace/notes.goat")


@pytest.fixture
def repository() -> RepositoryId:
    return REPOSITORY


@pytest.fixture
def salt() -> bytes:
    return SALT


@pytest.fixture
def power_cut() -> type[PowerCut]:
    return PowerCut


@pytest.fixture
def open_log(path: Path) -> Callable[..., FileLog]:
    def open_log(disk: RememberingDisk, read_only: bool = False) -> FileLog:
        return FileLog.open(path, REPOSITORY, disk, lambda size: SALT[:size], read_only)

    return open_log


@pytest.fixture
def bodies(open_log: Callable[..., FileLog]) -> Callable[..., list[bytes]]:
    """The bodies that are in a disk's log when it is opened."""

    def bodies(disk: RememberingDisk) -> list[bytes]:
        log = open_log(disk)
        found = [record.body for record in log.records()]
        log.close()
        return found

    return bodies
