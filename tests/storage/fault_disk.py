"""A disk in memory that fails, stops or forgets when a test says so.

It keeps a trace of what was done to it. From the trace come the states in which a machine can be
found after the power went at any call: of what was not synced, each sector of 512 bytes, each cut
and each name may have got to the medium or not, in any combination. What a sync failed on may be
there or not for ever after, whatever later syncs say: as systems really do.
"""

from __future__ import annotations

import errno
import os
import random
from collections.abc import Callable, Iterator, Sequence
from itertools import product
from math import prod
from pathlib import Path
from typing import NamedTuple

SECTOR = 512
FOLDER = -1  # instead of a node's number, in names

Files = dict[Path, bytes]


class PowerCut(BaseException):
    """The machine is off: no call is made any more."""


class Effect(NamedTuple):
    """One thing that was done to a node: bytes written at a position, or cut there (None)."""

    position: int
    data: bytes | None


class Event(NamedTuple):
    """One step of the trace. `what`: put, effect, sync, failed sync, name, sync folder or note."""

    what: str
    node: int = 0
    effect: Effect | None = None
    upto: int = 0  # of a sync: how many effects of the node it covers
    path: Path = Path()
    note: object = None


class Inode:
    """A file apart from its names."""

    def __init__(self, number: int) -> None:
        self.number = number
        self.live = bytearray()
        self.effects = 0
        self.doubted = False  # a sync failed on it


class FaultDisk:
    """See `goatcore.storage.disk.Disk`. `before(call, path)` sees each call first: it may raise, or
    return how many bytes a write takes; `during_sync(path)` is called while a sync runs."""

    def __init__(self, files: Files | None = None) -> None:
        self.wary = True  # as every disk has to be: who once failed to sync fails again
        self.names: dict[Path, Inode] = {}
        self.folders: set[Path] = set()
        self.locked: set[Path] = set()
        self.calls: list[str] = []
        self.trace: list[Event] = []
        self.before: Callable[[str, Path], int | None] = lambda call, path: None
        self.during_sync: Callable[[Path], None] = lambda path: None
        self._nodes: list[Inode] = []
        for path, data in (files or {}).items():
            self.put(path, data)

    def call(self, call: str, path: Path) -> int | None:
        self.calls.append(call)
        return self.before(call, path)

    def note(self, note: object) -> None:
        """Say in the trace what the workload knows now."""
        self.trace.append(Event("note", note=note))

    def _effect(self, node: Inode, position: int, data: bytes | None) -> None:
        effect = Effect(position, data)
        _apply(node.live, effect)
        node.effects += 1
        self.trace.append(Event("effect", node.number, effect))

    def _name(self, path: Path, node: Inode | None) -> None:
        if node is None:
            del self.names[path]
        else:
            self.names[path] = node
        self.trace.append(Event("name", -2 if node is None else node.number, path=path))

    # -- the protocol

    def open(self, path: Path, *, write: bool = False, create: bool = False) -> FaultFile:
        self.call("create" if create else "open" if write else "open to read", path)
        if create:
            node = self.names.get(path)
            if node is None:
                node = Inode(len(self._nodes))
                self._nodes.append(node)
                self._name(path, node)
            elif node.live:
                self._effect(node, 0, None)
            node.doubted = False  # it begins anew
        if path not in self.names:
            raise FileNotFoundError(errno.ENOENT, os.strerror(errno.ENOENT))
        return FaultFile(self, path, self.names[path])

    def rename(self, source: Path, target: Path) -> None:
        self.call("rename", source)
        if source not in self.names:
            raise FileNotFoundError(errno.ENOENT, os.strerror(errno.ENOENT))
        node = self.names[source]
        self._name(target, node)
        self._name(source, None)

    def unlink(self, path: Path) -> None:
        self.call("unlink", path)
        if path not in self.names:
            raise FileNotFoundError(errno.ENOENT, os.strerror(errno.ENOENT))
        self._name(path, None)

    def listdir(self, path: Path) -> list[str]:
        self.call("listdir", path)
        return sorted(name.name for name in self.names if name.parent == path)

    def mkdir(self, path: Path) -> bool:
        self.call("mkdir", path)
        if path in self.folders:
            return False
        self.folders.add(path)
        self.trace.append(Event("name", FOLDER, path=path))
        return True

    def sync_folder(self, path: Path) -> None:
        self.call("sync folder", path)
        self.trace.append(Event("sync folder", path=path))

    def lock(self, path: Path) -> FaultLock:
        self.call("lock", path)
        if path in self.locked:
            raise BlockingIOError(errno.EAGAIN, "locked")
        self.locked.add(path)
        return FaultLock(self, path)

    # -- what a test does to it

    def put(self, path: Path, data: bytes) -> None:
        """A file that was always there."""
        node = Inode(len(self._nodes))
        node.live[:] = data
        self._nodes.append(node)
        self.names[path] = node
        self.folders.add(path.parent)
        self.trace.append(Event("put", node.number, Effect(0, data), path=path))

    def data(self, path: Path) -> bytes:
        return bytes(self.names[path].live)

    def files(self) -> Files:
        """What a process that opens files now finds."""
        return {path: bytes(node.live) for path, node in self.names.items()}

    def after_kill(self) -> FaultDisk:
        """The disk for the next process, when this one was killed: the system has everything."""
        disk = type(self)(self.files())
        disk.folders = set(self.folders)
        return disk

    def after_power_cut(self) -> FaultDisk:
        """The disk at the next boot, of which nothing is there that was not synced."""
        medium = Medium()
        for event in self.trace:
            medium.take(event)
        disk = type(self)(medium.least())
        disk.folders = self.folders - medium.unsure_folders()
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


