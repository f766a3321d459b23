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
        if graph.heads == (vertex,) or graph.whole(vertex):
            return self.heads
        return self.frontier(graph.parents(vertex))

    def record(self, vertex: int, parents: tuple[int, ...]) -> int:
        """Append the event of `vertex` on `parents`, as `parents_for` gave them; its number."""
        assert not self.vertices or self.vertices[-1] < vertex, "events come in order of vertices"
        self.vertices.append(vertex)
        return self.add(parents)

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
