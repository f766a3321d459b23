"""Items that are rows until somebody looks: those of a main line.

Owns which records and items are in memory. Invariant: an item that nobody has, and a record that is
as its row says, may go and come back when they are asked for; whatever is in memory, a record has
at most one item. What is kept without being used is bounded.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, Final, NamedTuple

from goatcore.errors import Closed
from goatcore.history.body import Body, Change
from goatcore.history.commit import Commit
from goatcore.history.item_reading import ChangeRecord
from goatcore.ids import CommitId, ItemKey
from goatcore.query.chunks import in_chunks
from goatcore.repository.branch_base import BRANCH_SCHEMA
from goatcore.repository.glance import Glance, glances, schema_if_visible, showing
from goatcore.repository.ground import ItemGround
from goatcore.repository.ground_drafts import Shelved
from goatcore.repository.held_items import HeldItems
from goatcore.repository.item import (
    Item,
    attach,
    listeners_of,
    record_of,
    recorded,
)
from goatcore.repository.item_history import history_of
from goatcore.repository.item_row import Row, made_row, pack_row, restored, row_of
from goatcore.repository.items import Items, stamp_of
from goatcore.repository.record import Record
from goatcore.repository.row_items import RowItems
from goatcore.repository.shelf import Shelf
from goatcore.repository.showing import show_row
from goatcore.repository.store import Store
from goatcore.schema import Registry, Schema
from goatcore.values import unpack

if TYPE_CHECKING:
    from goatcore.repository.view import View

LIVE_MAX: Final = 4096  # records that are kept though nobody has their items
GLANCED_MAX: Final = 2048  # rows that are kept as they were decoded last


class Before(NamedTuple):
    """An item as it was before everything was walked again."""

    key: ItemKey
    visible: bool
    item: Item | None  # if anybody has it


class ShelvedItems(Items):
    """The items of a main line."""

    def __init__(
        self, view: View, registry: Registry, store: Store, read: Callable[[Commit], Body]
    ) -> None:
        """`read` gives what a commit says."""
        super().__init__(view, registry)
        self._store = store
        self._read = read
        self._shelf = Shelf()
        self._era = 0  # how often the items were begun anew
        self._live: dict[int, Record] = {}  # used last, the longest ago first
        self._shown = HeldItems()
        self._heard: dict[int, Item] = {}  # items that somebody listens to
        self._moment = 0  # another one whenever a row may be another, or not tell everything
        self._glanced: tuple[Sequence[int], int, list[Glance | None]] = ((), 0, [])

    # -- records -----------------------------------------------------------------------------------

    def __iter__(self) -> Iterator[Record]:
        """Every record there is now, whatever is made meanwhile."""
        for number in range(self._shelf.count):
            record = self.at(number)
            if record is not None:
                yield record

    def find(self, key: str) -> Record | None:
        """The record of a key."""
        number = self._shelf.find(key)
        return None if number is None else self.at(number)

    def record(self, key: ItemKey) -> Record:
        """The record of a key, made if there is none."""
        number = self._shelf.find(key)
        record = None if number is None else self.at(number)
        if record is None:
            record = Record(key, self._shelf.number(key) if number is None else number)
            record.changed = True
            self._keep(record)
        return record

    def at(self, number: int) -> Record | None:
        """The record with a number; None if there is none (any more)."""
        record = self._live.get(number)
        if record is not None:
            return record
        item = self._shown.get(number)
        if item is not None:
            record = recorded(item)
        if record is None:
            row = self._shelf.row(number)
            if row is None:
                return None
            record = self._restored(number, _row(row))
            if item is not None:
                attach(item, record)
                record.item = item
        self._keep(record)
        return record

    def _restored(self, number: int, row: Row) -> Record:
        store, read = self._store, self._read
        newest, heads, twins = row.newest, row.heads, row.twins

        def history() -> list[ChangeRecord]:
            ends = [heads] if isinstance(heads, int) else heads
            ids = [store.id_at(newest - offset) for offset in (*ends, *twins)]
            return history_of(store, read, row.key, ids)

        record = restored(row, number, self._shelf.schemas[row.schema], store, history)
        record.shelved = row.schema
        return record

    def of_item(self, item: Item) -> Record:
        """The record of an item that was shown without one."""
        record = self.find(item.key)
        if record is None:
            raise Closed("This notebook is closed.")
        return record

    def changed(self, record: Record) -> None:
        """A record is another than its row says, if it has one."""
        record.changed = True
        self._live.pop(record.number, None)
        self._keep(record)

    def _keep(self, record: Record) -> None:
        self._moment += 1
        live = self._live
        live[record.number] = record
        if len(live) > LIVE_MAX:
            for _ in range(2):
                self._settle(live.pop(next(iter(live))))

    def _settle(self, record: Record) -> None:
        """Keep a record's row only, if that says all."""
        if record.changed and record.newest is not None:
            self.put_away(record)
        if record.draft is not None or record.changed:
            self._live[record.number] = record

    def put_away(self, record: Record) -> None:
        """Write the row of a record."""
        schema = self._shelf.schema(record.schema)
        row = row_of(record, schema, self._store)
        self._shelf.put(record.number, pack_row(row))
        if record.shelved != schema:
            record.shelved = schema
            self._shelf.join(record.number, schema)
        self._moment += 1
        record.changed = False

    def put_some_away(self, count: int) -> bool:
        """Write the rows of some records; whether there may be more to write."""
        changed = [r for r in self._live.values() if r.changed and r.newest is not None]
        for record in changed[:count]:
            self.put_away(record)
        return len(changed) > count

    def put_all_away(self) -> None:
        """Write the rows of all records that can do without anything else."""
        live = self._live
        for number in list(live):
            self._settle(live.pop(number))

    def made(self, change: Change, commit: CommitId) -> bool:
        """Take in the change that made an item, if it is nothing unusual and the first one of its
        key. Of what it made there is nothing but the row."""
        shelf = self._shelf
        if change.parents:
            return False
        number = shelf.find(change.key)
        if number is not None and (number in self._live or shelf.row(number) is not None):
            return False
        schema = shelf.schema(change.schema)
        row = made_row(schema, change, self._store.order_of(commit))
        if row is None:
            return False
        number = shelf.number(change.key) if number is None else number
        shelf.put(number, row)
        shelf.join(number, schema)
        self._moment += 1
        return True

    def forget(self, record: Record) -> None:
        """Nothing was ever made under this key."""
        self._live.pop(record.number, None)
        self._shown.drop(record.number)
        self._heard.pop(record.number, None)
        self._shelf.forget(record.key)

    def forget_all(self) -> list[Before]:
        """Start anew, without any record: keys, whether they showed, and the items that somebody
        has, as they were."""
        before: list[Before] = []
        for number in range(self._shelf.count):
            item = self._shown.get(number)
            record = self._live.get(number) or (None if item is None else recorded(item))
            if record is not None:
                before.append(Before(record.key, record.visible, item))
                continue
            data = self._shelf.row(number)
            if data is not None:
                row = _row(data)
                before.append(Before(row.key, row.visible, item))
        numbers = {one.key: self._shelf.find(one.key) for one in before}
        self._era += 1
        self._shelf = Shelf.numbered(numbers, self._shelf.count)
        self._moment += 1
        self._live.clear()
        self._shown.clear()
        self._heard.clear()
        return before

    def stand_on(self, ground: ItemGround, shelved: Shelved | None = None) -> None:
        """The first items are those of a checkpoint: all that there are, or what was shelved."""
        if shelved is None:
            self._shelf = Shelf(ground)
        elif shelved.era == self._era:  # else the checkpoint has items as they were before that
            self._shelf.stand_on(ground, shelved)

    def beyond_ground(self) -> set[int]:
        """The numbers of items that are not, or not so, in the ground."""
        changed = {number for number, record in self._live.items() if record.changed}
        return changed.union(self._shelf.rows)

    def grown(self) -> Shelved:
        """A copy of the rows that the ground has not."""
        return self._shelf.grown(self._era)

    @property
    def grounded(self) -> bool:
        """Whether the checkpoint has what is not in memory."""
        return not self._shelf.alone

    def begin_anew(self) -> None:
        """There are no items, as before anything was loaded."""
        self.clear()

    def adopt(self, record: Record, item: Item) -> None:
        """An item of before shows this record now."""
        attach(item, record)
        record.item = item
        self._shown.put(record.number, item)
        self.listened(item, bool(listeners_of(item)))

    def leave(self, record: Record) -> None:
        """The item of a record is no item of it any more."""
        record.item = None
        self._shown.drop(record.number)
        self._heard.pop(record.number, None)

    def listened(self, item: Item, somebody: bool) -> None:
        """Somebody listens to an item, or nobody any more."""
        record = record_of(item)
        if somebody and record.item is item:
            self._heard[record.number] = item
        elif self._heard.get(record.number) is item:
            del self._heard[record.number]

    def clear(self) -> None:
        """Let go of everything."""
        self._shelf = Shelf()
        self._moment += 1
        self._live.clear()
        self._shown.clear()
        self._heard.clear()

    # -- items -------------------------------------------------------------------------------------

    def _keep_item(self, record: Record, item: Item) -> None:
        self._shown.put(record.number, item)

    def reserved(self) -> list[Record]:
        found = [self.at(number) for number in self._numbers(BRANCH_SCHEMA)]
        return [record for record in found if record is not None]

    def keys(self) -> Iterable[ItemKey]:
        return [record.key for record in self]

    @property
    def numbers(self) -> int:
        return self._shelf.count

    def numbered(self, numbers: Iterable[int]) -> list[Record]:
        return [self.at(number) for number in numbers]  # type: ignore[misc]

    def showing_numbers(self, schema: str) -> Iterator[list[int]]:
        wanted = self._shelf.schema(schema)
        for chunk in in_chunks(self._numbers(schema)):
            rows = self.glances(chunk)
            if showing(rows, wanted):
                yield chunk
                continue
            left = [n for n, row in enumerate(rows) if self._shows(chunk[n], row, schema)]
            shown = [chunk[n] for n in left]
            self._glanced = (shown, self._moment, [rows[n] for n in left])
            yield shown

    def _shows(self, number: int, row: Glance | None, schema: str) -> bool:
        if row is not None:
            return not row.hidden and self._shelf.schemas[row.schema] == schema
        record = self._known(number)
        return record is not None and record.visible and record.schema == schema

    def shows(self, number: int, schema: str) -> bool:
        record = self._known(number)
        if record is not None:
            return record.visible and record.schema == schema
        data = self._shelf.row(number)
        return data is not None and schema_if_visible(data) == self._shelf.schema(schema)

    def item_at(self, number: int, schema: Schema) -> Item:
        return self._shown_without_record(number, schema) or super().item_at(number, schema)

    def glances(self, numbers: Sequence[int]) -> list[Glance | None]:
        if numbers is self._glanced[0] and self._moment == self._glanced[1]:
            return self._glanced[2]  # several fields of the same rows are read one after the other
        known: set[int] = set()
        if not self._live.keys().isdisjoint(numbers) or self._shown.any_of(numbers):
            known.update(number for number in numbers if self._known(number) is not None)
        if len(known) == len(numbers):
            return [None] * len(numbers)
        found = self._decoded(numbers)
        if known:
            for n, number in enumerate(numbers):
                if number in known:
                    found[n] = None
        if len(numbers) <= GLANCED_MAX:
            self._glanced = (numbers, self._moment, found)
        return found

    def _decoded(self, numbers: Sequence[int]) -> list[Glance | None]:
        """The rows of some numbers, all decoded at once."""
        if not numbers:
            return []
        first, count, packed = self._shelf.rows_of(numbers)
        rows = glances(packed, count)
        return rows if first is None else [rows[number - first] for number in numbers]

    def stamps(self) -> Iterator[tuple[ItemKey, str, bytes]]:
        store, shelf = self._store, self._shelf
        for number in range(shelf.count):
            record = self._known(number)
            if record is not None:
                if record.visible:
                    yield record.key, record.schema, stamp_of(record)
                continue
            data = shelf.row(number)
            if data is not None:
                row = _row(data)
                if row.visible:
                    heads = [row.heads] if isinstance(row.heads, int) else row.heads
                    ids = sorted([store.id_at(row.newest - offset) for offset in heads])
                    yield row.key, shelf.schemas[row.schema], b"".join([id_[:8] for id_ in ids])

    def _known(self, number: int) -> Record | None:
        """The record with a number, if it is in memory."""
        record = self._live.get(number)
        if record is None:
            item = self._shown.get(number)
            record = None if item is None else recorded(item)
        return record

    def showing(self, schema: Schema | None = None, *, deleted: bool = False) -> Iterator[Item]:
        """All items that show, of one schema or of all that are known; or those deleted instead."""
        if schema is None:
            yield from super().showing(deleted=deleted)
            return
        self._registry.add(schema)
        if deleted:
            for number in self._numbers(schema.name):
                record = self.at(number)
                if record is not None and record.schema == schema.name and not record.visible:
                    yield self.of(record)
            return
        rows = RowItems(self._class(schema), self._shelf.schema(schema.name))
        for numbers in in_chunks(self._numbers(schema.name)):
            made = None if self._shown.any_of(numbers) else rows.of(self.glances(numbers))
            if made is None:
                yield from self._each(numbers, schema)
                continue
            self._shown.put_all(zip(numbers, made, strict=True))
            moment = self._moment
            for n, item in enumerate(made):
                if self._moment != moment:  # who got the one before changed something
                    yield from self._each(numbers[n:], schema)
                    break
                yield item

    def _each(self, numbers: Iterable[int], schema: Schema) -> Iterator[Item]:
        """Those of some items that show, one by one."""
        for number in numbers:
            item = self._shown_without_record(number, schema)
            if item is None:
                record = self.at(number)
                if record is None or record.schema != schema.name or not record.visible:
                    continue
                item = self.of(record)
            yield item

    def _numbers(self, name: str) -> Iterator[int]:
        """The numbers of items that have a schema, and maybe of some that have another."""
        numbers = self._shelf.of_schema(name)
        fresh = [
            number
            for number, record in self._live.items()
            if record.changed and record.schema == name
        ]
        return iter(sorted({*numbers, *fresh}) if fresh else numbers)

    def _shown_without_record(self, number: int, schema: Schema) -> Item | None:
        """The item with a number, straight from its row; None if that does not say all."""
        if number in self._live:
            return None
        item = self._shown.get(number)
        if item is not None:
            return item if recorded(item) is None and item.schema is schema else None
        data = self._shelf.row(number)
        if data is None:
            return None
        row = _row(data)
        if not row.visible or self._shelf.schemas[row.schema] != schema.name:
            return None
        item = self._class(schema)(row.key)
        if not show_row(item, row):
            return None
        self._shown.put(number, item)
        return item


def _row(data: bytes) -> Row:
    return Row(*unpack(data))  # type: ignore[misc]
