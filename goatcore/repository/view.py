"""A view: items that are read and written synchronously, as one line of work has them.

The front that the main line of a repository and its branches share. Composes the way of an edit
(writing → drafts → committing → log). Invariant: after every call, items, queries and listeners
agree with the commits that are counted in this view plus the open drafts. Knows no other view.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from typing import TYPE_CHECKING, NamedTuple
from weakref import WeakValueDictionary

from goatcore.clock import Stamp, stamp_ms
from goatcore.history.body import Body
from goatcore.history.commit import Commit
from goatcore.history.item_reading import ItemReading
from goatcore.history.operations import Operation
from goatcore.history.splices import TextSplice
from goatcore.ids import AuthorKey, BranchId, CommitId, ItemKey
from goatcore.repository.access import Access
from goatcore.repository.authoring import Authoring, Edit
from goatcore.repository.changes import ItemChange
from goatcore.repository.committing import Committing
from goatcore.repository.drafts import Drafts
from goatcore.repository.environment import Environment, Membership
from goatcore.repository.item import Item, Unsubscribe, record_of
from goatcore.repository.items import Items
from goatcore.repository.noting import Note, Noting
from goatcore.repository.own_steps import OwnSteps
from goatcore.repository.queries import Queries
from goatcore.repository.receiving import Line, Receiving
from goatcore.repository.record import Record
from goatcore.repository.sealer import Sealer
from goatcore.repository.store import Store
from goatcore.repository.telling import Telling
from goatcore.repository.transactions import Transactions
from goatcore.repository.walk import Walk
from goatcore.repository.writing import Writing
from goatcore.schema import Registry, Schema

if TYPE_CHECKING:
    from goatcore.query import Query, QueryEngine  # loaded by who looks back
    from goatcore.repository.past import ItemPast
    from goatcore.repository.past_repository import RepositoryAt
    from goatcore.repository.repository import Repository
    from goatcore.repository.undo import Undo


class Ground(NamedTuple):
    """What all views of one repository stand on."""

    path: str
    store: Store
    sealer: Sealer
    membership: Membership
    registry: Registry
    environment: Environment
    receiving: Receiving


class View(ABC):
    """The items of a repository as its main line, or one branch, has them."""

    def __init__(
        self,
        ground: Ground,
        items: Items,
        walking: Walk,
        obstacle: Callable[[], str | None],
        branch: BranchId | None = None,
    ) -> None:
        self.path, store, sealer, membership, registry, environment, receiving = ground
        self.store = store
        self._membership = membership
        self._environment = environment
        self._registry = registry
        device, clock, on_error = environment.device, environment.clock, environment.on_error
        self._items = items
        self._walking = walking
        queries = self._queries = Queries(self._new_engine)
        self._listeners: list[Callable[[ItemChange], None]] = []
        telling = self._telling = Telling(queries, self._listeners, on_error)
        authoring = Authoring(store, device, sealer, clock, branch)
        committing = self._committing = Committing(store, authoring, membership, items, walking)
        noting = self._noting = _noting(ground, items, branch)
        drafts = self._drafts = Drafts(committing, walking, telling, environment, noting)
        access = self._access = Access(store, membership, drafts, obstacle)
        self._writing = Writing(
            items, drafts, telling, access, environment.random, clock, walking.purging.hides
        )
        self._transactions = Transactions(
            items, telling, walking, committing, drafts, receiving, access, environment.later
        )
        self._line = Line(walking, drafts, telling)
        self.own: OwnSteps = committing.steps
        self._pasts: WeakValueDictionary[ItemKey, ItemPast] = WeakValueDictionary()
        self._undos: dict[ItemKey | None, Undo] = {}

    def _new_engine(self) -> QueryEngine[Item]:
        from goatcore.query import QueryEngine  # loaded by who asks
        from goatcore.repository.view_past import ViewPast

        environment = self._environment
        return QueryEngine(
            self._items.source,
            elapsed_ms=environment.elapsed_ms,
            on_error=environment.on_error,
            language=environment.language,
            untold=self._telling.untold,
            past=ViewPast(self),
        )

    # -- what it is --------------------------------------------------------------------------------

    @property
    @abstractmethod
    def main(self) -> Repository:
        """The repository, which is the view of its main line."""

    @property
    def signer(self) -> AuthorKey:
        """The key that this device signs with."""
        return self._environment.device.author

    @property
    def count(self) -> int:
        """Held commits."""
        return len(self.store)

    @property
    def role(self) -> int | None:
        """This device's role here (see `Role`); None if it has none."""
        return self._membership.role(self.store.repository)

    @property
    def writable(self) -> bool:
        """Whether this device may write here now."""
        return self._access.obstacle() is None

    @property
    def closed(self) -> bool:
        """Whether it was closed; nothing is written any more."""
        return self._drafts.closed

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

    # -- after a crash -----------------------------------------------------------------------------

    @property
    def items_here(self) -> Items:
        """The records of this view."""
        return self._items

    def hold(self, edit: Edit) -> Commit:
        """Sign and hold a commit of one edit, without walking it. Raises `DiskFailed`."""
        return self._committing.hold([edit], None)

    def replayed(self, note: Note, commit: CommitId) -> None:
        """What a crash left of a draft is in a commit."""
        if self._noting is not None:
            self._noting.replayed(note, commit)

    # -- reading -----------------------------------------------------------------------------------

    def item(self, key: str) -> Item | None:
        """The item of that key, a deleted one too; None if there never was one."""
        return self._items.item(key)

    def register(self, schema: Schema) -> None:
        """Make a schema known, so that items of it are read with their fields."""
        self._items.register(schema)

    @property
    def schemas(self) -> Registry:
        """All schemas that are known."""
        return self._registry

    def schema(self, name: str) -> Schema:
        """A schema that is known."""
        schema = self._registry.get(name)
        assert schema is not None, "a schema that nobody made known"
        return schema

    def number(self, item: Item) -> int:
        """What queries know an item by."""
        return record_of(item).number

    def items(self, schema: Schema | None = None, *, deleted: bool = False) -> Iterator[Item]:
        """All items that show, of one schema or of all that the program knows; with `deleted`,
        those that were deleted instead."""
        return self._items.showing(schema, deleted=deleted)

    def stamps(self) -> Iterator[tuple[ItemKey, str, bytes]]:
        """Of every item that shows, without making it: its key, its schema's name, and some bytes
        that are others when its content is another; none while it has edits not recorded yet."""
        return self._items.stamps()

    def known_items(self, schema: Schema | None = None) -> Iterator[Item]:
        """All items there ever were, deleted ones too, of one schema or of all that are known."""
        return self._items.ever(schema)

    def query(self, schema: Schema) -> Query[Item]:
        """All items of a schema, live. Narrow and order it with its methods."""
        self._items.register(schema)
        return self._queries.engine.query(schema.name)

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

    def record(self, item: Item) -> Record:
        """What is kept of an item. Raises `Closed` for one that nobody looked at in time."""
        return self._items.of_item(item)

    def listened(self, item: Item, somebody: bool) -> None:
        """Somebody listens to an item, or nobody any more."""
        self._items.listened(item, somebody)

    # -- the past: its modules are loaded by who looks back ----------------------------------------

    def at(self, time_ms: int) -> RepositoryAt:
        """All items as they were at a moment, by the times that commits claim."""
        from goatcore.repository.past_repository import RepositoryAt

        return RepositoryAt(self, time_ms, self._registry, self._environment)

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

    def late(self, state: ItemReading) -> Mapping[bytes, int]:
        """The commits of an item that count here only since others stand on them, such as those of
        a merged branch, with the stamps from which on they do."""
        return self._walking.late(state)

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


def _noting(ground: Ground, items: Items, branch: BranchId | None) -> Noting | None:
    environment = ground.environment
    if environment.journal is None:
        return None
    return Noting(
        ground.store,
        environment.device,
        branch,
        items.version_of,
        environment.journal,
        environment.random,
    )
