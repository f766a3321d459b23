"""What a query can ask about the past, and what it is told.

Owns the words: a `Past` is whoever knows what rows were; changes since a moment are told by row.
Imports change values and conditions.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Generic, NamedTuple, Protocol, TypeVar

from goatcore.query.changes import Row, Source
from goatcore.query.conditions import Condition
from goatcore.query.reading import Reading

if TYPE_CHECKING:
    from collections.abc import Hashable

    from goatcore.query.engine import QueryEngine

R = TypeVar("R", bound=Row)


class Then(NamedTuple, Generic[R]):
    """One row that changed since a moment."""

    row: R  # as it is now
    shows: bool  # now
    ordinal: int
    before: int | None  # its ordinal among the rows of then; None: it did not show
    fields: frozenset[str]  # that were written
    authors: tuple[str, ...]  # who did, each once, who did first first


class Since(NamedTuple, Generic[R]):
    """All that happened to a source's rows since a moment."""

    then: Source  # reads rows as they were, by the ordinals in `before`
    rows: Iterable[Then[R]]  # each that changed once


class Past(Protocol[R]):
    """Knows what rows were."""

    def at(self, time_ms: int) -> QueryEngine[Row]:
        """All rows as they were at a moment, milliseconds since 1970: they change no more."""
        ...

    def since(self, schema: Hashable, moment: object) -> Since[R]:
        """What changed after a moment: milliseconds since 1970, or a version that the repository
        gave. Raises InvalidValue for anything else."""
        ...


class ChangedRow(NamedTuple, Generic[R]):
    """A row that is other than it was."""

    row: R  # as it is now, if it is there
    fields: frozenset[str]  # that were written; of an added one, all that were
    authors: tuple[str, ...]  # names of those who did, each once, who did first first


class Changes(NamedTuple, Generic[R]):
    """What happened to a query's rows since a moment, in the order of the rows' keys."""

    added: tuple[ChangedRow[R], ...]  # in now, and were not
    removed: tuple[ChangedRow[R], ...]  # were in, and are not
    edited: tuple[ChangedRow[R], ...]  # were in, are in, and somebody wrote in them

    def __bool__(self) -> bool:
        return bool(self.added or self.removed or self.edited)


def changes_of(since: Since[R], condition: Condition, reading: Reading) -> Changes[R]:
    """What became of the rows that match or matched a condition."""
    matches = condition.matcher(reading)
    matched = condition.matcher(Reading(since.then, reading.collation))
    added: list[ChangedRow[R]] = []
    removed: list[ChangedRow[R]] = []
    edited: list[ChangedRow[R]] = []
    for one in sorted(since.rows, key=lambda one: one.row.key):
        was = one.before is not None and matched(one.before)
        now = one.shows and matches(one.ordinal)
        if was or now:
            kind = edited if was and now else added if now else removed
            kind.append(ChangedRow(one.row, one.fields, one.authors))
    return Changes(tuple(added), tuple(removed), tuple(edited))
