"""A record: all that a repository keeps of one item.

Owns the item's merged state, what of it shows, and the draft: edits made here that are not in a
commit yet. Invariant: what shows = the state of the counted commits with the draft's operations
applied after them.
"""

from __future__ import annotations

from typing import Final, TypeAlias, cast

from goatcore.clock import Stamp, stamp_ms
from goatcore.history.commit import Commit
from goatcore.history.item_state import ItemState
from goatcore.history.operations import (
    COUNTER_ADD,
    MAP_DROP,
    MAP_PUT,
    REGISTER_SET,
    SET_ADD,
    SET_REMOVE,
    TEXT_SPLICE,
    Operation,
)
from goatcore.history.splices import TextSplice
from goatcore.ids import AuthorKey, CommitId, ItemKey
from goatcore.repository.item import Item
from goatcore.values import pack

RUN_LETTERS_MAX: Final = 4096  # of joined typing
TARGETED: Final = frozenset({REGISTER_SET, SET_ADD, SET_REMOVE, MAP_PUT, MAP_DROP, COUNTER_ADD})

Target: TypeAlias = tuple[object, object, bytes]


class Draft:
    """Edits of one item since its last commit, in order; typing runs are joined."""

    __slots__ = ("_places", "began_ms", "letters", "operations")

    def __init__(self, began_ms: int) -> None:
        self.began_ms = began_ms
        self.operations: list[Operation] = []
        self.letters = 0
        self._places: dict[Target, int] | None = None  # of operations that later ones replace

    def set(self, name: str, value: object) -> None:
        """A register is set."""
        target, places = (REGISTER_SET, name, b""), self._targets()
        at = places.setdefault(target, len(self.operations))
        if at == len(self.operations):
            self.operations.append((REGISTER_SET, name, value))
        else:
            self.operations[at] = (REGISTER_SET, name, value)

    def add(self, operation: Operation) -> None:
        """An operation that stays whatever follows."""
        self.operations.append(operation)

    def operate(self, operation: Operation) -> None:
        """A register, member or key is set, put or taken away: a later operation on the same one
        takes the place of the earlier. Increments add up."""
        places, target = self._targets(), _target(operation)
        at = places.get(target)
        if at is not None:
            joined = _joined(self.operations[at], operation)
            if joined is not None:
                self.operations[at] = joined
                return
        places[target] = len(self.operations)
        self.operations.append(operation)

    def touches(self, code: int, name: str, key: object = None) -> bool:
        """Whether a register, or a member or key, has an operation here."""
        return _target((code, name, key)) in self._targets()

    def recorded(self, left: list[Operation]) -> None:
        """All operations but those `left` are in a commit now."""
        self.operations = left
        self._places = None

    def _targets(self) -> dict[Target, int]:
        if self._places is None:
            self._places = {
                _target(operation): at
                for at, operation in enumerate(self.operations)
                if operation[0] in TARGETED
            }
        return self._places

    def splice(self, name: str, splice: TextSplice) -> None:
        """A text is spliced. Typing on, and deleting backwards, lengthen the splice before."""
        position, deleted, inserted = splice
        self.letters += len(inserted)
        if self.operations:
            last = self.operations[-1]
            if last[0] == TEXT_SPLICE and last[1] == name:
                _, _, at, gone, text = last
                assert isinstance(at, int)
                assert isinstance(gone, int)
                assert isinstance(text, str)
                if not deleted and position == at + len(text) and len(text) < RUN_LETTERS_MAX:
                    self.operations[-1] = (TEXT_SPLICE, name, at, gone, text + inserted)
                    return
                if not inserted and not text and position + deleted == at:
                    self.operations[-1] = (TEXT_SPLICE, name, position, gone + deleted, "")
                    return
                if not inserted and position >= at and position + deleted == at + len(text):
                    kept = text[: position - at]
                    if kept or gone:
                        self.operations[-1] = (TEXT_SPLICE, name, at, gone, kept)
                    else:
                        self.operations.pop()
                    return
        self.operations.append((TEXT_SPLICE, name, position, deleted, inserted))


def _target(operation: Operation) -> Target:
    """What an operation is about: operations on one target replace each other."""
    code, name = operation[0], operation[1]
    if code in (REGISTER_SET, COUNTER_ADD):
        return code, name, b""
    return code if code in {SET_ADD, MAP_PUT} else cast(int, code) - 1, name, pack(operation[2])


def _joined(before: Operation, after: Operation) -> Operation | None:
    """One operation for two on one target; None if they must stay two."""
    if after[0] != COUNTER_ADD:
        return after
    total = cast(int, before[2]) + cast(int, after[2])
    return (*after[:2], total) if -(1 << 63) <= total < 1 << 63 else None


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
        "schema",
        "state",
        "version",
        "visible",
    )

    def __init__(self, key: ItemKey) -> None:
        self.key = key
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
