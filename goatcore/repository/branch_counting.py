"""Counting on a branch: which held commits its view has.

Owns the rule: the base, with the past of all in it; the branch's own commits that pass; and
everything reachable from those through parents. Of the base of a whole repository that is every
commit of the main line that passes and is one of the named tips or before one in its chain; of the
base of one item, that item's changes up to the named heads and nothing else. Pure: a function of
the held commits, of the base and of who may write.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from goatcore.history.body import Body
from goatcore.history.commit import Commit
from goatcore.ids import AuthorKey, CommitId, ItemKey
from goatcore.repository.branch_base import Base
from goatcore.repository.counting import Counted, Counting, resolve
from goatcore.repository.item_history import history_of
from goatcore.repository.store import Store
from goatcore.sync import Tip


class BranchCounting:
    """The counted set of one branch. `body` gives what a held commit says."""

    def __init__(
        self,
        store: Store,
        main: Counting,
        base: Base,
        body: Callable[[Commit], Body],
    ) -> None:
        self._store = store
        self._main = main
        self._body = body
        self.base = base
        # of the base, what is not held: it counts when it is
        self.missing = tuple([one for one in base.commits if not store.holds(one)])
        self._tips: dict[AuthorKey, list[Tip]] = {}
        self._item: dict[CommitId, None] = {}
        self._foreign: set[CommitId] = set()
        self._beyond: set[CommitId] = set()  # what is not of the base
        self._by_key: dict[ItemKey, list[CommitId]] = {}  # that part of it which was walked
        held = [one for one in base.commits if store.holds(one)]
        if base.key is None:
            self._begin(held)
        else:
            past = history_of(store, body, base.key, held)
            self._item = dict.fromkeys([CommitId(change.commit) for change in past])

    def _begin(self, tips: Iterable[CommitId]) -> None:
        for id_ in tips:
            tip = self._store.tip(id_)
            assert tip is not None
            self._tips.setdefault(tip.author, []).append(tip)
        # whoever stands on a foreign commit came after it
        for id_, children in reversed(self._main.foreign.items()):
            if any(map(self.in_base, children)):
                self._foreign.add(id_)

    def __contains__(self, id_: CommitId) -> bool:
        return id_ in self._beyond or self.in_base(id_)

    @property
    def keys(self) -> Iterable[ItemKey]:
        """The items that commits beyond the base change."""
        return self._by_key.keys()

    def beyond(self, key: ItemKey) -> list[CommitId]:
        """The commits beyond the base that change an item, parents first."""
        return self._by_key.get(key, [])

    def of_base(self, key: ItemKey, all_of_main: Iterable[CommitId]) -> Iterator[CommitId]:
        """The commits of the base that change an item, parents first; of all of the main line that
        do."""
        if self.base.key is None:
            return filter(self.in_base, all_of_main)
        return iter(self._item if self.base.key == key else ())

    def has_all(self, heads: Iterable[CommitId]) -> bool:
        """Whether the base is of the whole repository and has these commits of the main line."""
        return self.base.key is None and all(map(self.in_base, heads))

    def take(self, commit: Commit) -> list[Counted]:
        """What counts now that this commit of the branch does: it, and what it stands on."""
        found: list[Counted] = []
        if commit.id in self:
            return found
        stack = [Counted(commit, self._body(commit))]
        while stack:
            top, body = stack[-1]
            parents = [one for change in body.changes for one in resolve(self._store, top, change)]
            below = [self._read(parent) for parent in parents if parent not in self]
            if below:
                stack.extend(below)
                continue
            one = stack.pop()
            if top.id not in self:
                self._beyond.add(top.id)
                found.append(one)
        return found

    def walked(self, one: Counted) -> None:
        """A commit that was taken is in the states of those items that have been asked for."""
        for change in one.body.changes:
            self._by_key.setdefault(change.key, []).append(one.commit.id)

    def _read(self, id_: CommitId) -> Counted:
        commit = self._store.find(id_)
        assert commit is not None, "a parent that is not held"
        return Counted(commit, self._body(commit))

    def in_base(self, id_: CommitId) -> bool:
        """Whether a commit belongs to the base."""
        if self.base.key is not None:
            return id_ in self._item
        if id_ not in self._main or id_ in self._main.foreign:
            return id_ in self._foreign
        one = self._store.tip(id_)
        assert one is not None, "a counted commit that is not held"
        return any(
            one.seq <= tip.seq and self._store.ancestor(tip.id, tip.seq - one.seq) == id_
            for tip in self._tips.get(one.author, ())
        )
