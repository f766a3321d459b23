"""A repository's items of one schema, as queries see them.

Owns how a field is read of an item that nobody has asked for: from its state, without making the
item. Invariant: that is what the item would show. Must never import what writes or receives.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING, Final, cast

from goatcore.query.changes import Row
from goatcore.query.field_values import SCALARS, plain
from goatcore.repository.glance import NOT_TOLD, FieldGlance, is_told
from goatcore.repository.item import Item, record_of
from goatcore.repository.reading import needs_upgrade, read_field
from goatcore.schema import Registry, Schema
from goatcore.schema.fields import MAP, REGISTER, SET, TEXT, ReferenceField

if TYPE_CHECKING:
    from goatcore.query.changes import Read, ReadMany
    from goatcore.repository.items import Items
    from goatcore.repository.record import Record

OF_CHANGES: Final = frozenset({"edited_ms", "author"})  # follow from whatever was changed
VOLATILE: Final = frozenset({"author"})  # a member may be called otherwise then
OF_EVERY_ITEM: Final = OF_CHANGES | {"created_ms", "key"}


class SchemaSource:
    """What queries may ask of the items of one schema, whenever they are looked at."""

    def __init__(self, schema: Schema, registry: Registry) -> None:
        self._schema = schema
        self._registry = registry
        self.name = source_name(schema)
        self.fields = fields_of(schema)
        self.references = references_of(schema)
        self.volatile = VOLATILE
        self.collections = frozenset(
            name for name, field in schema.fields.items() if field.kind in {SET, MAP}
        )

    def joined(self, field: str, *, reference: bool) -> bool:
        """Whether items of any schema have a field."""
        known = references_of if reference else fields_of
        return any(field in known(schema) for schema in self._registry)


class ItemSource(SchemaSource):
    """All visible items of `schema`; their ordinals are their records' numbers."""

    def __init__(
        self,
        schema: Schema,
        items: Items,
        registry: Registry,
        member_name: Callable[[bytes], str],
    ) -> None:
        super().__init__(schema, registry)
        self._items = items
        self._member_name = member_name

    def covers(self, row: Row) -> bool:
        """Whether an item is of this schema."""
        return isinstance(row, Item) and row.schema.name == self._schema.name

    def __len__(self) -> int:
        return self._items.numbers

    def chunks(self) -> Iterator[list[int]]:
        return self._items.showing_numbers(self._schema.name)

    def ordinal(self, row: Row) -> int:
        return record_of(cast(Item, row)).number

    def row(self, ordinal: int) -> Item:
        return self._items.item_at(ordinal, self._schema)

    def shows(self, ordinal: int) -> bool:
        return self._items.shows(ordinal, self._schema.name)

    def reader(self, field: str) -> Read:
        column = self.column(field)
        return lambda ordinal: column((ordinal,))[0]

    def column(self, field: str) -> ReadMany:
        if field == "key":
            return self._keys
        if field in OF_EVERY_ITEM or not is_told(self._schema, field):
            records = self._items.numbered
            return lambda ordinals: [self._value(record, field) for record in records(ordinals)]
        told, glances = FieldGlance(self._schema, field).of, self._items.glances

        def read(ordinals: Sequence[int]) -> list[object]:
            found = told(glances(ordinals))
            if NOT_TOLD in found:
                for n, value in enumerate(found):
                    if value is NOT_TOLD:
                        found[n] = self._value(self._record(ordinals[n]), field)
            return found

        return read

    def _keys(self, ordinals: Sequence[int]) -> list[object]:
        rows = self._items.glances(ordinals)
        return [
            self._record(ordinal).key if row is None else row.key
            for ordinal, row in zip(ordinals, rows, strict=True)
        ]

    def _record(self, ordinal: int) -> Record:
        record = self._items.at(ordinal)
        assert record is not None, "an ordinal that no item has"
        return record

    def _value(self, record: Record, name: str) -> object:
        if name in OF_EVERY_ITEM:
            return of_record(record, name, self._member_name)
        schema, item = self._schema, record.item
        if item is None and needs_upgrade(schema, record.state, record.version):
            item = self._items.of(record)
        if item is not None:
            value = getattr(item, name)
            return value if type(value) in SCALARS else plain(value)
        value, field = read_field(schema, record.state, name), schema.fields[name]
        if field.kind == REGISTER:
            return plain(value) if field.fits(value) else field.default
        return comparable(field.kind, value)

    # -- other items -------------------------------------------------------------------------------

    def follow(self, key: str, field: str) -> object:
        record = self._items.find(key)
        if record is None or not record.visible:
            return None
        schema = self._items.schema_of(record)
        if schema is None or field not in fields_of(schema):
            return None
        if schema is self._schema:
            return self._value(record, field)
        return self._items.source(schema.name).value(record.number, field)

    def value(self, ordinal: int, field: str) -> object:
        """One field of one item."""
        return self._value(self._record(ordinal), field)


def of_record(record: Record, name: str, member_name: Callable[[bytes], str]) -> object:
    """What every item has besides its fields."""
    if name == "key":
        return str(record.key)
    if name == "author":
        return member_name(record.author)
    return record.edited_ms if name == "edited_ms" else record.created_ms


def comparable(kind: str, value: object) -> object:
    """A past or stored value of a field as queries compare it."""
    if kind == SET:
        return frozenset(cast("Sequence[object]", value))
    if kind == MAP:
        return tuple(sorted(cast("dict[str, object]", value)))
    return str(value) if kind == TEXT else plain(value)


def fields_of(schema: Schema) -> frozenset[str]:
    """What conditions and orders may name."""
    return frozenset(schema.fields) | OF_EVERY_ITEM


def references_of(schema: Schema) -> frozenset[str]:
    """The fields that refer to other items."""
    return frozenset(
        name for name, field in schema.fields.items() if isinstance(field, ReferenceField)
    )


def source_name(schema: Schema) -> str:
    """All that the values of items depend on besides commits and upgrades."""
    fields = [(n, s, f.kind, f.noun, repr(f.default)) for n, s, f in schema.columns]
    return repr((schema.name, schema.version, fields))
