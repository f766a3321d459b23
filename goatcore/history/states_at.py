"""The state of an item at any of its versions.

Owns what a version means: the changes of its commits and all that they had seen, nothing else.
Invariant: a version gives the same state for ever, whatever came later. Texts are replayed from
what the live state recorded; every other field is computed anew from the few changes that did more
than edit a text. Pure: changes are fetched by a function. Must never import items or storage.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Collection, Iterable, Sequence

from goatcore.history.item_state import ChangeRecord, ItemState
from goatcore.history.operations import DELETE, TEXT_SPLICE, Operation
from goatcore.history.projection import Projection

Fetch = Callable[[bytes], ChangeRecord]  # a commit of the item → its change (parents not needed)


class PastStates:
    """All past states of one item, computed when asked.

    `beyond_text` are the commits that did more than edit texts; roots need not be named.
    """

    __slots__ = ("_beyond", "_beyond_text", "_count", "_fetch", "_fetched", "live")

    def __init__(
        self, live: ItemState, fetch: Fetch, beyond_text: Callable[[], Iterable[bytes]]
    ) -> None:
        self.live = live
        self._fetch = fetch
        self._beyond_text = beyond_text
        self._fetched: dict[int, ChangeRecord] = {}
        self._beyond: list[int] = []  # vertices, ascending: roots, and those beyond text
        self._count = 0

    def at(self, version: Iterable[bytes]) -> StateAt:
        """The state at a version. Raises KeyError if a commit is not one of the item."""
        vertices = [self.live.vertex(commit) for commit in version]
        return StateAt(self, self.live.graph.maximal(vertices))

    def fields(self, version: Iterable[int], without: Collection[bytes] = ()) -> ItemState:
        """Every field but the texts at a version (vertices), as if the commits of `without` had
        done nothing."""
        ranges = self.live.graph.past(version)
        beyond = self._vertices()
        bare = [
            vertex
            for first, stop in ranges
            for vertex in beyond[bisect_left(beyond, first) : bisect_left(beyond, stop)]
        ]
        records = {vertex: self._record(vertex) for vertex in bare}
        for vertex, record in records.items():
            if record.commit in without:
                records[vertex] = record._replace(operations=())
        deleted = any(o[0] == DELETE for record in records.values() for o in record.operations)
        if deleted:  # whether an item shows depends on every change, were it empty
            bare = [vertex for first, stop in ranges for vertex in range(first, stop)]
        return self._computed(bare, records)

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

    def _vertices(self) -> list[int]:
        live = self.live
        if self._count != live.count:
            graph = live.graph
            roots = [
                start
                for start, on in zip(graph.run_start, graph.run_parents, strict=True)
                if not on
            ]
            self._beyond = sorted({*roots, *map(live.vertex, self._beyond_text())})
            self._count = live.count
        return self._beyond

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


def is_text_only(operations: Sequence[Operation]) -> bool:
    """Whether a change edits texts and nothing else."""
    return all(operation[0] == TEXT_SPLICE for operation in operations)
