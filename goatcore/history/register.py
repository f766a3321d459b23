"""A register: one value that is set as a whole.

Owns the writes that no other write has seen. Invariant: these compete, all others are history; of
those that compete the greatest (stamp, commit id) shows, and the rest stays readable. Values are
opaque. Must never import schemas: a value is neither checked nor converted here.
"""

from __future__ import annotations

from typing import NamedTuple

from goatcore.history.graph import Graph


class Write(NamedTuple):
    """One write that competes; greater shows before smaller."""

    stamp: int
    commit: bytes
    vertex: int
    value: object
    version: int = 1  # of the schema that it was written with


def _rank(write: Write) -> tuple[int, bytes]:
    return write[:2]


class RegisterField:
    """One register field over an item's graph."""

    __slots__ = ("_graph", "_writes")

    def __init__(self, graph: Graph, writes: tuple[Write, ...] = ()) -> None:
        self._graph = graph
        self._writes = writes  # competing, the one that shows first

    def add(self, vertex: int, stamp: int, value: object, version: int = 1) -> bool:
        """Take in the write of the newest vertex; a second one of the same vertex replaces the
        first. True if it is the one that shows now."""
        graph = self._graph
        write = Write(stamp, graph.names[vertex].commit, vertex, value, version)
        rivals = self._writes
        if not rivals or graph.heads == (vertex,) or graph.whole(vertex):
            self._writes = (write,)
            return True
        self._writes = tuple(sorted([*self._unseen(vertex), write], key=_rank, reverse=True))
        return self._writes[0] is write

    def drop(self, vertex: int) -> None:
        """The newest vertex takes back all writes that it has seen, and its own."""
        self._writes = tuple(self._unseen(vertex))

    def _unseen(self, vertex: int) -> list[Write]:
        graph = self._graph
        return [
            write
            for write in self._writes
            if write.vertex != vertex and not graph.is_ancestor(write.vertex, vertex)
        ]

    def rename(self, vertex: int, stamp: int, version: int = 1) -> bool:
        """`vertex` has another name in the graph, another stamp and version; True if its write
        competes."""
        commit = self._graph.names[vertex].commit
        named = [
            write._replace(stamp=stamp, commit=commit, version=version)
            if write.vertex == vertex
            else write
            for write in self._writes
        ]
        named.sort(key=_rank, reverse=True)
        self._writes = tuple(named)
        return any(write.vertex == vertex for write in named)

    @property
    def value(self) -> object:
        """What shows; None before the first write."""
        return self._writes[0].value if self._writes else None

    @property
    def vertex(self) -> int | None:
        """The vertex whose value shows."""
        return self._writes[0].vertex if self._writes else None

    @property
    def writes(self) -> tuple[Write, ...]:
        """The competing writes, the one that shows first; more than one = concurrent work."""
        return self._writes

    @property
    def alternatives(self) -> list[object]:
        """The competing values, the one that shows first."""
        return [write.value for write in self._writes]
