"""What an open transaction has touched. Pure bookkeeping; the repository acts on it."""

from __future__ import annotations

from goatcore.repository.item import ItemChange
from goatcore.repository.record import Record


class Transaction:
    """The records that were written, in order, and what is to be told when it ends well."""

    __slots__ = ("changes", "records")

    def __init__(self) -> None:
        self.records: list[Record] = []
        self.changes: list[ItemChange] = []

    def touch(self, record: Record) -> None:
        """A record is written for the first time."""
        self.records.append(record)
