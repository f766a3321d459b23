"""When things happen: timers and work off the thread, on whatever event loop runs, or on none.

Owns the difference between an application with a loop (asyncio's own, or Qt's through qasync) and a
script without one. Invariant: everything it calls back is called on the owner's thread. Without a
loop timers never fire and syncs wait for `run_deferred`, which every blocking flush calls.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Final, TypeVar

from goatcore.errors import Closed, DiskFailed

if TYPE_CHECKING:
    import asyncio
    from concurrent.futures import ThreadPoolExecutor

T = TypeVar("T")

THREADS: Final = 2


class Scheduler:
    """Timers and off-thread work of one database."""

    def __init__(self, threads: int = THREADS, name: str = "goat-sync") -> None:
        self._threads = threads
        self._name = name
        self._pool: ThreadPoolExecutor | None = None
        self._deferred: list[tuple[Callable[[], Any], Callable[[Any], None]]] = []
        self._closed = False

    @staticmethod
    def loop() -> asyncio.AbstractEventLoop | None:
        """The running loop, if there is one; where asyncio was never loaded, there is none."""
        if "asyncio" not in sys.modules:
            return None
        import asyncio

        try:
            return asyncio.get_running_loop()
        except RuntimeError:
            return None

    def later(self, delay_ms: float, callback: Callable[[], None]) -> Callable[[], None]:
        """Call back after `delay_ms` milliseconds; returns what cancels it."""
        loop = self.loop()
        if loop is None:
            return _nothing
        if delay_ms <= 0:
            return loop.call_soon(callback).cancel
        return loop.call_later(delay_ms / 1000, callback).cancel

    def offload(self, work: Callable[[], T], done: Callable[[T | Exception], None]) -> None:
        """Run `work` on another thread, then `done` with its result or exception on this one."""
        loop = self.loop()
        if loop is None or self._closed:
            self._deferred.append((work, done))
            return
        if self._pool is None:
            from concurrent.futures import ThreadPoolExecutor

            self._pool = ThreadPoolExecutor(self._threads, thread_name_prefix=self._name)

        def finished(future: asyncio.Future[T]) -> None:
            if future.cancelled():
                return
            error = future.exception()
            if error is None:
                done(future.result())
            elif isinstance(error, Exception) and not isinstance(error, Closed):
                done(error)

        loop.run_in_executor(self._pool, work).add_done_callback(finished)

    def run_deferred(self) -> None:
        """Do here and now what waited for a loop."""
        deferred, self._deferred = self._deferred, []
        for work, done in deferred:
            try:
                result = work()
            except DiskFailed as error:
                result = error
            except Closed:
                continue
            done(result)

    def close(self) -> None:
        """Let go of the threads; work that runs is waited for."""
        self._closed = True
        if self._pool is not None:
            self._pool.shutdown(wait=True)
            self._pool = None


def _nothing() -> None:
    """A timer that never fires needs no cancelling."""
