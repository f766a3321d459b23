"""What an item shows of a set, a map and a counter: values that record what is done to them.

Owns the way from a wish ("these tags") to operations. Invariant: an operation is made only where
it changes what shows, and the value shows it before the line is done. Values of sets and maps are
live, as texts are; a counter is a plain number, as it was when it was read.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, MutableMapping, Sequence, Set
from typing import TYPE_CHECKING, Final, cast

from goatcore.errors import InvalidValue
from goatcore.history.operations import (
    COUNTER_ADD,
    MAP_DROP,
    MAP_PUT,
    SET_ADD,
    SET_REMOVE,
    Operation,
)
from goatcore.schema.fields import COUNTER, MAP, SET, Field, MapField, SetField
from goatcore.values import pack

if TYPE_CHECKING:
    from goatcore.repository.item import Item

CONTAINERS: Final = frozenset({SET, MAP, COUNTER})
INCREMENT_MIN: Final = -(1 << 63)
INCREMENT_MAX: Final = (1 << 63) - 1


class Members(Set[str]):
    """A set field. It changes by `add` and `discard` only; `|`, `&`, `-` give plain frozensets."""

    __slots__ = ("_item", "_name", "_ordered", "_shown")

    def __init__(self, item: Item, name: str, members: Iterable[str]) -> None:
        self._item = item
        self._name = name
        self._shown: set[str]
        self._ordered: tuple[str, ...] | None
        self._replace(members)

    def add(self, member: str) -> None:
        """Put a member in, if it is not. Raises `InvalidValue`."""
        field = self._item.schema.fields[self._name]
        if cast(SetField, field).check_member(self._name, member) not in self._shown:
            self._operate(SET_ADD, member)

    def discard(self, member: str) -> None:
        """Take a member out, if it is in."""
        if member in self._shown:
            self._operate(SET_REMOVE, member)

    def _operate(self, code: int, member: str) -> None:
        stored = self._item.schema.stored_name(self._name)
        self._item.repository.operate(self._item, self._name, [(code, stored, member)])

    def _replace(self, members: Iterable[str]) -> None:
        self._shown = set(members)
        self._ordered = None

    def _show(self, operations: Sequence[Operation]) -> None:
        for code, _, member in operations:
            if not isinstance(member, str):
                continue  # of a newer version of the program; kept, not shown
            if code == SET_ADD:
                self._shown.add(member)
            else:
                self._shown.discard(member)
        self._ordered = None

    def __contains__(self, member: object) -> bool:
        return isinstance(member, str) and member in self._shown

    def __iter__(self) -> Iterator[str]:
        """The members in order, as they are now, whatever is added or discarded meanwhile."""
        if self._ordered is None:
            self._ordered = tuple(sorted(self._shown))
        return iter(self._ordered)

    def __len__(self) -> int:
        return len(self._shown)

    @classmethod
    def _from_iterable(cls, it: Iterable[object]) -> frozenset[object]:  # type: ignore[override]
        return frozenset(it)

    def __repr__(self) -> str:
        return f"Members({list(self)!r})"


class Entries(MutableMapping[str, object]):
    """A map field: `entries[key] = value`, `del entries[key]`, and all that a dict has."""

    __slots__ = ("_item", "_name", "_ordered", "_shown")

    def __init__(self, item: Item, name: str, entries: Mapping[str, object]) -> None:
        self._item = item
        self._name = name
        self._shown: dict[str, object]
        self._ordered: tuple[str, ...] | None
        self._replace(entries)

    def alternatives(self, key: str) -> list[object]:
        """The competing values of a key, the one that shows first; none if it is not in."""
        return self._item.repository.entry_alternatives(self._item, self._name, key)

    def _operate(self, *operation: object) -> None:
        code, *rest = operation
        stored = self._item.schema.stored_name(self._name)
        self._item.repository.operate(self._item, self._name, [(code, stored, *rest)])

    def _replace(self, entries: Mapping[str, object]) -> None:
        self._shown = dict(entries)
        self._ordered = None

    def _show(self, operations: Sequence[Operation]) -> None:
        for operation in operations:
            key = operation[2]
            if not isinstance(key, str):
                continue  # of a newer version of the program; kept, not shown
            if operation[0] == MAP_PUT:
                if key not in self._shown:
                    self._ordered = None
                self._shown[key] = operation[3]
            elif key in self._shown:
                del self._shown[key]
                self._ordered = None

    def __getitem__(self, key: str) -> object:
        return self._shown[key]

    def __setitem__(self, key: str, value: object) -> None:
        field = self._item.schema.fields[self._name]
        key, value = cast(MapField, field).check_entry(self._name, key, value)
        if (
            key in self._shown
            and pack(self._shown[key]) == pack(value)
            and len(self.alternatives(key)) == 1
        ):
            return
        self._operate(MAP_PUT, key, value)

    def __delitem__(self, key: str) -> None:
        if key not in self._shown:
            raise KeyError(key)
        self._operate(MAP_DROP, key)

    def __iter__(self) -> Iterator[str]:
        """The keys in order, as they are now, whatever is put or dropped meanwhile."""
        if self._ordered is None:
            self._ordered = tuple(sorted(self._shown))
        return iter(self._ordered)

    def __len__(self) -> int:
        return len(self._shown)

    def __repr__(self) -> str:
        return f"Entries({dict(self)!r})"


class Count(int):
    """A counter's total when it was read: a plain number, with `add`."""

    _item: Item
    _name: str

    def __new__(cls, item: Item, name: str, total: int) -> Count:
        count = super().__new__(cls, total)
        count._item = item
        count._name = name
        return count

    def add(self, amount: int = 1) -> None:
        """Count on, or back; increments of several people at once all count. The total is then
        read from the item again. Raises `InvalidValue`."""
        item, name = self._item, self._name
        operations = counted(item, name, item.schema.fields[name], amount)
        if operations:
            item.repository.operate(item, name, operations)


