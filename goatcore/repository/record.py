"""A record: all that a repository keeps of one item.

Owns the item's merged state, what of it shows, and the draft: edits made here that are not in a
commit yet. Invariant: what shows = the state of the counted commits with the draft's operations
applied after them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING
from weakref import ref

from goatcore.clock import Stamp, stamp_ms
from goatcore.history.commit import Commit
from goatcore.history.item_reading import Load
from goatcore.history.item_state import ItemState
from goatcore.ids import AuthorKey, CommitId, ItemKey
from goatcore.repository.draft import Draft

if TYPE_CHECKING:
    from collections.abc import Callable

    from goatcore.repository.item import Item


class Record:
    """One item as its repository knows it. Of an item without a counted change, `schema` is ""."""

    __slots__ = (
        "_item",
        "_state",
        "author",
        "changed",
        "created",
        "draft",
        "edited",
        "key",
        "newest",
        "number",
        "resume",
        "rooted",
        "schema",
        "shelved",
        "version",
        "visible",
    )

    def __init__(self, key: ItemKey, number: int = -1) -> None:
        self.key = key
        self.number = number  # of its row, where rows are kept
        self.changed = False  # since its row was written, if it has one
        self.shelved = -1  # the number of the schema that its row has
        self._item: ref[Item] | None = None
        self.draft: Draft | None = None
        self.visible = False
        self.forget()

    def forget(self) -> None:
        """Back to before the first change, as far as it came from commits."""
        self._state: ItemState | None = None
        self.resume: Callable[[], ItemState] = ItemState  # makes the state when it is asked for
        self.schema = ""
        self.version = 0
        self.author = AuthorKey(b"")
        self.created: Stamp | None = None
        self.edited: Stamp | None = None
        self.newest: tuple[Stamp, CommitId] | None = None
        # the commit that decides what the item is, and whether its change stood on others
        self.rooted: tuple[bool, CommitId] | None = None

    @property
    def state(self) -> ItemState:
        """The merged state of its counted changes."""
        state = self._state
        if state is None:
            state = self._state = self.resume()
        return state

    @property
    def item(self) -> Item | None:
        """The item that shows it, while anybody has it."""
        item = self._item
        return None if item is None else item()

    @item.setter
    def item(self, item: Item | None) -> None:
        self._item = None if item is None else ref(item)

    def go_on_from(self, other: Record, load: Load) -> None:
        """Be as another record is now. `load` gives the changes of its item, should they be needed;
        see `ItemState.resumed`."""
        snapshot = other.state.snapshot()
        self._state, self.resume = None, lambda: ItemState.resumed(snapshot, load)
        self.schema, self.version, self.author = other.schema, other.version, other.author
        self.created, self.edited = other.created, other.edited
        self.newest, self.rooted = other.newest, other.rooted

    def forget_intent(self) -> None:
        """What was to be made here was not: without a change that says so, it has no schema."""
        if self.rooted is None:
            self.schema, self.version = "", 0

    def note(self, commit: Commit, schema: str, version: int, *, root: bool) -> None:
        """Take account of who changed the item and when. The schema is that of the root change
        with the smallest commit id (without one, of the change with the smallest), so that all
        peers agree on it in any order of arrival."""
        time = commit.header.time
        if self.newest is None or (time, commit.id) > self.newest:
            self.newest = (time, commit.id)
            self.edited = time
            self.author = commit.author
        if self.created is None or time < self.created:
            self.created = time
        rank = (not root, commit.id)
        if schema and (self.rooted is None or rank < self.rooted):
            self.rooted = rank
            self.schema = schema
            self.version = version

    @property
    def root(self) -> CommitId | None:
        """The commit that decides what the item is."""
        return None if self.rooted is None else self.rooted[1]

    @property
    def created_ms(self) -> int:
        """Milliseconds since 1970 that its first change claims."""
        return 0 if self.created is None else stamp_ms(self.created)

    @property
    def edited_ms(self) -> int:
        """Milliseconds since 1970 that its newest change claims."""
        return 0 if self.edited is None else stamp_ms(self.edited)
