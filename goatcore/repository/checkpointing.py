"""Checkpointing: a repository opens from what was computed before, and writes that down.

Owns when a checkpoint is written: behind so many new commits, and at close. Invariant: it says what
the log says up to a place that is on disk, so any of them may be dropped at any time; a key stroke
never waits for one: rows are made in slices, and blocks are sealed on another thread.
"""

from __future__ import annotations

from collections.abc import Callable
from hashlib import blake2b
from typing import Final, NamedTuple, Protocol

from goatcore.errors import CheckpointDamaged, DiskFailed
from goatcore.repository.environment import Later
from goatcore.repository.ground import CommitGround, ItemGround, answers_of, results_of
from goatcore.repository.ground_drafts import Captured, drafts_of
from goatcore.repository.queries import Queries
from goatcore.repository.shelved_items import ShelvedItems
from goatcore.repository.store import Store
from goatcore.repository.walking import Walking
from goatcore.storage.checkpoint.contents import Contents
from goatcore.storage.checkpoint.index_file import IndexFile
from goatcore.storage.checkpoint.reading import Checkpoint
from goatcore.storage.log import LogMark
from goatcore.values import pack

TAIL_MAX: Final = 2_000  # commits behind the checkpoint; then the next is written
WORTH: Final = 100  # commits behind it for which one is written at close
FIRST_WORTH: Final = 50  # commits for which there is to be one at all
SLICE_MS: Final = 3.0
ROWS_AT_ONCE: Final = 16
DELAY_MS: Final = 50


class Offload(Protocol):
    """Runs work off the owner's thread, then `done` there; without a loop, never or much later."""

    def __call__(
        self, work: Callable[[], None], done: Callable[[Exception | None], None], /
    ) -> None: ...


class Index(NamedTuple):
    """Where a repository's checkpoints go, and who writes them."""

    file: IndexFile
    offload: Offload


