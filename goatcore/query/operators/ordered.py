"""What ordered operators have in common: rows by index, and splices when they change.

Owns the handing out of splices: at once to windows below, and gathered for the listeners of
queries until the batch is over. Invariant: the gathered splices lead from the rows at the last
`take_splices` to the present ones, if anybody listens. Imports splices and the flow.
"""

from __future__ import annotations

import weakref
from abc import abstractmethod
from collections.abc import Callable
from typing import Protocol

from goatcore.query.changes import Kind, Row, RowChange
from goatcore.query.operators.flow import Operator
from goatcore.query.splices import Insert, Remove, Splice

Listener = Callable[[list[Splice[Row]]], None]


class Subscription:
    """One listener of one query. The query alone holds it, and letting go of it ends it; everybody
    else knows it weakly."""

    __slots__ = ("__weakref__", "listener")

    def __init__(self, listener: Listener) -> None:
        self.listener = listener


class SpliceFollower(Protocol):
    """Takes the splices of the ordered operator it follows, right after each."""

    def accept_splice(self, splice: Splice[Row], ordinal: int, fields: frozenset[str]) -> None: ...


class Ordered(Operator):
    """Rows in an order."""

    __slots__ = ("_outbox", "_splice_followers", "_splices", "_subscriptions")

    def __init__(self, outbox: list[Ordered]) -> None:
        super().__init__()
        self._outbox = outbox
        self._splices: list[Splice[Row]] = []
        self._splice_followers: list[weakref.ref[SpliceFollower]] = []
        self._subscriptions: list[weakref.ref[Subscription]] = []

    @abstractmethod
    def __len__(self) -> int: ...

    @abstractmethod
    def at(self, index: int) -> int:
        """The row at `index`, 0 ≤ index < len."""

    @abstractmethod
    def slice(self, start: int, stop: int) -> list[int]:
        """The rows from `start` up to `stop`, 0 ≤ start ≤ stop."""

    @abstractmethod
    def rank(self, ordinal: int) -> int | None:
        """The index of a row, None when it is not here."""

    @abstractmethod
    def row(self, ordinal: int) -> Row:
        """The row itself."""

    @abstractmethod
    def ordinal(self, row: Row) -> int | None:
        """The ordinal of a row; None for what is no row of the source."""

    @property
    @abstractmethod
    def progress(self) -> tuple[int, int]:
        """Of the first evaluation: rows looked at, and about how many there are to look at."""

    def follow_splices(self, follower: SpliceFollower) -> None:
        """Hands all coming splices to `follower` for as long as somebody else holds it."""
        followers = self._splice_followers
        followers.append(weakref.ref(follower, followers.remove))

    def subscribe(self, subscription: Subscription) -> None:
        subscriptions = self._subscriptions
        subscriptions.append(weakref.ref(subscription, subscriptions.remove))

    def take_splices(self) -> tuple[list[Splice[Row]], list[weakref.ref[Subscription]]]:
        """The splices gathered since the last call, and whom to tell."""
        splices, self._splices = self._splices, []
        return splices, list(self._subscriptions)

    def publish(self, splice: Splice[Row], ordinal: int, fields: frozenset[str]) -> None:
        """Hands on a splice of a row that was just applied."""
        if self._subscriptions:
            if not self._splices:
                self._outbox.append(self)
            self._splices.append(splice)
        for window_reference in tuple(self._splice_followers):
            window = window_reference()
            if window is not None:
                window.accept_splice(splice, ordinal, fields)
        if self._followers:
            kind: Kind = "edited"
            if isinstance(splice, Insert):
                kind = "added"
            elif isinstance(splice, Remove):
                kind = "removed"
            self.emit(RowChange(kind, splice.row, fields, ordinal))
