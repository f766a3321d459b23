"""Versions: what an application reads an item's past by.

Owns how a version looks. Invariant: a version names one exact state by its commits, for ever, and
can only be read; listing versions computes no state. Must never import the repository.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any, Final, NamedTuple, NoReturn, overload

from goatcore.clock import Stamp, stamp_ms
from goatcore.errors import LocalMisuse, UnknownField
from goatcore.history.diffing import FieldDiff, ValueDiff, text_diff
from goatcore.history.splices import TextSplice
from goatcore.history.states_at import StateAt
from goatcore.history.summary import summary
from goatcore.ids import CommitId, ItemKey
from goatcore.repository.environment import paused_collector
from goatcore.repository.past import ItemPast, Run, plain
from goatcore.schema import Schema
from goatcore.schema.fields import TEXT

if TYPE_CHECKING:
    from goatcore.repository.item import Item

_new = tuple.__new__  # of named tuples: a third of what calling their class costs
EXISTS: Final = "exists"  # in a diff: whether the item shows


class Mark(NamedTuple):
    """One change in a history: who made it and when, and where it stands in the graph."""

    author: str  # the member's name
    time: int  # milliseconds since 1970, never later than now
    parents: tuple[int, ...]  # the versions it was made on, by their places in the history
    aside: bool  # made on a branch that was merged since


class Version:
    """An item as it was. Its fields are attributes, as the item's are, or `version["field"]` for a
    field whose name means something else here. Texts are plain strings.

    Attributes besides the fields: `key`, `schema`, `exists`, `heads` (the commits that name the
    version), `commit` (the newest of its changes), and of that one `author` (the member's name),
    `device` (its name), `time` (milliseconds since 1970), `label` (of its transaction, or None) and
    `summary` (a few words on what it did). Raises `Refused` when a state is asked for that stands
    on a change that does not count any more.
    """

    __slots__ = ("_heads", "_past", "_state", "commit")

    commit: CommitId
    _heads: Callable[[], Iterable[bytes]]
    _past: ItemPast
    _state: StateAt | None

    def __init__(self, past: ItemPast, commit: bytes, heads: Callable[[], Iterable[bytes]]) -> None:
        put = object.__setattr__
        put(self, "_past", past)
        put(self, "_heads", heads)
        put(self, "_state", None)
        put(self, "commit", CommitId(commit))

    # -- which it is -------------------------------------------------------------------------------

    @property
    def key(self) -> ItemKey:
        return self._past.item.key

    @property
    def schema(self) -> Schema:
        return self._past.item.schema

    @property
    def item(self) -> Item:
        """The item, as it is now."""
        return self._past.item

    @property
    def heads(self) -> frozenset[CommitId]:
        """The commits that name this version: its state is that of these and all they had seen."""
        return frozenset(map(CommitId, self._heads()))

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Version):
            return NotImplemented
        return self.item is other.item and self.heads == other.heads

    def __hash__(self) -> int:
        return hash(self.heads)

    # -- who made it -------------------------------------------------------------------------------

    @property
    def author(self) -> str:
        """The name of the member who made the change."""
        return self.item.repository.member_name(self._past.commit(self.commit).author)

    @property
    def device(self) -> str:
        """The name of the device that it was made on."""
        return self.item.repository.device_name(self._past.commit(self.commit).author)

    @property
    def time(self) -> int:
        """When it was made, by its author's clock but never later than now; milliseconds."""
        return self.item.repository.shown_ms(self._past.commit(self.commit).header.time)

    @property
    def label(self) -> str | None:
        """The label of the transaction that it was part of."""
        return self._past.change(self.commit)[1]

    @property
    def branch(self) -> str | None:
        """The name of the branch that it was made on; None: on the main line."""
        repository = self.item.repository
        branch = repository.body(self._past.commit(self.commit)).branch
        if branch is None:
            return None
        branches = repository.main.branches(None)
        return next((one.name for one in branches if one.id == branch), None)

    @property
    def summary(self) -> str:
        """Such as "created", "deleted", "edited title", "+12 −3 letters in body"."""
        change, _ = self._past.change(self.commit)
        merges = change.operations == () and len(change.parents) > 1
        operations = self._past.fetch(self.commit).operations
        return summary(operations, root=not change.parents, merges=merges)

    # -- what it was -------------------------------------------------------------------------------

    def _merged(self) -> StateAt:
        if self._state is None:
            object.__setattr__(self, "_state", self._past.state(self._heads()))
        assert self._state is not None
        return self._state

    @property
    def exists(self) -> bool:
        """Whether the item showed."""
        return self._merged().visible

    def __getitem__(self, name: str) -> Any:
        return self._past.value(self._merged(), name)

    def __getattr__(self, name: str) -> Any:
        # only reached for what is not an attribute of every version
        if name not in self.schema.fields:
            raise UnknownField(f"{self.schema.name} has no field {name}.")
        return self[name]

    def __setattr__(self, name: str, value: object) -> NoReturn:
        raise LocalMisuse("The past cannot be changed; restore brings it back.")

    def blame(self, name: str) -> list[Run]:
        """Who had written each letter of a text field by then, and when; see `Item.blame`."""
        return self._past.blame(name, self._merged())

    def splices_back(self, name: str, start: int, stop: int) -> list[TextSplice]:
        """The splices that bring letters `start` … `stop` - 1 of a text field as they were then
        back into the text of now, where they stood, whatever came between: in order, to be given to
        `Text.splice`. None are needed for letters that are there still. Edits that are not recorded
        yet must be recorded before. Raises `LocalMisuse` if the field is not a text."""
        return self._past.splices_back(name, self._merged(), start, stop)

    def diff(self, other: Version | None = None) -> dict[str, FieldDiff]:
        """What is other at another version, or now: by field, and under "exists" whether the item
        shows. What is equal is left out."""
        return difference(self, self.item if other is None else other)

    def __repr__(self) -> str:
        return f"<version {self.commit.hex()[:12]} of {self.schema.name} {self.key}>"


class History(Sequence[Version]):
    """An item's versions, the oldest first: the state after each change, in an order that is the
    same on all devices with the same changes. A snapshot: changes made later are not in it."""

    __slots__ = ("_past", "timeline")

    def __init__(self, past: ItemPast) -> None:
        self._past = past
        self.timeline = past.timeline

    def __len__(self) -> int:
        return len(self.timeline)

    @overload
    def __getitem__(self, index: int) -> Version: ...
    @overload
    def __getitem__(self, index: slice) -> list[Version]: ...
    def __getitem__(self, index: int | slice) -> Version | list[Version]:
        if isinstance(index, slice):
            return [self._version(at) for at in range(*index.indices(len(self)))]
        if not -len(self) <= index < len(self):
            raise IndexError(f"The item has {len(self)} versions, none is number {index}.")
        return self._version(index % len(self))

    def _version(self, at: int) -> Version:
        commit = self.timeline.entries[at].commit
        return Version(self._past, commit, partial(self.timeline.heads, at))

    def marks(self) -> list[Mark]:
        """All changes, in the order of the versions: much faster than to ask each version."""
        repository, timeline = self._past.item.repository, self.timeline
        entries, now = timeline.entries, repository.now_ms
        names = {one: repository.member_name(one) for one in {entry.author for entry in entries}}
        with paused_collector():
            times = [stamp_ms(Stamp(entry.stamp)) for entry in entries]
            rows = zip(entries, times, timeline.links(), timeline.are_late(), strict=True)
            return [
                _new(Mark, (names[entry.author], min(time, now), on, late))
                for entry, time, on, late in rows
            ]

    def sizes(self, name: str) -> list[tuple[int, int]]:
        """How many letters of a text field each change inserted and deleted."""
        return self.timeline.sizes(self._past.stored_text(name))

    def at(self, time_ms: int) -> Version | None:
        """The version of a moment, by the times that commits claim; None before the first."""
        shown = time_ms < self._past.item.repository.now_ms
        count = self.timeline.count_until(time_ms) if shown else len(self)
        return self._version(count - 1) if count else None

    def __repr__(self) -> str:
        return f"<history of {self._past.item.key}: {len(self)} versions>"


def version_of(past: ItemPast, at: Version | int | Iterable[bytes]) -> Version | None:
    """What `Item.at` takes, as a version. Raises `LocalMisuse` if it is not one of the item."""
    if isinstance(at, int):
        return History(past).at(at)
    if isinstance(at, Version):
        if at.item is not past.item:
            raise LocalMisuse(f"This is a version of {at.key}, not of {past.item.key}.")
        return at
    commits = list(at)
    for commit in commits:
        if not past.has(commit):
            raise LocalMisuse(f"{past.item.key} has no change {commit.hex()[:12]}.")
    if not commits:
        return None
    heads = past.state(commits).heads
    return Version(past, past.newest(heads), lambda: heads)


def difference(old: Version | Item, new: Version | Item) -> dict[str, FieldDiff]:
    """What is other, by field; see `Version.diff`."""
    found: dict[str, FieldDiff] = {}
    if old.exists != new.exists:
        found[EXISTS] = ValueDiff(old.exists, new.exists)
    found.update(field_diffs(new.schema, partial(_value, old), partial(_value, new)))
    return found


def field_diffs(
    schema: Schema, old: Callable[[str], object], new: Callable[[str], object]
) -> dict[str, FieldDiff]:
    """Which fields are other, from plain values by name."""
    found: dict[str, FieldDiff] = {}
    for name, field in schema.fields.items():
        was, now = old(name), new(name)
        if field.kind == TEXT:
            if was != now:
                found[name] = text_diff(str(was), str(now))
        elif was != now or type(was) is not type(now):
            found[name] = ValueDiff(was, now)
    return found


def _value(one: Version | Item, name: str) -> object:
    if isinstance(one, Version):
        return one[name]
    return plain(one.schema.fields[name], getattr(one, name))
