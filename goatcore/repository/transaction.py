"""What an open transaction has touched. Pure bookkeeping; others act on it."""

from __future__ import annotations

from goatcore.history.commit import Commit
from goatcore.repository.changes import ItemChange
from goatcore.repository.record import Record


class Transaction:
    """The records that were written, in order, what is to be told when it ends well, and what
    arrived meanwhile."""

    __slots__ = ("changes", "postponed", "records")

    def __init__(self) -> None:
        self.records: list[Record] = []
        self.changes: list[ItemChange] = []
        self.postponed: list[Commit] = []

    def touch(self, record: Record) -> None:
        """A record is written for the first time."""
        self.records.append(record)
