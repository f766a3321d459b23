"""Upkeep: when the index takes in what has changed, when it is saved, and when it is made anew.

Owns the index and the thread that touches it. Invariants: whoever edits never waits for the index;
edits of one item within a moment are taken in once; an index that fails is replaced by one made of
everything, once. On a running loop one thread of its own touches the index, in turns of a few
milliseconds, and the loop only hands it texts; without a loop everything is done where `settle` is
called. Knows nothing of what is searched for.
"""

from __future__ import annotations

import asyncio
import sqlite3
import unicodedata
from collections.abc import Callable, Sequence
from functools import partial
from hashlib import blake2b
from time import perf_counter
from typing import Final, NamedTuple, TypeVar

from goatcore.database import Database
from goatcore.repository.repository import Repository
from goatcore.scheduling import Scheduler
from goatcore.search.documents import Searched
from goatcore.search.following import Batch, Following
from goatcore.search.index import Index
from goatcore.search.sidecar import (
    SALT_BYTES,
    read_sidecar,
    seal_image,
    sidecar_key,
    sidecar_path,
    write_sidecar,
)

T = TypeVar("T")

FORM: Final = 2  # of the tables and of what analysis makes of a text
PAUSE_MS: Final = 250  # after an edit, before the index takes it in …
REST: Final = 10  # … or so many times as long as that took the last time
SLICE_MS: Final = 2.0  # of the owner's thread
BATCH_LETTERS: Final = 32_000
TELL_MS: Final = 500  # while much is taken in
SAVE_AFTER: Final = 500  # documents that changed since it was saved; of fewer it is cheaper, …
SAVE_AT_CLOSE: Final = 50  # … and of fewer than these at the end, to take them in again


class Saved(NamedTuple):
    """An index, and what it says of itself."""

    loaded: Index
    positions: dict[bytes, bytes]
    repositories: list[bytes]
    authors: list[str]


