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


def _rank(write: Write) -> tuple[int, bytes]:
    return write[:2]


class RegisterField:
    """One register field over an item's graph."""

    __slots__ = ("_graph", "_writes")

    def __init__(self, graph: Graph) -> None:
        self._graph = graph
        self._writes: tuple[Write, ...] = ()  # competing, the one that shows first

    def add(self, vertex: int, stamp: int, value: object) -> bool:
        """Take in the write of the newest vertex; a second one of the same vertex replaces the
        first. True if it is the one that shows now."""
        graph = self._graph
        write = Write(stamp, graph.names[vertex].commit, vertex, value)
        rivals = self._writes
        if not rivals or graph.heads == (vertex,) or graph.whole(vertex):
            self._writes = (write,)
            return True
        standing = [
            rival
            for rival in rivals
            if rival.vertex != vertex and not graph.is_ancestor(rival.vertex, vertex)
        ]
        self._writes = tuple(sorted([*standing, write], key=_rank, reverse=True))
        return self._writes[0] is write

    def rename(self, vertex: int, stamp: int) -> bool:
        """`vertex` has another name in the graph and another stamp; True if its write competes."""
        commit = self._graph.names[vertex].commit
        named = [
            write._replace(stamp=stamp, commit=commit) if write.vertex == vertex else write
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
