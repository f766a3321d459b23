"""Compacting: the course of a compaction while the repository is in use.

Owns who works when: steps run off the owner's thread, some at a time and with pauses, so that the
owner never waits for them; between them it is told how far they are, and in the end the store goes
on with the new file. Invariant: `on_end` is called once. Knows no threads: `offload` is passed in.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final, NamedTuple

from goatcore.errors import Closed, GoatError
from goatcore.repository.store import Store

STEPS: Final = 32  # between two looks of the owner
PAUSE_MS: Final = 0.15  # after each: whoever waits to run Python does so now
WAIT_MS: Final = 50  # while something is on its way to the disk

Progress = Callable[[float], None]
Work = Callable[[], Exception | None]
Offload = Callable[[Work, Callable[[Exception | None], None]], None]
Later = Callable[[float, Callable[[], None]], Callable[[], None]]


class Compacted(NamedTuple):
    """What a compaction came to: bytes of the log before and after, and commits in it."""

    before: int
    after: int
    commits: int


class Compacting:
    """A compaction under way. Begin it with `go_on`; it ends with the repository at the latest."""

    def __init__(
        self,
        store: Store,
        random: Callable[[int], bytes],
        offload: Offload,
        later: Later,
        pause: Callable[[float], None],
        on_progress: Progress | None,
        on_end: Callable[[Compacted | Exception], None],
    ) -> None:
        self._store = store
        self._before = store.log_bytes
        self._compaction = store.compaction(random)
        self._offload = offload
        self._later = later
        self._pause = pause
        self._on_progress = on_progress
        self._on_end = on_end
        self._ended = False

    def cancel(self) -> None:
        """Give it up: everything stays as it is. After its end this is nothing."""
        self._end(Closed("The compaction was stopped."))

    def go_on(self) -> None:
        """Do what comes next."""
        if self._ended:
            return
        try:
            if self._compaction.behind:
                self._offload(self._work, self._worked)
            elif self._store.adopt(self._compaction):
                self._offload(self._make_lasting, self._lasting)
            else:
                self._later(WAIT_MS, self.go_on)
        except GoatError as error:
            self._end(error)

    def _work(self) -> Exception | None:
        try:
            for _ in range(STEPS):
                if not self._compaction.behind:
                    break
                self._compaction.step()
                self._pause(PAUSE_MS / 1000)
        except GoatError as error:
            return error
        return None

    def _worked(self, error: Exception | None) -> None:
        if error is not None:
            self._end(error)
            return
        if self._on_progress is not None and not self._ended:
            self._on_progress(self._compaction.progress)
        self.go_on()

    def _make_lasting(self) -> Exception | None:
        try:
            self._store.sync_name()
        except GoatError as error:
            return error
        return None

    def _lasting(self, error: Exception | None) -> None:
        store = self._store
        self._end(error or Compacted(self._before, store.log_bytes, len(store)))

    def _end(self, result: Compacted | Exception) -> None:
        if not self._ended:
            self._ended = True
            self._compaction.close()
            self._on_end(result)


def compact_now(
    store: Store,
    random: Callable[[int], bytes],
    flush: Callable[[], None],
    on_progress: Progress | None,
) -> Compacted:
    """Compact a repository that nobody else uses meanwhile, and block. `flush` brings everything
    that is held on disk. Raises `Damaged`, `DiskFailed`."""
    before = store.log_bytes
    compaction = store.compaction(random)
    try:
        while not store.adopt(compaction):
            flush()
            while compaction.behind:
                compaction.step()
                if on_progress is not None:
                    on_progress(compaction.progress)
        store.sync_name()
    finally:
        compaction.close()
    return Compacted(before, store.log_bytes, len(store))