class FaultFile:
    def __init__(self, disk: FaultDisk, path: Path, node: Inode) -> None:
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
        taken = len(data) if taken is None else min(taken, len(data))
        if taken:
            self._disk._effect(self._node, position, bytes(data[:taken]))
        return taken

    def is_at(self, path: Path) -> bool:
        return self._disk.names.get(path) is self._node

    def truncate(self, size: int) -> None:
        self._call("truncate")
        self._disk._effect(self._node, size, None)

    def sync(self) -> None:
        node, disk = self._node, self._disk
        covered = node.effects
        try:
            self._call("sync")
            if node.doubted and disk.wary:
                raise OSError(errno.EIO, "a sync failed on it before")
        except OSError:
            node.doubted = True
            disk.trace.append(Event("failed sync", node.number, upto=covered))
            raise
        disk.during_sync(self._path)
        disk.trace.append(Event("sync", node.number, upto=covered))

    def close(self) -> None:
        self._closed = True


class FaultLock:
    def __init__(self, disk: FaultDisk, path: Path) -> None:
        self._disk, self._path = disk, path

    def release(self) -> None:
        self._disk.locked.discard(self._path)


# -- the medium ------------------------------------------------------------------------------------


class Unit(NamedTuple):
    """A part of an effect that gets to the medium as a whole."""

    effect: Effect
    number: int  # of its effect in the node
    sure: bool  # False: it may be there or not


class OnMedium:
    """One node: bytes that are there for sure, and what came after them."""

    def __init__(self, data: bytes = b"") -> None:
        self.base = bytearray(data)
        self.units: list[Unit] = []
        self.limbo: set[int] = set()  # effects that a sync failed on
        self.effects = 0

    def add(self, effect: Effect) -> None:
        for part in _sectors(effect):
            self.units.append(Unit(part, self.effects, sure=False))
        self.effects += 1

    def sync(self, upto: int) -> None:
        self.units = [
            unit._replace(sure=True)
            if unit.number < upto and unit.number not in self.limbo
            else unit
            for unit in self.units
        ]
        while self.units and self.units[0].sure:
            _apply(self.base, self.units.pop(0).effect)

    def fail(self, upto: int) -> None:
        self.limbo |= {unit.number for unit in self.units if unit.number < upto and not unit.sure}

    def data(self, chosen: Callable[[], bool]) -> bytes:
        image = bytearray(self.base)
        for unit in self.units:
            if unit.sure or chosen():
                _apply(image, unit.effect)
        return bytes(image)

    @property
    def open_units(self) -> int:
        return sum(not unit.sure for unit in self.units)


