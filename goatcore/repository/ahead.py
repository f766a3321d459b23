"""Commits ahead: those that are held and not durable yet, in the order in which they came.

Owns the way back along an author's chain among them. Invariant: a stem has the consecutive commits
of one author's chain, each the next one's predecessor; what stands beside it was forked. Knows
nothing of logs.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
from typing import NamedTuple

from goatcore.history.commit import Commit
from goatcore.ids import AuthorKey, CommitId
from goatcore.sync import Tip


class Ahead(NamedTuple):
    """A commit that is held and not durable yet."""

    commit: Commit
    order: int
    position: int  # of the log, after it


class _Stem:
    __slots__ = ("first", "ids")

    def __init__(self, first: int) -> None:
        self.first = first  # the seq of the first one
        self.ids: list[CommitId] = []


class AheadCommits:
    """The commits of one repository that are ahead."""

    __slots__ = ("_commits", "_stems", "_tips")

    def __init__(self) -> None:
        self._commits: dict[CommitId, Ahead] = {}
        self._tips: dict[AuthorKey, Tip] = {}  # kept until none is ahead
        self._stems: dict[AuthorKey, _Stem] = {}

    def __len__(self) -> int:
        return len(self._commits)

    def __contains__(self, id_: object) -> bool:
        return id_ in self._commits

    def __iter__(self) -> Iterator[Ahead]:
        return iter(self._commits.values())

    def get(self, id_: CommitId) -> Ahead | None:
        """The commit of that id, if it is ahead."""
        return self._commits.get(id_)

    def at(self, place: int) -> Ahead:
        """The commit at a place, counted from the first that is ahead."""
        return next(islice(self._commits.values(), place, None))

    def tip(self, author: AuthorKey) -> Tip | None:
        """The author's newest commit, if it came while some have been ahead ever since."""
        return self._tips.get(author)

    def add(self, ahead: Ahead, last: Tip | None) -> None:
        """One more is held; `last` is its author's newest commit so far."""
        commit = ahead.commit
        self._commits[commit.id] = ahead
        if last is not None and commit.prev != last.id:
            return
        author = commit.author
        self._tips[author] = Tip(author, commit.seq, commit.id)
        stem = self._stems.get(author)
        if stem is None:
            stem = self._stems[author] = _Stem(commit.seq)
        assert commit.seq == stem.first + len(stem.ids), "a chain without holes"
        stem.ids.append(commit.id)

    def remove(self, commit: Commit) -> None:
        """The first of all is durable."""
        del self._commits[commit.id]
        stem = self._stems.get(commit.author)
        if stem is not None and stem.ids[0] == commit.id:
            stem.first += 1
            del stem.ids[0]
            if not stem.ids:
                del self._stems[commit.author]
        if not self._commits:
            self._tips.clear()

    def back(self, id_: CommitId, steps: int) -> tuple[CommitId, int] | None:
        """The ancestor so many steps back along the chain, or the first on the way that is not
        ahead, and the steps that are left from it. None: the chain has not so many."""
        while steps and (ahead := self._commits.get(id_)) is not None:
            commit = ahead.commit
            stem = self._stems.get(commit.author)
            place = -1 if stem is None else commit.seq - stem.first
            if stem is not None and 0 < place < len(stem.ids) and stem.ids[place] == id_:
                at_once = min(steps, place)
                id_, steps = stem.ids[place - at_once], steps - at_once
                continue
            if commit.prev is None:
                return None
            id_, steps = commit.prev, steps - 1
        return id_, steps
