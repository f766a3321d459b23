"""A live repository: items that are read and written synchronously, over held commits.

Owns the way of an edit: check → show → draft → commit → log, and of a received commit: admit →
count → walk → show. Invariant: after every call, items, queries and listeners agree with the
counted commits plus the open drafts. Composes the rooms below it; decides the order of things only.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final, NamedTuple, cast
from weakref import WeakValueDictionary

from goatcore.clock import Stamp, stamp_ms
from goatcore.errors import DiskFailed, InvalidValue, LocalMisuse, Refused, TransactionMisuse
from goatcore.history.body import UNREADABLE, Body, decode_body
from goatcore.history.commit import Commit
from goatcore.history.item_state import ChangeRecord, Delta
from goatcore.history.operations import (
    DELETE,
    MAP_DROP,
    MAP_PUT,
    REGISTER_SET,
    RESTORE,
    SET_REMOVE,
    TEXT_SPLICE,
    Operation,
)
from goatcore.history.splices import TextSplice
from goatcore.history.states_at import Footprint, footprint
from goatcore.ids import AuthorKey, ItemKey, RepositoryId
from goatcore.query import Query, QueryEngine, RowChange
from goatcore.repository.authoring import HEADS_MAX, Authoring, Edit, greatest_heads
from goatcore.repository.containers import CONTAINERS, assigned, made_of, shown_after
from goatcore.repository.counting import Counted, Counting, resolve
from goatcore.repository.environment import Environment, Membership, paused_collector
from goatcore.repository.item import (
    Item,
    ItemChange,
    Kind,
    Text,
    Unsubscribe,
    item_class,
    new_item,
    show,
    splice_shown,
    writable_field,
)
from goatcore.repository.own_steps import OwnSteps
from goatcore.repository.reading import read_alternatives
from goatcore.repository.record import Draft, Record
from goatcore.repository.sealer import Sealer
from goatcore.repository.showing import first_shown, show_all, show_delta
from goatcore.repository.source import OF_CHANGES, ItemSource
from goatcore.repository.store import Auth, Store
from goatcore.repository.transaction import Transaction
from goatcore.schema import Registry, Schema
from goatcore.schema.fields import REGISTER, TEXT
from goatcore.values import NAME_BYTES_MAX, is_name, pack

if TYPE_CHECKING:  # loaded by who looks back
    from goatcore.repository.past import ItemPast
    from goatcore.repository.past_repository import RepositoryAt
    from goatcore.repository.undo import Undo

TEXT_COMMIT_LETTERS: Final = 128 * 1024  # a longer insert becomes several commits
COMMIT_OPERATIONS: Final = 16_384  # and so do more edits of an item than this,
COMMIT_BYTES: Final = 768 * 1024  # or more bytes
VALUE_BYTES_MAX: Final = 512 * 1024  # of one field that is set as a whole
TYPING_MS: Final = 5_000  # typing is committed after this long …
PAUSE_MS: Final = 1_000  # … or after a pause of this long, …
RETRY_MS: Final = 1_000  # after the disk failed
SHARED_MS: Final = 150  # … or this soon while somebody else is connected

# what must have seen all that it acts on: letters have places, and what is taken away was there
_ON_ALL: Final = frozenset({TEXT_SPLICE, SET_REMOVE, MAP_DROP, DELETE})
_NO_SPLICES: Mapping[str, Sequence[TextSplice]] = {}


class Admitted(NamedTuple):
    """What became of received commits."""

    held: int
    waiting: int
    refused: tuple[str, ...]


class Repository:
    """The items of one repository. Made by `Database.repository`."""

    def __init__(
        self,
        path: str,
        store: Store,
        sealer: Sealer,
        membership: Membership,
        registry: Registry,
        environment: Environment,
    ) -> None:
        self.path = path
        self.store = store
        self._sealer = sealer
        self._membership = membership
        self._registry = registry
        self._environment = environment
        self._authoring = Authoring(
            store, environment.device.author, environment.device.sign, sealer, environment.clock
        )
        self._records: dict[ItemKey, Record] = {}
        self._classes: dict[str, type[Item]] = {}
        self._verdicts: dict[tuple[bytes, Auth], bool] = {}
        self._counting = Counting(store, self._passes)
        self._locked = 0
        self.own = OwnSteps()
        self._pasts: WeakValueDictionary[ItemKey, ItemPast] = WeakValueDictionary()
        self._undos: dict[ItemKey | None, Undo] = {}
        self._footprints: dict[Footprint, Footprint] = {}  # each kept once
        self._drafts: dict[ItemKey, Record] = {}
        self._draft_timer: Callable[[], None] | None = None
        self._draft_due_ms = 0
        self._transaction: Transaction | None = None
        self._postponed: list[Commit] = []
        self._membership_news = False  # to be followed when the transaction or the disk allows
        self._listeners: list[Callable[[ItemChange], None]] = []
        self._engine: QueryEngine[Item] = QueryEngine(
            self._source, elapsed_ms=environment.elapsed_ms, on_error=environment.on_error
        )
        self.shared = False  # somebody else is connected: record typing sooner
        self.closed = False
        with paused_collector():
            for commit in store.load():
                self._read(commit)
        for record in self._records.values():
            record.visible = record.state.visible

    # -- what it is --------------------------------------------------------------------------------

    @property
    def id(self) -> RepositoryId:
        return self.store.repository

    @property
    def count(self) -> int:
        """Held commits."""
        return len(self.store)

    @property
    def digest(self) -> bytes:
        """16 bytes that are equal on two peers exactly if they durably hold the same commits."""
        return self.store.digest()

    @property
    def durable(self) -> bool:
        """Whether everything recorded is on disk (drafts are not recorded yet)."""
        return self.store.all_durable and not self._drafts

    @property
    def role(self) -> int | None:
        """This device's role here (see `Role`); None if it has none."""
        return self._membership.role(self.id)

    @property
    def writable(self) -> bool:
        """Whether this device may write here now."""
        return self._obstacle() is None

    @property
    def quarantined(self) -> int:
        """Held commits whose authors had no right to write here; they change nothing."""
        return self._counting.quarantined

    @property
    def locked(self) -> int:
        """Held commits whose key has not arrived."""
        return self._locked

    def member_name(self, author: bytes) -> str:
        """The name of the member whose device signs with this key."""
        return self._membership.name_of(author)

    def device_name(self, author: bytes) -> str:
        """The name of the device that signs with this key."""
        return self._membership.device_name(author)

    # -- reading -----------------------------------------------------------------------------------

    def item(self, key: str) -> Item | None:
        """The item of that key, a deleted one too; None if there never was one."""
        record = self._records.get(ItemKey(key))
        if record is None or not (record.schema or record.draft):
            return None
        return self._item(record)

    def register(self, schema: Schema) -> None:
        """Make a schema known, so that items of it are read with their fields."""
        self._registry.add(schema)

    def items(self, schema: Schema | None = None, *, deleted: bool = False) -> Iterator[Item]:
        """All items that show, of one schema or of all that the program knows; with `deleted`,
        those that were deleted instead."""
        if schema is not None:
            self._registry.add(schema)
        for record in list(self._records.values()):
            if record.visible is not deleted and (
                record.schema == schema.name if schema else self._registry.get(record.schema)
            ):
                yield self._item(record)

    def query(self, schema: Schema) -> Query[Item]:
        """All items of a schema, live. Narrow and order it with its methods."""
        self._registry.add(schema)
        return self._engine.query(schema.name)

    def alternatives(self, item: Item, name: str) -> list[object]:
        """See `Item.alternatives`."""
        field = item.schema.field(name)
        record = item._record
        draft, stored = record.draft, item.schema.stored_name(name)
        if field.kind != REGISTER or (draft is not None and draft.touches(REGISTER_SET, stored)):
            return [getattr(item, name)]
        return read_alternatives(item.schema, record.state, record.version, name)

    def entry_alternatives(self, item: Item, name: str, key: str) -> list[object]:
        """See `Entries.alternatives`."""
        record, stored = item._record, item.schema.stored_name(name)
        if record.draft is not None and record.draft.touches(MAP_PUT, stored, key):
            shown = getattr(item, name)
            return [shown[key]] if key in shown else []
        return record.state.entry_alternatives(stored, key)

    # -- the past ----------------------------------------------------------------------------------

    def at(self, time_ms: int) -> RepositoryAt:
        """All items as they were at a moment, by the times that commits claim."""
        from goatcore.repository.past_repository import RepositoryAt

        return RepositoryAt(self, time_ms)

    def past(self, item: Item) -> ItemPast:
        """What an item was; shared by all who look at it at the same time."""
        past = self._pasts.get(item.key)
        if past is None or past.item is not item:
            from goatcore.repository.past import ItemPast  # who never looks back does not pay

            past = self._pasts[item.key] = ItemPast(item)
        return past

    def body(self, commit: Commit) -> Body:
        """What a held commit says; nothing, while its key has not arrived."""
        data = self._sealer.unseal(commit)
        return UNREADABLE if data is None else decode_body(data)

    def undo_stack(self, item: Item | None = None) -> Undo:
        """What was done here since this repository was opened, to be taken back and done again:
        all of it, or what was done to one item."""
        key = None if item is None else item.key
        undo = self._undos.get(key)
        if undo is None:
            from goatcore.repository.undo import Undo

            undo = self._undos[key] = Undo(self, key)
        return undo

    @contextmanager
    def joined_transaction(self, label: str) -> Iterator[None]:
        """The open transaction, or one of its own."""
        if self._transaction is not None:
            yield
            return
        with self.transaction(label):
            yield

    def known_items(self, schema: Schema | None = None) -> Iterator[Item]:
        """All items there ever were, deleted ones too, of one schema or of all that are known."""
        if schema is not None:
            self._registry.add(schema)
        for record in list(self._records.values()):
            if record.schema == schema.name if schema else self._registry.get(record.schema):
                yield self._item(record)

    @property
    def author(self) -> AuthorKey:
        """The key that this device signs with."""
        return self._environment.device.author

    def shown_ms(self, stamp: int) -> int:
        """The time of a stamp as it is shown: what its author's clock said, but never later than
        now; milliseconds since 1970."""
        return min(stamp_ms(Stamp(stamp)), self.now_ms)

    @property
    def now_ms(self) -> int:
        """Milliseconds since 1970, by this device's clock."""
        return self._environment.clock()

    def subscribe(self, callback: Callable[[ItemChange], None]) -> Unsubscribe:
        """Call back after every change of any item."""
        self._listeners.append(callback)
        return lambda: self._listeners.remove(callback) if callback in self._listeners else None

    def _source(self, name: Hashable) -> ItemSource:
        assert isinstance(name, str)
        schema = self._registry.get(name)
        assert schema is not None
        return ItemSource(schema, lambda: self.items(schema))

    def _item(self, record: Record, values: Mapping[str, object] | None = None) -> Item:
        item = record.item
        if item is None or (not item.schema.fields and self._registry.get(record.schema)):
            schema = self._registry.get(record.schema) or Schema(record.schema, record.version)
            cls = self._classes.get(schema.name)
            if cls is None or cls.__slots__ != tuple(schema.fields):
                cls = self._classes[schema.name] = item_class(schema)
            item = record.item = new_item(cls, self, schema, record)
            if values is not None:
                for name, field in schema.fields.items():
                    show(item, name, values.get(name, field.default))
            else:
                show_all(item)
        return item

    def _version(self, record: Record) -> int:
        """The version of the schema that is written here."""
        schema = self._registry.get(record.schema)
        return record.version if schema is None else schema.version

    # -- writing -----------------------------------------------------------------------------------

    def create(self, schema: Schema, key: str | None = None, /, **fields: object) -> Item:
        """A new item, one commit (or part of the open transaction).

        Raises `InvalidValue` for a value that does not fit or a key that is taken.
        """
        self._may_write()
        self._registry.add(schema)
        if key is None:
            key = self._environment.random(10).hex()
        elif not is_name(key):
            raise InvalidValue("key: an item's key has 1 to 255 bytes.")
        known = self._records.get(ItemKey(key))
        if known is not None and known.schema:
            raise InvalidValue(f"key: there is an item {key} already.")
        values = schema.check(_plain(fields))
        for name, value in values.items():
            _check_size(name, value, schema)
        operations: list[Operation] = []
        for name, value in values.items():
            kind, stored = schema.fields[name].kind, schema.stored_name(name)
            if kind == REGISTER:
                operations.append((REGISTER_SET, stored, value))
            elif kind in CONTAINERS:
                made = made_of(kind, stored, value)
                _check_operations(name, made)
                operations.extend(made)
            elif value:
                operations.append((TEXT_SPLICE, stored, 0, 0, value))
        record = known or Record(ItemKey(key))
        record.schema, record.version = schema.name, schema.version
        if record.item is not None and record.item.schema is not schema:
            record.item = None
        self._records[record.key] = record
        item = self._item(record, values)
        if known is not None:
            for name, field in schema.fields.items():
                show(item, name, values.get(name, field.default))
        record.visible = True
        draft = self._draft(record)
        draft.typed = False
        draft.operations.extend(operations)
        self._record_now_unless_open(record)
        self._tell([ItemChange(item, "added", frozenset(values), _NO_SPLICES, True)])
        return item

    def write(self, item: Item, name: str, value: object) -> None:
        """Set a field; what `item.name = value` does."""
        writable_field(item, name)
        field = item.schema.fields[name]
        if field.kind == TEXT:
            from goatcore.history.diffing import word_splices  # who only splices does not pay

            new = field.check(name, str(value) if isinstance(value, Text) else value)
            splices = word_splices(str(getattr(item, name)), cast(str, new))
            if splices:
                self.write_text(item, name, splices)
            return
        self._may_write(item, name)
        if field.kind in CONTAINERS:
            operations = assigned(item, name, value)
            if operations:
                self.operate(item, name, operations)
            return
        value = field.check(name, value)
        _check_size(name, value, item.schema)
        current, stored = getattr(item, name), item.schema.stored_name(name)
        record = item._record
        if (
            value == current
            and type(value) is type(current)
            and stored in record.state.registers
            and len(record.state.alternatives(stored)) == 1
        ):
            return
        self._draft(record).set(stored, value)
        show(item, name, value)
        self._recorded_soon(0)
        self._tell([ItemChange(item, "edited", frozenset((name,)), _NO_SPLICES, True)])

    def operate(self, item: Item, name: str, operations: Sequence[Operation]) -> None:
        """Record operations of a set, a map or a counter, and show what they come to."""
        self._may_write(item, name)
        _check_operations(name, operations)
        draft = self._draft(item._record)
        for operation in operations:
            draft.operate(operation)
        kind = item.schema.fields[name].kind
        object.__setattr__(item, name, shown_after(item, name, kind, operations))
        self._recorded_soon(0)
        self._tell([ItemChange(item, "edited", frozenset((name,)), _NO_SPLICES, True)])

    def write_text(self, item: Item, name: str, splices: Sequence[TextSplice]) -> None:
        """Splice a text field; what `item.name.splice` does."""
        self._may_write(item, name)
        for splice in splices:
            item.schema.fields[name].check(name, splice.inserted)
        record = item._record
        draft = self._draft(record)
        for splice in splices:
            draft.splice(item.schema.stored_name(name), splice)
        splice_shown(item, name, splices)
        if draft.letters > TEXT_COMMIT_LETTERS:
            self._record_now_unless_open(record)
        elif self.shared:
            self._recorded_soon(draft.began_ms + SHARED_MS - self._environment.clock())
        else:
            now = self._environment.clock()
            self._recorded_soon(min(PAUSE_MS, draft.began_ms + TYPING_MS - now), move=True)
        self._tell([ItemChange(item, "edited", frozenset((name,)), {name: splices}, True)])

    def set_visible(self, item: Item, visible: bool) -> None:
        """Delete or restore an item."""
        self._may_write(item)
        record = item._record
        if record.visible == visible and not (visible and record.state.flagged):
            return
        was = record.visible
        draft = self._draft(record)
        draft.add((RESTORE,) if visible else (DELETE,))
        record.visible = visible
        self._record_now_unless_open(record)
        if was != visible:
            kind = _kind(was, visible)
            self._tell([ItemChange(item, kind, frozenset(), _NO_SPLICES, True)])

    def _obstacle(self) -> str | None:
        """Why this device may not write here; None if it may."""
        if self.closed:
            return "This notebook is closed."
        if self.store.read_only:
            return "This folder can only be read on this computer; nothing can be changed in it."
        if self._locked:
            return "The key of this notebook has not arrived yet; it can be read when it does."
        return self._membership.obstacle(self.id)

    def _may_write(self, item: Item | None = None, name: str = "") -> None:
        obstacle = self._obstacle()
        if obstacle is not None:
            raise Refused(obstacle)
        if item is None:
            return
        if self._records.get(item.key) is not item._record or item._record.item is not item:
            raise Refused("This item is not there: what should have made it was undone.")
        if name and item._record.state.read_only(item.schema.stored_name(name)):
            raise Refused(
                f"{name} was edited with a newer version of this program; update to edit it here."
            )

    # -- drafts and transactions -------------------------------------------------------------------

    def _draft(self, record: Record) -> Draft:
        draft = record.draft
        if draft is None:
            draft = record.draft = Draft(self._environment.clock())
            self._drafts[record.key] = record
            if self._transaction is not None:
                self._transaction.touch(record)
        return draft

    def _recorded_soon(self, delay_ms: float, *, move: bool = False) -> None:
        if self._transaction is not None:
            return
        due = self._environment.clock() + max(0, round(delay_ms))
        if self._draft_timer is not None:
            if due >= self._draft_due_ms and not move:
                return
            self._draft_timer()
        self._draft_due_ms = due
        self._draft_timer = self._environment.later(max(0.0, delay_ms), self._on_draft_timer)

    def _on_draft_timer(self) -> None:
        self._draft_timer = None
        if self._transaction is None and not self.closed:
            try:
                self.record_drafts()
            except DiskFailed as error:
                self._not_recorded(error)

    def record_drafts(self) -> None:
        """Commit now what was edited and not committed yet, a commit an item."""
        if self._transaction is not None:
            raise TransactionMisuse("Drafts are recorded when the open transaction ends.")
        if self._draft_timer is not None:
            self._draft_timer()
            self._draft_timer = None
        failure: DiskFailed | None = None
        recorded: list[RowChange] = []  # queries that look at who changed a row when
        for record in list(self._drafts.values()):
            try:
                self._record(record)
            except DiskFailed as error:  # the others are tried all the same
                failure = error
                continue
            if record.item is not None and record.item.exists:
                recorded.append(RowChange("edited", record.item, OF_CHANGES))
        if recorded and self._engine.running:
            self._engine.apply(recorded)
        if failure is not None:
            raise failure
        if self._membership_news:
            self._follow_membership()

    def _record_now_unless_open(self, record: Record) -> None:
        """Commit at once; where the disk fails the draft stays, is told of, and is tried again."""
        if self._transaction is None:
            try:
                self._record(record)
            except DiskFailed as error:
                self._not_recorded(error)

    def _not_recorded(self, error: DiskFailed) -> None:
        self._environment.on_error(error)
        self._recorded_soon(RETRY_MS)

    def _record(self, record: Record) -> None:
        """Commit one item's draft, in several commits when it is long."""
        draft = record.draft
        assert draft is not None
        self.own.begin()
        counts = True
        if draft.operations or not record.state.count:
            parts = list(_parts(draft.operations))
            while parts:
                counts = self._commit([(record, parts.pop(0))], None) and counts
                # should the disk fail at the next one, this one is not recorded twice
                draft.recorded([operation for part in parts for operation in part])
        self._settle(record)
        if not counts:
            self._take_back([record])

    def _settle(self, record: Record) -> None:
        record.draft = None
        self._drafts.pop(record.key, None)

    def _take_back(self, records: Sequence[Record]) -> None:
        """Show these as the counted commits have them: what was written here did not count, since
        the right to write here ended meanwhile."""
        changes = []
        for record in records:
            was, item = record.visible, record.item
            self._show_counted(record)
            if item is not None and (was or record.visible):
                kind, fields = _kind(was, record.visible), frozenset(item.schema.fields)
                changes.append(ItemChange(item, kind, fields, _NO_SPLICES, False))
        self._tell(changes)

    def _show_counted(self, record: Record) -> None:
        record.visible = record.state.visible
        record.forget_intent()
        if record.item is not None:
            show_all(record.item)

    def _commit(
        self, edits: Sequence[tuple[Record, Sequence[Operation]]], label: str | None
    ) -> bool:
        """Sign, hold and walk one commit. False if it does not count."""
        for record, operations in edits:
            while len(record.state.heads) > HEADS_MAX and any(
                operation[0] in _ON_ALL for operation in operations
            ):
                self._append([(record, ())], None)
        return self._append(edits, label)

    def _append(
        self, edits: Sequence[tuple[Record, Sequence[Operation]]], label: str | None
    ) -> bool:
        commit = self._authoring.commit(
            [
                Edit(
                    record.key,
                    record.schema,
                    self._version(record),
                    greatest_heads(self.store, record.state.heads),
                    operations,
                )
                for record, operations in edits
            ],
            label,
            self._membership.heads(),
        )
        self.store.append([commit])
        if not self._passes(commit):
            self._read(commit)
            return False
        self._counting.own(commit)
        self.own.add(commit.id)
        for record, operations in edits:
            parents = record.state.heads
            version = self._version(record)
            self._apply(record, commit, greatest_heads(self.store, parents), operations, version)
            record.note(commit, record.schema, version, root=not parents)
        return True

    @contextmanager
    def transaction(self, label: str | None = None) -> Iterator[None]:
        """Everything written inside is one signed commit: all or nothing, here and on peers.

        An exception inside leaves no trace. Transactions do not nest, and there is no `await`
        inside one. Raises `TransactionMisuse`, `TransactionTooLarge`.
        """
        if self._transaction is not None:
            raise TransactionMisuse("A transaction is open already; they do not nest.")
        if label and not is_name(label):
            raise InvalidValue(f"label: it may have {NAME_BYTES_MAX} bytes.")
        self._may_write()
        self.record_drafts()
        transaction = self._transaction = Transaction()
        try:
            yield
            if self._postponed:
                raise TransactionMisuse(
                    "There was an await inside a transaction: others' changes arrived meanwhile. "
                    "Nothing of it was kept. Do the waiting before the transaction."
                )
            edits = [(r, r.draft.operations) for r in transaction.records if r.draft is not None]
            self.own.begin()
            counts = self._commit(edits, label) if edits else True
        except BaseException:
            self._transaction = None
            self._roll_back(transaction)
            raise
        else:
            self._transaction = None
            for record in transaction.records:
                self._settle(record)
            if counts:
                self._tell(transaction.changes)
            else:
                self._take_back(transaction.records)
        finally:
            postponed, self._postponed = self._postponed, []
            if postponed:
                self.admit(postponed)
            if self._membership_news:
                self._follow_membership()

    def _roll_back(self, transaction: Transaction) -> None:
        seen: list[RowChange] = []  # by queries that were first read inside the transaction
        for record in transaction.records:
            self._settle(record)
            if record.state.count:
                self._show_counted(record)
            else:
                del self._records[record.key]
                record.visible = False
            if record.item is not None:
                fields = frozenset(record.item.schema.fields)
                kind: Kind = "edited" if record.visible else "removed"
                seen.append(RowChange(kind, record.item, fields))
        if self._engine.running:
            self._engine.apply(seen)

    # -- receiving ---------------------------------------------------------------------------------

    def admit(self, commits: Iterable[Commit]) -> Admitted:
        """Take in commits from a peer, and those that waited for them."""
        if self._transaction is not None:
            self._postponed.extend(commits)
            return Admitted(0, len(self._postponed), ())
        self.record_drafts()
        held, refused = self.store.admit(commits)
        changes: list[ItemChange] = []
        for commit in held:
            self._read(commit, changes)
        self._tell(changes)
        reasons = tuple(f"{refusal.id.hex()[:12]}: {refusal.reason}" for refusal in refused)
        return Admitted(len(held), self.store.pending, reasons)

    def membership_changed(self) -> None:
        """The evaluation of `/sys/members` is another, or a key arrived: count again, and walk
        again if it makes a difference."""
        self._membership_news = not self.closed
        if self._transaction is None and not self.closed:
            self._follow_membership()

    def _follow_membership(self) -> None:
        self._membership_news = False
        try:
            self.admit(())  # records the drafts, too
            if self._is_counted_anew():
                self._count_again()
        except DiskFailed as error:
            self._membership_news = True
            self._not_recorded(error)

    def _is_counted_anew(self) -> bool:
        """Whether a key arrived, or a verdict is another than before."""
        before, self._verdicts = self._verdicts, {}
        unlocked = self._locked and any(
            self._sealer.unseal(commit) is not None
            for commit in self.store.commits()
            if commit.id not in self._counting
        )
        return bool(
            unlocked or any(self._verdict(*key) != passed for key, passed in before.items())
        )

    def _count_again(self) -> None:
        self._counting = Counting(self.store, self._passes)
        self._locked = 0
        before = {record: record.visible for record in self._records.values()}
        for record in self._records.values():
            record.forget()
        for commit in self.store.commits():
            self._read(commit)
        changes: list[ItemChange] = []
        for record in self._records.values():
            was = before.get(record, False)
            record.visible = record.state.visible
            was = self._leave_schema(record, was, changes)
            if record.item is None and not (
                record.visible and not was and self._registry.get(record.schema)
            ):
                continue  # nobody has seen it
            item = self._item(record)
            show_all(item)
            if was or record.visible:
                kind = _kind(was, record.visible)
                fields = frozenset(item.schema.fields)
                changes.append(ItemChange(item, kind, fields, _NO_SPLICES, False))
        self._tell(changes)

    def _passes(self, commit: Commit) -> bool:
        return self._verdict(commit.author, self.store.auth_of(commit))

    def _verdict(self, author: bytes, auth: Auth) -> bool:
        verdict = self._verdicts.get((author, auth))
        if verdict is None:
            verdict = self._membership.may_write(author, auth, self.id)
            self._verdicts[author, auth] = verdict
        return verdict

    def _read(self, commit: Commit, changes: list[ItemChange] | None = None) -> None:
        """Count a held commit and walk what counts now; note what changed for those who look."""
        data = self._sealer.unseal(commit)
        if data is None:
            self._locked += 1
            return
        for counted in self._counting.take(commit, decode_body(data)):
            self._walk(counted, changes)

    def _walk(self, counted: Counted, changes: list[ItemChange] | None) -> None:
        commit, body = counted
        for change in body.changes:
            record = self._records.get(change.key)
            if record is None:
                record = self._records[change.key] = Record(change.key)
            assert record.draft is None, "drafts are committed before others' changes are walked"
            parents = resolve(self.store, commit, change)
            standing = tuple(parent for parent in parents if parent in record.state)
            sound = len(standing) == len(change.parents) and change.operations is not None
            operations = change.operations if sound and change.operations else ()
            delta = self._apply(record, commit, standing, operations, change.version)
            record.note(commit, change.schema, change.version, root=not standing)
            if changes is not None:
                self._note(record, delta, changes)

    def _apply(
        self,
        record: Record,
        commit: Commit,
        parents: tuple[bytes, ...],
        operations: Sequence[Operation],
        version: int,
    ) -> Delta:
        author, seq, time = commit.header[1:4]
        if parents and (len(operations) != 1 or operations[0][0] != TEXT_SPLICE):
            marks = footprint(operations)
            if marks:
                record.note_footprint(commit.id, self._footprints.setdefault(marks, marks))
        return record.state.apply(
            ChangeRecord(author, seq, commit.id, time, parents, operations, version)
        )

    def _note(self, record: Record, delta: Delta, changes: list[ItemChange]) -> None:
        was, record.visible = record.visible, delta.visible
        was = self._leave_schema(record, was, changes)
        if record.item is None and (
            not (was or record.visible) or self._registry.get(record.schema) is None
        ):
            return  # nobody has seen it
        known = record.item is not None
        item = self._item(record)
        fields, splices = show_delta(item, delta) if known else first_shown(item, delta)
        if not (was or record.visible):
            return
        kind = _kind(was, record.visible)
        changes.append(ItemChange(item, kind, fields, splices, False))

    def _leave_schema(self, record: Record, was: bool, changes: list[ItemChange]) -> bool:
        """Of items that two people made under one key, one decides what it is. Where that is
        another than shown, the item that was shown is gone. Whether one shows still."""
        item = record.item
        if item is None or item.schema.name == record.schema or not record.schema:
            return was
        record.item = None
        if was:
            fields = frozenset(item.schema.fields)
            changes.append(ItemChange(item, "removed", fields, _NO_SPLICES, False))
        return False

    # -- telling -----------------------------------------------------------------------------------

    def _tell(self, changes: Sequence[ItemChange]) -> None:
        if self._transaction is not None:
            self._transaction.changes.extend(changes)
            return
        if not changes:
            return
        self._engine.apply(
            [
                RowChange(c.kind if c.item.exists else "removed", c.item, c.fields | OF_CHANGES)
                for c in changes
            ]
        )
        for change in changes:
            for callback in (*change.item._listeners, *self._listeners):
                try:
                    callback(change)
                except Exception as error:  # a listener's fault is not ours, nor the next one's
                    self._environment.on_error(error)

    def flush_now(self) -> None:
        """Record drafts and block until everything is on disk."""
        self.record_drafts()
        self.store.flush_now()

    def close(self) -> None:
        """Record drafts, flush, let go of the file and of all items."""
        if self.closed:
            return
        if self._transaction is not None:
            raise LocalMisuse("A repository cannot be closed inside a transaction.")
        try:
            self.record_drafts()
        finally:
            self.closed = True
            try:
                self.store.close()
            finally:
                self._records.clear()


