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
from goatcore.query.changes import RowChange
from goatcore.repository.committing import Committing
from goatcore.repository.draft import Draft
from goatcore.repository.environment import Environment
from goatcore.repository.noting import Noting
from goatcore.repository.record import Record
from goatcore.repository.source import OF_CHANGES
from goatcore.repository.splitting import TEXT_COMMIT_LETTERS, parts
from goatcore.repository.telling import Telling
from goatcore.repository.transaction import Transaction
from goatcore.repository.walk import Walk

TYPING_MS: Final = 5_000  # typing is committed after this long …
PAUSE_MS: Final = 1_000  # … or after a pause of this long, …
SHARED_MS: Final = 150  # … or this soon while somebody else is connected
RETRY_MS: Final = 1_000  # after the disk failed
NOTE_MS: Final = 500  # typing stands in the crash journal after this long, and an fsync


class Drafts:
    """The open drafts of one repository."""

    def __init__(
        self,
        committing: Committing,
        walking: Walk,
        telling: Telling,
        environment: Environment,
        noting: Noting | None,
    ) -> None:
        self._committing = committing
        self._walking = walking
        self._telling = telling
        self._environment = environment
        self._noting = noting
        self._note_timer: Callable[[], None] | None = None  # cancels it
        self._open: dict[ItemKey, Record] = {}
        self._timer: Callable[[], None] | None = None  # cancels it
        self._timer_ms = 0  # when it fires
        self._at_once = False  # something was set as a whole
        self._retry_ms = 0  # the disk failed: not before this
        self.then: Callable[[], None] | None = None  # what follows when all are recorded
        self.transaction: Transaction | None = None  # the open one
        self._shared = False
        self._closed = False

    def __len__(self) -> int:
        return len(self._open)

    def numbers(self) -> list[int]:
        """The numbers of the items that have one."""
        return [record.number for record in self._open.values()]

    @property
    def shared(self) -> bool:
        """Whether somebody else is connected: then typing is recorded sooner."""
        return self._shared

    @shared.setter
    def shared(self, shared: bool) -> None:
        self._shared = shared
        self._arm()

    @property
    def closed(self) -> bool:
        """Whether nothing is recorded any more."""
        return self._closed

    def close(self) -> None:
        """From now on nothing is recorded."""
        self._closed = True
        self._end_typing()
        if self._note_timer is not None:
            self._note_timer()
            self._note_timer = None

    def _end_typing(self) -> None:
        """Whoever types on is asked again whether that may be."""
        for record in self._open.values():
            if record.draft is not None:
                record.draft.end_typing()

    def of(self, record: Record) -> Draft:
        """The draft of a record, begun if there is none."""
        draft = record.draft
        if draft is None:
            draft = record.draft = Draft(self._environment.clock(), record.item)
            self._open[record.key] = record
            self._note_soon()
            if self.transaction is not None:
                self.transaction.touch(record)
        return draft

    def settle(self, record: Record) -> None:
        """Its draft is in a commit, or is given up."""
        draft = record.draft
        if draft is not None:
            draft.end_typing()
            if self._noting is not None:
                self._noting.settled(record.key, draft)
        record.draft = None
        self._open.pop(record.key, None)

    # -- the crash journal -------------------------------------------------------------------------

    def _note_soon(self) -> None:
        """Whatever is typed from now on is written down before long."""
        if self._noting is not None and self._note_timer is None:
            self._note_timer = self._environment.later(NOTE_MS, self._on_note_timer)

    def _on_note_timer(self) -> None:
        self._note_timer = None
        if self._closed or self._noting is None or not self._open:
            return
        if self.transaction is None:
            self._noting.note(self._open.values())
        self._note_soon()

    # -- when --------------------------------------------------------------------------------------

    def edited(self) -> None:
        """Something was set as a whole: record it as soon as the program lets others work."""
        if self.transaction is None and not (self._at_once and self._timer is not None):
            self._at_once = True
            self._arm()

    def typed(self, record: Record, draft: Draft) -> bool:
        """Something was typed: record it after a pause, or now if it is long. Whether more may be
        typed into that draft without a word."""
        if self.transaction is not None:
            return False
        draft.typed_ms = self._environment.clock()
        if draft.letters > TEXT_COMMIT_LETTERS:
            self.record_now(record)
            return False
        self._arm()
        return True

    def _due(self) -> int | None:
        """When the drafts are to be recorded, as far as is known now."""
        if self._at_once:
            return max(self._environment.clock(), self._retry_ms)
        dues = []
        for record in self._open.values():
            draft = record.draft
            if draft is not None and draft.typed_ms:
                soon = draft.began_ms + (SHARED_MS if self._shared else TYPING_MS)
                dues.append(min(draft.typed_ms + PAUSE_MS, soon))
        return max(min(dues), self._retry_ms) if dues else None

    def _arm(self) -> None:
        """See to it that the timer fires when something is due; it may well fire sooner."""
        due = self._due()
        if due is None or (self._timer is not None and self._timer_ms <= due):
            return
        if self._timer is not None:
            self._timer()
        self._timer_ms = due
        delay = min(max(0, due - self._environment.clock()), TYPING_MS)
        self._timer = self._environment.later(delay, self._on_timer)

    def _on_timer(self) -> None:
        self._timer = None
        due = self._due()
        if due is None or self.transaction is not None or self._closed:
            return
        if 0 < due - self._environment.clock() <= TYPING_MS:  # typing went on meanwhile
            self._arm()
            return
        try:
            self.record()
        except DiskFailed as error:
            self.failed(error)

    def failed(self, error: DiskFailed) -> None:
        """The disk failed: tell of it, and try again."""
        self._environment.on_error(error)
        self._at_once = True
        self._retry_ms = self._environment.clock() + RETRY_MS
        self._arm()

    # -- recording ---------------------------------------------------------------------------------

    def record(self) -> None:
        """Commit all drafts, a commit an item. Raises `TransactionMisuse`, `DiskFailed`."""
        if self.transaction is not None:
            raise TransactionMisuse("Drafts are recorded when the open transaction ends.")
        if self._timer is not None:
            self._timer()
            self._timer = None
        self._at_once, self._retry_ms = False, 0
        self._end_typing()
        failure: DiskFailed | None = None
        recorded: list[RowChange] = []  # queries that look at who changed a row when
        for record in list(self._open.values()):
            try:
                self._record(record)
            except DiskFailed as error:  # the others are tried all the same
                failure = error
                continue
            if record.item is not None and record.item.exists:
                recorded.append(RowChange("edited", record.item, OF_CHANGES, record.number))
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