class Checkpointing:
    """The checkpoints of one repository."""

    def __init__(
        self,
        index: Index,
        store: Store,
        items: ShelvedItems,
        walking: Walking,
        later: Later,
        elapsed_ms: Callable[[], float],
        queries: Queries,
        drafted: Callable[[], list[int]],
    ) -> None:
        """`drafted` gives the numbers of the items with edits that are in no commit."""
        self._file, self._offload = index
        self._store = store
        self._items = items
        self._walking = walking
        self._later = later
        self._elapsed_ms = elapsed_ms
        self._queries = queries
        self._drafted = drafted
        self._answers: set[bytes] = set()  # fingerprints of the results in the present checkpoint
        self._written = 0  # commits that the present one has
        self._asked = False  # a slice will come
        self._writing: Captured | None = None
        self._closed = False
        self._distrusted = False
        store.distrust = self._distrust
        self._end = store.on_durable(self._look)

    # -- opening -----------------------------------------------------------------------------------

    def load(self) -> None:
        """Hold, count and show what the log has: from the checkpoint and what is behind it, or
        from the log alone."""
        checkpoint = self._file.present
        if checkpoint is None or not self._resume(checkpoint):
            self._walking.load(self._store.load())
        self._look()

    def _resume(self, checkpoint: Checkpoint) -> bool:
        store, items, walking = self._store, self._items, self._walking
        try:
            ground = CommitGround(checkpoint)
            store.stand_on(ground)
            items.stand_on(ItemGround(checkpoint))
            walking.restore(ground.kept())
            if not walking.is_counted_anew():
                walking.load(store.load(checkpoint.mark))
                self._written = ground.count
                drafted, names = answers_of(checkpoint)
                self._answers = set(names)
                if names:
                    changed = {*drafted, *items.beyond_ground()}
                    self._queries.resume(lambda: results_of(checkpoint), changed)
                return True
        except CheckpointDamaged:
            pass
        self._file.remove()
        store.begin_anew()
        items.begin_anew()
        walking.begin_anew()
        return False

    def _distrust(self) -> None:
        """The log is damaged: the next opening looks at every record, so no checkpoint is to be
        there then. What stands in the present one is read on until this one is closed."""
        self._distrusted = True
        self._file.forget()

    # -- writing -----------------------------------------------------------------------------------

    def _tail(self) -> int:
        """Commits whose effect is not in the checkpoint."""
        known = self._items.grounded and not self._store.moved
        return self._store.count - (self._written if known else 0)

    def _look(self) -> None:
        """More is durable, or a checkpoint is there: ask for a slice if the next is due."""
        due = TAIL_MAX if self._items.grounded else FIRST_WORTH
        if self._distrusted or self._closed:
            return
        if self._tail() >= due and not (self._asked or self._writing):
            self._asked = True
            self._later(DELAY_MS, self._slice)

    def _slice(self) -> None:
        self._asked = False
        if self._closed or self._distrusted:
            return
        if self._writing is not None or self._store.read_only:
            return
        began = self._elapsed_ms()
        while self._items.put_some_away(ROWS_AT_ONCE):
            if self._elapsed_ms() - began > SLICE_MS:
                self._asked = True
                self._later(0, self._slice)
                return
        mark = self._store.mark()
        if mark is None:
            return  # something is on its way to the disk; when it is there, `_look` is called
        captured = self._writing = self._capture(mark)
        previous = self._file.present
        self._offload(lambda: self._prepare(captured, previous), self._done)

    def _capture(self, mark: LogMark) -> Captured:
        self._items.put_all_away()
        kept = self._walking.kept()
        drafted, results = self._drafted(), self._queries.export()
        return Captured(mark, *self._store.grown(), self._items.grown(), kept, drafted, results)

    def _prepare(self, captured: Captured, previous: Checkpoint | None) -> None:
        verdicts = blake2b(pack(captured.kept.verdicts), digest_size=16).digest()
        contents = Contents(
            self._file.key, self._file.repository, captured.mark, verdicts, drafts_of(captured)
        )
        self._file.prepare(contents, previous)

    def _done(self, failure: Exception | None) -> None:
        captured, self._writing = self._writing, None
        assert captured is not None
        if self._distrusted:
            return
        if isinstance(failure, CheckpointDamaged):
            self._distrust()
        elif failure is None and not self._closed and self._store.has(captured.mark):
            try:
                self._install(captured)
            except (CheckpointDamaged, DiskFailed):  # then it is tried again some time
                return
        elif failure is not None and not isinstance(failure, DiskFailed):
            raise failure

    def _install(self, captured: Captured) -> None:
        checkpoint = self._file.install()
        if checkpoint is None:
            raise CheckpointDamaged("The index that was just written cannot be read.")
        ground = CommitGround(checkpoint)
        self._store.stand_on(ground)
        self._items.stand_on(ItemGround(checkpoint), captured.items)
        self._answers = {one.fingerprint for one in captured.results}
        self._written = ground.count

    # -- end ---------------------------------------------------------------------------------------

    def close(self) -> None:
        """Write a last one if that makes the next opening faster, and let go of the file. To be
        called while the log is still open."""
        if self._closed:
            return
        self._end()
        worth = WORTH if self._items.grounded else FIRST_WORTH
        self._closed = True
        if self._distrusted or self._writing is not None or self._store.read_only:
            return
        if self._tail() >= worth or self._has_new_answers():
            self._write_now()

    def _has_new_answers(self) -> bool:
        """Whether something was asked, of many items, that the present checkpoint does not know."""
        if self._store.count < FIRST_WORTH:
            return False
        return not {one.fingerprint for one in self._queries.export()} <= self._answers

    def _write_now(self) -> None:
        mark = self._store.mark()
        if mark is not None:
            try:
                self._prepare(self._capture(mark), self._file.present)
                self._file.install()
            except CheckpointDamaged:
                self._file.remove()
            except DiskFailed:
                pass  # the log has everything

    def release(self) -> None:
        """Let go of the file."""
        if self._distrusted:
            self._file.remove()
        else:
            self._file.close()