def counted(item: Item, name: str, field: Field, amount: object) -> list[Operation]:
    """The increment of a counter, if it is one. Raises `InvalidValue`."""
    whole = cast(int, field.check(name, amount))
    if not INCREMENT_MIN <= whole <= INCREMENT_MAX:
        raise InvalidValue(f"{name}: one increment has to fit into 64 bits.")
    return [(COUNTER_ADD, item.schema.stored_name(name), whole)] if whole else []


def made_of(kind: str, stored: str, value: object) -> list[Operation]:
    """The operations that make a checked value of nothing, in an order that follows from it."""
    if kind == SET:
        return [(SET_ADD, stored, one) for one in cast("tuple[str, ...]", value)]
    if kind == MAP:
        entries = cast("dict[str, object]", value)
        return [(MAP_PUT, stored, key, one) for key, one in entries.items()]
    total = cast(int, value)
    whole, rest = divmod(abs(total), INCREMENT_MAX)
    sign = -1 if total < 0 else 1
    parts = [INCREMENT_MAX] * whole + ([rest] if rest else [])
    return [(COUNTER_ADD, stored, sign * part) for part in parts]


def assigned(item: Item, name: str, value: object) -> list[Operation]:
    """The operations that make the field show `value`. Raises `InvalidValue`."""
    field, stored = item.schema.fields[name], item.schema.stored_name(name)
    checked, shown = field.check(name, value), getattr(item, name)
    if field.kind == SET:
        wanted = cast("tuple[str, ...]", checked)
        gone: list[Operation] = [(SET_REMOVE, stored, one) for one in shown - set(wanted)]
        return sorted(gone, key=pack) + [
            (SET_ADD, stored, one) for one in wanted if one not in shown
        ]
    if field.kind == MAP:
        entries = cast("dict[str, object]", checked)
        puts: list[Operation] = [
            (MAP_PUT, stored, key, one)
            for key, one in entries.items()
            if key not in shown or pack(shown[key]) != pack(one) or len(shown.alternatives(key)) > 1
        ]
        return [(MAP_DROP, stored, key) for key in shown if key not in entries] + puts
    return counted(item, name, field, cast(int, checked) - int(shown))


def bound(item: Item, name: str, kind: str, value: object, shown: object) -> object:
    """The value that an item shows for a set, a map or a counter; `shown` is the one before."""
    if kind == COUNTER:
        return Count(item, name, cast(int, value))
    if kind == SET:
        members = cast("Iterable[str]", value)
        if shown is None:
            return Members(item, name, members)
        cast(Members, shown)._replace(members)
    else:
        entries = cast("dict[str, object]", value)
        if shown is None:
            return Entries(item, name, entries)
        cast(Entries, shown)._replace(entries)
    return shown


def shown_after(item: Item, name: str, kind: str, operations: Sequence[Operation]) -> object:
    """The value that an item shows once operations are done to the one that it shows."""
    shown = getattr(item, name)
    if kind == COUNTER:
        return Count(item, name, shown + sum(cast(int, one[2]) for one in operations))
    cast("Members | Entries", shown)._show(operations)
    return shown
