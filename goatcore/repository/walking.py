"""The walk of the main line: from held commits to what the items of a repository show.

Owns which held commits are counted there. Invariant: after every call the states of all records are
a pure function of the counted commits; branches change nothing until the main line stands on them.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from goatcore.history.body import decode_body
from goatcore.history.commit import Commit
from goatcore.history.item_reading import NOT_LATE, ItemReading
from goatcore.history.item_state import ChangeRecord
from goatcore.ids import CommitId, ItemKey
from goatcore.repository.authoring import Edit
from goatcore.repository.changes import ItemChange
from goatcore.repository.counting import Counted, Counting, resolve
from goatcore.repository.environment import Membership
from goatcore.repository.ground import Kept
from goatcore.repository.item_history import change_record
from goatcore.repository.purging import Purging
from goatcore.repository.record import Record
from goatcore.repository.sealer import Sealer
from goatcore.repository.shelved_items import ShelvedItems
from goatcore.repository.store import Store
from goatcore.repository.verdicts import Verdicts
from goatcore.repository.walk import Walk


class Walking(Walk):
    """The counted commits of the main line, walked into the states of its items."""

    def __init__(
        self, store: Store, sealer: Sealer, membership: Membership, items: ShelvedItems
    ) -> None:
        super().__init__(store, sealer, items, Purging(store, membership))
        self._shelved = items
        self._purged_anew = False  # since it was last walked
        self.verdicts = Verdicts(store, membership)
        self.counting = Counting(store, self.verdicts.passes, self.body)

    @property
    def locked(self) -> int:
        """Held commits whose key has not arrived."""
        return len(self.counting.locked)

    @property
    def quarantined(self) -> int:
        """Held commits that do not count, since their authors had no right to write."""
        return self.counting.quarantined

    def keys(self) -> Iterable[ItemKey]:
        """The items that counted commits change."""
        return self._items.keys()

    def record(self, key: ItemKey) -> Record | None:
        """What there is of an item."""
        return self._items.find(key)

    def late(self, state: ItemReading) -> Mapping[bytes, int]:
        return self.counting.late(state.commits) if self.counting.foreign else NOT_LATE

    # -- taking in ---------------------------------------------------------------------------------

    def kept(self) -> Kept:
        """What there is to keep of which commits count."""
        return self.counting.kept(self.verdicts.kept())._replace(purged=self.purging.stamp())

    def restore(self, kept: Kept) -> None:
        """Which of the held commits count, as it was kept."""
        self.verdicts.restore(kept.verdicts)
        self.counting = Counting(self._store, self.verdicts.passes, self.body, kept)
        self._purged_anew = kept.purged != self.purging.stamp()

    def begin_anew(self) -> None:
        """Nothing is counted, as before anything was loaded."""
        self._purged_anew = False
        self.counting = Counting(self._store, self.verdicts.passes, self.body)

    def load(self, commits: Iterable[Commit]) -> None:
        """Walk all that the log has, before anything is shown."""
        for commit in commits:
            self._load(commit)
        self._shelved.put_all_away()

    def read(self, commits: Iterable[Commit]) -> list[ItemChange]:
        changes: list[ItemChange] = []
        self.walk_all([one for commit in commits for one in self._counted(commit)], changes)
        return changes

    def own(self, commit: Commit, edits: Sequence[tuple[Record, Edit]]) -> bool:
        if not self.verdicts.passes(commit.id):
            self._load(commit)
            return False
        counting = self.counting
        for record, (_, schema, version, heads, operations) in edits:
            record.note(commit, schema, version, root=not heads)
            self._apply(record, commit, heads, operations, version)
            if counting.foreign:
                counting.stands(commit.id, heads)
        return True

    def _counted(self, commit: Commit) -> list[Counted]:
        """What counts now that this commit is held, parents first."""
        data = self._sealer.unseal(commit)
        if data is None:
            self.counting.locked[commit.id] = None
            return []
        return self.counting.take(commit, self.purging.seen(commit.id, decode_body(data)))

    def _load(self, commit: Commit) -> None:
        """Walk a commit of which nobody is told."""
        for one, body in self._counted(commit):
            for change in body.changes:
                if not self._shelved.made(change, one.id):
                    self.walk_change(one, change)

    # -- counting again ----------------------------------------------------------------------------

    def is_counted_anew(self) -> bool:
        """Whether a key arrived, or a verdict is another than before."""
        self._purged_anew = self._purged_anew or self.purging.renewed()
        renewed = self.verdicts.renewed() or self._purged_anew
        return renewed or any(
            self._sealer.unseal(self._store.raw(id_)) is not None for id_ in self.counting.locked
        )

    def count_again(self) -> list[ItemChange]:
        """Walk anew the items that have other counted commits than before, and no others."""
        if self._purged_anew:  # items vanish, and commits that count change less than they did
            return self._walk_again()
        before = self.counting
        moved = self._moved(before)
        ids: dict[ItemKey, set[CommitId]] = {}
        for key, arrived in moved.items():
            record = self._items.find(key)
            known = () if record is None else map(CommitId, record.state.commits)
            ids[key] = {id_ for id_ in (*known, *arrived) if id_ in self.counting}
        if not all(ids.values()):  # an item is no more: numbers and rows begin anew
            return self._walk_again()
        changes: list[ItemChange] = []
        for key, counted in ids.items():
            self._walk_item(key, sorted(counted, key=self._store.order_of), changes)
        return changes

    def _moved(self, before: Counting) -> dict[ItemKey, list[CommitId]]:
        """Count all commits; the items of those that did not count before and do now, or the other
        way round, with the former."""
        self.begin_anew()
        store, counting = self._store, self.counting
        for commit in store.commits():
            self._counted(commit)
        moved: dict[ItemKey, list[CommitId]] = {}
        for order in range(len(store)):
            id_ = store.id_at(order)
            counts = id_ in counting
            if counts != (id_ in before):
                for change in self.body(store.raw(id_)).changes:
                    moved.setdefault(change.key, []).extend([id_] if counts else ())
        return moved

    def _walk_item(self, key: ItemKey, ids: Iterable[CommitId], changes: list[ItemChange]) -> None:
        """Make a record what these commits say, parents first."""
        record = self._items.record(key)
        assert record.draft is None, "drafts are committed before others' changes are walked"
        state, walked = record.state, dict[CommitId, ChangeRecord]()
        record.forget()
        record.resume = lambda: state
        for id_ in ids:
            commit = self._store.raw(id_)
            change = next(one for one in self.body(commit).changes if one.key == key)
            parents = resolve(self._store, commit, change)
            standing = tuple([parent for parent in parents if parent in walked])
            walked[id_] = change_record(commit, change, standing)
            record.note(commit, change.schema, change.version, root=not standing)
        delta = state.rebuild(walked.values())
        self._items.changed(record)
        self._show(record, delta, changes)

    def _walk_again(self) -> list[ItemChange]:
        """Forget all states, and walk what counts."""
        self.begin_anew()
        items, changes = self._shelved, list[ItemChange]()
        before = items.forget_all()
        for commit in self._store.commits():
            self._load(commit)
        for key, was, item in before:
            record = items.find(key)
            if item is not None:
                record = record or items.record(key)
                items.adopt(record, item)
            if record is not None:
                self._show_anew(record, was or self.purging.hides(key), changes)
        known = {one.key for one in before}
        for record in items:
            if record.key not in known:
                self._show_anew(record, False, changes)
        return changes
