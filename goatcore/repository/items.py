"""Items by key: every record of a view, and the item that shows it to applications.

Owns the records, which class an item has, and what queries read. Invariant: a record has at most
one item, and that is of the record's schema as far as the program knows it. Must never import
what writes or receives.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

from goatcore.history.operations import MAP_PUT, REGISTER_SET
from goatcore.ids import ItemKey
from goatcore.query.chunks import in_chunks
from goatcore.repository.branch_base import BRANCH_SCHEMA
from goatcore.repository.item import Item, item_class, put_shown, record_of, show
from goatcore.repository.reading import read_alternatives
from goatcore.repository.record import Record
from goatcore.repository.showing import show_all
from goatcore.repository.source import ItemSource
from goatcore.schema import Registry, Schema
from goatcore.schema.fields import REGISTER

if TYPE_CHECKING:
    from goatcore.repository.glance import Glance
    from goatcore.repository.view import View


class Items:
    """The items of one view, with their records; all of them are kept."""

    def __init__(self, view: View, registry: Registry) -> None:
        self._view = view
        self._registry = registry
        self._records: dict[ItemKey, Record] = {}
        self._numbered: list[Record | None] = []
        self._made: dict[ItemKey, Item] = {}
        self._classes: dict[str, type[Item]] = {}

    # -- records -----------------------------------------------------------------------------------

    def __iter__(self) -> Iterator[Record]:
        """Every record there is now, whatever is made meanwhile."""
        return iter(list(self._records.values()))

    def find(self, key: str) -> Record | None:
        """The record of a key."""
        return self._records.get(ItemKey(key))

    def record(self, key: ItemKey) -> Record:
        """The record of a key, made if there is none."""
        record = self._records.get(key)
        if record is None:
            record = Record(key)
            self._enter(record)
        return record

    def _enter(self, record: Record) -> None:
        """Take in a record, which gets the next number."""
        record.number = len(self._numbered)
        self._numbered.append(record)
        self._records[record.key] = record

    @property
    def numbers(self) -> int:
        """How many numbers were given."""
        return len(self._numbered)

    def at(self, number: int) -> Record | None:
        """The record with a number; None if there is none any more."""
        return self._numbered[number] if number < len(self._numbered) else None

    def numbered(self, numbers: Iterable[int]) -> list[Record]:
        """The records with these numbers, which there are."""
        numbered = self._numbered
        return [numbered[number] for number in numbers]  # type: ignore[misc]

    def changed(self, record: Record) -> None:
        """A commit changed a record."""

    def leave(self, record: Record) -> None:
        """The item of a record is no item of it any more."""
        record.item = None
        self._made.pop(record.key, None)

    def of_item(self, item: Item) -> Record:
        """The record of an item that was shown without one."""
        raise AssertionError("every item here has its record")

    def listened(self, item: Item, somebody: bool) -> None:
        """Somebody listens to an item, or nobody any more."""

    def showing_numbers(self, schema: str) -> Iterator[list[int]]:
        """The numbers of all items of a schema that show, a bounded number at a time."""
        return in_chunks(
            record.number for record in self if record.visible and record.schema == schema
        )

    def shows(self, number: int, schema: str) -> bool:
        """Whether the item with a number shows, and is of a schema."""
        record = self.at(number)
        return record is not None and record.visible and record.schema == schema

    def item_at(self, number: int, schema: Schema) -> Item:
        """The item with a number, which there is and which is of a schema."""
        del schema  # it makes no difference here
        record = self.at(number)
        assert record is not None, "a number that no item has"
        return self.of(record)

    def glances(self, numbers: Sequence[int]) -> list[Glance | None]:
        """The rows of items that are nothing but rows; None where there is more to look at."""
        return [None for _ in numbers]

    def reserved(self) -> list[Record]:
        """The records that record branches."""
        return [record for record in self if record.schema == BRANCH_SCHEMA]

    def keys(self) -> Iterable[ItemKey]:
        """The keys of all records."""
        return self._records.keys()

    def forget(self, record: Record) -> None:
        """Nothing was ever made under this key."""
        del self._records[record.key]
        self._numbered[record.number] = None
        self._made.pop(record.key, None)

    def clear(self) -> None:
        """Let go of everything."""
        self._records.clear()
        self._numbered.clear()
        self._made.clear()

    # -- schemas -----------------------------------------------------------------------------------

    def register(self, schema: Schema) -> None:
        """Make a schema known. Raises `LocalMisuse` for a second one of its name."""
        self._registry.add(schema)

    def schema_of(self, record: Record) -> Schema | None:
        """The schema that a record is shown with; None where the program does not know it."""
        return self._registry.get(record.schema)

    def version_of(self, record: Record) -> int:
        """The version of the schema that is written here."""
        schema = self._registry.get(record.schema)
        return record.version if schema is None else schema.version

    def source(self, name: Hashable) -> ItemSource:
        """What queries of a schema read. It has to be known."""
        assert isinstance(name, str)
        schema = self._registry.get(name)
        assert schema is not None
        return ItemSource(schema, self, self._registry, self._view.member_name)

    # -- items -------------------------------------------------------------------------------------

    def item(self, key: str) -> Item | None:
        """The item of that key, a deleted one too; None if there never was one."""
        record = self.find(key)
        if record is None or not (record.schema or record.draft) or record.schema == BRANCH_SCHEMA:
            return None
        return self.of(record)

    def of(self, record: Record) -> Item:
        """The item of a record; one that is made shows the state."""
        item = record.item
        if item is None or (not item.schema.fields and self._is_known_anew(item)):
            item = self._item_of(record)
            show_all(item)
        return item

    def new(self, record: Record, values: Mapping[str, object]) -> Item:
        """The item of a record that is being made; it shows these values and defaults."""
        schema = self.schema_of(record)
        assert schema is not None, "what is made has a known schema"
        item = record.item
        if item is None or item.schema is not schema:
            item = self._item_of(record)
        for name, _, field in schema.columns:
            value = values.get(name, field.default)
            if field.kind == REGISTER:  # it was checked, so it fits
                put_shown(item, name, value)
            else:
                show(item, name, value)
        return item

    def _is_known_anew(self, item: Item) -> bool:
        """Whether an item was made before the program knew its schema, and now it does."""
        return self._registry.get(item.schema.name) not in {None, item.schema}

    def _item_of(self, record: Record) -> Item:
        schema = self.schema_of(record) or Schema(record.schema, record.version)
        item = self._class(schema)(record.key, record)
        record.item = item
        self._keep_item(record, item)
        return item

    def _keep_item(self, record: Record, item: Item) -> None:
        self._made[record.key] = item

    def _class(self, schema: Schema) -> type[Item]:
        cls = self._classes.get(schema.name)
        if cls is None or not _same(cls.schema, schema):
            cls = self._classes[schema.name] = item_class(schema, self._view)
        return cls

    def showing(self, schema: Schema | None = None, *, deleted: bool = False) -> Iterator[Item]:
        """All items that show, of one schema or of all that are known; or those deleted instead."""
        if schema is not None:
            self._registry.add(schema)
        for record in self:
            if record.visible is not deleted and (
                record.schema == schema.name if schema else self.schema_of(record)
            ):
                yield self.of(record)

    def ever(self, schema: Schema | None = None) -> Iterator[Item]:
        """All items there ever were, deleted ones too, of one schema or of all that are known."""
        if schema is not None:
            self._registry.add(schema)
        for record in self:
            if record.schema == schema.name if schema else self.schema_of(record):
                yield self.of(record)

    def stamps(self) -> Iterator[tuple[ItemKey, str, bytes]]:
        """Of every item that shows: its key, its schema's name, and its stamp."""
        for record in self:
            if record.visible:
                yield record.key, record.schema, stamp_of(record)

    # -- competing values --------------------------------------------------------------------------

    @staticmethod
    def alternatives(item: Item, name: str) -> list[object]:
        """See `Item.alternatives`."""
        field, record = item.schema.field(name), record_of(item)
        draft, stored = record.draft, item.schema.stored_name(name)
        if field.kind != REGISTER or (draft is not None and draft.touches(REGISTER_SET, stored)):
            return [getattr(item, name)]
        return read_alternatives(item.schema, record.state, record.version, name)

    @staticmethod
    def entry_alternatives(item: Item, name: str, key: str) -> list[object]:
        """See `Entries.alternatives`."""
        record, stored = record_of(item), item.schema.stored_name(name)
        if record.draft is not None and record.draft.touches(MAP_PUT, stored, key):
            shown = getattr(item, name)
            return [shown[key]] if key in shown else []
        return record.state.entry_alternatives(stored, key)


def _same(one: Schema, other: Schema) -> bool:
    """Whether items of one are items of the other: there are many of a name that is not known."""
    unknown = one.name == other.name and one.version == other.version
    return one is other or (unknown and not one.fields and not other.fields)


def stamp_of(record: Record) -> bytes:
    """What an item's content follows from, in short: equal only where that is; b"" while it has
    edits that are in no commit yet."""
    if record.draft is not None:
        return b""
    return b"".join([head[:8] for head in record.state.heads])
