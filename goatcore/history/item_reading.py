"""What there is to read of an item's state.

Owns the reading side: fields by stored name and kind, and who changed what. Invariant: reading
changes nothing that can be seen; what only the history knows is read after `complete`, which has
the history fetched if the state was resumed without it. Must never import what takes in changes.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from types import MappingProxyType
from typing import Final, NamedTuple

from goatcore.history.containers import Containers
from goatcore.history.counter import CounterField
from goatcore.history.existence import Existence
from goatcore.history.footprint import Footprint
from goatcore.history.graph import Graph, in_order
from goatcore.history.map_field import MapField
from goatcore.history.operations import COUNTER_ADD, MAP_PUT, REGISTER_SET, SET_ADD, Operation
from goatcore.history.register import RegisterField
from goatcore.history.set_field import SetField
from goatcore.history.splices import TextSplice
from goatcore.history.text import TextField
from goatcore.history.text.alignment import Stretch
from goatcore.values import pack


class ChangeRecord(NamedTuple):
    """One counted change of one item."""

    author: bytes  # 32: the device's key
    seq: int
    commit: bytes  # 32
    stamp: int
    parents: tuple[bytes, ...]  # commits that touch this item, each already applied
    operations: Sequence[Operation]  # decoded; none = a void change
    version: int = 1  # of the schema that it was written with


class HistoryEntry(NamedTuple):
    """One change in an item's history."""

    commit: bytes
    author: bytes
    stamp: int


_new = tuple.__new__  # of named tuples: a third of what calling their class costs
NOT_LATE: Final[Mapping[bytes, int]] = MappingProxyType({})

Load = Callable[[], Iterable[ChangeRecord]]  # parents first: at least the changes of the snapshot


class Base(NamedTuple):
    """What a resumed state stands on: vertex 0, for all changes that were in the snapshot."""

    heads: tuple[bytes, ...]
    changes: int
    twins: tuple[bytes, ...]
    load: Load


