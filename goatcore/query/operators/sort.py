"""The sort: rows of its upstream in order, and the first evaluation in small steps.

Invariant: once evaluated, the blocks hold exactly the upstream's rows, each where its sort key put
it when its last change came by. Changes that arrive during the evaluation wait until it ends: they
are states, not steps, so applying the last one of a row is enough. A result that was handed out is
taken back with the rows that may have changed since; only those are looked at. Imports blocks,
runs, ordering and the flow.
"""

from __future__ import annotations

import weakref
from collections.abc import Callable, Iterable, Iterator, Set
from enum import Enum, auto

from goatcore.query.blocks import SortedBlocks, as_cold
from goatcore.query.changes import Row, RowChange
from goatcore.query.chunks import in_chunks
from goatcore.query.operators.filter import Filter
from goatcore.query.operators.flow import Failures, Operator
from goatcore.query.operators.ordered import Ordered
from goatcore.query.ordering import Order, SortKeys
from goatcore.query.reading import Reading
from goatcore.query.runs import RUN_SIZE, Run, merged, sorted_run
from goatcore.query.splices import Insert, Move, Remove, Update


class _State(Enum):
    FRESH = auto()
    GATHERING = auto()
    MERGING = auto()
    EVALUATED = auto()


class Result:
    """What a sort found, apart from the sort: it may outlive it."""

    __slots__ = ("blocks", "complete", "failures", "upstream")

    def __init__(self, upstream: Operator, blocks: SortedBlocks) -> None:
        self.upstream: Operator | None = upstream
        self.failures = Failures()
        self.blocks = blocks
        self.complete = False

    @property
    def sound(self) -> bool:
        """Whether all rows are there and none failed."""
        if not self.complete or self.failures or self.upstream is None:
            return False
        try:
            self.upstream.check()
        except Exception:  # what it is does not matter: its rows are not all there
            return False
        return True

    def end(self) -> None:
        """Let go of the pipeline."""
        self.upstream = None
        self.blocks.unsettled = frozenset


