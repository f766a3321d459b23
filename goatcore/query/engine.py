"""The engine: takes batches of changes through all pipelines, then tells the listeners.

Owns the order of events. Invariants: every pipeline has taken a batch before any listener hears of
it; every subscription hears once a batch, with splices that lead from the rows it last heard of to
the present ones; a batch that comes from inside a listener waits until all listeners have heard of
the present one. Imports pipelines and queries; knows no repositories, no threads and no clock.
"""

from __future__ import annotations

import weakref
from collections import deque
from collections.abc import Callable, Hashable, Sequence, Sized
from typing import Generic, TypeVar

from goatcore.query.changes import Row, RowChange, Source
from goatcore.query.description import Description
from goatcore.query.operators.ordered import Subscription
from goatcore.query.pipelines import ElapsedMs, Pipelines
from goatcore.query.query import Query
from goatcore.query.splices import Splice

R = TypeVar("R", bound=Row)
Delivery = tuple[weakref.ref[Subscription], list[Splice[Row]]]


class QueryEngine(Generic[R]):
    """All queries of one repository.

    `source_factory` gives the source of a schema, once a schema; `elapsed_ms` measures slices of
    work; `on_error` hears what a listener raised, and what a condition raised on a changed row. It
    must not raise.
    """

    def __init__(
        self,
        source_factory: Callable[[Hashable], Source],
        *,
        elapsed_ms: ElapsedMs,
        on_error: Callable[[Exception], None],
    ) -> None:
        self._pipelines = Pipelines(source_factory, elapsed_ms)
        self._on_error = on_error
        self._batches: deque[Sequence[RowChange]] = deque()
        self._deliveries: deque[Delivery] = deque()
        self._working = False

    def query(self, schema: Hashable) -> Query[R]:
        """All rows of a schema, ordered by key. Nothing runs until it is read. Raises Closed."""
        self._pipelines.origin(schema)
        return Query(self._pipelines, Description(schema))

    def apply(self, changes: Sequence[RowChange]) -> None:
        """Takes in what one transaction or arrival changed, after the rows have changed.

        Called from inside a listener it only queues the changes: until that listener and all
        others have returned, queries show the rows as of the present batch.
        """
        self._batches.append(changes)
        if self._working:
            return
        self._working = True
        try:
            while self._deliveries or self._batches:
                if self._deliveries:
                    self._deliver(*self._deliveries.popleft())
                else:
                    self._feed(self._batches.popleft())
        finally:
            self._working = False

    @property
    def running(self) -> int:
        """How many operators are running: none when nobody holds a query that was read."""
        return len(self._pipelines.operators)

    @property
    def operators(self) -> Sized:
        """As `running`, live."""
        return self._pipelines.operators

    def close(self) -> None:
        """Ends all queries; reading them raises Closed."""
        self._pipelines.close()
        self._batches.clear()
        self._deliveries.clear()

    def _feed(self, changes: Sequence[RowChange]) -> None:
        pipelines = self._pipelines
        pipelines.feed(changes)
        moved, pipelines.outbox[:] = pipelines.outbox[:], ()
        for ordered in moved:
            splices, subscriptions = ordered.take_splices()
            self._deliveries.extend((reference, list(splices)) for reference in subscriptions)
        errors, pipelines.errors[:] = pipelines.errors[:], ()
        for error in errors:
            self._on_error(error)

    def _deliver(self, reference: weakref.ref[Subscription], splices: list[Splice[Row]]) -> None:
        subscription = reference()
        if subscription is None:
            return
        listener = subscription.listener
        del subscription  # an error's traceback must not keep alive what its query has ended
        try:
            listener(splices)
        except Exception as error:  # a listener is somebody else's code
            error.add_note("Raised by a listener of a query; the other listeners were called.")
            self._on_error(error)
