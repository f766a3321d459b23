"""Runs: many commits in one piece that stands for itself (FORMATS.md 1.5).

A run is a stream of packed commits of its own, so nothing that is lost before it costs anything of
it. A dep that stands in the same run is a number. Invariant: `unpack_run` gives exactly the bytes
of the commits that went in; `RunPacker.close` has made sure of it.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final, NamedTuple

import msgspec

from goatcore.errors import Malformed
from goatcore.history.commit import Commit
from goatcore.history.packing import Packed, Packer, Unpacker
from goatcore.ids import CommitId, RepositoryId
from goatcore.values import pack

RUN_BYTES: Final = 16 * 1024  # what a run has at least, where there is as much
RUN_BYTES_MAX: Final = 64 * 1024  # it ends before it grows beyond, unless it is one commit
COMMITS_AN_AUTHOR: Final = 64  # on average, before a run may end: the first of each is whole
RUN_COMMITS_MAX: Final = 4096
ARRAY_HEAD_MAX: Final = 3

_decode = msgspec.msgpack.Decoder(list[object]).decode


class Run(NamedTuple):
    """A run that ended: its bytes, and how many commits are in it."""

    body: bytes
    commits: int


class RunPacker:
    """Makes runs of a repository's commits, which are given parents first."""

    __slots__ = ("_commits", "_numbers", "_packer", "_parts", "_repository", "_size")

    def __init__(self, repository: RepositoryId) -> None:
        self._repository = repository
        self._begin()

    def _begin(self) -> None:
        self._packer = Packer(self._repository, whole_every=None)
        self._numbers: dict[CommitId, int] = {}
        self._commits: list[Commit] = []
        self._parts: list[bytes] = []
        self._size = ARRAY_HEAD_MAX

    def __len__(self) -> int:
        """How many commits are in the run that is open."""
        return len(self._parts)

    def add(self, commit: Commit) -> Run | None:
        """Put a commit into the run; a run that ended before it, if one did."""
        part = pack(self._short(commit))
        ended = None
        if self._parts and (self._is_full() or self._size + len(part) > RUN_BYTES_MAX):
            ended = self.close()
            part = pack(self._short(commit))
        self._numbers[commit.id] = len(self._parts)
        self._commits.append(commit)
        self._parts.append(part)
        self._size += len(part)
        return ended

    def close(self) -> Run:
        """The run that is open, which has a commit at least; the next one begins."""
        run = Run(_array_head(len(self._parts)) + b"".join(self._parts), len(self._parts))
        again = unpack_run(self._repository, run.body, trusted=True)
        assert [commit.raw for commit in again] == [commit.raw for commit in self._commits]
        self._begin()
        return run

    def _is_full(self) -> bool:
        enough = COMMITS_AN_AUTHOR * len(self._packer.authors)
        count = len(self._parts)
        return count >= RUN_COMMITS_MAX or (self._size >= RUN_BYTES and count >= enough)

    def _short(self, commit: Commit) -> Packed:
        entry = self._packer.pack(commit)
        if isinstance(entry, list) and len(commit.header.deps) > 1:
            here, numbers = len(self._parts), self._numbers
            entry[2] = [
                here - numbers[dep] if dep in numbers else dep for dep in commit.header.deps[1:]
            ]
        return entry


def unpack_run(repository: RepositoryId, run: bytes, *, trusted: bool = False) -> list[Commit]:
    """The commits of a run, in order. `trusted` as for `Unpacker`. Raises `Malformed`."""
    return list(_unpacked(repository, run, trusted))


def _unpacked(repository: RepositoryId, run: bytes, trusted: bool) -> Iterator[Commit]:
    try:
        entries = _decode(run)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise Malformed(f"This is no run of commits: {error}.") from None
    unpacker = Unpacker(repository, trusted=trusted)
    ids: list[CommitId] = []
    for entry in entries:
        if type(entry) is list and len(entry) == 6 and type(entry[2]) is list:
            entry[2] = [_dep(dep, ids) if type(dep) is int else dep for dep in entry[2]]
        commit = unpacker.unpack(entry)
        ids.append(commit.id)
        yield commit


def _dep(back: int, ids: list[CommitId]) -> CommitId:
    if not 0 < back <= len(ids):
        raise Malformed("A packed commit names a dep that is not in its run.")
    return ids[-back]


def _array_head(count: int) -> bytes:
    """How MessagePack begins an array of so many."""
    if count < 16:
        return bytes([0x90 | count])
    return b"\xdc" + count.to_bytes(2, "big")
