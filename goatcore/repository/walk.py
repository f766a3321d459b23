"""Walking: from counted commits to what items show.

Owns the way of one counted commit into the records of a view, and what of it is told. Invariant: a
record with a draft is never walked; after every call the items of a view show what was counted.
Which commits that are is said by the walks of the main line and of branches. Tells nobody: gives
back what is to be told.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Container, Iterable, Mapping, Sequence
from typing import Final

from goatcore.history.body import UNREADABLE, Body, Change, decode_body
from goatcore.history.commit import Commit
from goatcore.history.item_reading import ItemReading
from goatcore.history.item_state import ChangeRecord, Delta
from goatcore.history.operations import Operation
from goatcore.ids import CommitId, ItemKey
from goatcore.repository.authoring import Edit
from goatcore.repository.changes import NO_SPLICES, ItemChange, kind_of
from goatcore.repository.counting import Counted, resolve
from goatcore.repository.item_history import change_record
from goatcore.repository.items import Items
from goatcore.repository.purging import Purging
from goatcore.repository.recent import Recent
from goatcore.repository.record import Record
from goatcore.repository.sealer import Sealer
from goatcore.repository.showing import first_shown, show_all, show_delta
from goatcore.repository.store import Store

LONG_BODY_BYTES: Final = 1 << 14
LONG_BODIES_BYTES: Final = 1 << 20  # twice that is kept, by what it was decoded from


class Walk(ABC):
    """The counted commits of one view, walked into the states of its items."""

    def __init__(self, store: Store, sealer: Sealer, items: Items, purging: Purging) -> None:
        self._store = store
        self._sealer = sealer
        self._items = items
        self.purging = purging
        self._long_bodies: Recent[bytes, Body] = Recent(LONG_BODIES_BYTES)

    @abstractmethod
    def read(self, commits: Iterable[Commit]) -> list[ItemChange]:
        """Walk commits that are held now, and what counts with them."""

    @abstractmethod
    def own(self, commit: Commit, edits: Sequence[tuple[Record, Edit]]) -> bool:
        """Walk a commit made here of these edits. False if it does not count: then nothing is."""

    @abstractmethod
    def count_again(self) -> list[ItemChange]:
        """Forget all states, and walk what counts now."""

    @abstractmethod
    def late(self, state: ItemReading) -> Mapping[bytes, int]:
        """See `View.late`."""

    def body(self, commit: Commit) -> Body:
        """What a held commit says; nothing, while its key has not arrived."""
        data = self._sealer.unseal(commit)
        return UNREADABLE if data is None else self.purging.seen(commit.id, self._decoded(data))

    def _decoded(self, data: bytes) -> Body:
        """A long body is decoded once for all its items that are looked back at in a row."""
        if len(data) < LONG_BODY_BYTES:
            return decode_body(data)
        body = self._long_bodies.get(data)
        if body is None:
            body = decode_body(data)
            self._long_bodies.put(data, body, len(data))
        return body

    # -- commits -----------------------------------------------------------------------------------

    def walk_all(self, counted: Iterable[Counted], changes: list[ItemChange]) -> None:
        """Walk commits that count, parents first: those of one item as one, so that a text is
        merged once. What they changed is added to `changes`, item by item."""
        items: dict[ItemKey, list[tuple[Commit, Change]]] = {}
        for commit, body in counted:
            for change in body.changes:
                items.setdefault(change.key, []).append((commit, change))
        for key, news in items.items():
            record = self._items.record(key)
            assert record.draft is None, "drafts are committed before others' are walked"
            if len(news) == 1:
                delta = self._take_in(record, *news[0])
            else:
                records: dict[CommitId, ChangeRecord] = {}
                for commit, change in news:
                    records[commit.id] = self._noted(record, commit, change, records)
                delta = record.state.apply_all(records.values())
                self._items.changed(record)
            self._show(record, delta, changes)

    def walk_change(self, commit: Commit, change: Change) -> None:
        """Walk one change of a commit that counts, of which nobody is told."""
        record = self._items.record(change.key)
        assert record.draft is None, "drafts are committed before others' are walked"
        record.visible = self._take_in(record, commit, change).visible

    def _take_in(self, record: Record, commit: Commit, change: Change) -> Delta:
        return self._put(record, self._noted(record, commit, change, ()))

    def _noted(
        self, record: Record, commit: Commit, change: Change, news: Container[CommitId]
    ) -> ChangeRecord:
        """A change as it is walked: on those of its parents that changed the item, which are in its
        state or among the news that it takes in next."""
        state = record.state
        parents = resolve(self._store, commit, change)
        standing = tuple([parent for parent in parents if parent in news or parent in state])
        record.note(commit, change.schema, change.version, root=not standing)
        return change_record(commit, change, standing)

    def _apply(
        self,
        record: Record,
        commit: Commit,
        parents: tuple[bytes, ...],
        operations: Sequence[Operation],
        version: int,
    ) -> Delta:
        author, seq, time = commit.header[1:4]
        return self._put(
            record, ChangeRecord(author, seq, commit.id, time, parents, operations, version)
        )

    def _put(self, record: Record, change: ChangeRecord) -> Delta:
        delta = record.state.apply(change)
        self._items.changed(record)
        return delta

    # -- showing -----------------------------------------------------------------------------------

    def _show(self, record: Record, delta: Delta, changes: list[ItemChange]) -> None:
        was, record.visible = record.visible, delta.visible
        was = self._leave_schema(record, was, changes)
        if record.item is None and (
            not (was or record.visible) or self._items.schema_of(record) is None
        ):
            return  # nobody has seen it
        known = record.item is not None
        item = self._items.of(record)
        fields, splices = show_delta(item, delta) if known else first_shown(item, delta)
        if was or record.visible:
            kind = kind_of(was, record.visible)
            changes.append(ItemChange(item, kind, fields, splices, False))

    def _leave_schema(self, record: Record, was: bool, changes: list[ItemChange]) -> bool:
        """Of items that two people made under one key, one decides what it is. Where that is
        another than shown, the item that was shown is gone. Whether one shows still."""
        item = record.item
        if item is None or item.schema.name == record.schema or not record.schema:
            return was
        self._items.leave(record)
        if was:
            fields = frozenset(item.schema.fields)
            changes.append(ItemChange(item, "removed", fields, NO_SPLICES, False))
        return False

    @staticmethod
    def show_counted(record: Record) -> None:
        """Show a record as the counted commits have it, whatever was written here besides."""
        record.visible = record.state.visible
        record.forget_intent()
        if record.item is not None:
            show_all(record.item)

    def take_back(self, records: Iterable[Record]) -> list[ItemChange]:
        """Show these as the counted commits have them: what was written here did not count, since
        the right to write here ended meanwhile."""
        changes = []
        for record in records:
            was, item = record.visible, record.item
            self.show_counted(record)
            if item is not None and (was or record.visible):
                kind, fields = kind_of(was, record.visible), frozenset(item.schema.fields)
                changes.append(ItemChange(item, kind, fields, NO_SPLICES, False))
        return changes

    def _all_shown_anew(
        self, records: Iterable[Record], before: Mapping[Record, bool]
    ) -> list[ItemChange]:
        """Show records, whose states are all new; `before` tells which of them showed."""
        changes: list[ItemChange] = []
        for record in records:
            record.visible = record.state.visible
            self._show_anew(record, before.get(record, False), changes)
        return changes

    def _show_anew(self, record: Record, was: bool, changes: list[ItemChange]) -> None:
        was = self._leave_schema(record, was, changes)
        if record.item is None and not (
            record.visible and not was and self._items.schema_of(record)
        ):
            return  # nobody has seen it
        item = self._items.of(record)
        show_all(item)
        if was or record.visible:
            kind = kind_of(was, record.visible)
            fields = frozenset(item.schema.fields)
            changes.append(ItemChange(item, kind, fields, NO_SPLICES, False))
