"""Search over all repositories of one workspace.

The front: what applications call. Owns the live searches and how they are answered. Invariant: what
is deleted is found no more, and what was asked last is answered last. Composes reading what was
typed, the index and its upkeep.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Final

from goatcore.database import Database
from goatcore.errors import Closed, LocalMisuse
from goatcore.repository.repository import Repository
from goatcore.search.documents import Searched
from goatcore.search.expression import Names
from goatcore.search.following import place_word
from goatcore.search.hits import Hit
from goatcore.search.index import Index, Matches
from goatcore.search.live import LiveSearch
from goatcore.search.upkeep import Upkeep
from goatcore.search.wanted import AUTHOR, PLACE, Wanted, parse

Places = Callable[[Repository], Mapping[str, str]]

LIMIT: Final = 100


class Search:
    """One workspace's. `under`: which paths are searched; `places` gives, for a repository, the
    names by which `notebook:` finds what documents call their place.

    Begins with `start`, or with the first search. Close it before its database.
    """

    def __init__(
        self,
        database: Database,
        searched: Sequence[Searched],
        *,
        under: str = "/",
        places: Places | None = None,
    ) -> None:
        self._database = database
        self._places = places
        self._marks = {mark for one in searched for mark in one.marks}
        self._lives: list[LiveSearch] = []
        self._rounds: dict[LiveSearch, _Round] = {}
        self._listeners: list[Callable[[], None]] = []
        self._tags: Mapping[str, int] = {}
        self._reads_tags = False
        self._upkeep = Upkeep(database, searched, under, self._moved)

    # -- searching ---------------------------------------------------------------------------------

    def live(self, typed: str = "", *, limit: int = LIMIT) -> LiveSearch:
        """The hits for what is typed, kept right; `ask` it for something else while one types."""
        self._check_open()
        live = LiveSearch(self, limit)
        self._lives.append(live)
        live.ask(typed)
        return live

    def find(self, typed: str, *, limit: int = LIMIT) -> list[Hit]:
        """The best hits now, everything taken in first. Raises `LocalMisuse` on a running loop,
        unless it is settled."""
        self.settle()
        wanted, index = self.read(typed), self._upkeep.index
        if index is None or not wanted:
            return []
        return self._hits(wanted, self._find(index, wanted, self._names(wanted), limit))

    def read(self, typed: str) -> Wanted:
        """What was typed, as it is understood; its `problems` are sentences for a person."""
        return parse(typed, self._marks, _midnight)

    @property
    def tags(self) -> Mapping[str, int]:
        """How many items have each tag, as far as it is known now; subscribers hear of news. They
        are read from the first time on that somebody asks."""
        if not self._reads_tags:
            self._reads_tags = True
            self._read_tags()
        return self._tags

    def _read_tags(self) -> None:
        if self._upkeep.index is not None:
            self._upkeep.read(Index.tags, self._on_tags)

    def _on_tags(self, tags: Mapping[str, int] | None) -> None:
        if tags is not None and tags != self._tags:
            self._tags = tags
            for callback in tuple(self._listeners):
                callback()

    # -- how far it is -----------------------------------------------------------------------------

    @property
    def problem(self) -> str | None:
        """Why nothing can be searched, in a sentence; None where all is well."""
        return self._upkeep.problem

    @property
    def pending(self) -> int:
        """Items that are still to be taken in, as far as is known."""
        return len(self._upkeep.following)

    @property
    def settled(self) -> bool:
        """Whether every item is found as it is."""
        return self._upkeep.settled

    def subscribe(self, callback: Callable[[], None]) -> Callable[[], None]:
        """Call back when it came further, a few times a second, and when it is settled."""
        self._listeners.append(callback)
        return lambda: self._listeners.remove(callback) if callback in self._listeners else None

    async def wait_settled(self) -> None:
        """Wait until every item is found as it is now."""
        self._check_open()
        await self._upkeep.wait()

    def settle(self) -> None:
        """Take in everything here and now, for programs without a loop; live searches answer to it.
        Raises `LocalMisuse` on a running loop, unless it is settled."""
        self._check_open()
        if self._upkeep.settled:
            return
        if self._upkeep.scheduler.loop() is not None:
            raise LocalMisuse("On a running loop, wait with wait_settled instead.")
        self._upkeep.settle()
        for live in list(self._lives):
            self._answer_here(live)

    # -- life --------------------------------------------------------------------------------------

    def start(self) -> None:
        """Begin to take in what has changed since the last time, beside other work."""
        self._check_open()
        self._upkeep.start()

    def close(self) -> None:
        """Let go of everything; save, if much has changed. Again is nothing."""
        if not self._upkeep.closed:
            for live in list(self._lives):
                live.close()
            self._upkeep.close()

    def __enter__(self) -> Search:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _check_open(self) -> None:
        if self._upkeep.closed:
            raise Closed("This search is closed.")

    # -- what live searches ask --------------------------------------------------------------------

    def answer(self, live: LiveSearch) -> None:
        """Read the index for a live search; what it asked before is given up."""
        current = self._rounds.get(live)
        if current is not None:
            current.again = True
            current.stopped = current.wanted is not live.wanted
        elif not live.wanted or self._upkeep.problem is not None:
            live.show([], more=False)
        elif self._upkeep.scheduler.loop() is None:
            if self._upkeep.settled:
                self._answer_here(live)
            else:
                self.settle()
        else:
            self.start()
            if self._upkeep.index is not None:
                self._begin_round(live)

    def leave(self, live: LiveSearch) -> None:
        """A live search was closed."""
        if live in self._lives:
            self._lives.remove(live)
        if live in self._rounds:
            self._rounds[live].stopped = True

    def failed(self, error: Exception) -> None:
        """A fault of an application's code: told of where other faults are."""
        self._database.on_error(error)

    def _answer_here(self, live: LiveSearch) -> None:
        index = self._upkeep.index
        if index is not None:
            found = self._find(index, live.wanted, self._names(live.wanted), live.limit)
            live.show(self._hits(live.wanted, found), more=found.more)

    def _begin_round(self, live: LiveSearch) -> None:
        wanted, limit = live.wanted, live.limit
        current = self._rounds[live] = _Round(wanted)
        names = self._names(wanted)

        def look(index: Index) -> Matches | None:
            try:
                return self._find(index, wanted, names, limit, lambda: current.stopped)
            except sqlite3.OperationalError:
                if current.stopped:
                    return None
                raise

        def answered(found: Matches | None) -> None:
            del self._rounds[live]
            if live.closed:
                return
            if found is not None and not current.stopped:
                live.show(self._hits(wanted, found), more=found.more)
            if current.again or found is None:
                live.look_again()

        self._upkeep.read(look, answered)

    def _moved(self) -> None:
        """Something may be found otherwise than before."""
        if self._upkeep.closed:
            return
        if self._upkeep.scheduler.loop() is not None:
            for live in list(self._lives):
                live.look_again()
        if self._reads_tags:
            self._read_tags()
        for callback in tuple(self._listeners):
            callback()

    def _find(
        self,
        index: Index,
        wanted: Wanted,
        names: Names,
        limit: int,
        stopped: Callable[[], bool] = bool,
    ) -> Matches:
        now_ms = self._database.clock()
        return index.find(wanted, names, now_ms=now_ms, limit=limit, stopped=stopped)

    def _hits(self, wanted: Wanted, found: Matches) -> list[Hit]:
        hits = []
        following = self._upkeep.following
        for repository_id, key, stamp, score, tier in found.best:
            repository = following.repository(repository_id)
            item = None if repository is None or repository.closed else repository.item(key)
            if item is not None and item.exists and item.schema.name in following.searched:
                searched = following.searched[item.schema.name]
                hits.append(Hit(item, searched, wanted, score, stamp, within=tier > 0))
        return hits

    def _names(self, wanted: Wanted) -> Names:
        names: dict[str, dict[str, str]] = {}
        terms = [*wanted.without, *(term for clause in wanted.clauses for term in clause)]
        asked = {term.field for term in terms}
        if PLACE in asked and self._places is not None:
            names[PLACE] = {
                place_word(repository.id, key): name
                for repository in self._upkeep.following.repositories
                if not repository.closed
                for key, name in self._places(repository).items()
            }
        if AUTHOR in asked:
            name_of = self._database.members_here.name_of
            names[AUTHOR] = {
                word: name_of(bytes.fromhex(word[1:])) for word in self._upkeep.authors
            }
        return names


class _Round:
    """One reading of the index for a live search."""

    __slots__ = ("again", "stopped", "wanted")

    def __init__(self, wanted: Wanted) -> None:
        self.wanted = wanted
        self.stopped = False  # nobody wants it any more
        self.again = False  # something has changed since it began


def _midnight(year: int, month: int, day: int) -> int:
    """When a day begins where this computer is."""
    return int(datetime(year, month, day).timestamp() * 1000)
