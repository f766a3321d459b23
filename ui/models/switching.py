"""The quick switcher's hits: notes and notebooks by title, what was open last first. Pure of Qt.

Owns the titles as they were when the switcher was opened. Invariant: without words the hits are
what was open last, then what was edited last. Reads goatcore, writes nothing.
"""

from __future__ import annotations

from collections.abc import Sequence
from heapq import nsmallest
from operator import itemgetter
from typing import Any, NamedTuple

from ui.models.matching import Wanted, folded
from ui.models.note_words import title_words
from ui.models.places import ALL, Place, note_identity
from ui.operations.notes import shown_title
from ui.operations.schemas import NOTE

HITS_MAX = 60
RECENT_MAX = 100


class Hit(NamedTuple):
    """Something to go to: a note, or a place."""

    words: str
    target: Any


class Recent:
    """What was open last, the newest first."""

    def __init__(self) -> None:
        self._places: dict[tuple[Any, ...], int] = {}
        self._count = 0

    def opened(self, note: Any) -> None:
        """A note was opened now."""
        identity = note_identity(note)
        self._places.pop(identity, None)
        self._count += 1
        self._places[identity] = self._count
        if len(self._places) > RECENT_MAX:
            del self._places[next(iter(self._places))]

    def age(self, identity: tuple[Any, ...]) -> int:
        """0 for the one opened last, then 1, and so on; RECENT_MAX for all that were not."""
        found = self._places.get(identity)
        return RECENT_MAX if found is None else min(self._count - found, RECENT_MAX)


class Titles:
    """Every title once, folded, in the order of recency."""

    def __init__(
        self,
        repositories: Sequence[Any],
        places: Sequence[Place],
        recent: Recent,
    ) -> None:
        entries: list[tuple[int, int, str, Any]] = []
        for repository in repositories:
            identity = bytes(repository.id)
            for note in repository.items(NOTE):
                title = note.title or shown_title(note)
                age = recent.age((identity, note.key))
                entries.append((age, -(note.edited or 0), title, note))
        entries.sort(key=itemgetter(1))  # twice: keys made of both would be garbage to collect
        entries.sort(key=itemgetter(0))
        self._notes = [(folded(title), title, note) for _, _, title, note in entries]
        self._places = [(folded(p.name), p.name, p) for p in places if p.kind != ALL]

    def called(self, title: str) -> Any | None:
        """The note of exactly that title but for case and accents, the most recent one."""
        wanted = folded(title)
        return next((note for name, _, note in self._notes if name == wanted), None)

    def hits(self, typed: str, *, only_places: bool = False) -> list[Hit]:
        """The best hits, at most HITS_MAX: the better match first, then the more recent one."""
        wanted = Wanted(typed)
        sources = [self._places] if only_places else [self._notes, self._places]
        if not wanted:
            return [
                Hit(title_words(title), target)
                for source in sources
                for _, title, target in source[:HITS_MAX]
            ][:HITS_MAX]
        rank = wanted.rank
        found: list[tuple[int, int, str, Any]] = []
        for source in sources:
            found += [
                (how, at, title, target)
                for at, (name, title, target) in enumerate(source)
                if (how := rank(name)) is not None
            ]
        best = nsmallest(HITS_MAX, found, key=lambda hit: hit[:2])
        return [Hit(title_words(title), target) for _, _, title, target in best]


def repositories_of(databases: Sequence[Any], places: Sequence[Place]) -> list[Any]:
    """Every notebook of the places, once."""
    by_id = {database.id: database for database in databases}
    known = dict.fromkeys((p.workspace, p.path) for p in places if p.path)
    return [by_id[workspace].repository(path) for workspace, path in known]