class Medium:
    """What is on the medium for sure, and what may be, after the events that it took."""

    def __init__(self) -> None:
        self.nodes: dict[int, OnMedium] = {}
        self.names: dict[Path, list[int]] = {}  # first what is sure, then what it was since

    def take(self, event: Event) -> None:
        if event.what == "put":
            assert event.effect is not None
            assert event.effect.data is not None
            self.nodes[event.node] = OnMedium(event.effect.data)
            self.names[event.path] = [event.node]
        elif event.what == "effect":
            assert event.effect is not None
            self.nodes.setdefault(event.node, OnMedium()).add(event.effect)
        elif event.what == "sync":
            self.nodes.setdefault(event.node, OnMedium()).sync(event.upto)
        elif event.what == "failed sync":
            self.nodes.setdefault(event.node, OnMedium()).fail(event.upto)
        elif event.what == "name":
            self.names.setdefault(event.path, [-2]).append(event.node)
        elif event.what == "sync folder":
            for path, bindings in self.names.items():
                if path.parent == event.path:
                    del bindings[:-1]

    def unsure_folders(self) -> set[Path]:
        """Folders that may not be there."""
        return {path for path, options in self.names.items() if FOLDER in options[1:]}

    def least(self) -> Files:
        """Nothing that is not sure."""
        return self._files(lambda path: 0, lambda: False)

    def _files(self, binding: Callable[[Path], int], chosen: Callable[[], bool]) -> Files:
        bound = {path: options[binding(path)] for path, options in self.names.items()}
        made = {path for path, options in self.names.items() if FOLDER in options}
        gone = {path for path in made if bound[path] != FOLDER}
        data: dict[int, bytes] = {}
        files: Files = {}
        for path, node in bound.items():
            if node < 0 or gone.intersection(path.parents):
                continue
            if node not in data:
                data[node] = self.nodes.setdefault(node, OnMedium()).data(chosen)
            files[path] = data[node]
        return files

    def states(self, most: int, chance: random.Random) -> Iterator[Files]:
        """Files as they may be found: all combinations if these are at most `most`, else the
        extreme ones and as many at random. May yield equal ones."""
        paths = [path for path, options in self.names.items() if len(options) > 1]
        reachable = {node for options in self.names.values() for node in options if node >= 0}
        units = sum(self.nodes[node].open_units for node in reachable if node in self.nodes)
        sizes = [len(self.names[path]) for path in paths] + [2] * units
        if prod(sizes) <= most:
            picks: Iterator[Sequence[int]] = iter(product(*map(range, sizes)))
        else:
            picks = _some(sizes, len(paths), most, chance)
        for pick in picks:
            bindings = dict(zip(paths, pick, strict=False))
            kept = iter(pick[len(paths) :])
            yield self._files(
                lambda path, b=bindings: b.get(path, 0),  # type: ignore[misc]
                lambda k=kept: bool(next(k, 0)),  # type: ignore[misc]
            )


def _some(
    sizes: list[int], names: int, most: int, chance: random.Random
) -> Iterator[Sequence[int]]:
    last = [size - 1 for size in sizes]
    none = [0] * len(sizes)
    yield from (none, last)
    structured = []
    for at in range(len(sizes)):
        structured.append([*last[:at], 0, *last[at + 1 :]])  # one is lost
        structured.append([*none[:at], last[at], *none[at + 1 :]])  # one is there
        structured.append([*last[: at + 1], *none[at + 1 :]])  # in order
        if at >= names:
            structured.append([*last[:names], *none[names:at], *last[at:]])  # the end first
    chance.shuffle(structured)
    yield from structured[: most // 2]
    for _ in range(most - min(len(structured), most // 2)):
        share = chance.random()  # of what got there
        yield [
            chance.randrange(size) if at < names else int(chance.random() < share)
            for at, size in enumerate(sizes)
        ]


def _sectors(effect: Effect) -> Iterator[Effect]:
    position, data = effect
    if data is None:
        yield effect
        return
    at = 0
    while at < len(data):
        end = min(len(data), at + SECTOR - (position + at) % SECTOR)
        yield Effect(position + at, data[at:end])
        at = end


def _apply(image: bytearray, effect: Effect) -> None:
    position, data = effect
    image.extend(bytes(max(0, position - len(image))))
    if data is None:
        del image[position:]
    else:
        image[position : position + len(data)] = data
