"""Group commit without a timer: a sync starts as soon as there is something to sync.

Owns when a log syncs. Invariant: at most one sync runs at a time for a log; what is written
meanwhile joins the next; `on_durable` is called with growing positions, on the owner's thread,
and never for bytes that are not on the medium. Knows no threads: `offload` is passed in.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeAlias

from goatcore.errors import DiskFailed
from goatcore.storage.log import Log

Done: TypeAlias = Callable[[int | Exception], None]
Offload: TypeAlias = Callable[[Callable[[], int], Done], None]


def inline(work: Callable[[], int], done: Done) -> None:
    """An offload for scripts: does the work here and now."""
    try:
        result: int | Exception = work()
    except DiskFailed as error:
        result = error
    done(result)


class GroupCommit:
    """Syncs one log. `offload(work, done)` runs `work` off-thread, then `done(result or error)` on
    the owner's thread; all methods are called there too."""

    __slots__ = ("_closed", "_durable", "_failure", "_log", "_offload", "_on_durable", "_on_failed",
                 "_running", "_wanted")  # fmt: skip

    def __init__(
        self,
        log: Log,
        offload: Offload,
        on_durable: Callable[[int], None],
        on_failed: Callable[[DiskFailed], None],
    ) -> None:
        self._log = log
        self._offload = offload
        self._on_durable = on_durable
        self._on_failed = on_failed
        self._wanted = self._durable = log.synced
        self._running = self._closed = False
        self._failure: DiskFailed | None = None

    @property
    def durable(self) -> int:
        """The position up to which everything is on the medium, as told to the owner."""
        return self._durable

    @property
    def failure(self) -> DiskFailed | None:
        """Why the last sync failed; None once one has succeeded since."""
        return self._failure

    def written(self, position: int) -> None:
        """The log was appended to, up to `position`."""
        self._wanted = max(self._wanted, position)
        if self._failure is None:
            self._decide()

    @property
    def idle(self) -> bool:
        """Whether everything that was written is durable, and was told so."""
        return not self._running and self._wanted == self._durable and self._failure is None

    def moved(self, position: int) -> None:
        """The idle log goes on in another file, whose durable end is `position`."""
        assert self.idle
        self._wanted = self._durable = position

    def retry(self) -> None:
        """Try again after a failure; the owner calls this from time to time while one stands."""
        self._failure = None
        self._decide()

    def flush_now(self) -> int:
        """Block until all that was written is on the medium. Raises `DiskFailed`."""
        if self._wanted > self._durable:
            try:
                position = self._log.sync()
            except DiskFailed as error:
                self._failure = error
                raise
            self._advance(position)
        return self._durable

    def close(self) -> None:
        """Start no more syncs, and ignore what comes of one that runs."""
        self._closed = True

    def _decide(self) -> None:
        if not (self._running or self._closed) and self._wanted > self._durable:
            self._running = True
            self._offload(self._log.sync, self._done)

    def _done(self, result: int | Exception) -> None:
        self._running = False
        if self._closed:
            return
        if isinstance(result, int):
            self._advance(result)
        elif not isinstance(result, DiskFailed):
            raise result
        elif self._wanted > self._durable:
            self._failure = result
            self._on_failed(result)
            return
        self._decide()

    def _advance(self, position: int) -> None:
        self._failure = None
        if position > self._durable:
            self._durable = position
            self._wanted = max(self._wanted, position)
            self._on_durable(position)
