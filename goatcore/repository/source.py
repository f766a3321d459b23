"""A repository's items of one schema, as queries see them."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from goatcore.query import Row
from goatcore.repository.item import Item
from goatcore.schema import Schema

OF_CHANGES = frozenset({"edited_ms", "author"})  # follow from whatever was changed
OF_EVERY_ITEM = OF_CHANGES | {"created_ms"}


class ItemSource:
    """All visible items of `schema`."""

    def __init__(self, schema: Schema, items: Callable[[], Iterator[Item]]) -> None:
        self._name = schema.name
        self._items = items
        self.fields = frozenset(schema.fields) | OF_EVERY_ITEM

    def __iter__(self) -> Iterator[Item]:
        return self._items()

    def covers(self, row: Row) -> bool:
        """Whether an item is of this schema."""
        return isinstance(row, Item) and row.schema.name == self._name
