"""A live repository: items that are read and written synchronously, over held commits.

The front: what applications call. Composes the way of an edit (writing → drafts → committing → log)
and that of a received commit (receiving → walking → showing → telling). Invariant: after every
call, items, queries and listeners agree with the counted commits plus the open drafts.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import AbstractContextManager, nullcontext
from typing import TYPE_CHECKING
from weakref import WeakValueDictionary

from goatcore.clock import Stamp, stamp_ms
from goatcore.errors import LocalMisuse
from goatcore.history.body import Body
from goatcore.history.commit import Commit
from goatcore.history.operations import Operation
from goatcore.history.splices import TextSplice
from goatcore.ids import AuthorKey, ItemKey, RepositoryId
from goatcore.query import Query, QueryEngine
from goatcore.repository.access import Access
from goatcore.repository.authoring import Authoring
from goatcore.repository.changes import ItemChange
from goatcore.repository.committing import Committing
from goatcore.repository.drafts import Drafts
from goatcore.repository.environment import Environment, Membership, paused_collector
from goatcore.repository.item import Item, Unsubscribe
from goatcore.repository.items import Items
from goatcore.repository.own_steps import OwnSteps
from goatcore.repository.receiving import Admitted, Receiving
from goatcore.repository.sealer import Sealer
from goatcore.repository.store import Store
from goatcore.repository.telling import Telling
from goatcore.repository.transactions import Transactions
from goatcore.repository.walking import Walking
from goatcore.repository.writing import Writing
from goatcore.schema import Registry, Schema

if TYPE_CHECKING:  # loaded by who looks back
    from goatcore.repository.past import ItemPast
    from goatcore.repository.past_repository import RepositoryAt
    from goatcore.repository.undo import Undo


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
        self._membership = membership
        self._environment = environment
        device, clock, on_error = environment.device, environment.clock, environment.on_error
        items = self._items = Items(self, registry)
        self._engine: QueryEngine[Item] = QueryEngine(
            items.source, elapsed_ms=environment.elapsed_ms, on_error=on_error
        )
        self._listeners: list[Callable[[ItemChange], None]] = []
        telling = Telling(self._engine, self._listeners, on_error)
        walking = self._walking = Walking(store, sealer, membership, items)
        authoring = Authoring(store, device.author, device.sign, sealer, clock)
        committing = Committing(store, authoring, membership, items, walking)
        drafts = self._drafts = Drafts(committing, walking, telling, environment)
        access = self._access = Access(store, membership, walking, drafts)
        receiving = self._receiving = Receiving(store, walking, drafts, telling)
        self._writing = Writing(items, drafts, telling, access, environment.random)
        self._transactions = Transactions(
            items, telling, walking, committing, drafts, receiving, access
        )
        self.own: OwnSteps = committing.steps
        self._pasts: WeakValueDictionary[ItemKey, ItemPast] = WeakValueDictionary()
        self._undos: dict[ItemKey | None, Undo] = {}
        with paused_collector():
            walking.load(store.load())

    # -- what it is --------------------------------------------------------------------------------

    @property
    def id(self) -> RepositoryId:
        return self.store.repository

    @property
    def author(self) -> AuthorKey:
        """The key that this device signs with."""
        return self._environment.device.author

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
        return self._access.obstacle() is None

    @property
    def quarantined(self) -> int:
        """Held commits whose authors had no right to write here; they change nothing."""
        return self._walking.quarantined

    @property
    def locked(self) -> int:
        """Held commits whose key has not arrived."""
        return self._walking.locked

    @property
    def closed(self) -> bool:
        """Whether it was closed; nothing is written any more."""
        return self._drafts.closed

    @property
    def shared(self) -> bool:
        """Whether somebody else is connected: then typing is recorded sooner."""
        return self._drafts.shared

    @shared.setter
    def shared(self, shared: bool) -> None:
        self._drafts.shared = shared

    def member_name(self, author: bytes) -> str:
        """The name of the member whose device signs with this key."""
        return self._membership.name_of(author)

    def device_name(self, author: bytes) -> str:
        """The name of the device that signs with this key."""
        return self._membership.device_name(author)

    @property
    def now_ms(self) -> int:
        """Milliseconds since 1970, by this device's clock."""
        return self._environment.clock()

    def shown_ms(self, stamp: int) -> int:
        """The time of a stamp as it is shown: what its author's clock said, but never later than
        now; milliseconds since 1970."""
        return min(stamp_ms(Stamp(stamp)), self.now_ms)

    # -- reading -----------------------------------------------------------------------------------

    def item(self, key: str) -> Item | None:
        """The item of that key, a deleted one too; None if there never was one."""
        return self._items.item(key)

    def register(self, schema: Schema) -> None:
        """Make a schema known, so that items of it are read with their fields."""
        self._items.register(schema)

    def items(self, schema: Schema | None = None, *, deleted: bool = False) -> Iterator[Item]:
        """All items that show, of one schema or of all that the program knows; with `deleted`,
        those that were deleted instead."""
        return self._items.showing(schema, deleted=deleted)

    def known_items(self, schema: Schema | None = None) -> Iterator[Item]:
        """All items there ever were, deleted ones too, of one schema or of all that are known."""
        return self._items.ever(schema)

    def query(self, schema: Schema) -> Query[Item]:
        """All items of a schema, live. Narrow and order it with its methods."""
        self._items.register(schema)
        return self._engine.query(schema.name)

    def alternatives(self, item: Item, name: str) -> list[object]:
        """See `Item.alternatives`."""
        return self._items.alternatives(item, name)

    def entry_alternatives(self, item: Item, name: str, key: str) -> list[object]:
        """See `Entries.alternatives`."""
        return self._items.entry_alternatives(item, name, key)

    def subscribe(self, callback: Callable[[ItemChange], None]) -> Unsubscribe:
        """Call back after every change of any item."""
        self._listeners.append(callback)
        return lambda: self._listeners.remove(callback) if callback in self._listeners else None

    # -- the past: its modules are loaded by who looks back ----------------------------------------

    def at(self, time_ms: int) -> RepositoryAt:
        """All items as they were at a moment, by the times that commits claim."""
        from goatcore.repository.past_repository import RepositoryAt

        return RepositoryAt(self, time_ms)

    def past(self, item: Item) -> ItemPast:
        """What an item was; shared by all who look at it at the same time."""
        past = self._pasts.get(item.key)
        if past is None or past.item is not item:
            from goatcore.repository.past import ItemPast

            past = self._pasts[item.key] = ItemPast(item)
        return past

    def body(self, commit: Commit) -> Body:
        """What a held commit says; nothing, while its key has not arrived."""
        return self._walking.body(commit)

    def undo_stack(self, item: Item | None = None) -> Undo:
        """What was done here since this repository was opened, to be taken back and done again:
        all of it, or what was done to one item."""
        key = None if item is None else item.key
        undo = self._undos.get(key)
        if undo is None:
            from goatcore.repository.undo import Undo

            undo = self._undos[key] = Undo(self, key)
        return undo

    # -- writing -----------------------------------------------------------------------------------

    def create(self, schema: Schema, key: str | None = None, /, **fields: object) -> Item:
        """A new item, one commit (or part of the open transaction).

        Raises `InvalidValue` for a value that does not fit or a key that is taken.
        """
        return self._writing.create(schema, key, fields)

    def write(self, item: Item, name: str, value: object) -> None:
        """Set a field; what `item.name = value` does."""
        self._writing.write(item, name, value)

    def operate(self, item: Item, name: str, operations: Sequence[Operation]) -> None:
        """Record operations of a set, a map or a counter, and show what they come to."""
        self._writing.operate(item, name, operations)

    def write_text(self, item: Item, name: str, splices: Sequence[TextSplice]) -> None:
        """Splice a text field; what `item.name.splice` does."""
        self._writing.splice(item, name, splices)

    def set_visible(self, item: Item, visible: bool) -> None:
        """Delete or restore an item."""
        self._writing.set_visible(item, visible)

    def transaction(self, label: str | None = None) -> AbstractContextManager[None]:
        """Everything written inside is one signed commit: all or nothing, here and on peers.

        An exception inside leaves no trace. Transactions do not nest, and there is no `await`
        inside one. Raises `TransactionMisuse`, `TransactionTooLarge`.
        """
        return self._transactions.run(label)

    def joined_transaction(self, label: str) -> AbstractContextManager[None]:
        """The open transaction, or one of its own."""
        return nullcontext() if self._drafts.transaction is not None else self.transaction(label)

    def record_drafts(self) -> None:
        """Commit now what was edited and not committed yet, a commit an item."""
        self._drafts.record()

    # -- receiving ---------------------------------------------------------------------------------

    def admit(self, commits: Iterable[Commit]) -> Admitted:
        """Take in commits from a peer, and those that waited for them."""
        return self._receiving.admit(commits)

    def membership_changed(self) -> None:
        """The evaluation of `/sys/members` is another, or a key arrived: count again, and walk
        again if it makes a difference."""
        self._receiving.membership_changed()

    # -- end ---------------------------------------------------------------------------------------

    def flush_now(self) -> None:
        """Record drafts and block until everything is on disk."""
        self.record_drafts()
        self.store.flush_now()

    def close(self) -> None:
        """Record drafts, flush, let go of the file and of all items."""
        if self.closed:
            return
        if self._drafts.transaction is not None:
            raise LocalMisuse("A repository cannot be closed inside a transaction.")
        try:
            self.record_drafts()
        finally:
            self._drafts.closed = True
            try:
                self.store.close()
            finally:
                self._items.clear()
