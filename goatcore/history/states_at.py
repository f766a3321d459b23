"""The state of an item at any of its versions.

Owns what a version means: the changes of its commits and all that they had seen, nothing else.
Invariant: a version gives the same state for ever, whatever came later. Texts are replayed from
what the live state recorded; every other field is computed anew from the few changes that still
mattered at that version, which their footprints tell. Pure: changes are fetched by a function. Must
never import items or storage.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Collection, Iterable, Sequence

from goatcore.history.footprint import Footprint
from goatcore.history.item_state import ChangeRecord, ItemState
from goatcore.history.operations import (
    DELETE,
    REGISTER_SET,
    TEXT_SPLICE,
    Operation,
)
from goatcore.history.projection import Projection

Fetch = Callable[[bytes], ChangeRecord]  # a commit of the item → its change (parents not needed)


class PastStates:
    """All past states of one item, computed when asked."""

    __slots__ = ("_count", "_fetch", "_fetched", "_prints", "_vertices", "live")

    def __init__(self, live: ItemState, fetch: Fetch) -> None:
        self.live = live
        self._fetch = fetch
        self._fetched: dict[int, ChangeRecord] = {}
        self._prints: dict[int, Footprint] = {}
        self._vertices: list[int] = []  # ascending: those with a footprint, and roots
        self._count = 0

    def at(self, version: Iterable[bytes]) -> StateAt:
        """The state at a version. Raises KeyError if a commit is not one of the item."""
        vertices = [self.live.vertex(commit) for commit in version]
        return StateAt(self, self.live.graph.maximal(vertices))

    def fields(self, version: Iterable[int], without: Collection[bytes] = ()) -> ItemState:
        """Every field but the texts at a version (vertices), as if the commits of `without` had
        done nothing."""
        ranges = self.live.graph.past(version)
        dropped = {self.live.vertex(commit) for commit in without}
        vertices = self._mattering(ranges, dropped)
        records = {vertex: self._record(vertex) for vertex in vertices}
        for vertex in dropped & records.keys():
            records[vertex] = records[vertex]._replace(operations=())
        deleted = any(o[0] == DELETE for record in records.values() for o in record.operations)
        if deleted:  # whether an item shows depends on every change, were it empty
            vertices = [vertex for first, stop in ranges for vertex in range(first, stop)]
        return self._computed(vertices, records)

    def _mattering(self, ranges: Sequence[tuple[int, int]], dropped: Collection[int]) -> list[int]:
        """The changes in ranges that have a say in any field: not those that only set registers
        which were set again by somebody who had seen all before."""
        self._look()
        vertices, prints, whole = self._vertices, self._prints, self.live.graph.whole
        settled: set[tuple[int, str]] = set()
        found = []
        for first, stop in reversed(ranges):
            for at in range(bisect_left(vertices, stop) - 1, bisect_left(vertices, first) - 1, -1):
                vertex = vertices[at]
                footprint = prints.get(vertex)
                if footprint is None:  # a root
                    found.append(vertex)
                elif not settled.issuperset(footprint):
                    found.append(vertex)
                    if vertex not in dropped and whole(vertex):
                        settled.update([mark for mark in footprint if mark[0] == REGISTER_SET])
        found.reverse()
        return found

    def _computed(self, vertices: Sequence[int], records: dict[int, ChangeRecord]) -> ItemState:
        graph, state = self.live.graph, ItemState()
        names, order = graph.names, Projection(graph)
        for vertex in vertices:
            parents = tuple([names[order.vertices[event]].commit for event in order.record(vertex)])
            record = records.get(vertex)
            if record is None:
                author, seq, commit = names[vertex]
                record = ChangeRecord(author, seq, commit, 0, parents, ())
            else:
                record = record._replace(parents=parents)
            state.apply(record)
        return state

    def _look(self) -> None:
        """Take account of changes that came meanwhile."""
        live = self.live
        if self._count != live.count:
            graph = live.graph
            starts = zip(graph.run_start, graph.run_parents, strict=True)
            roots = [start for start, parents in starts if not parents]
            self._prints = dict(live.footprints)
            self._vertices = sorted({*roots, *self._prints})
            self._count = live.count

    def _record(self, vertex: int) -> ChangeRecord:
        """A change without its edits of texts; a root whole, since roots are told apart by it."""
        commit = self.live.commit(vertex)
        record = self._fetched.get(vertex)
        if record is None or record.commit != commit:
            record = self._fetch(commit)
            if self.live.graph.parents(vertex):
                record = record._replace(operations=_beyond_text(record.operations))
            self._fetched[vertex] = record
        return record


class StateAt:
    """What an item showed at one version."""

    __slots__ = ("_fields", "_states", "_version")

    def __init__(self, states: PastStates, version: tuple[int, ...]) -> None:
        self._states = states
        self._version = version
        self._fields: ItemState | None = None

    @property
    def heads(self) -> tuple[bytes, ...]:
        """The commits without a child in this version, ascending."""
        return tuple(sorted([self._states.live.commit(vertex) for vertex in self._version]))

    @property
    def fields(self) -> ItemState:
        """Every field but the texts."""
        fields = self._fields
        if fields is None:
            fields = self._fields = self._states.fields(self._version)
        return fields

    @property
    def visible(self) -> bool:
        """Whether the item showed."""
        return self.fields.visible

    def text(self, name: str) -> str:
        """A text field; empty if nobody had written in it."""
        live = self._states.live
        return live.text_at(name, map(live.commit, self._version))


def _beyond_text(operations: Sequence[Operation]) -> Sequence[Operation]:
    return tuple([operation for operation in operations if operation[0] != TEXT_SPLICE])
