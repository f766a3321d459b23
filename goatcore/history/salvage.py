"""Salvage: the commits of a log behind damage, as far as they can be rebuilt.

A packed commit says only what is new since its author's commit before it. Where records are missing
it may stand on one that is gone, or be of another author than its number says. Owns the search for
the right predecessor; its signature tells which. Invariant: no packed commit is given out whose
signature is not its author's. What finds no predecessor is *stranded*, and finds it later, when the
missing commits come back from elsewhere. Pure: a verifier is passed in.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable
from typing import NamedTuple

from goatcore.errors import Malformed
from goatcore.history.commit import Commit, signed_message
from goatcore.history.packing import Last, Unpacker, next_of, number_of
from goatcore.ids import AuthorKey, RepositoryId

Verify = Callable[[bytes, bytes, bytes], bool]  # key, message, signature


class Stranded(NamedTuple):
    """An entry whose predecessor is missing; `place` is the reader's own word for it."""

    place: int
    entry: object


class Found(NamedTuple):
    """A commit that could be rebuilt, and its entry's place."""

    commit: Commit
    place: int


class Run(NamedTuple):
    """Stranded entries of one author, each the next one of that before it."""

    number: int
    entries: deque[Stranded]


class Salvage:
    """Goes on where an `Unpacker` came to a gap."""

    def __init__(self, repository: RepositoryId, before: Unpacker, verify: Verify) -> None:
        self._repository = repository
        self._unpacker = before
        self._verify = verify
        self._author_of: dict[int, AuthorKey] = {}  # by number, where a signature told
        self._runs: list[Run] = []  # of entries that stand on each other, as far as can be told
        self._open: dict[int, Run] = {}  # by number, the runs that the next entry may go on

    @property
    def stranded(self) -> list[Stranded]:
        """The entries that could not be rebuilt so far, by their places."""
        return sorted((one for run in self._runs for one in run.entries), key=lambda one: one.place)

    def gap(self) -> None:
        """Entries are missing here, once more: the next ones stand on others than those before."""
        self._open.clear()

    def take(self, entry: object, place: int) -> Commit | None:
        """The commit of the next entry; None where it is stranded. Raises `Malformed`."""
        if isinstance(entry, bytes):
            self._open.clear()
            return self._unpacker.unpack(entry)
        number = number_of(entry)
        commit = self._next_of(number, entry)
        if commit is not None:
            self._open.pop(number, None)
            return commit
        run = self._open.get(number)
        if run is None:
            run = self._open[number] = Run(number, deque())
            self._runs.append(run)
        run.entries.append(Stranded(place, entry))
        return None

    def retry(self, held: Iterable[Commit]) -> list[Found]:
        """Commits are held now: the stranded ones that stand on them, in order of their chains."""
        found: list[Found] = []
        look = list(held)
        while look and self._runs:
            commit = look.pop()
            for run in self._runs:
                if self._author_of.get(run.number, commit.author) == commit.author:
                    followers = self._followers(run, commit)
                    found += followers
                    look += [follower.commit for follower in followers[-1:]]
            self._runs = [run for run in self._runs if run.entries]
        return found

    def _followers(self, run: Run, commit: Commit) -> list[Found]:
        found: list[Found] = []
        while run.entries:
            follower = self._rebuilt(commit.author, _last(commit), run.entries[0].entry)
            if follower is None:
                break
            self._author_of[run.number] = commit.author
            found.append(Found(follower, run.entries.popleft().place))
            commit = follower
        return found

    def _next_of(self, number: int, entry: object) -> Commit | None:
        """The entry as the next commit of the author whom its number names, or else of any: a
        missing record may have been the first of an author, and then the numbers are shifted."""
        authors = self._unpacker.authors
        told = self._author_of.get(number)
        likely = [told] if told is not None else authors[number : number + 1]
        others = [] if told is not None else [one for one in authors if one not in likely]
        for author in (*likely, *others):
            commit = self._rebuilt(author, self._unpacker.last(author), entry)
            if commit is not None:
                self._author_of[number] = author
                self._unpacker.move(commit)
                return commit
        return None

    def _rebuilt(self, author: AuthorKey, last: Last, entry: object) -> Commit | None:
        try:
            commit = next_of(self._repository, author, last, entry)
        except Malformed:
            return None
        signed = self._verify(author, signed_message(commit), commit.signature)
        return commit if signed else None


def _last(commit: Commit) -> Last:
    header = commit.header
    return Last(0, header.seq, commit.id, header.time, header.epoch, 0)
