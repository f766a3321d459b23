"""The sets, maps and counters of one item, by their stored names.

Owns which operation goes to which field. Invariant: one name may be a set, a map and a counter at
once, each of its own. Must never import schemas.
"""

from __future__ import annotations

from typing import cast

from goatcore.history.counter import CounterField
from goatcore.history.graph import Graph
from goatcore.history.map_field import MapField
from goatcore.history.operations import (
    COUNTER_ADD,
    MAP_DROP,
    MAP_PUT,
    SET_ADD,
    SET_REMOVE,
    Operation,
)
from goatcore.history.register import RegisterField
from goatcore.history.set_field import SetField
from goatcore.history.snapshot import Snapshot, total_of, writes_of


class Containers:
    """What an item has besides registers and texts; most items have none."""

    __slots__ = ("_graph", "counters", "maps", "sets")

    def __init__(self, graph: Graph) -> None:
        self._graph = graph
        self.sets: dict[str, SetField] = {}
        self.maps: dict[str, MapField] = {}
        self.counters: dict[str, CounterField] = {}

    @classmethod
    def resumed(cls, graph: Graph, told: Snapshot) -> Containers:
        """What a snapshot says of them, all by vertex 0."""
        found = cls(graph)
        for name, members in told.sets:
            found.sets[name] = SetField(graph, dict.fromkeys(members, (0,)))
        for name, entries in told.maps:
            registers = {
                key: RegisterField(graph, writes_of(writes, told.writers, told.heads))
                for key, writes in entries
            }
            found.maps[name] = MapField(graph, registers)
        for name, total in told.counters:
            found.counters[name] = CounterField(total_of(total))
        return found

    def apply(self, vertex: int, stamp: int, operation: Operation) -> None:
        """Take in one operation of the newest vertex; those of one vertex come in their order."""
        code, name = operation[0], cast(str, operation[1])
        if code in {SET_ADD, SET_REMOVE}:
            members = self.sets.get(name)
            if members is None:
                members = self.sets[name] = SetField(self._graph)
            if code == SET_ADD:
                members.add(vertex, operation[2])
            else:
                members.remove(vertex, operation[2])
        elif code in {MAP_PUT, MAP_DROP}:
            entries = self.maps.get(name)
            if entries is None:
                entries = self.maps[name] = MapField(self._graph)
            if code == MAP_PUT:
                entries.put(vertex, stamp, operation[2], operation[3])
            else:
                entries.drop(vertex, operation[2])
        else:
            assert code == COUNTER_ADD, "an operation of another kind"
            counter = self.counters.get(name)
            if counter is None:
                counter = self.counters[name] = CounterField()
            counter.add(cast(int, operation[2]))

    def rename(self, vertex: int, stamp: int) -> list[str]:
        """`vertex` has another name and stamp; the maps in which a put of it stands."""
        return [name for name, entries in self.maps.items() if entries.rename(vertex, stamp)]
