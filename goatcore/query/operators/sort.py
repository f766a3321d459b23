"""The sort: rows of its upstream in order, and the first evaluation in small steps.

Owns each row's sort key as it was when the row was placed, because a row shows only its new
values. Invariant: once evaluated, the blocks hold exactly the upstream's rows, each under its kept
key. Changes that arrive during the evaluation wait until it ends: they are states, not steps, so
applying the last one of a row is enough. Imports blocks, runs, ordering and the flow.
"""

from __future__ import annotations

import weakref
from collections.abc import Callable, Iterator
from enum import Enum, auto

from goatcore.query.blocks import SortedBlocks
from goatcore.query.changes import Row, RowChange
from goatcore.query.operators.filter import Filter
from goatcore.query.operators.flow import Failures, Operator, in_chunks
from goatcore.query.operators.ordered import Ordered
from goatcore.query.ordering import Order, sort_key
from goatcore.query.runs import RUN_SIZE, Run, merged, sorted_run
from goatcore.query.splices import Insert, Move, Remove, Update

_SHARDS = 64  # one large dict would stall for milliseconds each time it grows


class _State(Enum):
    FRESH = auto()
    GATHERING = auto()
    MERGING = auto()
    EVALUATED = auto()


class Sort(Ordered):
    """The rows of `upstream` in `order`.

    `near` refers to another sort that has at least all rows of `upstream`: if it is still there and
    evaluated by then, the first evaluation looks at its rows alone.
    """

    __slots__ = (
        "_blocks", "_chunks", "_failures", "_following", "_gathered", "_kept", "_near", "_on_error",
        "_pending", "_pieces", "_runs", "_sort_key", "_state", "_upstream",
    )  # fmt: skip

    def __init__(
        self,
        upstream: Operator,
        order: Order,
        outbox: list[Ordered],
        on_error: Callable[[Exception], None],
        near: weakref.ref[Ordered] | None = None,
    ) -> None:
        super().__init__(outbox)
        self._upstream = upstream
        self._sort_key = sort_key(order)
        self._on_error = on_error
        self._near = near
        self._following = False
        self._failures = Failures()
        self._reset()

    def _reset(self) -> None:
        self._state = _State.FRESH
        self._blocks = SortedBlocks()
        self._kept: list[dict[str, str]] = [{} for _ in range(_SHARDS)]
        self._pending: dict[str, RowChange] = {}
        self._chunks: Iterator[list[Row]] = iter(())
        self._gathered = Run([], [])
        self._runs: list[Run] = []
        self._pieces: Iterator[Run] = iter(())

    # -- changes -----------------------------------------------------------------------------------

    def accept(self, change: RowChange) -> None:
        if self._state is not _State.EVALUATED:
            if self._state is not _State.FRESH:
                self._pending[change.row.key] = change
            return
        kind, row, fields = change
        key = row.key
        kept = self._kept[hash(key) % _SHARDS]
        old = kept.get(key)
        new = None if kind == "removed" else self._placed(row)
        if new is None:
            self._take_out(kept, row, old, fields)
        elif old is None:
            kept[key] = new
            self.publish(Insert(self._blocks.insert(new, row), row), fields)
        elif old == new:
            self.publish(Update(self._blocks.replace(new, row), row), fields)
        else:
            kept[key] = new
            source, _ = self._blocks.remove(old)
            target = self._blocks.insert(new, row)
            if source == target:
                self.publish(Update(target, row), fields)
            else:
                self.publish(Move(source, target, row), fields)

    def _take_out(
        self, kept: dict[str, str], row: Row, old: str | None, fields: frozenset[str]
    ) -> None:
        if old is not None:
            del kept[row.key]
            index, held = self._blocks.remove(old)
            self.publish(Remove(index, held), fields)

    def _placed(self, row: Row) -> str | None:
        """The row's sort key; None when the row cannot be read, which is told once."""
        try:
            key = self._sort_key(row)
        except Exception as error:  # whatever a row raises must not stop other queries
            if self._failures.add(row, error):
                self._on_error(error)
            return None
        self._failures.mend(row)
        return key

    # -- first evaluation --------------------------------------------------------------------------

    @property
    def evaluated(self) -> bool:
        return self._state is _State.EVALUATED

    def step(self) -> bool:
        if self._state is _State.EVALUATED:
            return True
        try:
            return self._advance()
        except BaseException:
            self._reset()
            raise

    def _advance(self) -> bool:
        if self._state is _State.FRESH:
            if self._upstream.step():
                self._begin()
        elif self._state is _State.GATHERING:
            self._gather()
        else:
            self._merge()
        return self._state is _State.EVALUATED

    def _begin(self) -> None:
        self._state = _State.GATHERING
        if not self._following:
            self._following = True
            self._upstream.follow(self)
        near = self._near() if self._near is not None else None
        self._near = None
        if isinstance(near, Sort) and near.evaluated and _sound(near):
            self._chunks = near.chunks()
            if isinstance(self._upstream, Filter):
                self._chunks = self._upstream.narrowed(self._chunks)
        else:
            self._chunks = self._upstream.chunks()

    def _gather(self) -> None:
        chunk = next(self._chunks, None)
        keys, rows = self._gathered
        if chunk is not None:
            sort_key, shards = self._sort_key, self._kept
            for row in chunk:
                key = row.key
                kept = shards[hash(key) % _SHARDS]
                if key not in kept:
                    kept[key] = placed = sort_key(row)
                    keys.append(placed)
                    rows.append(row)
        if keys and (chunk is None or len(keys) >= RUN_SIZE):
            self._runs.append(sorted_run(keys, rows))
            self._gathered = Run([], [])
        elif chunk is None:
            self._pieces = merged(self._runs)
            self._state = _State.MERGING

    def _merge(self) -> None:
        piece = next(self._pieces, None)
        if piece is not None:
            self._blocks.append_block(piece.keys, piece.rows)
            return
        self._state = _State.EVALUATED
        self._runs, self._chunks, self._pieces = [], iter(()), iter(())
        pending, self._pending = self._pending, {}
        for change in pending.values():
            self.accept(change)

    # -- reading -----------------------------------------------------------------------------------

    def check(self) -> None:
        self._upstream.check()
        self._failures.check()

    def chunks(self) -> Iterator[list[Row]]:
        return in_chunks(iter(list(self._blocks)))

    def __len__(self) -> int:
        return len(self._blocks)

    def at(self, index: int) -> Row:
        return self._blocks[index]

    def slice(self, start: int, stop: int) -> list[Row]:
        return self._blocks.slice(start, stop)

    def rank(self, row: Row) -> int | None:
        placed = self._kept[hash(row.key) % _SHARDS].get(row.key)
        return None if placed is None else self._blocks.rank(placed)


def _sound(ordered: Ordered) -> bool:
    try:
        ordered.check()
    except Exception:  # what it is does not matter: its rows are not all there
        return False
    return True
