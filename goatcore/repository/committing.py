"""Committing: edits made here become one signed commit that is held, logged and walked.

Owns that way. Invariant: a commit is held and in the log before it is walked; where the disk fails
neither is done. Knows no drafts and no timers.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from goatcore.history.commit import Commit
from goatcore.history.operations import DELETE, MAP_DROP, SET_REMOVE, TEXT_SPLICE, Operation
from goatcore.repository.authoring import HEADS_MAX, Authoring, Edit, greatest_heads
from goatcore.repository.environment import Membership
from goatcore.repository.items import Items
from goatcore.repository.own_steps import OwnSteps
from goatcore.repository.record import Record
from goatcore.repository.store import Store
from goatcore.repository.walk import Walk

# what must have seen all that it acts on: letters have places, and what is taken away was there
_ON_ALL: Final = frozenset({TEXT_SPLICE, SET_REMOVE, MAP_DROP, DELETE})


class Committing:
    """Makes the commits of this device in one repository."""

    def __init__(
        self,
        store: Store,
        authoring: Authoring,
        membership: Membership,
        items: Items,
        walking: Walk,
    ) -> None:
        self._store = store
        self._authoring = authoring
        self._membership = membership
        self._items = items
        self._walking = walking
        self.steps = OwnSteps()

    def commit(
        self, edits: Sequence[tuple[Record, Sequence[Operation]]], label: str | None
    ) -> bool:
        """Sign, hold and walk one commit. False if it does not count. Raises
        `TransactionTooLarge`, `DiskFailed`: then nothing was done."""
        for record, operations in edits:
            while len(record.state.heads) > HEADS_MAX and any(
                operation[0] in _ON_ALL for operation in operations
            ):
                self._append([(record, ())], None)
        return self._append(edits, label)

    def hold(self, edits: Sequence[Edit], label: str | None) -> Commit:
        """Sign and hold one commit; it is not walked. Raises `TransactionTooLarge`, `DiskFailed`:
        then nothing was done."""
        commit = self._authoring.commit(edits, label, self._membership.heads())
        self._store.append([commit])
        return commit

    def _append(
        self, edits: Sequence[tuple[Record, Sequence[Operation]]], label: str | None
    ) -> bool:
        made = [(record, self._edit(record, operations)) for record, operations in edits]
        commit = self.hold([edit for _, edit in made], label)
        counts = self._walking.own(commit, made)
        if counts:
            self.steps.add(commit.id)
        return counts

    def _edit(self, record: Record, operations: Sequence[Operation]) -> Edit:
        heads = greatest_heads(self._store, record.state.heads)
        return Edit(record.key, record.schema, self._items.version_of(record), heads, operations)
