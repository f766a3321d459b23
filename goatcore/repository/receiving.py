"""Receiving: what comes from elsewhere, commits of peers and news of rights and keys.

Owns when it is let in. Invariant: before others' changes are walked, what was edited here is
recorded; while a transaction is open, or the disk fails, what comes waits.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from goatcore.errors import DiskFailed
from goatcore.history.commit import Commit
from goatcore.repository.drafts import Drafts
from goatcore.repository.store import Store
from goatcore.repository.telling import Telling
from goatcore.repository.transaction import Transaction
from goatcore.repository.walking import Walking


class Admitted(NamedTuple):
    """What became of received commits."""

    held: int
    waiting: int
    refused: tuple[str, ...]


class Receiving:
    """The door of one repository."""

    def __init__(self, store: Store, walking: Walking, drafts: Drafts, telling: Telling) -> None:
        self._store = store
        self._walking = walking
        self._drafts = drafts
        self._telling = telling
        self._news = False  # of rights or keys, not followed yet
        drafts.then = self.follow

    def admit(self, commits: Iterable[Commit]) -> Admitted:
        """Take in commits from a peer, and those that waited for them. Raises `DiskFailed`."""
        transaction = self._drafts.transaction
        if transaction is not None:
            transaction.postponed.extend(commits)
            return Admitted(0, len(transaction.postponed), ())
        self._drafts.record()
        held, refused = self._store.admit(commits)
        self._telling.tell(self._walking.read(held))
        reasons = tuple(f"{refusal.id.hex()[:12]}: {refusal.reason}" for refusal in refused)
        return Admitted(len(held), self._store.pending, reasons)

    def membership_changed(self) -> None:
        """The evaluation of `/sys/members` is another, or a key arrived: count again, and walk
        again if it makes a difference."""
        self._news = not self._drafts.closed
        if self._drafts.transaction is None:
            self.follow()

    def transaction_ended(self, transaction: Transaction) -> None:
        """Let in what came meanwhile."""
        if transaction.postponed:
            self.admit(transaction.postponed)
        self.follow()

    def follow(self) -> None:
        """Follow the news, if there are any."""
        if not self._news:
            return
        self._news = False
        try:
            self.admit(())  # records the drafts, too
            if self._walking.is_counted_anew():
                self._telling.tell(self._walking.count_again())
        except DiskFailed as error:
            self._news = True
            self._drafts.failed(error)
