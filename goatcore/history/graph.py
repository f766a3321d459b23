"""The graph of one item: every change that was counted, as vertices that only get more.

Owns the names of the vertices over their lineage. Invariant: a vertex number means one change for
the life of the object; numbers follow arrival and differ from device to device, so nothing that is
shown may depend on them. Must never import fields, the walk or anything of storage.
"""

from __future__ import annotations

from collections.abc import Sequence
from heapq import heapify, heappop, heappush
from typing import NamedTuple

from goatcore.history.lineage import ROOT as ROOT
from goatcore.history.lineage import Lineage


class VertexName(NamedTuple):
    """What a change is called everywhere; compared bytewise in this order it breaks every tie."""

    author: bytes  # 32: the device's key
    seq: int  # ≥ 1
    commit: bytes  # 32: the commit's id


class Graph(Lineage):
    """Vertices 0 … count-1; `names[v]` is the name of vertex v."""

    __slots__ = ("names",)

    def __init__(self) -> None:
        super().__init__()
        self.names: list[VertexName] = []

    def append(self, name: VertexName, parents: Sequence[int]) -> int:
        """Add a change made on top of `parents` (vertex numbers in any order; repeated ones and
        ancestors of other parents are dropped; empty = a root) and return its number."""
        on = tuple(parents)
        if len(on) == 1 and on == self.heads:  # on top of all: the sole head is the newest
            self.names.append(name)
            event = self.count
            self.count = event + 1
            self.heads = (event,)
            self.critical_to[-1] = event
            return event
        if len(on) > 1 and on != self.heads:
            on = self.maximal(on)
        assert not on or on[-1] < self.count, "a parent that is not in the graph yet"
        self.names.append(name)
        return self.add(on)

    def rename(self, vertex: int, name: VertexName) -> None:
        """Call a vertex by another name: of equal root changes the smallest commit id stands."""
        self.names[vertex] = name


def in_order(graph: Graph, stamps: Sequence[int]) -> list[int]:
    """All vertices, parents first; of those that are free to go next the least (stamp, commit id)
    goes: the same order on every device. `stamps[v]` is the stamp of vertex v."""
    names = graph.names
    missing: dict[int, int] = {}  # by the first vertex of a run: its parents that are to come
    children: dict[int, list[int]] = {}
    ready: list[tuple[int, bytes, int]] = []
    for start, parents in zip(graph.run_start, graph.run_parents, strict=True):
        missing[start] = len(parents)
        for parent in parents:
            children.setdefault(parent, []).append(start)
        if not parents:
            ready.append((stamps[start], names[start].commit, start))
    heapify(ready)
    order: list[int] = []
    while ready:
        vertex = heappop(ready)[2]
        stop = graph.run_stop(vertex)
        while True:  # along the run, while nobody else is earlier
            order.append(vertex)
            for child in children.get(vertex, ()):
                missing[child] -= 1
                if not missing[child]:
                    heappush(ready, (stamps[child], names[child].commit, child))
            vertex += 1
            if vertex == stop:
                break
            if ready:
                key = (stamps[vertex], names[vertex].commit, vertex)
                if key > ready[0]:
                    heappush(ready, key)
                    break
    return order
