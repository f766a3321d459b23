"""Receiving: what comes from elsewhere, commits of peers and news of rights and keys.

Owns when it is let in, to the main line and to every open branch. Invariant: before others' changes
are walked, what was edited here is recorded; while a transaction is open, or the disk fails, what
comes waits.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import NamedTuple

from goatcore.errors import DiskFailed
from goatcore.history.commit import Commit
from goatcore.repository.changes import ItemChange, joined
from goatcore.repository.drafts import Drafts
from goatcore.repository.store import Store
from goatcore.repository.telling import Telling
from goatcore.repository.transaction import Transaction
from goatcore.repository.walk import Walk
from goatcore.repository.walking import Walking


class Admitted(NamedTuple):
    """What became of received commits."""

    held: int
    waiting: int
    refused: tuple[str, ...]


class Line(NamedTuple):
    """What of a view follows what comes."""

    walking: Walk
    drafts: Drafts
    telling: Telling


class Receiving:
    """The door of one repository. The first of its lines is the main one."""

    def __init__(self, store: Store, main: Walking) -> None:
        self._store = store
        self._main = main
        self._lines: list[Line] = []
        self._news = False  # of rights or keys, not followed yet
        self._shared = False
        self.then: Callable[[], None] | None = None  # what follows when all was told

    def open(self, line: Line) -> None:
        """From now on, a view follows what comes."""
        self._lines.append(line)
        line.drafts.shared = self._shared
        line.drafts.then = self.follow

    # -- drafts ------------------------------------------------------------------------------------

    @property
    def drafts(self) -> bool:
        """Whether something was edited in a view and is not in a commit yet."""
        return any(line.drafts for line in self._lines)

    @property
    def transaction(self) -> Transaction | None:
        """The transaction that is open in a view."""
        for line in self._lines:
            if line.drafts.transaction is not None:
                return line.drafts.transaction
        return None

    def share(self, shared: bool) -> None:
        """Somebody else is connected, or nobody any more."""
        self._shared = shared
        for line in self._lines:
            line.drafts.shared = shared

    def record(self) -> None:
        """Commit the drafts of all views, a commit an item. Raises `DiskFailed`."""
        failure: DiskFailed | None = None
        for line in self._lines:
            try:
                line.drafts.record()
            except DiskFailed as error:  # the others are tried all the same
                failure = error
        if failure is not None:
            raise failure

    def close(self) -> None:
        """Nothing is recorded any more."""
        for line in self._lines:
            line.drafts.close()

    # -- what comes --------------------------------------------------------------------------------

    def admit(self, commits: Iterable[Commit]) -> Admitted:
        """Take in commits from a peer, and those that waited for them. Raises `DiskFailed`."""
        transaction = self.transaction
        if transaction is not None:
            transaction.postponed.extend(commits)
            return Admitted(0, len(transaction.postponed), ())
        self.record()
        held, refused = self._store.admit(commits)
        self._tell([line.walking.read(held) for line in self._lines])
        reasons = tuple(f"{refusal.id.hex()[:12]}: {refusal.reason}" for refusal in refused)
        return Admitted(len(held), self._store.pending, reasons)

    def merge(self, commits: list[Commit]) -> None:
        """Walk commits made here that bring many others, as one change of each item."""
        self._tell([joined(line.walking.read(commits)) for line in self._lines])

    def _tell(self, changes: list[list[ItemChange]]) -> None:
        """Tell of what changed in each view; who hears of it may open further ones."""
        for line, what in zip(tuple(self._lines), changes, strict=True):
            line.telling.tell(what)
        if self.then is not None:
            self.then()

    def membership_changed(self) -> None:
        """The evaluation of `/sys/members` is another, or a key arrived: count again, and walk
        again if it makes a difference."""
        self._news = not self._lines[0].drafts.closed
        if self.transaction is None:
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
            if self._main.is_counted_anew():
                self._tell([line.walking.count_again() for line in self._lines])
        except DiskFailed as error:
            self._news = True
            self._lines[0].drafts.failed(error)
