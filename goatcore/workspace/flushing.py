"""Flushing: everything that was edited gets to disk, in the order in which it stands on another.

Owns the waiting for it. Invariant: membership is on disk and marked before what stands on it is
released; when `flush` or `flush_now` is done, all that was edited before is on disk.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from goatcore.errors import DiskFailed
from goatcore.marking import HighWaterMarks
from goatcore.repository.repository import Repository
from goatcore.repository.store import Store
from goatcore.scheduling import Scheduler
from goatcore.workspace.problems import Problems

if TYPE_CHECKING:
    import asyncio


class Flushing:
    """The way to disk of one workspace's edits."""

    def __init__(
        self,
        members: Store,
        opened: Mapping[str, Repository],
        marks: HighWaterMarks | None,
        scheduler: Scheduler,
        problems: Problems,
    ) -> None:
        self._members = members
        self._opened = opened
        self._marks = marks
        self._scheduler = scheduler
        self._problems = problems
        self._waiting: set[asyncio.Future[None]] = set()

    async def flush(self) -> None:
        """Wait until everything that was edited so far is on disk. Raises `DiskFailed`; what the
        disk refused is kept and tried again."""
        loop = self._scheduler.loop()
        assert loop is not None
        done: asyncio.Future[None] = loop.create_future()
        failure = self._record_drafts()
        counts = [(store, len(store)) for store in self._stores()]

        def look() -> None:
            if not done.done() and all(store.on_disk >= count for store, count in counts):
                done.set_result(None)

        ends = [store.on_durable(look) for store, _ in counts]
        self._waiting.add(done)
        try:
            self._scheduler.run_deferred()
            look()
            await done
        finally:
            self._waiting.discard(done)
            for end in ends:
                end()
        if failure is not None:
            raise failure

    def flush_now(self) -> None:
        """Block until everything that was edited so far is on disk. Raises `DiskFailed`."""
        failure = self._record_drafts()
        for store in self._stores():
            store.flush_now()
        self._scheduler.run_deferred()
        self.release()
        self._flush_marks()
        if failure is not None:
            raise failure

    def flush_one(self, repository: Repository) -> None:
        """Block until a repository, and what its commits stand on, is on disk. Raises
        `DiskFailed`."""
        self._members.flush_now()
        self._flush_marks()
        self._members.release()
        repository.flush_now()
        self._scheduler.run_deferred()
        self._flush_marks()
        repository.store.release()

    def release(self) -> None:
        """Membership got further: so may what stands on it."""
        for repository in self._opened.values():
            repository.store.release()

    def marked(self) -> None:
        """Commits of this device were marked."""
        self._members.release()
        self.release()

    def sync_failed(self, error: Exception) -> None:
        """The disk refused what somebody may wait for."""
        for future in self._waiting:
            if not future.done():
                future.set_exception(error)
        self._problems.on_error(error)

    def _flush_marks(self) -> None:
        """In rounds: what stands on membership is released, and marked, after that."""
        if self._marks is not None:
            self.marked()
            self._marks.flush_now()
            self._marks.flush_now()

    def _record_drafts(self) -> DiskFailed | None:
        """Of every repository, even if the disk fails on one."""
        failure = None
        for repository in self._opened.values():
            try:
                repository.record_drafts()
            except DiskFailed as error:
                failure = error
        return failure

    def _stores(self) -> list[Store]:
        return [self._members, *(repository.store for repository in self._opened.values())]
