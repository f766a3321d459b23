"""Whether an item is there: what deletes, restores and edits that met them add up to.

Owns the deletes that stand: those that no restore has in its past. Invariant: the item is hidden
exactly if a delete stands and every change is an ancestor or a descendant of a standing delete (or
is one); so an edit whose author had not seen the delete brings the item back, and it is flagged.
Must never import fields or values.
"""

from __future__ import annotations

from goatcore.history.graph import Graph


class Existence:
    """The existence of the item whose changes are in `graph`; there once it has a change."""

    __slots__ = ("_graph", "_standing", "_unaware")

    def __init__(
        self, graph: Graph, standing: tuple[int, ...] = (), *, unaware: bool = False
    ) -> None:
        self._graph = graph
        self._standing = standing
        self._unaware = unaware  # a change that neither saw a standing delete nor was seen by one

    @property
    def visible(self) -> bool:
        """Whether the item shows."""
        return self._graph.count > 0 and (not self._standing or self._unaware)

    @property
    def flagged(self) -> bool:
        """Whether it was deleted and shows only because somebody changed it at the same time."""
        return self._unaware

    @property
    def deletes(self) -> tuple[int, ...]:
        """The vertices of the deletes that stand."""
        return self._standing

    def add(self, vertex: int, *, restores: bool = False, deletes: bool = False) -> None:
        """Take in the newest vertex. With both, the restore came before the delete."""
        standing = self._standing
        if not standing and not deletes:
            return
        graph = self._graph
        if graph.heads == (vertex,) or graph.whole(vertex):  # it has seen every other change
            if restores:
                self._standing, self._unaware = (), False
            if deletes:
                self._standing = (vertex,) if restores else (*standing, vertex)
                self._unaware = False
            return
        if not restores and not deletes:
            if not self._unaware:
                self._unaware = not any(graph.is_ancestor(one, vertex) for one in standing)
            return
        if restores:
            standing = tuple([one for one in standing if not graph.is_ancestor(one, vertex)])
        if deletes:
            standing = (*standing, vertex)
        self._standing = standing
        self._unaware = bool(standing) and self._any_unaware()

    def _any_unaware(self) -> bool:
        """Look at every change: is there one apart from all standing deletes?"""
        graph, standing = self._graph, self._standing
        apart = bytearray(b"\1") * graph.count
        for first, stop in graph.past(standing):
            apart[first:stop] = bytes(stop - first)
        below = bytearray(graph.count)
        for one in standing:
            below[one] = 1
        for first, stop, parents in graph.runs(min(standing), graph.count):
            seen = any(below[parent] for parent in parents)
            for vertex in range(first, stop):
                seen = bool(below[vertex]) or seen
                if seen:
                    below[vertex], apart[vertex] = 1, 0
        return any(apart)
