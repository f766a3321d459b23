"""The past of one item: its states by version, its changes in a row, who wrote its texts.

Owns how past changes are fetched from the commits that carry them, and what was computed for those
who look. Invariant: nothing is computed before somebody asks, and nothing here ever writes.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import partial
from typing import NamedTuple, cast

from goatcore.clock import Stamp, stamp_ms
from goatcore.errors import LocalMisuse, Refused
from goatcore.history.body import Change
from goatcore.history.commit import Commit
from goatcore.history.item_state import ChangeRecord, ItemState
from goatcore.history.operations import TEXT_SPLICE
from goatcore.history.splices import TextSplice
from goatcore.history.states_at import PastStates, StateAt
from goatcore.history.timeline import Timeline
from goatcore.ids import CommitId
from goatcore.repository.counting import resolve
from goatcore.repository.environment import paused_collector
from goatcore.repository.item import Item, record_of
from goatcore.repository.item_history import change_record
from goatcore.repository.reading import needs_upgrade, read_field, read_registers
from goatcore.repository.record import Record
from goatcore.schema.fields import COUNTER, MAP, REGISTER, SET, TEXT, Field


class Run(NamedTuple):
    """Letters of a text that one change wrote, next to each other."""

    length: int  # code points
    author: str  # the member's name
    commit: CommitId | None  # None: written here, not recorded yet
    time: int  # milliseconds since 1970


class ItemPast:
    """All that is known of an item's past, kept as long as somebody looks at it."""

    __slots__ = ("__weakref__", "_states", "_timeline", "item")

    def __init__(self, item: Item) -> None:
        self.item = item
        self._states: PastStates | None = None
        self._timeline: Timeline | None = None

    @property
    def _record(self) -> Record:
        return record_of(self.item)

    @property
    def states(self) -> PastStates:
        """The item's states by version."""
        record = self._record
        states = self._states
        if states is None or states.live is not record.state:
            states = self._states = PastStates(record.state, partial(_fetch, self.item))
        return states

    @property
    def timeline(self) -> Timeline:
        """The item's changes as they are now, in one row."""
        state = self._record.state
        late = self.item.repository.late(state)
        timeline = self._timeline
        if timeline is None or not timeline.is_of(state, late):
            with paused_collector():
                timeline = self._timeline = Timeline(state, late)
        return timeline

    def state(self, heads: Iterable[bytes]) -> StateAt:
        """The state at a version. Raises `Refused` if its commits count no more."""
        try:
            return self.states.at(heads)
        except KeyError:
            raise Refused(
                "This version has a change of somebody who had no right to make it; "
                "it cannot be shown."
            ) from None

    def value(self, state: StateAt, name: str) -> object:
        """What a field showed, as a plain value: text as a string, a set as a frozenset, a map as
        a dict, a counter as an int. Raises `UnknownField`."""
        schema = self.item.schema
        if schema.field(name).kind == TEXT:
            return state.text(schema.stored_name(name))
        return self.value_in(state.fields, name)

    def value_in(self, fields: ItemState, name: str) -> object:
        """What a field other than a text shows of a state; see `value`."""
        schema, since = self.item.schema, self._record.version
        field = schema.fields[name]
        if field.kind != REGISTER:
            return plain(field, read_field(schema, fields, name))
        if needs_upgrade(schema, fields, since):
            return read_registers(schema, fields, since).values[name]
        value = read_field(schema, fields, name)
        return value if field.fits(value) else field.default

    def has(self, commit: bytes) -> bool:
        """Whether a commit is one of the item."""
        return commit in self._record.state

    def newest(self, commits: Iterable[bytes]) -> bytes:
        """The greatest of commits by (time, id)."""
        return max(commits, key=lambda id_: (self.commit(id_).header.time, id_))

    def commit(self, id_: bytes) -> Commit:
        """A commit of this item."""
        return _commit(self.item, id_)

    def change(self, id_: bytes) -> tuple[Change, str | None]:
        """What a commit says about this item, and the label of its transaction."""
        return _change(self.item, self.commit(id_))

    def fetch(self, id_: bytes) -> ChangeRecord:
        """What a commit did to this item; a void change did nothing. Its parents are left out."""
        return _fetch(self.item, id_)

    def splices_back(self, name: str, version: StateAt, start: int, stop: int) -> list[TextSplice]:
        """See `Version.splices_back`."""
        from goatcore.history.passage import lettered, splices_back

        stored = self.stored_text(name)
        state = self._record.state
        row = state.aligned(stored, version.heads)
        letters = lettered(row, version.text(stored), state.text(stored))
        return splices_back(letters, start, stop)

    def stored_text(self, name: str) -> str:
        """The stored name of a text field. Raises `LocalMisuse` for another one."""
        schema = self.item.schema
        if schema.field(name).kind != TEXT:
            raise LocalMisuse(f"{name} is not a text.")
        return schema.stored_name(name)

    def blame(self, name: str, version: StateAt | None = None) -> list[Run]:
        """See `Item.blame`."""
        item, stored = self.item, self.stored_text(name)
        heads = None if version is None else version.heads
        repository, names = item.repository, dict[bytes, str]()
        runs, now = [], repository.now_ms
        with paused_collector():
            for size, entry in self._record.state.blame(stored, heads):
                author = names.get(entry.author)
                if author is None:
                    author = names[entry.author] = repository.member_name(entry.author)
                time = min(stamp_ms(Stamp(entry.stamp)), now)
                runs.append(Run(size, author, CommitId(entry.commit), time))
        draft = self._record.draft
        if draft is not None and version is None:
            author = repository.member_name(repository.signer)
            for operation in draft.operations:
                if operation[:2] == (TEXT_SPLICE, stored):
                    position, deleted = cast(int, operation[2]), cast(int, operation[3])
                    letters = len(cast(str, operation[4]))
                    written = Run(letters, author, None, draft.began_ms)
                    runs = _spliced(runs, position, deleted, written)
        return runs


def _commit(item: Item, id_: bytes) -> Commit:
    commit = item.repository.store.find(CommitId(id_))
    assert commit is not None, "a version of commits that are not held"
    return commit


def _change(item: Item, commit: Commit) -> tuple[Change, str | None]:
    """What a commit says about an item, and its label."""
    body = item.repository.body(commit)
    return next(change for change in body.changes if change.key == item.key), body.label


def _fetch(item: Item, id_: bytes) -> ChangeRecord:
    commit = _commit(item, id_)
    change, _ = _change(item, commit)
    parents, state = resolve(item.repository.store, commit, change), record_of(item).state
    standing = tuple([parent for parent in parents if parent in state])
    return change_record(commit, change, standing)._replace(parents=())


def plain(field: Field, value: object) -> object:
    """A field's value apart from its item."""
    if field.kind == TEXT:
        return str(value)
    if field.kind == SET:
        return frozenset(cast("Iterable[object]", value))
    if field.kind == MAP:
        return dict(cast("Mapping[str, object]", value))
    return int(cast(int, value)) if field.kind == COUNTER else value


def _spliced(runs: list[Run], position: int, deleted: int, written: Run) -> list[Run]:
    """Runs after an edit of their text."""
    before = _cut(runs, 0, position)
    after = _cut(runs, position + deleted, sum(run.length for run in runs))
    return [*before, *([written] if written.length else []), *after]


def _cut(runs: list[Run], start: int, stop: int) -> list[Run]:
    """Runs of the letters start … stop-1."""
    cut, at = [], 0
    for run in runs:
        size = min(at + run.length, stop) - max(at, start)
        if size > 0:
            cut.append(run._replace(length=size))
        at += run.length
    return cut
