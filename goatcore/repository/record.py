"""A record: all that a repository keeps of one item.

Owns the item's merged state, what of it shows, and the draft: edits made here that are not in a
commit yet. Invariant: what shows = the state of the counted commits with the draft's operations
applied after them.
"""

from __future__ import annotations

from goatcore.clock import Stamp, stamp_ms
from goatcore.history.commit import Commit
from goatcore.history.item_state import ItemState
from goatcore.ids import AuthorKey, CommitId, ItemKey
from goatcore.repository.draft import Draft
from goatcore.repository.item import Item


class Record:
    """One item as its repository knows it. Of an item without a counted change, `schema` is ""."""

    __slots__ = (
        "_newest",
        "_root",
        "author",
        "created",
        "draft",
        "edited",
        "item",
        "key",
        "number",
        "schema",
        "state",
        "version",
        "visible",
    )

    def __init__(self, key: ItemKey) -> None:
        self.key = key
        self.number = -1  # among the items of its view, if it is one of them
        self.item: Item | None = None
        self.draft: Draft | None = None
        self.visible = False
        self.forget()

    def forget(self) -> None:
        """Back to before the first change, as far as it came from commits."""
        self.state = ItemState()
        self.schema = ""
        self.version = 0
        self.author = AuthorKey(b"")
        self.created: Stamp | None = None
        self.edited: Stamp | None = None
        self._newest: tuple[Stamp, CommitId] | None = None
        self._root: tuple[bool, CommitId] | None = None

    def forget_intent(self) -> None:
        """What was to be made here was not: without a change that says so, it has no schema."""
        if self._root is None:
            self.schema, self.version = "", 0

    def note(self, commit: Commit, schema: str, version: int, *, root: bool) -> None:
        """Take account of who changed the item and when. The schema is that of the root change
        with the smallest commit id (without one, of the change with the smallest), so that all
        peers agree on it in any order of arrival."""
        time = commit.header.time
        if self._newest is None or (time, commit.id) > self._newest:
            self._newest = (time, commit.id)
            self.edited = time
            self.author = commit.author
        if self.created is None or time < self.created:
            self.created = time
        rank = (not root, commit.id)
        if schema and (self._root is None or rank < self._root):
            self._root = rank
            self.schema = schema
            self.version = version

    @property
    def root(self) -> CommitId | None:
        """The commit that decides what the item is."""
        return None if self._root is None else self._root[1]

    @property
    def created_ms(self) -> int:
        """Milliseconds since 1970 that its first change claims."""
        return 0 if self.created is None else stamp_ms(self.created)

    @property
    def edited_ms(self) -> int:
        """Milliseconds since 1970 that its newest change claims."""
        return 0 if self.edited is None else stamp_ms(self.edited)
