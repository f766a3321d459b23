"""Compaction: a repository's log is written anew in runs, while it is in use.

Owns what goes into the new file. Invariant: every commit that was held is in it, in the same order
and with exactly its bytes (of a purged one all but the body), or nothing changes at all; records of
other kinds are copied. What arrives meanwhile is taken along, until everything is there and synced:
then the log goes on with the new file from one moment to the next. `step` may run on any one
thread; all else on the owner's.
"""

from __future__ import annotations

from array import array
from collections.abc import Callable, Generator, Iterator
from threading import Lock
from typing import Final

from goatcore.errors import Closed, Damaged
from goatcore.history.commit import Commit
from goatcore.history.runs import Run, RunPacker
from goatcore.history.salvage import Found
from goatcore.ids import CommitId, RepositoryId
from goatcore.repository.admission import Verify
from goatcore.repository.log_reading import LogReading
from goatcore.storage.framing import (
    AFTER_GAP,
    NEW_STREAM,
    PACKED_COMMIT,
    PACKED_RUN,
    RECORDS_BEGIN,
    WHOLE_COMMIT,
    Record,
    place,
)
from goatcore.storage.log import Log

STEP_COMMITS: Final = 32  # about half a millisecond
_COMMITS: Final = frozenset({WHOLE_COMMIT, PACKED_COMMIT, PACKED_RUN})


class _GapMet(Exception):
    """Damage was cut out of the log: from its beginning on, ids must be kept to read on."""


class Compaction:
    """One log being written anew. `step` until it is not `behind`, then `Store.adopt`; `close` in
    any case."""

    def __init__(
        self,
        log: Log,
        repository: RepositoryId,
        verify: Verify,
        random: Callable[[int], bytes],
        purged: Callable[[Commit], bool],
    ) -> None:
        self._log = log
        self._repository = repository
        self._verify = verify
        self._random = random
        self._purged = purged
        self._stepping = Lock()
        self._closed = False
        self._begin(gapped=False)

    def _begin(self, *, gapped: bool) -> None:
        self.repacking = self._log.repack(self._random)
        self.old_places = array("Q")  # of the commits, in order
        self.new_places = array("Q")
        self._ids: set[CommitId] | None = set() if gapped else None
        self._reading = LogReading(self._repository, self._holds, self._verify)
        self._runs = RunPacker(self._repository)
        self._at = RECORDS_BEGIN  # in the log in use
        self._steps: Generator[None, None, None] | None = None

    @property
    def behind(self) -> bool:
        """Whether synced records of the log are not in the new file yet."""
        return self._steps is not None or self.repacking.covered < self._log.synced

    @property
    def progress(self) -> float:
        """How much of the log was taken in: 0 … 1."""
        return self._at / self._log.end

    def step(self) -> None:
        """Take in some more. Raises `Damaged`, `DiskFailed`, and `Closed` when it was given up."""
        with self._stepping:
            if self._closed:
                raise Closed("The compaction was stopped.")
            if self._steps is None:
                self._steps = self._catch_up()
            try:
                next(self._steps)
            except StopIteration:
                self._steps = None
            except _GapMet:
                self.repacking.close()
                self._begin(gapped=True)

    def close(self) -> None:
        """Give it up, unless it was adopted; a step that runs is waited for. Again is nothing."""
        with self._stepping:
            self._closed = True
            if self._steps is not None:
                self._steps.close()
                self._steps = None
            self.repacking.close()

    def _catch_up(self) -> Generator[None, None, None]:
        """Take in what is synced by now; yields after every few commits."""
        for number, found in enumerate(self._reading.commits(self._records()), 1):
            self._add(found)  # before the next is asked for
            if number % STEP_COMMITS == 0:
                yield
        if self._reading.lost:
            raise Damaged(
                f"{self._reading.lost:,} records of this notebook wait for others that are "
                "missing. It can be compacted when another device has brought those back."
            )
        self._end_run()
        self.repacking.sync()

    def _records(self) -> Iterator[Record]:
        for record in self.repacking.records():
            if record.flags & AFTER_GAP and self._ids is None:
                raise _GapMet
            self._at = record.end
            if record.type not in _COMMITS:
                self._end_run()
                flags = record.flags & ~(AFTER_GAP | NEW_STREAM)
                self.repacking.append(record.type, flags, record.body)
            yield record

    def _add(self, found: Found) -> None:
        commit, where = found
        self._write(self._runs.add(commit.without_body() if self._purged(commit) else commit))
        self.old_places.append(where)
        if self._ids is not None:
            self._ids.add(commit.id)

    def _end_run(self) -> None:
        if len(self._runs):
            self._write(self._runs.close())

    def _write(self, run: Run | None) -> None:
        if run is not None:
            at = self.repacking.append(PACKED_RUN, 0, run.body)
            self.new_places.extend([place(at, number) for number in range(run.commits)])

    def _holds(self, id_: CommitId) -> bool:
        return self._ids is not None and id_ in self._ids
