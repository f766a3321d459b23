"""Writing: an edit of an item, from the wish to the draft.

Owns the order check → draft → show → tell, and what may not be written. Invariant: when a call is
done the item shows the edit, its draft has it, and every query and listener has heard; when it
raises nothing happened. Must never import what commits or receives.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Final, cast

from goatcore.clock import Clock
from goatcore.errors import InvalidValue, Refused
from goatcore.history.operations import DELETE, REGISTER_SET, RESTORE, TEXT_SPLICE, Operation
from goatcore.history.splices import TextSplice
from goatcore.ids import ItemKey
from goatcore.repository.access import Access
from goatcore.repository.changes import NO_SPLICES, ItemChange, kind_of
from goatcore.repository.containers import CONTAINERS, assigned, made_of, shown_after
from goatcore.repository.drafts import Drafts
from goatcore.repository.item import (
    Item,
    Text,
    put_shown,
    record_of,
    splice_shown,
    writable_field,
)
from goatcore.repository.items import Items
from goatcore.repository.shown_text import type_into
from goatcore.repository.splitting import check_operations, check_value
from goatcore.repository.telling import Telling
from goatcore.schema import Schema
from goatcore.schema.fields import REGISTER, TEXT
from goatcore.values import is_name

NO_FIELDS: Final[frozenset[str]] = frozenset()


class Writing:
    """Writes the items of one repository."""

    def __init__(
        self,
        items: Items,
        drafts: Drafts,
        telling: Telling,
        access: Access,
        random: Callable[[int], bytes],
        clock: Clock,
        hides: Callable[[str], bool],
    ) -> None:
        self._items = items
        self._drafts = drafts
        self._telling = telling
        self._access = access
        self._random = random
        self._clock = clock
        self._hides = hides  # whether an item was deleted for good

    # -- making ------------------------------------------------------------------------------------

    def create(self, schema: Schema, key: str | None, fields: Mapping[str, object]) -> Item:
        """See `Repository.create`."""
        self._access.check()
        items = self._items
        items.register(schema)
        if key is None:
            key = self._random(10).hex()
        elif not is_name(key):
            raise InvalidValue("key: an item's key has 1 to 255 bytes.")
        if self._hides(key):
            raise Refused("What had this key was deleted for good; it cannot be made again.")
        known = items.find(key)
        if known is not None and known.schema:
            raise InvalidValue(f"key: there is an item {key} already.")
        values = schema.check(_plain(fields))
        operations = _making(schema, values)
        record = items.record(ItemKey(key)) if known is None else known
        record.schema, record.version = schema.name, schema.version
        item = items.new(record, values)
        record.visible = True
        self._drafts.of(record).operations.extend(operations)
        self._drafts.record_now(record)
        self._telling.tell([ItemChange(item, "added", frozenset(values), NO_SPLICES, True)])
        return item

    # -- fields ------------------------------------------------------------------------------------

    def write(self, item: Item, name: str, value: object) -> None:
        """See `Repository.write`."""
        writable_field(item, name)
        schema = item.schema
        field = schema.fields[name]
        kind = field.kind
        if kind == TEXT:
            from goatcore.history.diffing import word_splices  # who only splices does not pay

            new = field.check(name, str(value) if isinstance(value, Text) else value)
            splices = word_splices(str(getattr(item, name)), cast(str, new))
            if splices:
                self.splice(item, name, splices)
            return
        self._check(item, name)
        if kind in CONTAINERS:
            operations = assigned(item, name, value)
            if operations:
                self.operate(item, name, operations)
            return
        value = field.check(name, value)
        check_value(name, value)
        current, stored, record = getattr(item, name), schema.stored_name(name), record_of(item)
        if (
            value == current
            and type(value) is type(current)
            and stored in record.state.registers
            and len(record.state.alternatives(stored)) == 1
        ):
            return
        self._drafts.of(record).set(stored, value)
        put_shown(item, name, value)
        self._drafts.edited()
        self._telling.tell([ItemChange(item, "edited", frozenset((name,)), NO_SPLICES, True)])

    def operate(self, item: Item, name: str, operations: Sequence[Operation]) -> None:
        """Record operations of a set, a map or a counter, and show what they come to."""
        self._check(item, name)
        check_operations(name, operations)
        draft = self._drafts.of(record_of(item))
        for operation in operations:
            draft.operate(operation)
        kind = item.schema.fields[name].kind
        put_shown(item, name, shown_after(item, name, kind, operations))
        self._drafts.edited()
        self._telling.tell([ItemChange(item, "edited", frozenset((name,)), NO_SPLICES, True)])

    def splice(self, item: Item, name: str, splices: Sequence[TextSplice]) -> None:
        """Splice a text field."""
        self._check(item, name)
        for splice in splices:
            item.schema.fields[name].check(name, splice.inserted)
        record, stored = record_of(item), item.schema.stored_name(name)
        draft = self._drafts.of(record)
        for splice in splices:
            draft.splice(stored, splice)
        splice_shown(item, name, splices)
        if self._drafts.typed(record, draft):
            hearers = self._telling.hearers(item)
            type_into(getattr(item, name), stored, draft, self._clock, hearers)
        self._telling.tell([ItemChange(item, "edited", frozenset((name,)), {name: splices}, True)])

    def set_visible(self, item: Item, visible: bool) -> None:
        """Delete or restore an item."""
        self._check(item)
        record = record_of(item)
        was = record.visible
        if was == visible and not (visible and record.state.flagged):
            return
        self._drafts.of(record).add((RESTORE,) if visible else (DELETE,))
        record.visible = visible
        self._drafts.record_now(record)
        kind = kind_of(was, visible)
        self._telling.tell([ItemChange(item, kind, NO_FIELDS, NO_SPLICES, True)])

    def _check(self, item: Item, name: str = "") -> None:
        if self._drafts.transaction is None:  # which was allowed when it began
            self._access.check()
        record = record_of(item)
        if self._hides(record.key):
            raise Refused("This was deleted for good, for everybody.")
        if self._items.at(record.number) is not record or record.item is not item:
            raise Refused("This item is not there: what should have made it was undone.")
        if name and record.state.read_only(item.schema.stored_name(name)):
            raise Refused(
                f"{name} was edited with a newer version of this program; update to edit it here."
            )


def _making(schema: Schema, values: Mapping[str, object]) -> list[Operation]:
    """The operations that make an item of checked values. Raises `InvalidValue`."""
    operations: list[Operation] = []
    for name, value in values.items():
        kind, stored = schema.fields[name].kind, schema.stored_name(name)
        if kind == REGISTER:
            check_value(name, value)
            operations.append((REGISTER_SET, stored, value))
        elif kind in CONTAINERS:
            made = made_of(kind, stored, value)
            check_operations(name, made)
            operations.extend(made)
        elif value:
            operations.append((TEXT_SPLICE, stored, 0, 0, value))
    return operations


def _plain(fields: Mapping[str, object]) -> Mapping[str, object]:
    """A text given for a text field is its letters."""
    if not any(isinstance(value, Text) for value in fields.values()):
        return fields
    return {name: str(v) if isinstance(v, Text) else v for name, v in fields.items()}
