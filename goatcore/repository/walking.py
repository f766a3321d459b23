"""The walk of the main line: from held commits to what the items of a repository show.

Owns which held commits are counted there. Invariant: after every call the states of all records are
a pure function of the counted commits; branches change nothing until the main line stands on them.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from goatcore.history.body import decode_body
from goatcore.history.commit import Commit
from goatcore.ids import ItemKey
from goatcore.repository.authoring import Edit
from goatcore.repository.changes import ItemChange
from goatcore.repository.counting import Counted, Counting
from goatcore.repository.environment import Membership
from goatcore.repository.ground import Kept
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
        super().__init__(store, sealer, items)
        self._shelved = items
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

    # -- taking in ---------------------------------------------------------------------------------

    def kept(self) -> Kept:
        """What there is to keep of which commits count."""
        return self.counting.kept(self.verdicts.kept())

    def restore(self, kept: Kept) -> None:
        """Which of the held commits count, as it was kept."""
        self.verdicts.restore(kept.verdicts)
        self.counting = Counting(self._store, self.verdicts.passes, self.body, kept)

    def begin_anew(self) -> None:
        """Nothing is counted, as before anything was loaded."""
        self.counting = Counting(self._store, self.verdicts.passes, self.body)

    def load(self, commits: Iterable[Commit]) -> None:
        """Walk all that the log has, before anything is shown."""
        for commit in commits:
            self._read(commit, None)
        self._shelved.put_all_away()

    def read(self, commits: Iterable[Commit]) -> list[ItemChange]:
        changes: list[ItemChange] = []
        for commit in commits:
            self._read(commit, changes)
        return changes

    def own(self, commit: Commit, edits: Sequence[tuple[Record, Edit]]) -> bool:
        if not self.verdicts.passes(commit.id):
            self._read(commit, None)
            return False
        counting = self.counting
        for record, (_, schema, version, heads, operations) in edits:
            self._apply(record, commit, heads, operations, version)
            record.note(commit, schema, version, root=not heads)
            if counting.foreign:
                counting.stands(commit.id, heads)
        return True

    def _read(self, commit: Commit, changes: list[ItemChange] | None) -> None:
        data = self._sealer.unseal(commit)
        if data is None:
            self.counting.locked[commit.id] = None
            return
        for counted in self.counting.take(commit, decode_body(data)):
            if changes is None:
                self._load(counted)
            else:
                self.walk(counted, changes)

    def _load(self, counted: Counted) -> None:
        """Walk a commit of which nobody is told."""
        commit, body = counted
        for change in body.changes:
            if not self._shelved.made(change, commit.id):
                self.walk_change(commit, change, None)

    # -- counting again ----------------------------------------------------------------------------

    def is_counted_anew(self) -> bool:
        """Whether a key arrived, or a verdict is another than before."""
        renewed = self.verdicts.renewed()
        return renewed or any(
            self._sealer.unseal(self._store.raw(id_)) is not None for id_ in self.counting.locked
        )

    def count_again(self) -> list[ItemChange]:
        self.begin_anew()
        items, changes = self._shelved, list[ItemChange]()
        before = items.forget_all()
        for commit in self._store.commits():
            self._read(commit, None)
        for key, was, item in before:
            record = items.find(key)
            if item is not None:
                record = record or items.record(key)
                items.adopt(record, item)
            if record is not None:
                self._show_anew(record, was, changes)
        known = {one.key for one in before}
        for record in items:
            if record.key not in known:
                self._show_anew(record, False, changes)
        return changes
