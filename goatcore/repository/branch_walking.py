"""The walk of a branch: its items, each computed when somebody asks for it.

Owns the records of one branch. Invariant: a record that exists is the walk of exactly the commits
that the branch's view has of its item; what others do on the main line changes none. Until somebody
asks for an item nothing is computed. Must never import the repository.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Final

from goatcore.history.body import Body, Change
from goatcore.history.commit import Commit
from goatcore.history.item_reading import ItemReading
from goatcore.ids import BranchId, CommitId, ItemKey
from goatcore.repository.authoring import Edit
from goatcore.repository.branch_base import KEY_PREFIX, Base
from goatcore.repository.branch_counting import BranchCounting
from goatcore.repository.branch_items import BranchItems
from goatcore.repository.changes import ItemChange
from goatcore.repository.item_history import history_of
from goatcore.repository.recent import Recent
from goatcore.repository.record import Record
from goatcore.repository.sealer import Sealer
from goatcore.repository.store import Store
from goatcore.repository.walk import Walk
from goatcore.repository.walking import Walking
from goatcore.schema import Registry

if TYPE_CHECKING:
    from goatcore.repository.view import View

BODY_BYTES: Final = 4 << 20  # of bodies that are kept: a transaction changes many items


class BranchWalking(Walk):
    """The commits of one branch's view. `base` is asked each time: it arrives as all else does."""

    def __init__(
        self,
        view: View,
        registry: Registry,
        store: Store,
        sealer: Sealer,
        main: Walking,
        branch: BranchId,
        base: Callable[[], Base],
        begun: Callable[[], None],
        written: Callable[[], None],
    ) -> None:
        self.items = BranchItems(view, registry, self._made, self._keys)
        super().__init__(store, sealer, self.items, main.purging)
        self._main = main
        self._branch = branch
        self._base = base
        self._begun = begun
        self._written = written
        self._counting: BranchCounting | None = None
        self._seen = 0  # of the branch's commits
        self._bodies: Recent[CommitId, Body] = Recent(BODY_BYTES)

    # -- what there is -----------------------------------------------------------------------------

    @property
    def counting(self) -> BranchCounting:
        """The counted set; once it was asked for, it is followed."""
        counting = self._counting
        if counting is None:
            counting = self._count()
            self._begun()
        return counting

    @property
    def complete(self) -> bool:
        """Whether all of the base is held."""
        return not self.counting.missing

    def _count(self) -> BranchCounting:
        self._bodies = Recent(BODY_BYTES)  # a key may have arrived
        counting = self._counting = BranchCounting(
            self._store, self._main.counting, self._base(), self.body
        )
        self._seen = 0
        for commit in self._new():
            for one in counting.take(commit):
                counting.walked(one)
        return counting

    def _new(self) -> Iterator[Commit]:
        """Commits of the branch that were not looked at, without those that do not pass."""
        ids = self._main.counting.branched.get(self._branch, [])
        while self._seen < len(ids):
            commit = self._store.find(ids[self._seen])
            assert commit is not None
            self._seen += 1
            if self._main.verdicts.passes(commit.id):
                yield commit

    def late(self, state: ItemReading) -> Mapping[bytes, int]:
        of_base = self.counting.in_base
        return self._main.counting.late([one for one in state.commits if of_base(CommitId(one))])

    def body(self, commit: Commit) -> Body:
        body = self._bodies.get(commit.id)
        if body is None:
            body = super().body(commit)
            self._bodies.put(commit.id, body, len(commit.raw))
        return body

    def _keys(self) -> Iterable[ItemKey]:
        counting = self.counting
        base = counting.base.key
        keys = dict.fromkeys(self._main.keys() if base is None else [base])
        keys.update(dict.fromkeys(counting.keys))
        return [key for key in keys if not key.startswith(KEY_PREFIX)]

    def _made(self, key: ItemKey) -> Record | None:
        record = Record(key)
        self._fill(record)
        return record if record.state.count else None

    def _fill(self, record: Record) -> None:
        key, counting = record.key, self.counting
        main = self._main.record(key)
        # where the main line has not moved since, what it shows is what the branch begins with
        if main is None or not counting.has_all(_commits(main.state.heads)):
            of_main = () if main is None else _commits(main.state.commits)
            self._add(record, counting.of_base(key, of_main))
        else:
            self._go_on(record, main)
        self._add(record, counting.beyond(key))
        record.visible = record.state.visible

    def _go_on(self, record: Record, main: Record) -> None:
        """Be as an item of the main line is now."""
        state = main.state
        if state.twins:  # which of them stands depends on which of them count
            self._add(record, _commits(state.commits))
            return
        heads = list(_commits(state.heads))
        record.go_on_from(main, lambda: history_of(self._store, self.body, record.key, heads))

    def _add(self, record: Record, ids: Iterable[CommitId]) -> None:
        for id_ in ids:
            self._take_in(record, *self._read(record.key, id_))

    def _read(self, key: ItemKey, id_: CommitId) -> tuple[Commit, Change]:
        commit = self._store.find(id_)
        assert commit is not None, "a counted commit that is not held"
        return commit, next(c for c in self.body(commit).changes if c.key == key)

    def new_keys(self) -> list[ItemKey]:
        """The items that commits change which the main line does not have: the branch's own, and
        what those stand on."""
        main, counting = self._main.counting, self.counting
        return [
            key for key in counting.keys if any(one not in main for one in counting.beyond(key))
        ]

    def merged(self, key: ItemKey) -> Record:
        """An item as the main line would have it after a merge made now."""
        record, main = Record(key), self._main.counting
        of_main = self._main.record(key)
        if of_main is not None:
            self._go_on(record, of_main)
        self._add(record, (one for one in self.counting.beyond(key) if one not in main))
        record.visible = record.state.visible
        return record

    def kind_of_item(self, key: ItemKey) -> tuple[str, int]:
        """Schema and version that an item is written with."""
        record = self.items.find(key)
        assert record is not None, "an item that the branch does not have"
        return record.schema, self.items.version_of(record)

    # -- what comes --------------------------------------------------------------------------------

    def read(self, commits: Iterable[Commit]) -> list[ItemChange]:
        """Walk what is new of the branch. The main line has read `commits`."""
        changes: list[ItemChange] = []
        counting = self._counting
        if counting is None:
            return changes
        if any(map(self._store.holds, counting.missing)) or counting.base != self._base():
            return self.count_again()
        for commit in self._new():
            for one in counting.take(commit):
                self.walk_all([one], changes)
                counting.walked(one)
        return changes

    def own(self, commit: Commit, edits: Sequence[tuple[Record, Edit]]) -> bool:
        counting = self.counting
        self._main.read([commit])
        if not self._main.verdicts.passes(commit.id):
            return False
        for one in counting.take(commit):
            for record, (_, schema, version, heads, operations) in edits:
                record.note(commit, schema, version, root=not heads)
                self._apply(record, commit, heads, operations, version)
            counting.walked(one)
        self._written()
        return True

    def count_again(self) -> list[ItemChange]:
        if self._counting is None:
            return []
        before = {record: record.visible for record in self.items.found()}
        for record in before:
            record.forget()
        self._count()
        for record in before:
            self._fill(record)
        return self._all_shown_anew(self.items if self.items.whole else before, before)


def _commits(ids: Iterable[bytes]) -> Iterator[CommitId]:
    return map(CommitId, ids)
