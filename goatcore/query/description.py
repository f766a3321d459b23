"""Descriptions: what a query shows, as a value.

Owns the steps that narrow, order and cut. A description is a sequence of stages; each works on
what the stage before it shows. Within a stage, conditions add up, the last order counts, and limit
and offset make one window, in whatever sequence they were called; after a window, `where` and
`order_by` begin a new stage. Invariant: equal descriptions show the same rows in the same order.
Imports conditions and orders.
"""

from __future__ import annotations

from collections.abc import Hashable
from hashlib import sha256
from typing import NamedTuple

from goatcore.query.conditions import AllOf, Condition, all_of
from goatcore.query.ordering import Order
from goatcore.query.reading import Path


class Stage(NamedTuple):
    """Rows that match, in an order, cut to a window."""

    condition: AllOf = AllOf(())
    order: Order = ()
    offset: int = 0
    limit: int | None = None

    @property
    def windowed(self) -> bool:
        return self.offset > 0 or self.limit is not None

    @property
    def joined(self) -> tuple[Path, ...]:
        """The paths that lead to other rows."""
        paths = {*self.condition.paths, *(key.path for key in self.order)}
        return tuple(sorted(path for path in paths if len(path) > 1))


class Description(NamedTuple):
    """A source, by its schema, and the stages over it; there is at least one."""

    schema: Hashable
    stages: tuple[Stage, ...] = (Stage(),)

    @property
    def windowed(self) -> bool:
        """True when the last stage shows only part of what it orders."""
        return self.stages[-1].windowed

    def where(self, condition: Condition) -> Description:
        last = self._open_stage()
        return self._ending(last._replace(condition=all_of((last.condition, condition))))

    def ordered(self, order: Order) -> Description:
        return self._ending(self._open_stage()._replace(order=order))

    def limited(self, limit: int | None) -> Description:
        return Description(self.schema, (*self.stages[:-1], self.stages[-1]._replace(limit=limit)))

    def offset_by(self, offset: int) -> Description:
        return Description(
            self.schema, (*self.stages[:-1], self.stages[-1]._replace(offset=offset))
        )

    def _open_stage(self) -> Stage:
        last = self.stages[-1]
        return Stage(order=last.order) if last.windowed else last

    def _ending(self, stage: Stage) -> Description:
        before = self.stages if self.windowed else self.stages[:-1]
        return Description(self.schema, (*before, stage))


def fingerprint(source: str, language: str, stage: Stage) -> bytes | None:
    """16 bytes that name what a stage over a whole source shows, whatever its window, in this run
    of the program and the next; None where it depends on a function, which may be another then, or
    on other rows, which may have changed."""
    if not stage.condition.storable or stage.joined:
        return None
    told = repr((source, language, _written(stage.condition.identity), stage.order))
    return sha256(told.encode("utf-8", "surrogatepass")).digest()[:16]


def _written(identity: Hashable) -> str:
    if isinstance(identity, tuple):
        return f"({','.join(map(_written, identity))})"
    if isinstance(identity, frozenset):
        return f"{{{','.join(sorted(map(_written, identity)))}}}"
    if isinstance(identity, type):
        return f"{identity.__module__}.{identity.__qualname__}"
    return repr(identity)
