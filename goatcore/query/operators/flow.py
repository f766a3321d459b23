"""How operators are joined: changes of rows flow down, chunks of rows are pulled up.

Owns the two roles. An `Operator` knows its followers only weakly and is held by them strongly, so
a pipeline lives exactly as long as somebody holds its lower end. Invariant: each change goes
through the whole pipeline before the next one begins, so a follower always sees its operator as
it is right after that change. Imports only change values.
"""

from __future__ import annotations

import weakref
from abc import ABC, abstractmethod
from collections.abc import Iterator
from itertools import islice
from typing import Protocol

from goatcore.query.changes import Row, RowChange

CHUNK_ROWS = 128  # rows pulled in one step of a first evaluation


class Follower(Protocol):
    """Takes the changes of the operator it follows."""

    def accept(self, change: RowChange) -> None: ...


class Operator(ABC):
    """A set of rows and its changes."""

    __slots__ = ("__weakref__", "_followers")

    def __init__(self) -> None:
        self._followers: list[weakref.ref[Follower]] = []

    def follow(self, follower: Follower) -> None:
        """Hands all coming changes to `follower` for as long as somebody else holds it."""
        self._followers.append(weakref.ref(follower, self._followers.remove))

    def emit(self, change: RowChange) -> None:
        for reference in tuple(self._followers):
            follower = reference()
            if follower is not None:
                follower.accept(change)

    @abstractmethod
    def step(self) -> bool:
        """Does a bounded piece of the first evaluation; True when `chunks` may be called."""

    @abstractmethod
    def chunks(self) -> Iterator[list[Row]]:
        """The present rows in no particular order, a bounded number (or none) at a time."""

    @abstractmethod
    def check(self) -> None:
        """Raises what made rows fail here or further up, if any still do."""


class Failures:
    """Rows that could not be decided on, and why. They are left out until they mend."""

    __slots__ = ("_errors",)

    def __init__(self) -> None:
        self._errors: dict[str, Exception] = {}

    def add(self, row: Row, error: Exception) -> bool:
        """Notes a failure; True when this row had not failed before."""
        new = row.key not in self._errors
        self._errors[row.key] = error
        return new

    def mend(self, row: Row) -> None:
        if self._errors:
            self._errors.pop(row.key, None)

    def check(self) -> None:
        for error in self._errors.values():
            raise error


def in_chunks(rows: Iterator[Row]) -> Iterator[list[Row]]:
    """`rows`, at most CHUNK_ROWS at a time."""
    while chunk := list(islice(rows, CHUNK_ROWS)):
        yield chunk
