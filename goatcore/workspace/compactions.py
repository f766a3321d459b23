"""Compactions: the repositories' files written anew, when asked and when bodies were purged.

Owns those that are under way. Invariant: a repository has one at a time, which never outlives it; a
purge is tried once for what it purges, and again only if it failed.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from time import sleep
from typing import TYPE_CHECKING, Final

from goatcore.errors import Closed, Damaged, DiskFailed
from goatcore.members import Members
from goatcore.repository.repository import Repository
from goatcore.scheduling import Scheduler
from goatcore.trust.purges import Purged
from goatcore.workspace.problems import Problems

if TYPE_CHECKING:
    import asyncio

    from goatcore.repository.compacting import Compacted, Compacting, Progress

DROP_S: Final = 0.5


class Compactions:
    """The compactions of one workspace's repositories."""

    def __init__(
        self,
        opened: Mapping[str, Repository],
        members: Members,
        scheduler: Scheduler,
        problems: Problems,
        random: Callable[[int], bytes],
    ) -> None:
        self._opened = opened
        self._members = members
        self._scheduler = scheduler
        self._problems = problems
        self._random = random
        self._under_way: dict[str, Compacting] = {}
        self._turns: dict[str, asyncio.Lock] = {}  # all write a file of the same name
        self._dropping: dict[str, Purged] = {}  # purges whose bodies go, or went
        self._drops: set[asyncio.Task[None]] = set()

    async def compact(self, repository: Repository, on_progress: Progress | None) -> Compacted:
        """Write a repository's file anew while it is in use, after those that were asked for
        before. Raises `Damaged`, `DiskFailed`, `Closed`."""
        from asyncio import Lock  # a loop runs, so it is loaded

        async with self._turns.setdefault(repository.path, Lock()):
            if self._opened.get(repository.path) is not repository:
                raise Closed(f"{repository.path} was closed.")
            return await self._compact(repository, on_progress)

    async def _compact(self, repository: Repository, on_progress: Progress | None) -> Compacted:
        from goatcore.repository.compacting import Compacting

        loop = self._scheduler.loop()
        assert loop is not None
        done: asyncio.Future[Compacted] = loop.create_future()

        def ended(result: Compacted | Exception) -> None:
            if done.done():
                return
            if isinstance(result, Exception):
                done.set_exception(result)
            else:
                done.set_result(result)

        store, random = repository.store, self._random
        offload, later = self._scheduler.offload, self._scheduler.later
        compacting = Compacting(store, random, offload, later, sleep, on_progress, ended)
        self._under_way[repository.path] = compacting
        compacting.go_on()
        try:
            return await done
        finally:
            compacting.cancel()
            if self._under_way.get(repository.path) is compacting:
                del self._under_way[repository.path]

    def drop_later(self, path: str) -> None:
        """Where bodies that are purged are still here, write the file anew without them, in a
        while; without a loop, by whoever calls `compact_now`."""
        loop = self._scheduler.loop()
        repository = self._opened[path]
        purged = self._members.purged(repository.id)
        if loop is None or not purged.commits or self._dropping.get(path) == purged:
            return
        self._dropping[path] = purged

        from asyncio import sleep as wait  # a loop runs, so it is loaded

        async def drop() -> None:
            await wait(DROP_S)
            if self._opened.get(path) is repository and repository.store.has_bodies(purged.commits):
                try:
                    await self.compact(repository, None)
                except Closed:
                    self._dropping.pop(path, None)
                except (Damaged, DiskFailed) as error:
                    self._dropping.pop(path, None)
                    self._problems.on_error(error)

        task = loop.create_task(drop())
        self._drops.add(task)
        task.add_done_callback(self._drops.discard)

    def cancel(self, path: str) -> None:
        """A repository closes: its file stays as it is."""
        self._dropping.pop(path, None)
        self._turns.pop(path, None)
        compacting = self._under_way.pop(path, None)
        if compacting is not None:
            compacting.cancel()

    def close(self) -> None:
        """Begin none any more."""
        for task in tuple(self._drops):
            task.cancel()
