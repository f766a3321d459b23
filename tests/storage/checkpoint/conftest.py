"""A checkpoint on a disk in memory, written and opened as the engine does."""

from __future__ import annotations

import random
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from goatcore.ids import RepositoryId
from goatcore.storage.checkpoint.contents import Contents, Draft
from goatcore.storage.checkpoint.reading import Checkpoint, open_checkpoint
from goatcore.storage.checkpoint.writing import install, write
from goatcore.storage.log import LogMark

KEY = bytes(range(32))
MARK = LogMark(4242, 4160, b"digest of 16 by.")
MEMBERSHIP = b"digest of a view"
REPOSITORY = RepositoryId(b"repository id 16")


class Place:
    """Where one repository's checkpoint stands."""

    def __init__(self, disk: Any) -> None:
        self.disk = disk
        self.path = Path("/workspace/notes.index")
        self.key = KEY
        self.mark = MARK
        self.repository = REPOSITORY
        self.membership = MEMBERSHIP
        self.random = random.Random(5).randbytes

    def write(self, *drafts: Draft, previous: Checkpoint | None = None) -> Checkpoint:
        """The next checkpoint, in place and open; the previous one is closed."""
        for _ in write(self.disk, self.path, self.contents(*drafts), self.random, previous):
            pass
        install(self.disk, self.path, previous)
        if previous is not None:
            previous.close()
        return self.open()

    def contents(self, *drafts: Draft) -> Contents:
        return Contents(KEY, REPOSITORY, MARK, MEMBERSHIP, drafts)

    def open(self, **others: Any) -> Checkpoint:
        """The checkpoint; the reason why there is none fails the test."""
        opened = self.try_open(**others)
        assert isinstance(opened, Checkpoint), opened
        return opened

    def try_open(self, **others: Any) -> Checkpoint | str:
        """The checkpoint, or the reason why there is none."""
        named = {"key": KEY, "repository": REPOSITORY} | others
        checkpoint, reason = open_checkpoint(self.disk, self.path, **named)
        assert (checkpoint is None) == bool(reason)
        return reason if checkpoint is None else checkpoint

    def data(self) -> bytes:
        data: bytes = self.disk.data(self.path)
        return data

    def put(self, data: bytes) -> None:
        self.disk.put(self.path, data)


@pytest.fixture
def place(disk: Any) -> Place:
    return Place(disk)


@pytest.fixture
def new_place(disk: Any) -> Callable[[], Place]:
    """Places on disks of their own, for many in one test."""
    return lambda: Place(type(disk)())
