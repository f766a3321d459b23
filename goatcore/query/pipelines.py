"""The running pipelines, by what they compute.

Owns the sharing: equal stages over equal upstreams are one operator. Invariant: operators are held
weakly here, so a pipeline ends by itself when the last query over it is gone; only origins stay,
with the indexes that pay and the results that were somebody's a moment ago. Imports descriptions
and operators; knows no queries and no listeners.
"""

from __future__ import annotations

import weakref
from collections.abc import Callable, Hashable, Sequence
from typing import Final

from goatcore.errors import Closed
from goatcore.query.changes import RowChange, Source, coalesced
from goatcore.query.collation import Collation
from goatcore.query.description import Description, Stage, fingerprint
from goatcore.query.flight import InFlight
from goatcore.query.operators.filter import Filter
from goatcore.query.operators.flow import Operator
from goatcore.query.operators.join import Join
from goatcore.query.operators.ordered import Ordered
from goatcore.query.operators.origin import Origin
from goatcore.query.operators.sort import Result, Sort
from goatcore.query.operators.window import Window
from goatcore.query.ordering import OrderKey
from goatcore.query.results import Results, Saved

SAVED_ROWS_MAX: Final = 1 << 20  # of all results together
ElapsedMs = Callable[[], float]  # milliseconds since any moment; never goes back


