"""What an open transaction has touched. Pure bookkeeping; others act on it."""

from __future__ import annotations

from goatcore.history.commit import Commit
from goatcore.repository.changes import ItemChange
from goatcore.repository.record import Record


class Transaction:
    """The records that were written, in order, what is to be told when it ends well, and what
    happened meanwhile: whether others were let work, and what arrived."""

    __slots__ = ("changes", "paused", "postponed", "records")

    def __init__(self) -> None:
        self.records: list[Record] = []
        self.changes: list[ItemChange] = []
        self.paused = False
        self.postponed: list[Commit] = []

    def pause(self) -> None:
        """The program let others work before the transaction ended."""
        self.paused = True

    def touch(self, record: Record) -> None:
        """A record is written for the first time."""
        self.records.append(record)
