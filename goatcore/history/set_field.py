"""A set: members that are added and removed one by one.

Owns the adds that stand. Invariant: a member is in the set exactly if it has an add that no remove
of it has seen (observed-remove, add-wins: Shapiro et al., "A comprehensive study of convergent and
commutative replicated data types", 2011). Members are told apart by their encoded bytes, so 1, True
and 1.0 are three. Must never import schemas: members are neither checked nor converted here.
"""

from __future__ import annotations

from collections.abc import Collection

from goatcore.history.graph import Graph
from goatcore.values import frozen, pack, unpack


class SetField:
    """One set field over an item's graph.

    Nothing is kept of removes: a new vertex is in nobody's past, so a remove acts only on adds that
    came before it. Of adds that have seen each other the newest is enough: who saw it saw all.
    """

    __slots__ = ("_adds", "_graph", "_members")

    def __init__(self, graph: Graph, adds: dict[bytes, tuple[int, ...]] | None = None) -> None:
        self._graph = graph
        self._adds = adds or {}  # encoded member -> vertices of adds that stand
        self._members: tuple[object, ...] | None = None

    def add(self, vertex: int, member: object) -> bool:
        """Take in an add by the newest vertex. True if the member was not in the set."""
        key = pack(member)
        standing = self._adds.get(key)
        if standing is None:
            self._adds[key] = (vertex,)
            self._members = None
            return True
        self._adds[key] = (*self._unseen(vertex, standing), vertex)
        return False

    def remove(self, vertex: int, member: object) -> bool:
        """Take in a remove by the newest vertex. True if the member is not in the set any more."""
        key = pack(member)
        standing = self._adds.get(key)
        if standing is None:
            return False
        left = self._unseen(vertex, standing)
        if left:
            self._adds[key] = left
            return False
        del self._adds[key]
        self._members = None
        return True

    def _unseen(self, vertex: int, standing: tuple[int, ...]) -> tuple[int, ...]:
        """Those that the newest vertex has not seen; what came earlier in it counts as seen."""
        graph = self._graph
        if graph.heads == (vertex,) or graph.whole(vertex):
            return ()
        return tuple(
            [one for one in standing if one != vertex and not graph.is_ancestor(one, vertex)]
        )

    def __contains__(self, member: object) -> bool:
        return pack(member) in self._adds

    def __len__(self) -> int:
        return len(self._adds)

    @property
    def encoded(self) -> Collection[bytes]:
        """The encoded members, in no order."""
        return self._adds.keys()

    @property
    def members(self) -> tuple[object, ...]:
        """The members, ascending by their encoded bytes; arrays as tuples."""
        members = self._members
        if members is None:
            members = self._members = tuple([frozen(unpack(key)) for key in sorted(self._adds)])
        return members