class Sort(Ordered):
    """The rows of `upstream` in `order`.

    `near` refers to another sort that has at least all rows of `upstream`: if it is still there and
    evaluated by then, the first evaluation looks at its rows alone. `waiting` gets it when it
    wants to know that rows have settled. `expected` is about how many
    rows there will be to look at.
    """

    __slots__ = (
        "_chunks", "_expected", "_failures", "_following", "_gathered", "_near", "_on_error",
        "_pending", "_pieces", "_reading", "_runs", "_seen", "_sort_keys", "_state", "_upstream",
        "_waiting", "_waits", "blocks", "result",
    )  # fmt: skip

    def __init__(
        self,
        upstream: Operator,
        order: Order,
        reading: Reading,
        outbox: list[Ordered],
        on_error: Callable[[Exception], None],
        waiting: list[weakref.ref[Sort]],
        near: weakref.ref[Ordered] | None = None,
        expected: int = 0,
    ) -> None:
        super().__init__(outbox)
        self._upstream = upstream
        self._reading = reading
        self._sort_keys = SortKeys(order, reading)
        self._on_error = on_error
        self._near = near
        self._expected = expected
        self._following = False
        self._waiting = waiting
        self._waits = False
        self.blocks = SortedBlocks(self._sort_keys, upstream.unsettled)
        self.result = Result(upstream, self.blocks)
        self._failures = self.result.failures
        self._reset()

    def _reset(self) -> None:
        self._state = _State.FRESH
        self._pending: dict[int, RowChange] = {}
        self._use(SortedBlocks(self._sort_keys, self._upstream.unsettled))
        self._chunks: Iterator[list[int]] = iter(())
        self._gathered = Run([], [])
        self._runs: list[Run] = []
        self._pieces: Iterator[Run] = iter(())
        self._seen: set[int] = set()

    def _use(self, blocks: SortedBlocks) -> None:
        blocks.unsettled = _unsettled(self._upstream, self._pending)
        self.blocks = self.result.blocks = blocks
        self._look_for_provisional()

    def _look_for_provisional(self) -> None:
        if self.blocks.provisional and not self._waits:
            self._waits = True
            self._waiting.append(weakref.ref(self))

    def settle(self) -> None:
        """No batch is in flight that was when this sort began to wait. Rows that might have changed
        with it, and did not, get their places."""
        self._waits = False
        blocks = self.blocks
        for ordinal in sorted(blocks.provisional - blocks.unsettled()):
            key = self._placed(ordinal)
            if key is None:  # it changed without telling anybody
                blocks.provisional.discard(ordinal)
                continue
            source = blocks.remove(ordinal)
            target = blocks.insert(key, ordinal)
            if source != target:
                self.publish(Move(source, target, self.row(ordinal)), ordinal, _NOTHING)
        self._look_for_provisional()

    # -- changes -----------------------------------------------------------------------------------

    def accept(self, change: RowChange) -> None:
        kind, row, fields, ordinal = change
        if self._state is not _State.EVALUATED:
            if self._state is not _State.FRESH:
                self._pending[ordinal] = change
            return
        blocks = self.blocks
        old = blocks.placed(ordinal)
        new = None if kind == "removed" else self._placed(ordinal)
        if new is None:
            if old is not None:
                self.publish(Remove(blocks.remove(ordinal), row), ordinal, fields)
        elif old is None:
            self.publish(Insert(blocks.insert(new, ordinal), row), ordinal, fields)
        elif old == new:
            index = blocks.rank(ordinal)
            assert index is not None
            self.publish(Update(index, row), ordinal, fields)
        else:
            source = blocks.remove(ordinal)
            target = blocks.insert(new, ordinal)
            if source == target:
                self.publish(Update(target, row), ordinal, fields)
            else:
                self.publish(Move(source, target, row), ordinal, fields)
        if blocks.provisional:
            self._look_for_provisional()

    def _placed(self, ordinal: int) -> str | None:
        """The row's sort key; None when the row cannot be read, which is told once."""
        try:
            key = self._sort_keys.of(ordinal)
        except Exception as error:  # whatever a row raises must not stop other queries
            if self._failures.add(ordinal, error):
                self._on_error(error)
            return None
        self._failures.mend(ordinal)
        return key

    # -- first evaluation --------------------------------------------------------------------------

    @property
    def evaluated(self) -> bool:
        return self._state is _State.EVALUATED

    @property
    def progress(self) -> tuple[int, int]:
        if self._state is _State.EVALUATED:
            return self._expected, self._expected
        # merging is the second half of the work
        rows = self._expected
        merged_rows = len(self.blocks) if self._state is _State.MERGING else 0
        return min(rows, (min(rows, len(self._seen)) + merged_rows) // 2), rows

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
        if isinstance(near, Sort) and near.result.sound:
            self._chunks = near.chunks()
            if isinstance(self._upstream, Filter):
                self._chunks = self._upstream.narrowed(self._chunks)
        else:
            self._chunks = self._upstream.chunks()

    def _gather(self) -> None:
        chunk = next(self._chunks, None)
        keys, rows = self._gathered
        if chunk:
            seen = self._seen
            alone = set(chunk)
            if len(alone) < len(chunk) or not seen.isdisjoint(alone):
                chunk = [ordinal for ordinal in dict.fromkeys(chunk) if ordinal not in seen]
            seen |= alone
            keys += self._sort_keys.of_many(chunk)
            rows += chunk
        if keys and (chunk is None or len(keys) >= RUN_SIZE):
            self._runs.append(sorted_run(keys, rows))
            self._gathered = Run([], [])
        elif chunk is None:
            self._pieces = merged(self._runs)
            self._state = _State.MERGING

    def _merge(self) -> None:
        piece = next(self._pieces, None)
        if piece is not None:
            self.blocks.append_cold(as_cold(piece.rows))
            return
        self._evaluated()

    def _evaluated(self) -> None:
        self._state = _State.EVALUATED
        self._runs, self._chunks, self._pieces, self._seen = [], iter(()), iter(()), set()
        for change in list(self._pending.values()):
            self.accept(change)
        self._pending.clear()
        self.result.complete = True

    def resume(self, blocks: SortedBlocks | bytes, changed: Iterable[int]) -> None:
        """Takes back a result, instead of a first evaluation. `changed` are the rows (maybe of
        other sources) that may be other than they were in it. Where one of them fails, nothing
        happens: the evaluation will tell of it."""
        assert self._state is _State.FRESH
        try:
            while not self._upstream.step():
                pass
            pending = {one: self._state_of(one) for one in changed}
        except Exception:  # as above
            return
        if not self._following:
            self._following = True
            self._upstream.follow(self)
        if isinstance(blocks, bytes):
            self.blocks.append_cold(blocks)
        else:
            self._use(blocks)
        self._pending.update(pending)
        self._evaluated()

    def _state_of(self, ordinal: int) -> RowChange:
        if self._upstream.admits(ordinal):
            return RowChange("edited", self.row(ordinal), _NOTHING, ordinal)
        return RowChange("removed", _GONE, _NOTHING, ordinal)

    # -- reading -----------------------------------------------------------------------------------

    def check(self) -> None:
        self._upstream.check()
        self._failures.check()

    def chunks(self) -> Iterator[list[int]]:
        return in_chunks(iter(list(self.blocks)))

    def admits(self, ordinal: int) -> bool:
        return self._upstream.admits(ordinal)

    def unsettled(self) -> Set[int]:
        return self._upstream.unsettled()

    def __len__(self) -> int:
        return len(self.blocks)

    def at(self, index: int) -> int:
        return self.blocks[index]

    def slice(self, start: int, stop: int) -> list[int]:
        return self.blocks.slice(start, stop)

    def rank(self, ordinal: int) -> int | None:
        return self.blocks.rank(ordinal)

    def rank_of_key(self, key: str) -> int:
        """How many rows have a smaller sort key; `key` may be the beginning of one."""
        rank = self.blocks.rank_of_key(key)
        self._look_for_provisional()
        return rank

    def row(self, ordinal: int) -> Row:
        return self._reading.row(ordinal)

    def ordinal(self, row: Row) -> int | None:
        return self._reading.ordinal(row)


class _Gone:
    """In the place of a row that left before anybody listened."""

    key = ""


_GONE = _Gone()
_NOTHING: frozenset[str] = frozenset()


def _unsettled(upstream: Operator, pending: dict[int, RowChange]) -> Callable[[], Set[int]]:
    return lambda: upstream.unsettled() | pending.keys() if pending else upstream.unsettled()
