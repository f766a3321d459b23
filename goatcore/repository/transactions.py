"""Transactions: what is written inside one is one signed commit, or nothing.

Owns how one begins and ends. Invariant: an exception inside leaves no trace, neither here nor in
the log; nobody hears of anything before the end.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from goatcore.errors import InvalidValue, TransactionMisuse
from goatcore.query.changes import RowChange
from goatcore.repository.access import Access
from goatcore.repository.changes import Kind
from goatcore.repository.committing import Committing
from goatcore.repository.drafts import Drafts
from goatcore.repository.environment import Later
from goatcore.repository.items import Items
from goatcore.repository.receiving import Receiving
from goatcore.repository.telling import Telling
from goatcore.repository.transaction import Transaction
from goatcore.repository.walk import Walk
from goatcore.values import NAME_BYTES_MAX, is_name


class Transactions:
    """Begins and ends the transactions of one repository, one at a time."""

    def __init__(
        self,
        items: Items,
        telling: Telling,
        walking: Walk,
        committing: Committing,
        drafts: Drafts,
        receiving: Receiving,
        access: Access,
        later: Later,
    ) -> None:
        self._items = items
        self._telling = telling
        self._walking = walking
        self._committing = committing
        self._drafts = drafts
        self._receiving = receiving
        self._access = access
        self._later = later

    @contextmanager
    def run(self, label: str | None) -> Iterator[None]:
        """See `Repository.transaction`."""
        drafts, telling = self._drafts, self._telling
        if drafts.transaction is not None:
            raise TransactionMisuse("A transaction is open already; they do not nest.")
        if label and not is_name(label):
            raise InvalidValue(f"label: it may have {NAME_BYTES_MAX} bytes.")
        self._access.check()
        drafts.record()
        transaction = drafts.transaction = Transaction()
        telling.hold(transaction.changes)
        ended = self._later(0, transaction.pause)
        try:
            yield
            counts = self._commit(transaction, label)
        except BaseException:
            drafts.transaction = None
            telling.release()
            self._roll_back(transaction)
            raise
        else:
            drafts.transaction = None
            telling.release()
            for record in transaction.records:
                drafts.settle(record)
            telling.tell(
                transaction.changes if counts else self._walking.take_back(transaction.records)
            )
        finally:
            ended()
            self._receiving.transaction_ended(transaction)

    def _commit(self, transaction: Transaction, label: str | None) -> bool:
        """Whether what was done counts."""
        if transaction.paused or transaction.postponed:
            raise TransactionMisuse(
                "There was an await inside a transaction, so others could work meanwhile. "
                "Nothing of it was kept. Do the waiting before the transaction."
            )
        edits = [(r, r.draft.operations) for r in transaction.records if r.draft is not None]
        self._committing.steps.begin()
        return self._committing.commit(edits, label) if edits else True

    def _roll_back(self, transaction: Transaction) -> None:
        seen: list[RowChange] = []  # by queries that were first read inside the transaction
        for record in transaction.records:
            self._drafts.settle(record)
            if record.state.count:
                self._walking.show_counted(record)
            else:
                self._items.forget(record)
                record.visible = False
            if record.item is not None:
                fields = frozenset(record.item.schema.fields)
                kind: Kind = "edited" if record.visible else "removed"
                seen.append(RowChange(kind, record.item, fields, record.number))
        self._telling.tell_queries(seen)
