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
from typing import Final, NamedTuple, cast

from goatcore.history.containers import Containers
from goatcore.history.existence import Existence
from goatcore.history.footprint import footprint
from goatcore.history.graph import Graph, VertexName
from goatcore.history.item_reading import Base, ItemReading, Load
from goatcore.history.item_reading import ChangeRecord as ChangeRecord
from goatcore.history.item_reading import HistoryEntry as HistoryEntry
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
from goatcore.history.snapshot import (
    FLAGGED,
    HIDDEN,
    THERE,
    Snapshot,
    Writers,
    told_total,
    writes_of,
)
from goatcore.history.splices import TextSplice, difference
from goatcore.history.text import TextField
from goatcore.values import pack


class Delta(NamedTuple):
    """What a change did to the state. A text that nobody has read is in `fields` only: splices are
    told for texts that are held."""

    fields: tuple[str, ...]  # names of fields whose value or alternatives may differ
    splices: Mapping[str, Sequence[TextSplice]]  # text fields, in order, each in range
    visible_before: bool
    visible: bool


_new = tuple.__new__  # of named tuples: a third of what calling their class costs
_Edits = list[tuple[int, Sequence[TextSplice]]]  # (vertex, its splices)
_NO_SPLICES: Mapping[str, Sequence[TextSplice]] = MappingProxyType({})
NO_VERSION: Final = 1 << 32  # greater than any
_BASE: Final = VertexName(b"", 0, b"")  # what vertex 0 of a resumed state is called


@lru_cache(maxsize=256)
def _unseen(name: str) -> Delta:
    """What an edit of a text that nobody has read does."""
    return Delta((name,), _NO_SPLICES, True, True)


