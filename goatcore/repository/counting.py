"""Counting: which held commits take part in the walk, and what their changes stand on.

Owns the rule: a commit of the main line *passes* if its author had the role to write in the
repository's group, by the membership records in the past of its `auth`; counted is what passes,
plus everything reachable from it through parents, so that no walk ever has a hole. So commits of a
branch show once the main line stands on them, which is a merge. Pure: a function of the held
commits and of the evaluation of `/sys/members`.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from goatcore.history.body import Body, Change
from goatcore.history.commit import Commit
from goatcore.ids import CommitId
from goatcore.repository.store import Store

Passes = Callable[[Commit], bool]


class Counted(NamedTuple):
    """A commit that takes part in the walk, with its body."""

    commit: Commit
    body: Body


class Counting:
    """The counted set of one repository; it grows commit by commit."""

    def __init__(self, store: Store, passes: Passes) -> None:
        self._store = store
        self._passes = passes
        self._counted: set[CommitId] = set()
        self._aside: dict[CommitId, Counted] = {}  # held and readable, but does not show

    def __contains__(self, id_: CommitId) -> bool:
        return id_ in self._counted

    @property
    def quarantined(self) -> int:
        """Held commits that do not pass, and that nothing counted stands on."""
        return sum(one.body.branch is None for one in self._aside.values())

    def take(self, commit: Commit, body: Body) -> list[Counted]:
        """What counts now that this commit is held: nothing, or it with what it stands on,
        parents first."""
        one = Counted(commit, body)
        if body.branch is not None or not self._passes(commit):
            self._aside[commit.id] = one
            return []
        if not self._aside:
            self._counted.add(commit.id)
            return [one]
        return self._reached(one)

    def own(self, commit: Commit) -> None:
        """A commit made here, which stands on counted ones only."""
        self._counted.add(commit.id)

    def _reached(self, one: Counted) -> list[Counted]:
        found: list[Counted] = []
        stack = [one]
        while stack:
            top = stack[-1]
            below = [
                self._aside[parent]
                for change in top.body.changes
                for parent in resolve(self._store, top.commit, change)
                if parent in self._aside and parent not in self._counted
            ]
            if below:
                stack.append(below[0])
                continue
            stack.pop()
            if top.commit.id not in self._counted:
                self._counted.add(top.commit.id)
                self._aside.pop(top.commit.id, None)
                found.append(top)
        return found


def resolve(store: Store, commit: Commit, change: Change) -> tuple[CommitId, ...]:
    """The ids of a change's parents, ascending, those that cannot be found left out."""
    deps = commit.header.deps
    found: set[CommitId] = set()
    for parent in change.parents:
        i, back = (parent, 0) if isinstance(parent, int) else parent
        if i >= len(deps):
            continue
        ancestor = store.ancestor(deps[i], back)
        if ancestor is not None:
            found.add(ancestor)
    return tuple(sorted(found))