class Pipelines:
    """Builds, finds and feeds operators. `operators` are those alive, origins aside; `outbox` has
    the ordered ones with splices to deliver, `errors` what went wrong with single rows, in the
    order it happened."""

    def __init__(
        self,
        source_factory: Callable[[Hashable], Source],
        elapsed_ms: ElapsedMs,
        collation: Collation,
        in_flight: InFlight,
    ) -> None:
        self._source_factory = source_factory
        self._collation = collation
        self._in_flight = in_flight
        self._origins: dict[Hashable, Origin] = {}
        self.operators: weakref.WeakValueDictionary[Hashable, Operator] = (
            weakref.WeakValueDictionary()
        )
        self._joins: weakref.WeakSet[Join] = weakref.WeakSet()
        # of sorts over a whole source, running or ended: what they show
        self._described: dict[Hashable, Description] = {}
        self.results = Results()
        self.elapsed_ms = elapsed_ms
        self._waiting: list[weakref.ref[Sort]] = []  # for rows to settle
        self.outbox: list[Ordered] = []
        self.errors: list[Exception] = []
        self.closed = False
        self._feeding = False

    def __len__(self) -> int:
        """How much there is that would miss a change: operators, indexes and kept results."""
        return (
            len(self.operators)
            or len(self.results)
            or sum(len(origin.indexes) for origin in self._origins.values())
        )

    @property
    def indexed(self) -> frozenset[tuple[Hashable, str, str]]:
        """The indexes there are now, as (schema, kind, field)."""
        return frozenset(
            (schema, *one) for schema, o in self._origins.items() for one in o.indexes.held
        )

    def close(self) -> None:
        self.closed = True
        self._origins.clear()
        self.results.clear()

    def origin(self, schema: Hashable) -> Origin:
        """The origin of a schema's rows. Raises Closed."""
        if self.closed:
            raise Closed("The repository of this query is closed; open it again to query it.")
        origin = self._origins.get(schema)
        if origin is None:

            def sort_by(field: str, make: bool) -> Sort | None:
                return self._sort_by(schema, field, make=make)

            source = self._source_factory(schema)
            origin = self._origins[schema] = Origin(
                source, self._collation, self._in_flight, sort_by
            )
        return origin

    def ordered(self, description: Description, near: weakref.ref[Ordered] | None) -> Ordered:
        """The lower end of the pipeline for `description`; `near` refers to a sort that has at
        least all rows of the last stage, if one is known. Raises Closed."""
        origin = self.origin(description.schema)
        operator: Operator = origin
        key: Hashable = description.schema
        for stage in description.stages:
            if stage.joined:
                key = ("join", key, stage.joined)
                operator = self.operators.get(key) or self._run(
                    key, Join(operator, stage.joined, origin.reading, self._in_flight)
                )
                assert isinstance(operator, Join)
                self._joins.add(operator)
            if stage.condition.parts:
                key = ("where", key, stage.condition)
                operator = self.operators.get(key) or self._run(
                    key, Filter(operator, stage.condition, origin.reading, self.errors.append)
                )
            key = ("order", key, stage.order)
            hint = near if stage is description.stages[-1] else None
            operator = self.operators.get(key) or self._sort(
                key, description, stage, operator, hint
            )
            if stage.windowed:
                assert isinstance(operator, Ordered)
                key = ("window", key, stage.offset, stage.limit)
                operator = self.operators.get(key) or self._run(
                    key, Window(operator, stage.offset, stage.limit, self.outbox)
                )
        assert isinstance(operator, Ordered)
        return operator

    def feed(self, changes: Sequence[RowChange]) -> None:
        """Takes every pipeline through the changes of one batch."""
        self._feeding = True
        try:
            for change in changes if len(changes) == 1 else coalesced(changes):
                self._feed(change)
        finally:
            self._feeding = False

    def _feed(self, change: RowChange) -> None:
        if self.results:
            self.results.note((change.ordinal,))
        for origin in self._origins.values():
            if origin.covers(change.row):
                origin.accept(change)
                break
        if self._joins:
            for join in tuple(self._joins):
                join.follow_reference(change)

    def settle(self) -> None:
        """The batch that was fed is not in flight any more."""
        waiting, self._waiting[:] = self._waiting[:], ()
        for reference in waiting:
            sort = reference()
            if sort is not None:
                sort.settle()

    # -- results that outlive their query ----------------------------------------------------------

    def export(self) -> list[Saved]:
        """Every result that can be used in the next run, as it is now: those of running pipelines,
        and those that ended a moment ago."""
        ended = [key for key in self._described if key in self.results]
        held = [self.ordered(self._described[key], None) for key in ended]
        found: dict[bytes, Saved] = {}
        rows = 0
        for key, description in self._described.items():
            sort = self.operators.get(key)
            name = self._fingerprint(description)
            if name is not None and isinstance(sort, Sort) and sort.result.sound:
                rows += len(sort)
                if rows > SAVED_ROWS_MAX:
                    break
                found[name] = Saved(name, sort.result.blocks.export())
        del held
        return list(found.values())

    def _fingerprint(self, description: Description) -> bytes | None:
        source, stage = self.origin(description.schema).source, description.stages[0]
        paths = {*stage.condition.paths, *(key.path for key in stage.order)}
        if any(path[0] in source.volatile for path in paths):
            return None
        return fingerprint(source.name, self._collation.language, stage)

    def _sort(
        self,
        key: Hashable,
        description: Description,
        stage: Stage,
        upstream: Operator,
        near: weakref.ref[Ordered] | None,
    ) -> Sort:
        origin = self.origin(description.schema)
        expected = len(origin.source)
        sort = Sort(
            upstream, stage.order, origin.reading, self.outbox, self.errors.append, self._waiting,
            near, expected,
        )  # fmt: skip
        self.operators[key] = sort
        if stage is description.stages[0] and not stage.joined:
            alone = Description(description.schema, (Stage(stage.condition, stage.order),))
            self._described[key] = alone
            end = weakref.finalize(sort, self._ended, key, sort.result)
            end.atexit = False
            name = self._fingerprint(alone)
            taken = self.results.take(key) or (None if name is None else self.results.take(name))
            if taken is not None and len(taken.changed) * 4 <= max(expected, 64):
                sort.resume(taken.blocks, taken.changed | origin.unsettled())
        return sort

    def _ended(self, key: Hashable, result: Result) -> None:
        """A sort over a whole source is gone; what it found may be asked for again."""
        if not self.closed and not self._feeding and key not in self.operators and result.sound:
            result.end()
            self.results.put(key, result.blocks)
        for other in list(self._described):
            if other not in self.operators and other not in self.results:
                del self._described[other]

    def _sort_by(self, schema: Hashable, field: str, *, make: bool) -> Sort | None:
        """All rows of a schema by one field, upwards; None where there is no such sort yet and it
        is not to be made."""
        order = (OrderKey((field,), descending=False),)
        known = self.operators.get(("order", schema, order))
        if isinstance(known, Sort) and (known.evaluated or make):
            return known
        if not make:
            return None
        made = self.ordered(Description(schema, (Stage(order=order),)), None)
        assert isinstance(made, Sort)
        return made

    def _run(self, key: Hashable, operator: Operator) -> Operator:
        self.operators[key] = operator
        return operator