class ItemState(ItemReading):
    """The merged state of one item."""

    __slots__ = ("_gathered", "_root", "_roots", "_since")

    def __init__(self) -> None:
        self._clear()

    def _clear(self) -> None:
        self._base = None
        self._graph = Graph()
        self._existence = Existence(self._graph)
        self._registers = {}
        self._texts = {}
        self._containers = None
        self._unknown = None
        self._footprints = None
        self._vertices = {}
        self._stamps = []
        self.oldest_version = NO_VERSION
        self._gathered: dict[str, _Edits] | None = None  # while a batch is taken in
        self._root = b""  # digest of the operations of vertex 0,
        self._roots: dict[bytes, int] | None = None  # of further roots -> vertex
        self._since: list[ChangeRecord] | None = None  # taken in since it was resumed

    # -- without the history -----------------------------------------------------------------------

    def snapshot(self) -> Snapshot:
        """The state as a value, to be resumed from. Nothing changes; cold texts stay cold."""
        heads = self.heads
        writers = Writers(heads)
        registers = [(name, writers.told(one.writes)) for name, one in self._registers.items()]
        maps = [
            (name, tuple([(k, writers.told(r.writes)) for k, r in entries.registers.items()]))
            for name, entries in self.maps.items()
        ]
        deleted = FLAGGED if self.flagged else HIDDEN
        return Snapshot(
            heads,
            self.count,
            self.twins,
            deleted if self._existence.deletes else THERE,
            None if self.oldest_version == NO_VERSION else self.oldest_version,
            writers.rows(),
            tuple(registers),
            tuple([(name, self.told_text(name)) for name in self._texts]),
            tuple([(name, tuple(members.encoded)) for name, members in self.sets.items()]),
            tuple(maps),
            tuple([(name, told_total(one.total)) for name, one in self.counters.items()]),
            self.unknown_fields,
        )

    @classmethod
    def resumed(cls, value: Sequence[object], load: Load) -> ItemState:
        """The state of a snapshot (or of what it is packed and unpacked again), at a cost that
        depends on what it shows, not on its past.

        A change that has seen all of the snapshot is taken in as it is. Everything else first has
        the history in by `load`, which gives the changes of the snapshot, parents first; others
        may be among them and are left out.
        """
        told = Snapshot(*value)  # type: ignore[arg-type]
        state = cls()
        if not told.changes:
            return state
        heads, graph = tuple(told.heads), state._graph
        state._base = Base(heads, told.changes, tuple(told.twins), load)
        state._since = []
        graph.append(_BASE, ())
        state._stamps.append(0)
        if len(heads) == 1:
            state._vertices[heads[0]] = 0
        if told.existence != THERE:
            unaware = told.existence == FLAGGED
            state._existence = Existence(graph, (0,), unaware=unaware)
        if told.oldest_version is not None:
            state.oldest_version = told.oldest_version
        writers = told.writers
        for name, writes in told.registers:
            state._registers[name] = RegisterField(graph, writes_of(writes, writers, heads))
        for name, letters in told.texts:
            state._texts[name] = TextField(graph, letters)
        if told.unknown:
            state._unknown = {name: [] for name in told.unknown}
        if told.sets or told.maps or told.counters:
            state._containers = Containers.resumed(graph, told)
        return state

    def complete(self) -> None:
        """Have the whole history in, if it is not."""
        base, since = self._base, self._since
        if base is None or since is None:
            return
        texts, gathered = self._texts, self._gathered
        self._clear()
        self._fill(_changes_of(base))
        self._fill(since)
        for name, text in texts.items():
            self._texts[name].go_on_from(text)
        self._gathered = gathered

    # -- taking in ---------------------------------------------------------------------------------

    def apply(self, change: ChangeRecord) -> Delta:
        """Take in one change; one that is already in does nothing. Parents must be in."""
        author, seq, commit, stamp, parents, operations, version = change
        vertices = self._vertices
        if commit in vertices:
            return self._nothing()
        on: tuple[int, ...] | None
        try:
            if len(parents) == 1:
                on = (vertices[parents[0]],)
            else:
                on = tuple([vertices[parent] for parent in parents])
        except KeyError:
            on = self._on_base(parents)
        if not on:
            if self._base is not None:
                return self._apply_completed(change)
            twin = self._twin(operations)
            if twin is not None:
                return self._apply_twin(change, twin)
            on = ()
        if self._since is not None:
            self._since.append(change)
        vertex = self._graph.append(_new(VertexName, (author, seq, commit)), on)
        vertices[commit] = vertex
        self._stamps.append(stamp)
        if len(operations) == 1 and operations[0][0] == TEXT_SPLICE and not self._existence.deletes:
            return self._splice_only(vertex, operations[0])
        if on:
            marks = footprint(operations)
            if marks:
                if self._footprints is None:
                    self._footprints = []
                self._footprints.append((vertex, marks))
        return self._operate(vertex, stamp, operations, version)

    def _on_base(self, parents: Sequence[bytes]) -> tuple[int, ...]:
        """The vertices that a change stands on if it has seen all of the snapshot; else none."""
        base, vertices = self._base, self._vertices
        assert base is not None, "a parent that is not in this item"
        known = tuple([vertices[parent] for parent in parents if parent in vertices])
        of_base = {parent for parent in parents if parent not in vertices}
        if not of_base.issubset(base.heads):
            return ()
        return known or ((0,) if len(of_base) == len(base.heads) else ())

    def _apply_completed(self, change: ChangeRecord) -> Delta:
        """Take in a change that only the whole history can place."""
        told = self._walk_gathered()
        self.complete()
        delta = self.apply(change)
        if not told:
            return delta
        splices = {
            name: [*told.get(name, ()), *delta.splices.get(name, ())]
            for name in (*told, *delta.splices)
        }
        return delta._replace(splices=splices)

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

    def _splice_only(self, vertex: int, operation: Operation) -> Delta:
        """The shape of nearly all changes, made short."""
        name, splice = cast(str, operation[1]), _new(TextSplice, operation[2:])
        text = self._texts.get(name)
        if text is not None:
            if text.put_off(vertex, splice):
                return _unseen(name)
            if text.warm and self._gathered is None:
                told = {name: text.add(vertex, (splice,))}
                return _new(Delta, ((name,), told, vertex > 0, True))
        self._edit(vertex, name, (splice,))
        return Delta((name,), _NO_SPLICES, vertex > 0, True)

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

    def _fill(self, records: Iterable[ChangeRecord]) -> None:
        """Take in changes while nobody reads a text, so that nothing is walked: as `apply` one by
        one, with the shape of nearly all of them made short."""
        vertices, stamps, texts = self._vertices, self._stamps, self._texts
        append, existence = self._graph.append, self._existence
        for record in records:
            author, seq, commit, stamp, parents, operations, _ = record
            if len(parents) == 1 and len(operations) == 1 and commit not in vertices:
                operation = operations[0]
                text = texts.get(operation[1]) if operation[0] == TEXT_SPLICE else None  # type: ignore[call-overload]
                if text is not None and not existence.deletes:
                    name = _new(VertexName, (author, seq, commit))
                    vertex = vertices[commit] = append(name, (vertices[parents[0]],))
                    stamps.append(stamp)
                    taken = text.put_off(vertex, _new(TextSplice, operation[2:]))
                    assert taken, "somebody read a text"
                    continue
            self.apply(record)

    def rebuild(self, records: Iterable[ChangeRecord]) -> Delta:
        """Forget everything and take in `records`, parents first. What that means for what is
        seen: a text that was held and that has other edits now is walked, all others are not."""
        before, texts, visible = self._beyond_texts(), self._texts, self.visible
        edits = {} if self._base is not None else {n: _events(t) for n, t in texts.items()}
        self._clear()
        self._fill(records)
        after = self._beyond_texts()
        names = {key[1]: None for key in before.keys() | after.keys()
                 if before.get(key) != after.get(key)}  # fmt: skip
        splices: dict[str, Sequence[TextSplice]] = {}
        for name in texts.keys() | self._texts.keys():
            old, new = texts.get(name), self._texts.get(name)
            if old is not None and new is not None and edits.get(name) == _events(new):
                new.go_on_from(old)
                continue
            names[name] = None
            if old is not None and old.warm:
                splice = difference(old.text, self.text(name))
                splices[name] = [] if splice is None else [splice]
        return Delta(tuple(names), splices, visible, self.visible)


def _events(text: TextField) -> frozenset[bytes]:
    """The commits that edit a text."""
    return frozenset(text.commits)


def _changes_of(base: Base) -> list[ChangeRecord]:
    """The changes of a snapshot, out of all that there are."""
    records = {record.commit: record for record in base.load()}
    wanted, stack = set(base.twins), [*base.heads, *base.twins]
    while stack:
        commit = stack.pop()
        wanted.add(commit)
        stack.extend([one for one in records[commit].parents if one not in wanted])
    return [record for commit, record in records.items() if commit in wanted]
