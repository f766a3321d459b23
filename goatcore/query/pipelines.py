"""The running pipelines, by what they compute.

Owns the sharing: equal stages over equal upstreams are one operator. Invariant: operators are held
weakly here, so a pipeline ends by itself when the last query over it is gone; only origins, which
hold no rows, stay. Imports descriptions and operators; knows no queries and no listeners.
"""

from __future__ import annotations

import weakref
from collections.abc import Callable, Hashable, Sequence

from goatcore.errors import Closed
from goatcore.query.changes import Row, RowChange, Source, coalesced
from goatcore.query.description import Description
from goatcore.query.operators.filter import Filter
from goatcore.query.operators.flow import Operator
from goatcore.query.operators.ordered import Ordered
from goatcore.query.operators.origin import Origin
from goatcore.query.operators.sort import Sort
from goatcore.query.operators.window import Window

ElapsedMs = Callable[[], float]  # milliseconds since any moment; never goes back


class Pipelines:
    """Builds, finds and feeds operators. `operators` are those alive, origins aside; `outbox` has
    the ordered ones with splices to deliver, `errors` what went wrong with single rows, in the
    order it happened."""

    def __init__(self, source_factory: Callable[[Hashable], Source], elapsed_ms: ElapsedMs) -> None:
        self._source_factory = source_factory
        self._origins: dict[Hashable, Origin] = {}
        self.operators: weakref.WeakValueDictionary[Hashable, Operator] = (
            weakref.WeakValueDictionary()
        )
        self.elapsed_ms = elapsed_ms
        self.outbox: list[Ordered] = []
        self.errors: list[Exception] = []
        self.closed = False

    def close(self) -> None:
        self.closed = True
        self._origins.clear()

    def origin(self, schema: Hashable) -> Origin:
        """The origin of a schema's rows. Raises Closed."""
        if self.closed:
            raise Closed("The repository of this query is closed; open it again to query it.")
        origin = self._origins.get(schema)
        if origin is None:
            origin = self._origins[schema] = Origin(self._source_factory(schema))
        return origin

    def ordered(self, description: Description, near: weakref.ref[Ordered] | None) -> Ordered:
        """The lower end of the pipeline for `description`; `near` refers to a sort that has at
        least all rows of the last stage, if one is known. Raises Closed."""
        operator: Operator = self.origin(description.schema)
        key: Hashable = description.schema
        on_error = self.errors.append
        for stage in description.stages:
            if stage.condition.parts:
                key = ("where", key, stage.condition)
                operator = self._known(key) or self._run(
                    key, Filter(operator, stage.condition, on_error)
                )
            key = ("order", key, stage.order)
            hint = near if stage is description.stages[-1] else None
            operator = self._known(key) or self._run(
                key, Sort(operator, stage.order, self.outbox, on_error, hint)
            )
            if stage.windowed:
                assert isinstance(operator, Ordered)
                key = ("window", key, stage.offset, stage.limit)
                operator = self._known(key) or self._run(
                    key, Window(operator, stage.offset, stage.limit, self.outbox)
                )
        assert isinstance(operator, Ordered)
        return operator

    def feed(self, changes: Sequence[RowChange]) -> None:
        """Takes every pipeline through the changes of one batch."""
        if len(changes) == 1:
            origin = self._origin_of(changes[0].row)
            if origin is not None:
                origin.accept(changes[0])
            return
        batches: dict[Origin, list[RowChange]] = {}
        for change in changes:
            origin = self._origin_of(change.row)
            if origin is not None:
                batches.setdefault(origin, []).append(change)
        for origin, batch in batches.items():
            for change in coalesced(batch):
                origin.accept(change)

    def _origin_of(self, row: Row) -> Origin | None:
        for origin in self._origins.values():
            if origin.covers(row):
                return origin
        return None

    def _known(self, key: Hashable) -> Operator | None:
        return self.operators.get(key)

    def _run(self, key: Hashable, operator: Operator) -> Operator:
        self.operators[key] = operator
        return operator
