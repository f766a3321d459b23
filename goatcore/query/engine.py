"""The engine: takes batches of changes through all pipelines, then tells the listeners.

Owns the order of events. Invariants: every pipeline has taken a batch before any listener hears of
it; every subscription hears once a batch, with splices that lead from the rows it last heard of to
the present ones; a batch that comes from inside a listener waits until all listeners have heard of
the present one. Imports pipelines and queries; knows no repositories, no threads and no clock.
"""

from __future__ import annotations

import weakref
from collections import deque
from collections.abc import Callable, Hashable, Iterable, Sequence, Sized
from typing import Generic, TypeVar

from goatcore.query.changes import Row, RowChange, Source
from goatcore.query.collation import Collation
from goatcore.query.description import Description
from goatcore.query.flight import InFlight, Untold
from goatcore.query.operators.ordered import Subscription
from goatcore.query.past import Past
from goatcore.query.pipelines import ElapsedMs, Pipelines
from goatcore.query.query import Query
from goatcore.query.results import Saved
from goatcore.query.splices import Splice

R = TypeVar("R", bound=Row)
Delivery = tuple[weakref.ref[Subscription], list[Splice[Row]]]


class QueryEngine(Generic[R]):
    """All queries of one repository.

    `source_factory` gives the source of a schema, once a schema; `elapsed_ms` measures slices of
    work; `on_error` hears what a listener raised, and what a condition raised on a changed row. It
    must not raise. `language` is whose order of letters it is; `untold` gives the rows that were
    changed in a transaction which is still open; `past` knows what was, if anybody does.
    """

    def __init__(
        self,
        source_factory: Callable[[Hashable], Source],
        *,
        elapsed_ms: ElapsedMs,
        on_error: Callable[[Exception], None],
        language: str = "",
        untold: Untold = tuple,
        past: Past[R] | None = None,
    ) -> None:
        self._batches = InFlight(untold)
        self._pipelines = Pipelines(source_factory, elapsed_ms, Collation(language), self._batches)
        self._past = past
        self._on_error = on_error
        self._deliveries: deque[Delivery] = deque()
        self._working = False

    def query(self, schema: Hashable) -> Query[R]:
        """All rows of a schema, ordered by key. Nothing runs until it is read. Raises Closed."""
        self._pipelines.origin(schema)
        return Query(self._pipelines, Description(schema), past=self._past)

    def apply(self, changes: Sequence[RowChange]) -> None:
        """Takes in what one transaction or arrival changed, after the rows have changed.

        Called from inside a listener it only queues the changes: until that listener and all
        others have returned, queries show the rows as of the present batch.
        """
        self._batches.add(changes)
        if self._working:
            return
        self._working = True
        try:
            while self._deliveries or self._batches:
                if self._deliveries:
                    self._deliver(*self._deliveries.popleft())
                else:
                    self._feed()
        finally:
            self._working = False

    @property
    def running(self) -> int:
        """How many operators are running: none when nobody holds a query that was read."""
        return len(self._pipelines.operators)

    @property
    def interest(self) -> Sized:
        """What would miss it if a change were not told, live: queries that run, indexes, and
        results that are kept for the next query."""
        return self._pipelines

    @property
    def indexed(self) -> frozenset[tuple[Hashable, str, str]]:
        """The indexes that there are at the moment, as (schema, kind, field); kinds are "value",
        "element" and "order"."""
        return self._pipelines.indexed

    def export(self) -> list[Saved]:
        """The results that `resume` can use in the next run: of descriptions without functions and
        joins, as of the last batch (none while listeners hear of one). Ordinals must then still
        mean the same rows."""
        return [] if self._working else self._pipelines.export()

    def resume(self, saved: Iterable[Saved], changed: Iterable[int]) -> None:
        """Takes back what `export` gave in an earlier run; `changed` are the ordinals of all rows
        that may be other than they were then. To be called before the first query."""
        self._pipelines.results.load(saved, changed)

    def close(self) -> None:
        """Ends all queries; reading them raises Closed."""
        self._pipelines.close()
        self._batches.clear()
        self._deliveries.clear()

    def _feed(self) -> None:
        pipelines = self._pipelines
        try:
            pipelines.feed(self._batches.begin())
        finally:
            self._batches.end()
            pipelines.settle()
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
