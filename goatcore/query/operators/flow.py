"""How operators are joined: changes of rows flow down, chunks of rows are pulled up.

Owns the two roles. An `Operator` knows its followers only weakly and is held by them strongly, so
a pipeline lives exactly as long as somebody holds its lower end. Invariant: each change goes
through the whole pipeline before the next one begins, so a follower always sees its operator as
it is right after that change. Imports change values and conditions.
"""

from __future__ import annotations

import weakref
from abc import ABC, abstractmethod
from collections.abc import Iterator, Set
from typing import Protocol

from goatcore.query.changes import RowChange
from goatcore.query.conditions import Condition


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
    def chunks(self) -> Iterator[list[int]]:
        """The present rows in no particular order, a bounded number (or none) at a time."""

    def candidates(self, condition: Condition) -> Iterator[list[int]]:
        """As `chunks`, but rows that do not match `condition` may be left out."""
        del condition  # who has no index looks at every row
        return self.chunks()

    @abstractmethod
    def admits(self, ordinal: int) -> bool:
        """Whether a row is in, by what it shows now."""

    @abstractmethod
    def unsettled(self) -> Set[int]:
        """Rows that may show other values than they had when their last change came by here."""

    @abstractmethod
    def check(self) -> None:
        """Raises what made rows fail here or further up, if any still do."""


class Failures:
    """Rows that could not be decided on, and why. They are left out until they mend."""

    __slots__ = ("_errors",)

    def __init__(self) -> None:
        self._errors: dict[int, Exception] = {}

    def __bool__(self) -> bool:
        return bool(self._errors)

    def add(self, ordinal: int, error: Exception) -> bool:
        """Notes a failure; True when this row had not failed before."""
        new = ordinal not in self._errors
        self._errors[ordinal] = error
        return new

    def mend(self, ordinal: int) -> None:
        if self._errors:
            self._errors.pop(ordinal, None)

    def check(self) -> None:
        for error in self._errors.values():
            raise error
