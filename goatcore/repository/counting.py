"""Counting: which held commits take part in the walk, and what their changes stand on.

Owns the rule: a commit of the main line *passes* if its author had the role to write in the
repository's group, by the membership records in the past of its `auth`; counted is what passes,
plus everything reachable from it through parents, so that no walk ever has a hole. So commits of a
branch show once the main line stands on them, which is a merge. Pure: a function of the held
commits and of the evaluation of `/sys/members`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import NamedTuple

from goatcore.history.body import Body, Change
from goatcore.history.commit import Commit
from goatcore.ids import BranchId, CommitId
from goatcore.repository.ground import Kept
from goatcore.repository.store import Store

Passes = Callable[[CommitId], bool]


class Counted(NamedTuple):
    """A commit that takes part in the walk, with its body."""

    commit: Commit
    body: Body


class Counting:
    """The counted set of the main line; it grows commit by commit."""

    def __init__(
        self, store: Store, passes: Passes, read: Callable[[Commit], Body], kept: Kept | None = None
    ) -> None:
        """`read` gives what a commit says; `kept` is what was kept of one like this."""
        self._store = store
        self._passes = passes
        self._read = read
        # held and readable, but does not show; None: to be read when it is asked for
        self._aside: dict[CommitId, Counted | None] = {}
        self.locked: dict[CommitId, None] = {}  # the key has not arrived
        # counted only because others stand on them -> who does; parents first
        self.foreign: dict[CommitId, list[CommitId]] = {}
        self._since: dict[bytes, int] | None = {}  # see `late`; None: to be computed anew
        self.branched: dict[BranchId, list[CommitId]] = {}  # commits of branches, parents first
        if kept is not None:
            self._aside = dict.fromkeys(map(CommitId, kept.aside))
            self.locked = dict.fromkeys(map(CommitId, kept.locked))
            self.foreign = {CommitId(id_): _ids(children) for id_, children in kept.foreign}
            self._since = None
            self.branched = {BranchId(branch): _ids(ids) for branch, ids in kept.branched}

    def kept(self, verdicts: Iterable[tuple[bytes, list[bytes], bool]]) -> Kept:
        """What there is to keep, for one like this."""
        return Kept(
            list(self._aside),
            [(id_, list(children)) for id_, children in self.foreign.items()],
            [(branch, list(ids)) for branch, ids in self.branched.items()],
            list(self.locked),
            list(verdicts),
        )

    def __contains__(self, id_: CommitId) -> bool:
        return id_ not in self._aside and id_ not in self.locked and self._store.holds(id_)

    @property
    def quarantined(self) -> int:
        """Held commits that do not pass, and that nothing counted stands on."""
        return sum(not self._passes(id_) for id_ in self._aside)

    def take(self, commit: Commit, body: Body) -> list[Counted]:
        """What counts now that this commit is held: nothing, or it with what it stands on,
        parents first."""
        one = Counted(commit, body)
        if body.branch is not None:
            self.branched.setdefault(body.branch, []).append(commit.id)
        if body.branch is not None or not self._passes(commit.id):
            self._aside[commit.id] = one
            return []
        if not self._aside and not self.foreign:
            return [one]
        return self._reached(one)

    def is_aside(self, id_: CommitId) -> bool:
        """Whether a commit is held and readable, but does not count."""
        return id_ in self._aside

    def aside(self, id_: CommitId) -> Counted | None:
        """A commit that does not count, if this is one."""
        one = self._aside.get(id_)
        if one is None and id_ in self._aside:
            commit = self._store.raw(id_)
            one = self._aside[id_] = Counted(commit, self._read(commit))
        return one

    def stands(self, child: CommitId, parents: Iterable[CommitId]) -> None:
        """Note which foreign commits a counted one stands on."""
        for parent in parents:
            children = self.foreign.get(parent)
            if children is not None:
                children.append(child)
                self._since = None

    def late(self, commits: Iterable[bytes]) -> dict[bytes, int]:
        """Of commits that count only because others stand on them, the stamps of the first that
        do."""
        since = self._since
        if since is None:
            since = self._since = {}
            time_of = self._store.time_of
            for id_, children in reversed(self.foreign.items()):  # who stands on one came after it
                stamps = [since.get(child) or time_of(child) for child in children]
                since[id_] = max(time_of(id_), min(stamps, default=0))
        return {commit: since[commit] for commit in commits if commit in since}

    def _reached(self, one: Counted) -> list[Counted]:
        found: list[Counted] = []
        stack = [one]
        while stack:
            top = stack[-1]
            commit, body = top
            parents = [one for c in body.changes for one in resolve(self._store, commit, c)]
            below = [aside for aside in map(self.aside, parents) if aside is not None]
            if below:
                stack.extend(below)
                continue
            stack.pop()
            id_ = commit.id
            if top is one or id_ in self._aside:
                self.stands(id_, parents)
                if top is not one:
                    del self._aside[id_]
                    self.foreign[id_] = []
                found.append(top)
        return found


def _ids(ids: Iterable[bytes]) -> list[CommitId]:
    return [CommitId(id_) for id_ in ids]


def resolve(store: Store, commit: Commit, change: Change) -> tuple[CommitId, ...]:
    """The ids of a change's parents, ascending, those that cannot be found left out."""
    deps, parents = commit.header.deps, change.parents
    if len(parents) == 1 and isinstance(parents[0], int):
        return deps[parents[0] : parents[0] + 1]
    found: set[CommitId] = set()
    for parent in parents:
        i, back = (parent, 0) if isinstance(parent, int) else parent
        if i >= len(deps):
            continue
        ancestor = store.ancestor(deps[i], back)
        if ancestor is not None:
            found.add(ancestor)
    return tuple(sorted(found))
