"""Drafts: what was edited here and is not in a commit yet.

Owns when a draft is recorded: typing after a pause, what is set as a whole in a moment, all of it
when somebody needs it. Invariant: a draft stays until a commit holds it; where the disk fails it is
told of and tried again. While a transaction is open, drafts are its to record.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from goatcore.errors import DiskFailed, TransactionMisuse
from goatcore.ids import ItemKey
from goatcore.query import RowChange
from goatcore.repository.committing import Committing
from goatcore.repository.environment import Environment
from goatcore.repository.record import Draft, Record
from goatcore.repository.source import OF_CHANGES
from goatcore.repository.splitting import TEXT_COMMIT_LETTERS, parts
from goatcore.repository.telling import Telling
from goatcore.repository.transaction import Transaction
from goatcore.repository.walk import Walk

TYPING_MS: Final = 5_000  # typing is committed after this long …
PAUSE_MS: Final = 1_000  # … or after a pause of this long, …
SHARED_MS: Final = 150  # … or this soon while somebody else is connected
RETRY_MS: Final = 1_000  # after the disk failed


class Drafts:
    """The open drafts of one repository."""

    def __init__(
        self,
        committing: Committing,
        walking: Walk,
        telling: Telling,
        environment: Environment,
    ) -> None:
        self._committing = committing
        self._walking = walking
        self._telling = telling
        self._environment = environment
        self._open: dict[ItemKey, Record] = {}
        self._timer: Callable[[], None] | None = None
        self._due_ms = 0
        self.then: Callable[[], None] | None = None  # what follows when all are recorded
        self.transaction: Transaction | None = None  # the open one
        self.shared = False  # somebody else is connected: record typing sooner
        self.closed = False  # nothing is recorded any more

    def __len__(self) -> int:
        return len(self._open)

    def of(self, record: Record) -> Draft:
        """The draft of a record, begun if there is none."""
        draft = record.draft
        if draft is None:
            draft = record.draft = Draft(self._environment.clock())
            self._open[record.key] = record
            if self.transaction is not None:
                self.transaction.touch(record)
        return draft

    def settle(self, record: Record) -> None:
        """Its draft is in a commit, or is given up."""
        record.draft = None
        self._open.pop(record.key, None)

    # -- when --------------------------------------------------------------------------------------

    def edited(self) -> None:
        """Something was set as a whole: record it as soon as the program lets others work."""
        self._soon(0)

    def typed(self, record: Record, draft: Draft) -> None:
        """Something was typed: record it after a pause, or now if it is long."""
        if self.transaction is not None:
            return
        if draft.letters > TEXT_COMMIT_LETTERS:
            self.record_now(record)
        elif self.shared:
            self._soon(draft.began_ms + SHARED_MS - self._environment.clock())
        else:
            now = self._environment.clock()
            self._soon(min(PAUSE_MS, draft.began_ms + TYPING_MS - now), move=True)

    def _soon(self, delay_ms: float, *, move: bool = False) -> None:
        if self.transaction is not None:
            return
        due = self._environment.clock() + max(0, round(delay_ms))
        if self._timer is not None:
            if due >= self._due_ms and not move:
                return
            self._timer()
        self._due_ms = due
        self._timer = self._environment.later(max(0.0, delay_ms), self._on_timer)

    def _on_timer(self) -> None:
        self._timer = None
        if self.transaction is None and not self.closed:
            try:
                self.record()
            except DiskFailed as error:
                self.failed(error)

    def failed(self, error: DiskFailed) -> None:
        """The disk failed: tell of it, and try again."""
        self._environment.on_error(error)
        self._soon(RETRY_MS)

    # -- recording ---------------------------------------------------------------------------------

    def record(self) -> None:
        """Commit all drafts, a commit an item. Raises `TransactionMisuse`, `DiskFailed`."""
        if self.transaction is not None:
            raise TransactionMisuse("Drafts are recorded when the open transaction ends.")
        if self._timer is not None:
            self._timer()
            self._timer = None
        failure: DiskFailed | None = None
        recorded: list[RowChange] = []  # queries that look at who changed a row when
        for record in list(self._open.values()):
            try:
                self._record(record)
            except DiskFailed as error:  # the others are tried all the same
                failure = error
                continue
            if record.item is not None and record.item.exists:
                recorded.append(RowChange("edited", record.item, OF_CHANGES))
        if recorded:
            self._telling.tell_queries(recorded)
        if failure is not None:
            raise failure
        if self.then is not None:
            self.then()

    def record_now(self, record: Record) -> None:
        """Commit one item's draft at once, but as part of the transaction if one is open."""
        if self.transaction is None:
            try:
                self._record(record)
            except DiskFailed as error:
                self.failed(error)

    def _record(self, record: Record) -> None:
        """Commit one item's draft, in several commits when it is long."""
        draft = record.draft
        assert draft is not None
        self._committing.steps.begin()
        counts = True
        if draft.operations or not record.state.count:
            left = parts(draft.operations)
            while left:
                counts = self._committing.commit([(record, left.pop(0))], None) and counts
                # should the disk fail at the next one, this one is not recorded twice
                draft.recorded([operation for part in left for operation in part])
        self.settle(record)
        if not counts:
            self._telling.tell(self._walking.take_back([record]))
