"""A map: keys that are put and dropped, each with a value of its own.

Owns a register per key. Invariant: of the puts of one key that neither a put nor a drop of it has
seen, the greatest (stamp, commit id) shows; without one the key is not in the map. So a put that a
drop had not seen survives it. Keys are told apart by their encoded bytes. Must never import
schemas: keys and values are neither checked nor converted here.
"""

from __future__ import annotations

from collections.abc import Mapping

from goatcore.history.graph import Graph
from goatcore.history.register import RegisterField
from goatcore.values import frozen, pack, unpack


class MapField:
    """One map field over an item's graph."""

    __slots__ = ("_entries", "_graph", "_registers")

    def __init__(self, graph: Graph, registers: dict[bytes, RegisterField] | None = None) -> None:
        self._graph = graph
        self._registers = registers or {}  # by encoded key; none without a write
        self._entries: tuple[tuple[object, object], ...] | None = None

    def put(self, vertex: int, stamp: int, key: object, value: object) -> None:
        """Take in a put by the newest vertex."""
        encoded = pack(key)
        register = self._registers.get(encoded)
        if register is None:
            register = self._registers[encoded] = RegisterField(self._graph)
        register.add(vertex, stamp, value)
        self._entries = None

    def drop(self, vertex: int, key: object) -> None:
        """Take in a drop by the newest vertex."""
        encoded = pack(key)
        register = self._registers.get(encoded)
        if register is not None:
            register.drop(vertex)
            if not register.writes:
                del self._registers[encoded]
            self._entries = None

    def rename(self, vertex: int, stamp: int) -> bool:
        """`vertex` has another name in the graph and another stamp; True if a put of it stands."""
        moved = [register.rename(vertex, stamp) for register in self._registers.values()]
        self._entries = None
        return any(moved)

    @property
    def registers(self) -> Mapping[bytes, RegisterField]:
        """What is put, by the encoded keys."""
        return self._registers

    def __len__(self) -> int:
        return len(self._registers)

    @property
    def entries(self) -> tuple[tuple[object, object], ...]:
        """Keys and the values that show, ascending by the keys' bytes; arrays as tuples."""
        entries = self._entries
        if entries is None:
            entries = self._entries = tuple(
                [
                    (frozen(unpack(key)), frozen(self._registers[key].value))
                    for key in sorted(self._registers)
                ]
            )
        return entries

    def alternatives(self, key: object) -> list[object]:
        """The competing values of a key, the one that shows first; none if it is not in."""
        register = self._registers.get(pack(key))
        return [] if register is None else [frozen(value) for value in register.alternatives]
