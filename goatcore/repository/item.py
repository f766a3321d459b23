"""Items: what an application reads and writes.

Owns the values an item shows. Invariant: reading a field is reading a slot, at C speed; writing one
goes through the repository, which checks it, records it and tells everybody before the line is
done. Knows no storage, no timers, no other peer.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Literal, NamedTuple, cast

from goatcore.errors import InvalidValue, UnknownField
from goatcore.history.splices import TextSplice
from goatcore.ids import ItemKey
from goatcore.schema import Schema
from goatcore.schema.fields import TEXT
from goatcore.schema.schema import RESERVED

if TYPE_CHECKING:
    from goatcore.repository.record import Record
    from goatcore.repository.repository import Repository

Kind = Literal["added", "removed", "edited"]
Unsubscribe = Callable[[], None]


class ItemChange(NamedTuple):
    """What happened to one item, told after it happened."""

    item: Item
    kind: Kind
    fields: frozenset[str]
    splices: Mapping[str, Sequence[TextSplice]]  # of text fields, to be applied in order
    local: bool  # written here, not received


class Text:
    """A text field's text. Edits are splices, so that they merge letter by letter."""

    __slots__ = ("_item", "_name", "_text")

    def __init__(self, item: Item, name: str, text: str) -> None:
        self._item = item
        self._name = name
        self._text = text

    def splice(self, position: int, deleted: int, inserted: str) -> None:
        """Take `deleted` letters away at `position` and put `inserted` there (code points).

        Raises `InvalidValue` when the place is not in the text.
        """
        if not 0 <= position <= position + deleted <= len(self._text):
            raise InvalidValue(
                f"{self._name}: there are no {deleted} letters at {position}; "
                f"the text has {len(self._text)}."
            )
        if deleted or inserted:
            splice = TextSplice(position, deleted, inserted)
            _repository(self._item).write_text(self._item, self._name, [splice])

    def __str__(self) -> str:
        return self._text

    def __len__(self) -> int:
        return len(self._text)

    def __getitem__(self, index: int | slice) -> str:
        return self._text[index]

    def __contains__(self, part: object) -> bool:
        return isinstance(part, str) and part in self._text

    def __eq__(self, other: object) -> bool:
        if isinstance(other, Text):
            return self._text == other._text
        return self._text == other if isinstance(other, str) else NotImplemented

    __hash__ = None  # type: ignore[assignment]

    def __repr__(self) -> str:
        return f"Text({self._text!r})"


class Item:
    """One record of a repository. Its fields are attributes, named by its schema.

    Attributes besides the fields: `key`, `schema`, `repository`, `exists`, `author` (name of the
    member who made the newest change), `created_ms`, `edited_ms`.
    """

    __slots__ = ("__weakref__", "_listeners", "_record", "key", "repository", "schema")

    key: ItemKey
    repository: Repository
    schema: Schema
    _record: Record
    _listeners: list[Callable[[ItemChange], None]]

    def __setattr__(self, name: str, value: object) -> None:
        self.repository.write(self, name, value)

    def __getattr__(self, name: str) -> Any:
        # only reached for what is not a slot
        raise UnknownField(f"{self.schema.name} has no field {name}.")

    @property
    def exists(self) -> bool:
        """Whether the item shows; a deleted one can still be read and restored."""
        record = self._record
        return record.visible and record.item is self

    @property
    def created_ms(self) -> int:
        """When its first change was made, by its author's clock."""
        return self._record.created_ms

    @property
    def edited_ms(self) -> int:
        """When its newest change was made, by its author's clock."""
        return self._record.edited_ms

    @property
    def author(self) -> str:
        """The name of the member who made the newest change."""
        return self.repository.member_name(self._record.author)

    def alternatives(self, name: str) -> list[object]:
        """The competing values of a register field, the one that shows first. More than one:
        people wrote at the same time; the next write settles it."""
        return self.repository.alternatives(self, name)

    def delete(self) -> None:
        """Hide the item, here and on every peer; its history stays."""
        self.repository.set_visible(self, False)

    def restore(self) -> None:
        """Bring a deleted item back."""
        self.repository.set_visible(self, True)

    def subscribe(self, callback: Callable[[ItemChange], None]) -> Unsubscribe:
        """Call back after every change of this item, own ones included."""
        listeners = self._listeners
        listeners.append(callback)
        return lambda: listeners.remove(callback) if callback in listeners else None

    def __repr__(self) -> str:
        return f"<{self.schema.name} {self.key}>"


def item_class(schema: Schema) -> type[Item]:
    """The class of a schema's items: one slot a field."""
    return cast(
        "type[Item]",
        type(schema.name, (Item,), {"__slots__": tuple(schema.fields), "__doc__": Item.__doc__}),
    )


def new_item(cls: type[Item], repository: Repository, schema: Schema, record: Record) -> Item:
    """An item with its identity and no values yet; `show` gives them."""
    item = cls.__new__(cls)
    put = object.__setattr__
    put(item, "key", record.key)
    put(item, "repository", repository)
    put(item, "schema", schema)
    put(item, "_record", record)
    put(item, "_listeners", [])
    return item


def show(item: Item, name: str, value: object) -> None:
    """Make a field show a value, without recording anything."""
    field = item.schema.fields[name]
    if field.kind == TEXT:
        try:
            object.__getattribute__(item, name)._text = cast(str, value)
        except AttributeError:  # not shown yet
            object.__setattr__(item, name, Text(item, name, cast(str, value)))
        return
    fits = value is None or type(value) in field.types
    object.__setattr__(item, name, value if fits else field.default)


def splice_shown(item: Item, name: str, splices: Sequence[TextSplice]) -> None:
    """Bring a shown text up to date."""
    text: Text = getattr(item, name)
    letters = text._text
    for position, deleted, inserted in splices:
        letters = letters[:position] + inserted + letters[position + deleted :]
    text._text = letters


def writable_field(item: Item, name: str) -> None:
    """Refuse names that are not fields. Raises `UnknownField`."""
    if name in RESERVED:
        raise UnknownField(f"{name} cannot be set; it follows from the item's changes.")
    item.schema.field(name)


def _repository(item: Item) -> Repository:
    return item.repository
