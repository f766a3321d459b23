"""The changes of an item in one row: the order in which everybody tells its history.

Owns the versions of that row: the one after each change, and the one at a moment. Invariant: two
devices with equal sets of changes have equal rows; a change comes after all that it had seen, and
among those that had not seen each other the earlier stamp comes first. So the changes up to a
moment are a beginning of the row. Pure. Must never import fields.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Mapping
from itertools import accumulate

from goatcore.clock import Stamp, stamp_ms
from goatcore.history.item_reading import NOT_LATE
from goatcore.history.item_state import HistoryEntry, ItemState


class Timeline:
    """The row of changes of `state` as it is now; what comes later is not in it."""

    __slots__ = ("_heads", "_late", "_latest", "_order", "_roots", "_state", "entries")

    def __init__(self, state: ItemState, late: Mapping[bytes, int] = NOT_LATE) -> None:
        """`late`: the stamps from which on some of the commits count, where those are not their
        own, as of a branch that was merged later."""
        self._order = state.order(late)  # place -> vertex
        self.entries: list[HistoryEntry] = state.entries_of(self._order, late)
        self._state = state
        self._late = late
        self._roots = _root_names(state)
        self._heads: list[tuple[bytes, ...]] | None = None  # None: not computed yet
        self._latest: list[int] | None = None  # greatest time so far, in milliseconds

    def __len__(self) -> int:
        return len(self.entries)

    def is_of(self, state: ItemState, late: Mapping[bytes, int] = NOT_LATE) -> bool:
        """Whether this is still the row of that state: it has no more changes, and of equal root
        changes the same ones stand."""
        return (
            self._state is state
            and self._late == late
            and len(self.entries) == state.count
            and self._roots == _root_names(state)
        )

    def heads(self, index: int) -> tuple[bytes, ...]:
        """The version after the change at `index`: its commits without a child, ascending."""
        if len(self._state.graph.run_start) == 1:  # nothing ever happened at the same time
            return (self.entries[index].commit,)
        if self._heads is None:
            self._heads = self._all_heads()
        return self._heads[index]

    def _all_heads(self) -> list[tuple[bytes, ...]]:
        state, graph = self._state, self._state.graph
        heads: set[bytes] = set()
        row = []
        for entry in self.entries:
            heads.difference_update(map(state.commit, graph.parents(state.vertex(entry.commit))))
            heads.add(entry.commit)
            row.append(tuple(sorted(heads)))
        return row

    def links(self) -> list[tuple[int, ...]]:
        """For each change the places in the row of those that it was made on, ascending."""
        order = self._order
        of = [0] * len(order)  # vertex -> place
        for place, vertex in enumerate(order):
            of[vertex] = place
        before = [(place,) for place in of]
        found: list[tuple[int, ...]] = [()] * len(order)
        graph = self._state.graph
        for start, stop, parents in graph.runs(0, len(order)):
            found[of[start]] = tuple(sorted([of[parent] for parent in parents]))
            for vertex in range(start + 1, stop):
                found[of[vertex]] = before[vertex - 1]
        return found

    def sizes(self, name: str) -> list[tuple[int, int]]:
        """For each change how many letters of a text it inserted and deleted."""
        sizes = self._state.sizes(name)
        return [sizes[vertex] for vertex in self._order]

    def are_late(self) -> list[bool]:
        """Whether each change counts later than it was made, as of a branch that was merged."""
        late = self._late
        if not late:
            return [False] * len(self.entries)
        return [entry.commit in late for entry in self.entries]

    def is_next(self, index: int) -> bool:
        """Whether the change at `index` had seen all before it in the row, and nothing else."""
        graph = self._state.graph
        if len(graph.run_start) == 1:
            return True
        parents = graph.parents(self._state.vertex(self.entries[index].commit))
        before = self.heads(index - 1) if index else ()
        return tuple(sorted(map(self._state.commit, parents))) == before

    def count_until(self, time_ms: int) -> int:
        """How many changes had been made at a moment (milliseconds since 1970), by the times that
        they and all that they had seen claim."""
        if self._latest is None:
            times = [stamp_ms(Stamp(entry.stamp)) for entry in self.entries]
            self._latest = list(accumulate(times, max))
        return bisect_right(self._latest, time_ms)


def _root_names(state: ItemState) -> list[bytes]:
    graph = state.graph
    starts = zip(graph.run_start, graph.run_parents, strict=True)
    return [state.commit(start) for start, parents in starts if not parents]
