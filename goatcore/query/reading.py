"""Reading: the values of one source's rows, by ordinal and along references.

Owns what a path means: "title" is a field, "notebook__name" the field `name` of the row whose key
the reference `notebook` holds, or None where there is none. Invariant: a path that was checked can
be read of every row. Imports the source protocol, the collation and the error tree.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Final

from goatcore.errors import InvalidValue, UnknownField
from goatcore.query.changes import Read, ReadMany, Row, Source
from goatcore.query.collation import Collation

Path = tuple[str, ...]  # a field, or references and a field
SEPARATOR: Final = "__"


def parse_path(name: str) -> Path:
    """The path that a name with double underscores says. Raises InvalidValue."""
    path = tuple(name.split(SEPARATOR))
    if not all(path):
        raise InvalidValue(f'{name!r} is no field; one is like "name" or "notebook__name".')
    return path


class Reading:
    """How the rows of one source are read."""

    __slots__ = ("_source", "collation")

    def __init__(self, source: Source, collation: Collation) -> None:
        self._source = source
        self.collation = collation

    @property
    def collections(self) -> frozenset[str]:
        """Fields that may hold a collection, and never a text."""
        return self._source.collections

    def check(self, path: Path) -> None:
        """Raises UnknownField for what is no field, InvalidValue for a way through one that is no
        reference."""
        fields = self._source.fields
        if path[0] not in fields:
            raise UnknownField(
                f'There is no field "{path[0]}"; there are {", ".join(sorted(fields))}.'
            )
        if len(path) == 1:
            return
        if path[0] not in self._source.references:
            raise InvalidValue(
                f'{SEPARATOR.join(path)}: there is no lookup "{path[1]}", and {path[0]} refers to '
                "no other item that could have a field of that name."
            )
        for i, field in enumerate(path[1:], 2):
            if not self._source.joined(field, reference=i < len(path)):
                what = "refers to another item" if i < len(path) else "has that name"
                raise UnknownField(
                    f'{SEPARATOR.join(path)}: there is no item with a field "{field}" that {what}.'
                )

    def row(self, ordinal: int) -> Row:
        return self._source.row(ordinal)

    def ordinal(self, row: Row) -> int | None:
        """The ordinal of a row; None for what is no row of the source."""
        return self._source.ordinal(row) if self._source.covers(row) else None

    def reader(self, path: Path) -> Read:
        """Reads one row."""
        read = self._source.reader(path[0])
        if len(path) == 1:
            return read
        return lambda ordinal: self._followed(read(ordinal), path)

    def column(self, path: Path) -> ReadMany:
        """Reads many rows, and each row that they refer to once."""
        column = self._source.column(path[0])
        if len(path) == 1:
            return column

        def read(ordinals: Sequence[int]) -> list[object]:
            keys = column(ordinals)
            found = {key: self._followed(key, path) for key in set(keys)}
            return [found[key] for key in keys]

        return read

    def steps(self, paths: Iterable[Path]) -> Callable[[int], frozenset[str]]:
        """A function that gives the keys of the rows that reading these paths of a row depends
        on."""
        follow = self._source.follow
        ways = [(self._source.reader(path[0]), path[1:-1]) for path in paths]

        def steps(ordinal: int) -> frozenset[str]:
            keys: set[str] = set()
            for read, between in ways:
                value = read(ordinal)
                for field in between:
                    if not isinstance(value, str) or not value:
                        break
                    keys.add(value)
                    value = follow(value, field)
                if isinstance(value, str) and value:
                    keys.add(value)
            return frozenset(keys)

        return steps

    def _followed(self, value: object, path: Path) -> object:
        for field in path[1:]:
            if not isinstance(value, str) or not value:
                return None
            value = self._source.follow(value, field)
        return value
