"""The state of one item: its graph of changes, and every field computed over it.

Owns which vertex each commit is and feeds the fields. Invariant: equal sets of changes give equal
states, in whatever order they came, as long as parents came first. The schema is never asked:
fields are keyed by stored name and kind, and what this version does not know is kept by its name
and has no effect. Must never import admission, storage or trust: all that comes here counts.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from hashlib import blake2b
from types import MappingProxyType
from typing import NamedTuple, cast

from goatcore.history.containers import Containers
from goatcore.history.counter import CounterField
from goatcore.history.existence import Existence
from goatcore.history.graph import Graph, VertexName, in_order
from goatcore.history.map_field import MapField
from goatcore.history.operations import (
    COUNTER_ADD,
    DELETE,
    FIRST_MEMBERSHIP,
    REGISTER_SET,
    RESTORE,
    TEXT_SPLICE,
    Operation,
)
from goatcore.history.register import RegisterField
from goatcore.history.set_field import SetField
from goatcore.history.splices import TextSplice, difference
from goatcore.history.text import TextField
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


class Delta(NamedTuple):
    """What a change did to the state. A text that nobody has read is in `fields` only: splices are
    told for texts that are held."""

    fields: tuple[str, ...]  # names of fields whose value or alternatives may differ
    splices: Mapping[str, Sequence[TextSplice]]  # text fields, in order, each in range
    visible_before: bool
    visible: bool


_Edits = list[tuple[int, Sequence[TextSplice]]]  # (vertex, its splices)
_NO_SPLICES: Mapping[str, Sequence[TextSplice]] = MappingProxyType({})
_NO_VERSION = 1 << 32  # greater than any


@lru_cache(maxsize=256)
def _unseen(name: str) -> Delta:
    """What an edit of a text that nobody has read does."""
    return Delta((name,), _NO_SPLICES, True, True)


class ItemState:
    """The merged state of one item."""

    __slots__ = (
        "_containers",
        "_existence",
        "_gathered",
        "_graph",
        "_registers",
        "_root",
        "_roots",
        "_stamps",
        "_texts",
        "_unknown",
        "_vertices",
        "oldest_version",
    )

    def __init__(self) -> None:
        self._clear()

    def _clear(self) -> None:
        self._graph = Graph()
        self._existence = Existence(self._graph)
        self._registers: dict[str, RegisterField] = {}
        self._texts: dict[str, TextField] = {}
        self._containers: Containers | None = None
        self.oldest_version = _NO_VERSION  # least schema version that a register was set with
        self._gathered: dict[str, _Edits] | None = None  # while a batch is taken in
        self._unknown: dict[str, list[Operation]] | None = None
        self._vertices: dict[bytes, int] = {}  # commit -> vertex; equal roots share one
        self._stamps: list[int] = []
        self._root = b""  # digest of the operations of vertex 0,
        self._roots: dict[bytes, int] | None = None  # of further roots -> vertex

    # -- taking in ---------------------------------------------------------------------------------

    def apply(self, change: ChangeRecord) -> Delta:
        """Take in one change; one that is already in does nothing. Parents must be in."""
        author, seq, commit, stamp, parents, operations, version = change
        vertices, graph = self._vertices, self._graph
        if commit in vertices:
            return self._nothing()
        if len(parents) == 1:
            assert parents[0] in vertices, "a parent that is not in this item"
            on: tuple[int, ...] = (vertices[parents[0]],)
        elif parents:
            assert all(parent in vertices for parent in parents), "a parent not in this item"
            on = tuple([vertices[parent] for parent in parents])
        else:
            twin = self._twin(operations)
            if twin is not None:
                return self._apply_twin(change, twin)
            on = ()
        vertex = graph.append(VertexName(author, seq, commit), on)
        vertices[commit] = vertex
        self._stamps.append(stamp)
        if len(operations) == 1 and operations[0][0] == TEXT_SPLICE and not self._existence.deletes:
            _, name, position, deleted, inserted = operations[0]
            splice = TextSplice(position, deleted, inserted)  # type: ignore[arg-type]
            return self._splice_only(vertex, cast(str, name), splice)
        return self._operate(vertex, stamp, operations, version)

    def apply_all(self, changes: Iterable[ChangeRecord]) -> Delta:
        """Take in many changes, parents first, as one: texts are walked once for all of them, so
        that long work of several people that arrives mixed costs no more than in a row."""
        before = self._existence.visible
        names: dict[str, None] = {}
        splices: dict[str, list[TextSplice]] = {}
        self._gathered = {}
        try:
            for change in changes:
                delta = self.apply(change)
                names.update(dict.fromkeys(delta.fields))
                for name, told in delta.splices.items():
                    splices.setdefault(name, []).extend(told)
        finally:
            for name, told in self._walk_gathered().items():
                splices.setdefault(name, []).extend(told)
            self._gathered = None
        return Delta(tuple(names), splices, before, self._existence.visible)

    def _walk_gathered(self) -> dict[str, list[TextSplice]]:
        """Give the texts what was gathered for them; what that means for what is seen."""
        gathered = self._gathered
        if not gathered:
            return {}
        splices = {name: self._texts[name].extend(edits) for name, edits in gathered.items()}
        gathered.clear()
        return splices

    def _twin(self, operations: Sequence[Operation]) -> int | None:
        """The vertex of a root with equal operations; None: it is the first of its kind."""
        digest = blake2b(pack(operations), digest_size=16).digest()
        if not self._root:  # parents come first, so the first vertex is a root
            self._root = digest
            return None
        if digest == self._root:
            return 0
        if self._roots is None:
            self._roots = {}
        twin = self._roots.get(digest)
        if twin is None:
            self._roots[digest] = self._graph.count
        return twin

    def _nothing(self) -> Delta:
        visible = self._existence.visible
        return Delta((), _NO_SPLICES, visible, visible)

    def _splice_only(self, vertex: int, name: str, splice: TextSplice) -> Delta:
        """The shape of nearly all changes, made short."""
        text = self._texts.get(name)
        if text is not None and text.put_off(vertex, splice):
            return _unseen(name)
        told = self._edit(vertex, name, (splice,))
        splices = _NO_SPLICES if told is None else {name: told}
        return Delta((name,), splices, vertex > 0, True)

    def _edit(
        self, vertex: int, name: str, splices: Sequence[TextSplice]
    ) -> list[TextSplice] | None:
        """Edit a text; what that means for what is seen, or None if nobody sees it."""
        text = self._texts.get(name)
        if text is None:
            text = self._texts[name] = TextField(self._graph)
        if not text.warm:
            text.extend(((vertex, splices),))
        elif self._gathered is None:
            return text.add(vertex, splices)
        else:
            self._gathered.setdefault(name, []).append((vertex, splices))
        return None

    def _operate(
        self, vertex: int, stamp: int, operations: Sequence[Operation], version: int
    ) -> Delta:
        before = vertex > 0 and self._existence_before()
        sets: dict[str, object] = {}
        edits: dict[str, list[TextSplice]] = {}
        names: dict[str, None] = {}  # ordered
        restores = deletes = False
        for operation in operations:
            code = operation[0]
            if code == DELETE:
                deletes = True
                continue
            if code == RESTORE:
                restores, deletes = True, False
                continue
            if cast(int, code) >= FIRST_MEMBERSHIP:
                continue  # means nothing to an item, and names no field
            name = cast(str, operation[1])
            names[name] = None
            if code == REGISTER_SET:
                sets[name] = operation[2]
            elif code == TEXT_SPLICE:
                splice = TextSplice(*operation[2:])  # type: ignore[arg-type]
                edits.setdefault(name, []).append(splice)
            elif cast(int, code) <= COUNTER_ADD:
                if self._containers is None:
                    self._containers = Containers(self._graph)
                self._containers.apply(vertex, stamp, operation)
            else:
                if self._unknown is None:
                    self._unknown = {}
                self._unknown.setdefault(name, []).append(operation)
        registers = self._registers
        if sets and version < self.oldest_version:
            self.oldest_version = version
        for name, value in sets.items():
            register = registers.get(name)
            if register is None:
                register = registers[name] = RegisterField(self._graph)
            register.add(vertex, stamp, value, version)
        splices: dict[str, Sequence[TextSplice]] = {}
        for name, edit in edits.items():
            told = self._edit(vertex, name, edit)
            if told is not None:
                splices[name] = told
        existence = self._existence
        existence.add(vertex, restores=restores, deletes=deletes)
        return Delta(tuple(names), splices, before, existence.visible)

    def _existence_before(self) -> bool:
        existence = self._existence
        return not existence.deletes or existence.flagged

    def _apply_twin(self, change: ChangeRecord, vertex: int) -> Delta:
        """A root change that equals an earlier one: of both, the smallest commit id stands."""
        graph = self._graph
        self._vertices[change.commit] = vertex
        if change.commit > graph.names[vertex].commit:
            return self._nothing()
        told = self._walk_gathered()  # by the names that they were gathered under
        graph.rename(vertex, VertexName(change.author, change.seq, change.commit))
        self._stamps[vertex] = change.stamp
        visible = self._existence.visible
        names: dict[str, None] = {}
        for name, register in self._registers.items():
            if register.rename(vertex, change.stamp, change.version):
                names[name] = None
                self.oldest_version = min(self.oldest_version, change.version)
        if self._containers is not None:
            names.update(dict.fromkeys(self._containers.rename(vertex, change.stamp)))
        splices: dict[str, Sequence[TextSplice]] = {**told}
        for name, text in self._texts.items():
            held = text.text if text.warm else None
            text.renamed()
            if held is not None:
                splice = difference(held, text.text)
                if splice is None:
                    continue
                splices[name] = [*told.get(name, ()), splice]
            names[name] = None
        return Delta(tuple(names), splices, visible, visible)

    def rebuild(self, records: Iterable[ChangeRecord]) -> None:
        """Forget everything and take in `records`, parents first."""
        self._clear()
        for record in records:  # nobody reads a text in between, so nothing is walked
            self.apply(record)

    # -- reading -----------------------------------------------------------------------------------

    @property
    def heads(self) -> tuple[bytes, ...]:
        """The commits without a child, ascending."""
        names = self._graph.names
        return tuple(sorted([names[head].commit for head in self._graph.heads]))

    @property
    def count(self) -> int:
        """Vertices: changes, equal roots counted once."""
        return self._graph.count

    @property
    def graph(self) -> Graph:
        """Who had seen whom; to be read only."""
        return self._graph

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
        return commit in self._vertices

    def vertex(self, commit: bytes) -> int:
        """The number of a commit's vertex here. Raises KeyError if it is not in."""
        return self._vertices[commit]

    def commit(self, vertex: int) -> bytes:
        """The commit of a vertex."""
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

    def text_at(self, name: str, version: Iterable[bytes]) -> str:
        """A text field at a version (commits)."""
        text = self._texts.get(name)
        return "" if text is None else text.at([self._vertices[commit] for commit in version])

    def blame(self, name: str) -> list[tuple[int, HistoryEntry]]:
        """Who wrote a text: runs of (letters, change)."""
        text = self._texts.get(name)
        return [] if text is None else [(size, self._entry(v)) for size, v in text.blame()]

    def reversal(self, name: str, commits: Iterable[bytes]) -> list[TextSplice]:
        """The splices that take back what commits did in a text, whatever came after."""
        text = self._texts.get(name)
        return [] if text is None else text.reversal({self._vertices[c] for c in commits})

    def read_only(self, name: str) -> bool:
        """Whether the field has operations in its past that this version does not know."""
        return self._unknown is not None and name in self._unknown

    def unknown(self, name: str) -> list[Operation]:
        """Those operations, in order of arrival."""
        return [] if self._unknown is None else self._unknown.get(name, []).copy()

    def _entry(self, vertex: int) -> HistoryEntry:
        author, _, commit = self._graph.names[vertex]
        return HistoryEntry(commit, author, self._stamps[vertex])

    def past(self, version: Iterable[bytes]) -> frozenset[bytes]:
        """The commits of a version and everything they had seen; equal roots by their one name."""
        names, vertices = self._graph.names, self._vertices
        ranges = self._graph.past([vertices[commit] for commit in version])
        return frozenset(name.commit for first, stop in ranges for name in names[first:stop])

    def history(self) -> list[HistoryEntry]:
        """All changes, parents first; of those that are free to go next the least (stamp, commit)
        goes: the same list on every device."""
        return [self._entry(vertex) for vertex in in_order(self._graph, self._stamps)]