class Upkeep:
    """`moved` is called when something may be found otherwise than before."""

    def __init__(
        self,
        database: Database,
        searched: Sequence[Searched],
        under: str,
        moved: Callable[[], None],
    ) -> None:
        self.problem: str | None = None  # why there is no index, in a sentence
        self.index: Index | None = None
        self.authors: set[str] = set()  # of everything that was ever taken in
        self.scheduler = Scheduler(threads=1, name="goat-search")
        self.following = Following(
            database, searched, under, lambda: self._soon(self._pause_ms), moved, database.on_error
        )
        self._database = database
        self._path = sidecar_path(database.home, database.id)
        self._form = form_of(searched)
        self._moved = moved
        self._positions: dict[bytes, bytes] = {}
        self._end: Callable[[], None] | None = None
        self._timer: Callable[[], None] | None = None
        self._waiting: list[asyncio.Future[None]] = []
        self._working = self._started = self.closed = False
        self._unsaved = self._failures = 0
        self._comparisons = 0  # asked for, and not begun
        self._pause_ms = float(PAUSE_MS)
        self._told_ms = 0.0

    # -- life --------------------------------------------------------------------------------------

    def start(self) -> None:
        """Read what was saved; then take in what has changed since."""
        if not self._started:
            self._started = True
            self._end = self._database.subscribe(self._on_database)
            key, id_ = self._database.device.sign_seed, self._database.id
            self._load(lambda: read_sidecar(self._path, self._form, key, id_))

    def close(self) -> None:
        """Let go of everything; save, if much has changed."""
        self.closed = True
        if self._end is not None:
            self._end()
        if self._timer is not None:
            self._timer()
        self.scheduler.close()
        if self.index is not None:
            if self._unsaved >= SAVE_AT_CLOSE and not self._working:
                error = self._saving()(self.index)
                if error is not None:
                    self._database.on_error(error)
            self.index.close()
            self.index = None
        self.following.close()
        self._settle_waiting()

    # -- the index's thread ------------------------------------------------------------------------

    def read(self, work: Callable[[Index], T], done: Callable[[T | None], None]) -> None:
        """Work with the index on its thread (without a loop: here and now), then `done` with what
        came of it; with None if the index has failed or was replaced meanwhile."""
        index = self.index
        assert index is not None

        def finished(result: T | Exception) -> None:
            if self.closed:
                return
            if isinstance(result, Exception):
                if index is self.index:
                    self._make_anew(result)
                done(None)
            else:
                done(result if index is self.index else None)

        self._run(partial(work, index), finished)

    def _run(self, work: Callable[[], T], done: Callable[[T | Exception], None]) -> None:
        if self.scheduler.loop() is not None:
            self.scheduler.offload(work, done)
            return
        try:
            result: T | Exception = work()
        except sqlite3.Error as error:
            result = error
        done(result)

    # -- how far it is -----------------------------------------------------------------------------

    @property
    def settled(self) -> bool:
        """Whether the index has every item as it is."""
        return (
            self.index is not None
            and not self._working
            and not self._comparisons
            and self.following.done
        )

    async def wait(self) -> None:
        """Wait until the index has every item as it is, without a pause."""
        self.start()
        if self._timer is not None:
            self._timer()
            self._timer = None
        if not self.settled and self.problem is None:
            future: asyncio.Future[None] = asyncio.get_running_loop().create_future()
            self._waiting.append(future)
            if self.index is not None:
                self._soon(0)
            await future

    def settle(self) -> None:
        """Take in everything here and now, without a loop."""
        self.start()
        while self.index is not None and not self.following.done:
            self._take(self.following.take(BATCH_LETTERS, lambda: False))

    def _settle_waiting(self) -> None:
        waiting, self._waiting = self._waiting, []
        for future in waiting:
            if not future.done():
                future.set_result(None)

    def _tell(self) -> None:
        self._told_ms = _elapsed_ms()
        self._moved()

    # -- repositories ------------------------------------------------------------------------------

    def _load(self, read: Callable[[], bytes | None]) -> None:
        def loaded(saved: Saved | Exception) -> None:
            if isinstance(saved, Exception):
                self._give_up(saved)
            elif self.closed:
                saved.loaded.close()
            else:
                self.index, self._positions, before, authors = saved
                self.authors.update(authors)
                self._on_database(before)

        self._run(partial(_load, read), loaded)

    def _on_database(self, before: Sequence[bytes] = ()) -> None:
        """Repositories came or went, or members have other names. `before`: those that the index
        had documents of when it was saved."""
        if self.index is None or self.closed or self._database.closed:
            return
        came, went = self.following.look()
        gone = [*map(bytes, went), *(it for it in before if not self.following.repository(it))]
        if gone:
            self.read(lambda index: index.forget(gone), lambda _: self._tell())
        for repository in came:
            position = self._positions.pop(repository.id, b"")
            if not position or position != self.following.position(repository):
                self._comparisons += 1
                self._compare(repository)
        self._tell()
        self._soon(0)

    def _compare(self, repository: Repository) -> None:
        def compare(stamps: dict[str, bytes] | None) -> None:
            self._comparisons -= 1
            if stamps is not None:
                self.following.compare(repository, stamps)
                self._soon(0)

        self.read(lambda index: index.stamps(bytes(repository.id)), compare)

    # -- taking in ---------------------------------------------------------------------------------

    def _soon(self, delay_ms: float) -> None:
        if self.closed or self._working or self.scheduler.loop() is None:
            return
        if self._timer is not None:
            if delay_ms > 0:
                return
            self._timer()
        self._timer = self.scheduler.later(delay_ms, self._on_timer)

    def _on_timer(self) -> None:
        self._timer = None
        if self.index is None or self.closed or self._working or self._database.closed:
            return
        until = _elapsed_ms() + SLICE_MS
        batch = self.following.take(BATCH_LETTERS, lambda: _elapsed_ms() > until)
        if batch.put or batch.drop:
            self._take(batch)
        elif not self.following.done:
            self._soon(0)
        elif not self._comparisons:
            self._on_settled()

    def _take(self, batch: Batch) -> None:
        def change(index: Index) -> float:
            began = _elapsed_ms()
            index.change(batch.put, batch.drop)
            return _elapsed_ms() - began

        self._working = True
        self.authors.update(entry.author for entry in batch.put)
        self._unsaved += len(batch.put) + len(batch.drop)
        self.read(change, self._on_taken)

    def _on_taken(self, took_ms: float | None) -> None:
        self._working = False
        if took_ms is None:
            return
        if not self.following.done or self._comparisons:
            if _elapsed_ms() - self._told_ms > TELL_MS:
                self._tell()
            self._soon(0)
        else:
            self._pause_ms = max(PAUSE_MS, REST * took_ms)
            self._on_settled()

    def _on_settled(self) -> None:
        self.following.tell_faults()
        self._settle_waiting()
        self._tell()
        if self._unsaved >= SAVE_AFTER:
            self._unsaved = 0
            self.read(self._saving(), lambda _error: self._warm())  # without a file it works, too
        elif self.scheduler.loop() is not None:
            self._warm()

    def _warm(self) -> None:
        if self.index is not None:
            self.read(Index.warm, _nothing)

    # -- saving, and beginning anew ----------------------------------------------------------------

    def _saving(self) -> Callable[[Index], OSError | None]:
        """Work that saves the index as it is."""
        database = self._database
        positions: dict[bytes, bytes] = {}
        if self.settled:
            for repository in self.following.repositories:
                if not repository.closed and (position := self.following.position(repository)):
                    positions[bytes(repository.id)] = position
        salt = database.random(SALT_BYTES)
        key = sidecar_key(database.device.sign_seed, database.id, salt)

        def save(index: Index) -> OSError | None:
            index.set_positions(positions)
            try:
                write_sidecar(self._path, seal_image(index.image(), self._form, key, salt))
            except OSError as error:
                return error
            return None

        return save

    def _make_anew(self, error: Exception) -> None:
        before, self.index = self.index, None
        if before is not None:
            self._run(before.close, _nothing)
        self._failures += 1
        if self._failures > 1:
            self._give_up(error)
            return
        self._positions.clear()
        self.following.start_over()
        self._working = False
        self._load(lambda: None)

    def _give_up(self, error: Exception) -> None:
        self.problem = f"Nothing can be searched: {error}. Start the program again."
        self._settle_waiting()
        self._tell()


def form_of(searched: Sequence[Searched]) -> bytes:
    """16 bytes that say what an index is of; one of another form cannot be used."""
    parts = [str(FORM), unicodedata.unidata_version]
    for one in sorted(searched, key=lambda one: one.schema.name):
        parts += [one.schema.name, str(one.schema.version), str(one.version)]
    return blake2b("\n".join(parts).encode(), digest_size=16).digest()


def _load(read: Callable[[], bytes | None]) -> Saved:
    image = read()
    try:
        index = Index(image)
        return Saved(index, index.positions(), index.repositories(), index.authors())
    except sqlite3.Error:
        if image is None:
            raise
        return Saved(Index(), {}, [], [])


def _elapsed_ms() -> float:
    return perf_counter() * 1000


def _nothing(_result: object) -> None:
    """What came of it does not matter."""
