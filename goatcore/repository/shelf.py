"""The shelf: the rows of all items by number, as the checkpoint has them or as they changed since.

Owns the numbers of keys and schemas. Invariant: a key keeps its number as long as the repository is
open, and in every checkpoint that follows; a row that was put shadows the checkpoint's. Knows
nothing of what rows say beyond the key in front and the schema behind it.
"""

from __future__ import annotations

from array import array
from collections.abc import Sequence
from typing import Final, NamedTuple, Protocol

from goatcore.ids import ItemKey
from goatcore.repository.ground_drafts import NOTHING, Shelved

SPARSE: Final = 3  # one of so many rows has to be wanted, for all of them to be read together


class Packed(NamedTuple):
    """Rows one after the other."""

    first: int | None  # they are of this number and those that follow it; None: of those asked for
    length: int  # how many
    rows: bytes


class Base(Protocol):
    """The items of a checkpoint."""

    @property
    def count(self) -> int:
        """Numbers below it are the checkpoint's."""

    def find(self, key: str) -> int | None:
        """The number of a key."""

    def row(self, number: int) -> bytes:
        """The row of an item."""

    def rows(self, start: int, stop: int) -> bytes:
        """The rows of some items, one after the other."""

    def of_schema(self, schema: int) -> array[int]:
        """The numbers of the items that have a schema, ascending."""

    @property
    def schemas(self) -> list[str]:
        """The names of schemas, by number."""


class Shelf:
    """Rows of one repository's items."""

    __slots__ = ("_base", "_first", "_freed", "_keys", "_members", "_names", "_schemas", "count",
                 "rows")  # fmt: skip

    def __init__(self, base: Base | None = None) -> None:
        self._base = base
        self._first = 0 if base is None else base.count
        self.count = self._first  # numbers that were given
        self._keys: dict[str, int] = {}  # of items that the base has not
        self.rows: dict[int, bytes] = {}  # that are not, or not so, in the base
        self._names = [] if base is None else list(base.schemas)
        self._schemas = {name: number for number, name in enumerate(self._names)}
        # numbers that got a schema, besides those of the base; some may have left it since
        self._members: dict[int, array[int]] = {}

    @classmethod
    def numbered(cls, numbers: dict[ItemKey, int | None], count: int) -> Shelf:
        """An empty shelf on which keys have their numbers already."""
        shelf = cls()
        shelf.count = count
        shelf._keys = {key: number for key, number in numbers.items() if number is not None}
        return shelf

    # -- numbers -----------------------------------------------------------------------------------

    def find(self, key: str) -> int | None:
        """The number of a key; None if it has none."""
        number = self._keys.get(key)
        if number is None and self._base is not None:
            number = self._base.find(key)
        return number

    def number(self, key: ItemKey) -> int:
        """A number for a key that has none yet."""
        number = self._keys[key] = self.count
        self.count += 1
        return number

    def forget(self, key: ItemKey) -> None:
        """Nothing was ever put under this key; its number stays empty."""
        del self._keys[key]

    # -- the ground --------------------------------------------------------------------------------

    @property
    def alone(self) -> bool:
        """Whether there is no base."""
        return self._base is None

    def grown(self, era: int) -> Shelved:
        """A copy of what the base has not."""
        return Shelved(
            era,
            self.alone,
            self._first,
            self.count,
            self._keys.copy(),
            self.rows.copy(),
            {schema: numbers[:] for schema, numbers in self._members.items()},
            self._names.copy(),
        )

    def stand_on(self, base: Base, shelved: Shelved) -> None:
        """The base has what was shelved: let go of that."""
        rows, keys = self.rows, self._keys
        for number, row in shelved.rows.items():
            if rows.get(number) is row:
                del rows[number]
        for key, number in shelved.keys.items():
            if number in shelved.rows and keys.get(key) == number:
                del keys[key]
        for schema, numbers in shelved.members.items():
            del self._members[schema][: len(numbers)]
        self._base, self._first = base, base.count

    # -- rows --------------------------------------------------------------------------------------

    def row(self, number: int) -> bytes | None:
        """What was put under a number; None if nothing was."""
        row = self.rows.get(number)
        if row is None and number < self._first and self._base is not None:
            row = self._base.row(number)
            if row == NOTHING:
                return None
        return row

    def rows_of(self, numbers: Sequence[int]) -> Packed:
        """The rows of one or more numbers, read together where they stand together."""
        base, low, high = self._base, min(numbers), max(numbers)
        if (
            base is not None
            and high < self._first
            and high - low < SPARSE * len(numbers)
            and (not self.rows or self.rows.keys().isdisjoint(range(low, high + 1)))
        ):
            return Packed(low, high + 1 - low, base.rows(low, high + 1))
        rows = [self.row(number) or NOTHING for number in numbers]
        return Packed(None, len(rows), b"".join(rows))

    def put(self, number: int, row: bytes) -> None:
        """Put a row of an item."""
        self.rows[number] = row

    def join(self, number: int, schema: int) -> None:
        """An item has a schema that it had not."""
        members = self._members.get(schema)
        if members is None:
            members = self._members[schema] = array("I")
        members.append(number)

    # -- schemas -----------------------------------------------------------------------------------

    @property
    def schemas(self) -> list[str]:
        """The names of all schemas, by number."""
        return self._names

    def schema(self, name: str) -> int:
        """The number of a schema, given to it if it has none."""
        number = self._schemas.get(name)
        if number is None:
            number = self._schemas[name] = len(self._names)
            self._names.append(name)
        return number

    def of_schema(self, name: str) -> list[int]:
        """The numbers of all items that were put with a schema, ascending, left or not."""
        number = self._schemas.get(name)
        if number is None:
            return []
        members = self._members.get(number, ())
        if self._base is None or number >= len(self._base.schemas):
            return sorted(set(members))
        base = self._base.of_schema(number)
        return sorted({*base, *members}) if members else list(base)
