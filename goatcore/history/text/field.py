"""One text field: exact letter-by-letter merging of everything that was ever typed in it.

Owns the visible text and what makes the next edit cheap: the walk of the newest concurrent stretch
and the lengths of recent texts. Invariant: the text is a function of the set of events; a field
that nobody reads only records. Must never import schemas, items or storage.
"""

from __future__ import annotations

from array import array
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from operator import sub

from goatcore.history.graph import Graph
from goatcore.history.lineage import ROOT
from goatcore.history.splices import TextSplice
from goatcore.history.text.alignment import Stretch, aligned
from goatcore.history.text.events import TextEvents
from goatcore.history.text.places import places_now
from goatcore.history.text.replay import SLICE, Replay
from goatcore.history.text.rope import Rope
from goatcore.history.text.undo import reversal
from goatcore.history.text.walk import Walk

UNKNOWN = 0xFFFFFFFF
CHUNKS_MAX = 32  # a walk that has grown longer is begun anew where that is cheap:
AFRESH_EVENTS_MAX = 256


class TextField:
    """The text of one field over an item's graph.

    Cold after creation and `extend`: nothing is computed until somebody reads. From then on `add`
    keeps the text up to date, at a cost that depends only on what an edit is concurrent with.
    """

    __slots__ = ("_base", "_graph", "_replay", "_rope", "_sizes", "_text", "_waiting", "_walk")

    _replay: Replay  # set with the first reader, as is
    _sizes: array[int]  # of the text after an event, where it was all alone

    def __init__(self, graph: Graph, base: str | None = None) -> None:
        """`base`: the text after vertex 0, which then stands for a whole past."""
        self._graph = graph
        self._base = base
        self._waiting: list[tuple[int, Sequence[TextSplice]]] | None = []  # None: somebody read
        self._rope: Rope | None = None
        self._text: str | None = None
        self._walk: Walk | None = None

    # -- taking in ---------------------------------------------------------------------------------

    def add(self, vertex: int, splices: Sequence[TextSplice]) -> list[TextSplice]:
        """Take in what the newest vertex did, and return the splices that bring the visible text
        up to date, in order, all in range. Splices beyond the end insert at the end and delete
        what exists."""
        rope = self._rope or self._warm()
        replay = self._replay
        events = replay.events
        lineage = events.lineage
        event = lineage.count
        parents = events.record(vertex, splices)
        self._text = None
        if parents is None:
            if len(splices) == 1 and splices[0].position + splices[0].deleted <= rope.size:
                rope.splice(*splices[0])
                out = [splices[0]]
            else:
                out = _spliced(rope, splices)
            self._sizes.append(rope.size)
        else:
            out = self._merge(rope, event, parents[0] if parents else ROOT)
            if len(lineage.heads) != 1:
                return out
            self._sizes[event] = rope.size
        if event >= replay.keep_from:
            replay.keep(event, rope)
        return out

    def put_off(self, vertex: int, splice: TextSplice) -> bool:
        """Take in one splice of the newest vertex if nobody has read yet; False: not taken in."""
        waiting = self._waiting
        if waiting is None:
            return False
        waiting.append((vertex, (splice,)))
        return True

    def extend(self, changes: Iterable[tuple[int, Sequence[TextSplice]]]) -> list[TextSplice]:
        """Take in many (vertex, splices), ascending. A cold field records them and returns
        nothing; else the splices that bring the visible text up to date, with one walk for all."""
        if self._waiting is not None:
            self._waiting.extend(changes)
            return []
        events = self._replay.events
        first = events.lineage.count
        if self._rope is None:
            for vertex, splices in changes:
                events.record(vertex, splices)
            return []
        rope, oldest, in_line, out = self._rope, first - 1, True, list[TextSplice]()
        for vertex, splices in changes:
            parents = events.record(vertex, splices)
            if parents is not None:
                in_line = False
                oldest = min(oldest, parents[0] if parents else ROOT)
            if in_line:
                out.extend(splices)
        self._text = None
        count = events.lineage.count
        if in_line:
            self._sizes.extend([UNKNOWN] * (count - first))
            out = _spliced(rope, out)
        else:
            out = self._merge(rope, first, oldest)
        if len(events.lineage.heads) == 1:
            self._sizes[-1] = rope.size
            self._replay.keep(count - 1, rope)
        return out

    def _merge(self, rope: Rope, first: int, oldest: int) -> list[TextSplice]:
        """Walk events from `first` on; the earliest they were made on is `oldest`."""
        events, walk = self._replay.events, self._walk
        lineage = events.lineage
        base = lineage.critical(oldest)
        if (
            walk is None
            or base < walk.base
            or base >= walk.stop
            or (walk.chunk_count > CHUNKS_MAX and first - base < AFRESH_EVENTS_MAX)
        ):
            if walk is not None:
                walk.clear()
            size = self._size_after(base)
            self._walk = walk = Walk(events, events.column.operations, base, size)
        self._sizes.extend([UNKNOWN] * (lineage.count - first))
        walk.extend(first)
        out: list[TextSplice] = []
        walk.extend(lineage.count, out)
        for splice in out:
            rope.splice(*splice)
        return out

    def _size_after(self, base: int) -> int:
        if base == ROOT:
            return 0
        size = self._sizes[base]
        return size if size != UNKNOWN else self._replay.rope(base).size

    def _recorded(self) -> Replay:
        """All that was taken in, in its columns."""
        waiting = self._waiting
        if waiting is not None:
            events = self._begun()
            events.record_all(waiting)
            self._adopt(events)
        return self._replay

    def _begun(self) -> TextEvents:
        """No events yet, but for the base: an event of its own that did nothing."""
        events = TextEvents(self._graph)
        if self._base is not None:
            events.record(0, ())
        return events

    def _adopt(self, events: TextEvents) -> None:
        """Begin to compute over these events, with nothing computed."""
        self._replay = Replay(events, self._base)
        self._sizes = array("I")
        self._waiting = None

    def go_on_from(self, other: TextField) -> None:
        """Hold the text that `other` holds: it had the same edits."""
        rope = other._rope
        if rope is not None:
            self._recorded()
            self._hold(rope)
            self._text = other._text

    def _warm(self) -> Rope:
        replay = self._recorded()
        return self._hold(replay.rope())

    def _hold(self, rope: Rope) -> Rope:
        """Keep the text at the heads from now on."""
        lineage, sizes = self._replay.events.lineage, self._sizes
        sizes.extend([UNKNOWN] * (lineage.count - len(sizes)))
        if len(lineage.heads) == 1:
            sizes[-1] = rope.size
        self._rope = rope
        return rope

    def warm_up(self) -> Iterator[None]:
        """Compute the text in slices of a few milliseconds, one each `next`, so that a long
        history does not hold a loop. The field may be used in between; at the end it is warm."""
        waiting = self._waiting
        if waiting is not None:
            events, done = self._begun(), 0
            while self._waiting is waiting and done < len(waiting):
                batch = waiting[done : done + SLICE]
                events.record_all(batch)
                done += len(batch)
                yield
            if self._waiting is waiting:
                self._adopt(events)
        while self._rope is None:
            replay = self._replay
            count = replay.events.lineage.count
            rope = yield from replay.steps()
            unchanged = self._replay is replay and replay.events.lineage.count == count
            if self._rope is None and unchanged:  # else again: from a checkpoint it is not far
                self._hold(rope)

    def cool(self) -> None:
        """Drop what is computed; the next reader computes it again."""
        if self._walk is not None:
            self._walk.clear()
        self._rope = self._text = self._walk = None

    def renamed(self) -> None:
        """A vertex got another name: every place that a name decided is open again."""
        self.cool()
        if self._waiting is None:
            self._adopt(self._replay.events)

    # -- reading -----------------------------------------------------------------------------------

    @property
    def warm(self) -> bool:
        """Whether the text is held."""
        return self._rope is not None

    @property
    def commits(self) -> list[bytes]:
        """Whose edits it has."""
        names, waiting = self._graph.names, self._waiting
        if waiting is not None:
            return [names[vertex].commit for vertex, _ in waiting]
        return [names[vertex].commit for vertex in self._replay.events.lineage.vertices]

    @property
    def text(self) -> str:
        """The text that has everything."""
        text = self._text
        if text is None:
            self._text = text = str(self._rope or self._warm())
        return text

    def told(self) -> str:
        """As `text`, for one who does not look again: a cold text stays cold."""
        waiting = self._waiting
        if self._rope is not None:
            return self.text
        if waiting is None or len(self._graph.run_start) > 1:
            return str(self._recorded().rope())
        rope = Rope(self._base or "")  # nothing ever happened at the same time
        for _, splices in waiting:
            for splice in splices:
                rope.splice(*splice)
        return str(rope)

    @property
    def length(self) -> int:
        """Letters of `text`."""
        return (self._rope or self._warm()).size

    def at(self, version: Sequence[int]) -> str:
        """The text at a version of the item: those vertices and everything they had seen."""
        replay = self._recorded()
        return replay.text_at(replay.events.lineage.frontier(version))

    def places(self, version: Sequence[int], places: Sequence[int]) -> list[int] | None:
        """Places in the text at a version (see `at`) as places of `text`; None: too much was done
        since."""
        events = self._recorded().events
        if self._rope is None:
            self._warm()
        return places_now(events, events.lineage.frontier(version), places, self._size_after)

    def reversal(self, vertices: Iterable[int]) -> list[TextSplice]:
        """The splices that take back what vertices did in this text, whatever came after: for the
        text that has everything, in order, to be recorded as an ordinary edit."""
        replay = self._recorded()
        of = replay.events.lineage.vertices
        undone = []
        for vertex in vertices:
            event = bisect_left(of, vertex)
            if event < len(of) and of[event] == vertex:
                undone.append(event)
        return reversal(replay, undone)

    def sizes(self) -> Iterator[tuple[int, int, int]]:
        """The vertices that edited it, with how many letters each inserted and deleted."""
        events = self._recorded().events
        vertices, letters = events.lineage.vertices, events.letters
        deleted = [0] * len(vertices)
        for event, _, gone, _ in events.column.operations(0, len(vertices)):
            deleted[event] += gone
        inserted = map(sub, letters[1:], letters)
        return zip(vertices, inserted, deleted, strict=True)

    def aligned(self, version: Sequence[int]) -> list[Stretch]:
        """The letters at a version (see `at`) and those of now in one row."""
        replay = self._recorded()
        return aligned(replay, replay.events.lineage.frontier(version))

    def blame(self, version: Sequence[int] | None = None) -> list[tuple[int, int]]:
        """Who wrote the text, as it is or at a version (see `at`): runs of (letters, vertex) from
        the first letter to the last."""
        replay = self._recorded()
        lineage = replay.events.lineage
        events = None if version is None else lineage.frontier(version)
        return [(size, lineage.vertices[event]) for size, event in replay.writers(events)]


def _spliced(rope: Rope, splices: Iterable[TextSplice]) -> list[TextSplice]:
    """Splice, and say what was spliced: what is beyond the end is not there to be deleted."""
    out = []
    for position, deleted, inserted in splices:
        at, gone = rope.clipped(position, deleted)
        rope.splice(at, gone, inserted)
        out.append(TextSplice(at, gone, inserted))
    return out
