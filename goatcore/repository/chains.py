"""The chains of one repository: each author's commits by seq, forks included.

Owns the way from a commit to its ancestors along prev. Invariant: what is added has its prev in.
Pure; keeps ids only.
"""

from __future__ import annotations

from itertools import pairwise

from goatcore.history.commit import Commit
from goatcore.ids import AuthorKey, CommitId


class Chains:
    """Every held commit, found by author and seq."""

    def __init__(self) -> None:
        self._by_author: dict[AuthorKey, list[list[CommitId]]] = {}
        self._prev: dict[CommitId, CommitId] = {}  # of the commits of forked authors only
        self._forked: set[AuthorKey] = set()

    def add(self, commit: Commit) -> None:
        """Take in a held commit."""
        author = commit.author
        rows = self._by_author.setdefault(author, [])
        if commit.seq == len(rows) + 1 and author not in self._forked:
            rows.append([commit.id])
            return
        self._fork(author, rows)
        while len(rows) < commit.seq:
            rows.append([])
        rows[commit.seq - 1].append(commit.id)
        if commit.prev is not None:
            self._prev[commit.id] = commit.prev

    def _fork(self, author: AuthorKey, rows: list[list[CommitId]]) -> None:
        if author not in self._forked:
            self._forked.add(author)
            for before, after in pairwise(rows):
                self._prev[after[0]] = before[0]

    def is_forked(self, author: AuthorKey) -> bool:
        """Whether an author signed two commits with one seq, which only a copied key can do."""
        return author in self._forked

    def last_seq(self, author: AuthorKey) -> int:
        """The author's greatest held seq; 0 for none."""
        return len(self._by_author.get(author, ()))

    def last(self, author: AuthorKey) -> CommitId | None:
        """The author's last held commit (of a forked chain: the first that came)."""
        rows = self._by_author.get(author)
        return rows[-1][0] if rows else None

    def ancestor(self, author: AuthorKey, seq: int, id_: CommitId, back: int) -> CommitId | None:
        """The `back`-th ancestor along prev of the author's commit `id_`, which has `seq`."""
        if back >= seq:
            return None
        if author not in self._forked:
            return self._by_author[author][seq - 1 - back][0]
        at: CommitId | None = id_
        for _ in range(back):
            at = self._prev.get(at) if at is not None else None
        return at
