"""What came before what in `/sys/members`: its commits in one order that all peers share.

Owns the canonical order (deps first; of those that are free, the smallest id first) and the past of
each commit as a set of bits. Invariant: both are functions of the held set alone, never of arrival.
Must never import storage, sync or items.
"""

from __future__ import annotations

from collections.abc import Iterable
from heapq import heapify, heappop, heappush
from typing import NamedTuple

from goatcore.history.body import decode_body
from goatcore.history.commit import Commit
from goatcore.ids import CLEAR, AuthorKey, CommitId
from goatcore.trust.records import MEMBERS_KEY, MEMBERS_SCHEMA, Record, decode


class MembershipCommit(NamedTuple):
    """One commit of `/sys/members`, as far as the evaluator needs it."""

    id: CommitId
    author: AuthorKey
    deps: tuple[CommitId, ...]
    records: tuple[Record, ...]


def read_membership(commit: Commit) -> MembershipCommit:
    """Decode a commit of `/sys/members`. What is sealed, void or of another item has no records."""
    records: list[Record] = []
    if commit.header.epoch == CLEAR:
        for change in decode_body(commit.sealed).changes:
            if change.key == MEMBERS_KEY and change.schema == MEMBERS_SCHEMA:
                records += [decode(operation) for operation in change.operations or ()]
    return MembershipCommit(commit.id, commit.author, commit.header.deps, tuple(records))


class Causality:
    """A set of commits that is closed under deps (others wait outside until theirs are there)."""

    __slots__ = ("commits", "heads", "past", "place", "upto")

    def __init__(self, commits: Iterable[MembershipCommit]) -> None:
        self.commits = _canonical({commit.id: commit for commit in commits})
        self.place: dict[CommitId, int] = {c.id: at for at, c in enumerate(self.commits)}
        self.past: list[int] = []  # bit p of past[q]: the commit at p is an ancestor of that at q
        self.upto: list[int] = []  # the same, and the commit itself
        inner = 0
        for at, commit in enumerate(self.commits):
            mask = 0
            for dep in commit.deps:
                mask |= self.upto[self.place[dep]]
            inner |= mask
            self.past.append(mask)
            self.upto.append(mask | 1 << at)
        self.heads: tuple[CommitId, ...] = tuple(
            sorted(c.id for at, c in enumerate(self.commits) if not inner >> at & 1)
        )

    def view(self, heads: Iterable[CommitId]) -> int | None:
        """The commits up to `heads`, as bits; None if one of them is not here."""
        mask = 0
        for head in heads:
            at = self.place.get(head)
            if at is None:
                return None
            mask |= self.upto[at]
        return mask

    def concurrent(self, one: int, other: int) -> bool:
        """Whether neither of the commits at two places has seen the other."""
        return not (self.upto[one] >> other | self.upto[other] >> one) & 1


def _canonical(commits: dict[CommitId, MembershipCommit]) -> list[MembershipCommit]:
    waiting: dict[CommitId, int] = {}
    children: dict[CommitId, list[CommitId]] = {}
    for commit in commits.values():
        deps = set(commit.deps)
        waiting[commit.id] = len(deps)
        for dep in deps:
            children.setdefault(dep, []).append(commit.id)
    free = [name for name, count in waiting.items() if not count]
    heapify(free)
    order: list[MembershipCommit] = []
    while free:
        name = heappop(free)
        order.append(commits[name])
        for child in children.get(name, ()):
            waiting[child] -= 1
            if not waiting[child]:
                heappush(free, child)
    return order