class ItemReading:
    """The state of one item, to be read."""

    __slots__ = (
        "_base",
        "_containers",
        "_existence",
        "_footprints",
        "_graph",
        "_registers",
        "_stamps",
        "_texts",
        "_unknown",
        "_vertices",
        "oldest_version",
    )

    _base: Base | None
    _containers: Containers | None
    _existence: Existence
    _footprints: list[tuple[int, Footprint]] | None  # (vertex, its footprint), ascending
    _graph: Graph
    _registers: dict[str, RegisterField]
    _stamps: list[int]
    _texts: dict[str, TextField]
    _unknown: dict[str, list[Operation]] | None
    _vertices: dict[bytes, int]  # commit -> vertex; equal roots share one
    oldest_version: int  # least schema version that a register was set with

    def complete(self) -> None:
        """Have the whole history in, if it is not."""
        raise NotImplementedError

    # -- reading -----------------------------------------------------------------------------------

    @property
    def heads(self) -> tuple[bytes, ...]:
        """The commits without a child, ascending."""
        graph, base = self._graph, self._base
        if base is not None and graph.count == 1:
            return base.heads
        names = graph.names
        if len(graph.heads) == 1:
            return (names[graph.heads[0]].commit,)
        return tuple(sorted([names[head].commit for head in graph.heads]))

    @property
    def commits(self) -> Iterable[bytes]:
        """Every commit that was taken in, parents first; equal roots each by its own name."""
        self.complete()
        return self._vertices.keys()

    @property
    def count(self) -> int:
        """Vertices: changes, equal roots counted once."""
        base = self._base
        return self._graph.count if base is None else self._graph.count - 1 + base.changes

    @property
    def twins(self) -> tuple[bytes, ...]:
        """Root commits with equal operations, which are one vertex; each of them."""
        if self._base is not None:
            return self._base.twins
        vertices, names = self._vertices, self._graph.names
        if len(vertices) == self._graph.count:
            return ()
        shared = {vertex for commit, vertex in vertices.items() if names[vertex].commit != commit}
        return tuple([commit for commit, vertex in vertices.items() if vertex in shared])

    @property
    def graph(self) -> Graph:
        """Who had seen whom; to be read only."""
        self.complete()
        return self._graph

    @property
    def footprints(self) -> Sequence[tuple[int, Footprint]]:
        """The vertices that did more than edit texts, ascending, roots left out."""
        self.complete()
        return self._footprints or ()

    @property
    def visible(self) -> bool:
        """Whether the item shows."""
        return self._existence.visible

    @property
    def flagged(self) -> bool:
        """Whether it was deleted and a concurrent edit brought it back."""
        return self._existence.flagged

    @property
    def registers(self) -> Mapping[str, RegisterField]:
        """The register fields by stored name."""
        return self._registers

    @property
    def texts(self) -> Mapping[str, TextField]:
        """The text fields by stored name."""
        return self._texts

    @property
    def sets(self) -> Mapping[str, SetField]:
        """The set fields by stored name."""
        return {} if self._containers is None else self._containers.sets

    @property
    def maps(self) -> Mapping[str, MapField]:
        """The map fields by stored name."""
        return {} if self._containers is None else self._containers.maps

    @property
    def counters(self) -> Mapping[str, CounterField]:
        """The counter fields by stored name."""
        return {} if self._containers is None else self._containers.counters

    def __contains__(self, commit: bytes) -> bool:
        if commit in self._vertices:
            return True
        if self._base is None:
            return False
        if commit in self._base.heads:
            return True
        self.complete()
        return commit in self._vertices

    def vertex(self, commit: bytes) -> int:
        """The number of a commit's vertex here. Raises KeyError if it is not in."""
        self.complete()
        return self._vertices[commit]

    def commit(self, vertex: int) -> bytes:
        """The commit of a vertex."""
        self.complete()
        return self._graph.names[vertex].commit

    def value(self, name: str, default: object = None) -> object:
        """What a register shows; `default` if it was never set."""
        register = self._registers.get(name)
        return default if register is None else register.value

    def alternatives(self, name: str) -> list[object]:
        """The competing values of a register, the one that shows first."""
        register = self._registers.get(name)
        return [] if register is None else register.alternatives

    def members(self, name: str) -> tuple[object, ...]:
        """The members of a set, ascending by their encoded bytes."""
        members = self.sets.get(name)
        return () if members is None else members.members

    def entries(self, name: str) -> tuple[tuple[object, object], ...]:
        """Keys and values of a map, ascending by the keys' encoded bytes."""
        entries = self.maps.get(name)
        return () if entries is None else entries.entries

    def entry_alternatives(self, name: str, key: object) -> list[object]:
        """The competing values of a map's key, the one that shows first."""
        entries = self.maps.get(name)
        return [] if entries is None else entries.alternatives(key)

    def total(self, name: str) -> int:
        """The sum of a counter; 0 if nobody ever counted."""
        counter = self.counters.get(name)
        return 0 if counter is None else counter.total

    def text(self, name: str) -> str:
        """A text field's text; empty if nobody ever wrote in it."""
        text = self._texts.get(name)
        return "" if text is None else text.text

    def told_text(self, name: str) -> str:
        """As `text`, for one who does not look again."""
        text = self._texts.get(name)
        return "" if text is None else text.told()

    def text_at(self, name: str, version: Iterable[bytes]) -> str:
        """A text field at a version (commits)."""
        self.complete()
        text = self._texts.get(name)
        return "" if text is None else text.at([self._vertices[commit] for commit in version])

    def sizes(self, name: str) -> list[tuple[int, int]]:
        """For each vertex how many letters of a text it inserted and deleted."""
        self.complete()
        text = self._texts.get(name)
        found = [(0, 0)] * self._graph.count
        for vertex, inserted, deleted in () if text is None else text.sizes():
            found[vertex] = inserted, deleted
        return found

    def aligned(self, name: str, version: Iterable[bytes]) -> list[Stretch]:
        """The letters of a text at a version (commits) and those of now in one row."""
        self.complete()
        text = self._texts.get(name)
        return [] if text is None else text.aligned([self._vertices[c] for c in version])

    def places(
        self, name: str, version: Iterable[bytes], places: Sequence[int]
    ) -> list[int] | None:
        """Places in a text field at a version (commits) as places of the text as it is. None: not
        all of the commits are here, or they lie too far back."""
        text, vertices, base = self._texts.get(name), self._vertices, self._base
        wanted = set(version)
        found = {vertices[commit] for commit in wanted if commit in vertices}
        unseen = {commit for commit in wanted if commit not in vertices}
        if unseen:
            if base is None or unseen | (wanted & set(base.heads)) != set(base.heads):
                return None
            found.add(0)
        if text is None or not found:
            return None
        return text.places(sorted(found), places)

    def blame(
        self, name: str, version: Iterable[bytes] | None = None
    ) -> list[tuple[int, HistoryEntry]]:
        """Who wrote a text, as it is or at a version (commits): runs of (letters, change)."""
        self.complete()
        text = self._texts.get(name)
        if text is None:
            return []
        at = None if version is None else [self._vertices[commit] for commit in version]
        return [(size, self._entry(vertex)) for size, vertex in text.blame(at)]

    def reversal(self, name: str, commits: Iterable[bytes]) -> list[TextSplice]:
        """The splices that take back what commits did in a text, whatever came after."""
        self.complete()
        text = self._texts.get(name)
        return [] if text is None else text.reversal({self._vertices[c] for c in commits})

    def read_only(self, name: str) -> bool:
        """Whether the field has operations in its past that this version does not know."""
        return self._unknown is not None and name in self._unknown

    @property
    def unknown_fields(self) -> tuple[str, ...]:
        """The fields that are read-only for that."""
        return tuple(self._unknown or ())

    def unknown(self, name: str) -> list[Operation]:
        """Those operations, in order of arrival."""
        self.complete()
        return [] if self._unknown is None else self._unknown.get(name, []).copy()

    def _entry(self, vertex: int) -> HistoryEntry:
        author, _, commit = self._graph.names[vertex]
        return HistoryEntry(commit, author, self._stamps[vertex])

    def past(self, version: Iterable[bytes]) -> frozenset[bytes]:
        """The commits of a version and everything they had seen; equal roots by their one name."""
        self.complete()
        names, vertices = self._graph.names, self._vertices
        ranges = self._graph.past([vertices[commit] for commit in version])
        return frozenset(name.commit for first, stop in ranges for name in names[first:stop])

    def history(self, late: Mapping[bytes, int] = NOT_LATE) -> list[HistoryEntry]:
        """All changes in `order`."""
        return self.entries_of(self.order(late), late)

    def entries_of(
        self, vertices: Sequence[int], late: Mapping[bytes, int] = NOT_LATE
    ) -> list[HistoryEntry]:
        """Who made the changes of vertices, and when."""
        stamps, names = self._late_stamps(late), self._graph.names
        return [_new(HistoryEntry, (names[v].commit, names[v].author, stamps[v])) for v in vertices]

    def order(self, late: Mapping[bytes, int] = NOT_LATE) -> list[int]:
        """All vertices, parents first; of those that are free to go next the least (stamp, commit)
        goes: the same changes in a row on every device. `late` has other stamps for commits that
        were taken in later than they were made."""
        self.complete()
        return in_order(self._graph, self._late_stamps(late))

    def _late_stamps(self, late: Mapping[bytes, int]) -> Sequence[int]:
        if not late:
            return self._stamps
        names = zip(self._graph.names, self._stamps, strict=True)
        return [late.get(name.commit, stamp) for name, stamp in names]

    def _beyond_texts(self) -> dict[tuple[int, str], object]:
        """What every field but the texts shows, its alternatives, too; by a kind and its name."""
        told: dict[tuple[int, str], object] = {}
        for name, register in self._registers.items():
            told[REGISTER_SET, name] = _nameable(register)
        for name, members in self.sets.items():
            told[SET_ADD, name] = frozenset(members.encoded)
        for name, entries in self.maps.items():
            told[MAP_PUT, name] = {key: _nameable(one) for key, one in entries.registers.items()}
        for name, counter in self.counters.items():
            told[COUNTER_ADD, name] = counter.total
        return told


def _nameable(register: RegisterField) -> list[tuple[object, ...]]:
    """The competing writes apart from the vertices that made them; values by their bytes."""
    return [(stamp, commit, pack(value), of) for stamp, commit, _, value, of in register.writes]
