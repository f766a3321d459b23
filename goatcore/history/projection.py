"""The order of one field's events: what remains of the graph when only they are looked at.

Owns which vertices touch the field, and their own lineage, numbered from 0. Invariant: an event has
seen another exactly if its vertex has; so events that are totally ordered are a line here, however
the item's graph forks around them, and vertices that do not touch the field cost nothing.
Must never import the fields that are built on it.
"""

from __future__ import annotations

from array import array
from bisect import bisect_right
from collections.abc import Iterable

from goatcore.history.graph import Graph
from goatcore.history.lineage import Lineage


class Projection(Lineage):
    """The lineage of one field's events over `graph`; `vertices[e]` is the vertex of event e."""

    __slots__ = ("graph", "vertices")

    def __init__(self, graph: Graph) -> None:
        super().__init__()
        self.graph = graph
        self.vertices = array("I")

    def parents_for(self, vertex: int) -> tuple[int, ...]:
        """The events that `vertex`, newer than all events so far, stands on."""
        graph = self.graph
        if self.count == vertex:  # every vertex so far is an event, by the same number
            return graph.parents(vertex)
        if graph.heads == (vertex,) or graph.whole(vertex):
            return self.heads
        parents = graph.parents(vertex)
        if len(parents) == 1:
            event = bisect_right(self.vertices, parents[0]) - 1
            if event >= 0 and self.vertices[event] == parents[0]:
                return (event,)
        return self.frontier(parents)

    def record(self, vertex: int) -> tuple[int, ...]:
        """Append the event of `vertex`, newer than all events so far; returns its parents."""
        vertices, heads = self.vertices, self.heads
        if len(heads) == 1 and self.graph.heads == (vertex,):  # on top of all
            vertices.append(vertex)
            event = self.count
            self.count = event + 1
            self.heads = (event,)
            self.critical_to[-1] = event
            return heads
        assert not vertices or vertices[-1] < vertex, "events come in order of vertices"
        parents = self.parents_for(vertex)
        vertices.append(vertex)
        self.add(parents)
        return parents

    def record_next(self, count: int) -> None:
        """Append the events of the next `count` vertices, each standing on the one before it, the
        first on that of the newest event."""
        vertex = self.vertices[-1] + 1
        self.vertices.extend(range(vertex, vertex + count))
        self.go_on(count)

    def frontier(self, version: Iterable[int]) -> tuple[int, ...]:
        """The newest events in a version of the item (vertices, themselves included)."""
        graph, vertices = self.graph, self.vertices
        found: set[int] = set()
        seen: set[int] = set()
        stack = list(version)
        while stack:
            vertex = stack.pop()
            run = graph.run_of(vertex)
            event = bisect_right(vertices, vertex) - 1
            if event >= 0 and vertices[event] >= graph.run_start[run]:
                found.add(event)
            elif event < 0:
                continue
            elif event == self.count - 1 and graph.run_whole[run]:
                found.update(self.heads)
            elif run not in seen:
                seen.add(run)
                stack.extend(graph.run_parents[run])
        return self.maximal(found)