def _kind(was: bool, now: bool) -> Kind:
    if was == now:
        return "edited"
    return "added" if now else "removed"


def _plain(fields: Mapping[str, object]) -> Mapping[str, object]:
    """A text given for a text field is its letters."""
    if not any(isinstance(value, Text) for value in fields.values()):
        return fields
    return {name: str(v) if isinstance(v, Text) else v for name, v in fields.items()}


def _check_size(name: str, value: object, schema: Schema) -> None:
    """Refuse a register's value that no commit has room for. Raises `InvalidValue`."""
    if isinstance(value, str | bytes) and len(value) > VALUE_BYTES_MAX // 4:
        size = len(pack(value))
        if size > VALUE_BYTES_MAX and schema.fields[name].kind == REGISTER:
            raise InvalidValue(f"{name}: it has {size:,} bytes; {VALUE_BYTES_MAX:,} are the most.")


def _check_operations(name: str, operations: Sequence[Operation]) -> None:
    """Refuse members and entries that no commit has room for. Raises `InvalidValue`."""
    for operation in operations:
        size = len(pack(operation))
        if size > VALUE_BYTES_MAX:
            raise InvalidValue(f"{name}: it has {size:,} bytes; {VALUE_BYTES_MAX:,} are the most.")


def _parts(operations: Sequence[Operation]) -> Iterator[list[Operation]]:
    """Operations in portions that fit into a commit each; long inserts are cut."""
    part: list[Operation] = []
    letters = size = 0
    for operation in operations:
        needed = len(pack(operation))
        if part and (len(part) >= COMMIT_OPERATIONS or size + needed > COMMIT_BYTES):
            yield part
            part, letters, size = [], 0, 0
        if operation[0] != TEXT_SPLICE:
            part.append(operation)
            size += needed
            continue
        _, name, position, deleted, inserted = operation
        text, at, gone = cast(str, inserted), cast(int, position), deleted
        while letters + len(text) > TEXT_COMMIT_LETTERS:
            room = TEXT_COMMIT_LETTERS - letters
            if room:
                part.append((TEXT_SPLICE, name, at, gone, text[:room]))
                text, at, gone = text[room:], at + room, 0
            yield part
            part, letters, size = [], 0, 0
        if text or gone:
            part.append((TEXT_SPLICE, name, at, gone, text))
            letters += len(text)
            size += min(needed, 4 * len(text) + 64)
    yield part
