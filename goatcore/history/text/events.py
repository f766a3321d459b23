"""What is known of one text field for good: its events, their order, their operations, their names.

Invariant: only grows; numbers follow arrival. Everything else about a text is derived from this and
may be thrown away. Must never import the walk.
"""

from __future__ import annotations

from array import array
from collections.abc import Sequence

from goatcore.history.graph import Graph, VertexName
from goatcore.history.projection import Projection
from goatcore.history.splices import TextSplice
from goatcore.history.text.column import Column


class TextEvents:
    """The events of one text field over `graph`."""

    __slots__ = ("column", "letters", "lineage")

    def __init__(self, graph: Graph) -> None:
        self.lineage = Projection(graph)
        self.column = Column()
        self.letters: array[int] = self.column.letters  # letters[e]: inserted by events before e

    def record(self, vertex: int, splices: Sequence[TextSplice]) -> tuple[int, ...] | None:
        """Append what `vertex` did. None if it was done with all earlier events seen, else the
        events that it stands on."""
        lineage = self.lineage
        heads, event = lineage.heads, lineage.count
        parents = lineage.record(vertex)
        self.column.append(event, splices, continues=parents == (event - 1,))
        return None if parents == heads else parents

    def record_all(self, changes: Sequence[tuple[int, Sequence[TextSplice]]]) -> None:
        """Append what many vertices did, ascending; whole runs of the graph at once."""
        lineage, column = self.lineage, self.column
        at, count = 0, len(changes)
        while at < count:
            vertex = changes[at][0]
            stop = min(count, at + lineage.graph.run_stop(vertex) - vertex)
            event, parents = lineage.count, lineage.record(vertex)
            column.append(event, changes[at][1], continues=parents == (event - 1,))
            at += 1
            more = stop - at
            if more and changes[stop - 1][0] == vertex + more:  # so all in between are there
                lineage.record_next(more)
                column.extend(event + 1, changes[at:stop])
                at = stop

    def name(self, event: int) -> VertexName:
        """What the change of an event is called."""
        lineage = self.lineage
        return lineage.graph.names[lineage.vertices[event]]
