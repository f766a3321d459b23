"""The walk: what edits that were made side by side do to one text.

Owns the replay of one concurrent stretch, from a critical event (the base) on: every edit is
applied at the version it was made on, and said as an edit of the text that has them all. After
Gentle and Kleppmann, "Collaborative Text Editing with Eg-walker" (EuroSys 2025), with versions as
vectors over chains. Invariant: the outcome is a function of the set of events, never of the order
they came in. A walk can be kept and extended as long as its base stays critical.
Must never import the field: it gets the lineage, the operations and the names from outside.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Iterable
from typing import Any, Protocol

from goatcore.history.lineage import Lineage
from goatcore.history.splices import TextSplice
from goatcore.history.text.column import Operation
from goatcore.history.text.order import place
from goatcore.history.text.spans import (
    CHUNK,
    END,
    MASK,
    SHIFT,
    START,
    THERE,
    Chain,
    Sequence,
    Span,
)

Vector = list[int]  # a version: for each chain, how many of its events are in
Run = tuple[int, int, tuple[int, ...]]  # first event, stop, parents of the first
Piece = tuple[int, int, Vector]  # a run's chain, its index there, the version it was made on


class Source(Protocol):
    """What a walk reads: who saw whom, what was done, and how events are called."""

    @property
    def lineage(self) -> Lineage: ...
    @property
    def letters(self) -> Any: ...  # letters[e]: inserted by all events before e

    def name(self, event: int) -> tuple[bytes, int, bytes]: ...


class Walk:
    """The stretch after the critical event `base`, whose text has `size` letters."""

    __slots__ = (
        "_lineage",
        "_now",
        "_operations",
        "_piece_start",
        "_pieces",
        "_source",
        "base",
        "sequence",
        "stop",
    )

    def __init__(
        self,
        source: Source,
        operations: Callable[[int, int], Iterable[Operation]],
        base: int,
        size: int,
    ) -> None:
        self._source = source
        self._lineage = source.lineage
        self._operations = operations
        self.base = base
        self.stop = base + 1  # the first event that is not walked yet
        self.sequence = Sequence(size)
        self._now: Vector = [0]  # the prepare version
        self._piece_start: list[int] = []  # the first event of every run
        self._pieces: list[Piece] = []

    @property
    def chunk_count(self) -> int:
        """How long the sequence has become."""
        return len(self.sequence.chunks)

    def clear(self) -> None:
        """Done with it."""
        self.sequence.clear()

    # -- versions ----------------------------------------------------------------------------------

    def vector(self, version: Iterable[int]) -> Vector:
        """A version (events; those up to the base are understood) as a vector."""
        vector = [0] * len(self._now)
        for event in version:
            if event > self.base:
                chain, index, before = self.locate(event)
                for at, count in enumerate(before):
                    if count > vector[at]:  # noqa: PLR1730 - a call of max costs three times this
                        vector[at] = count
                if index >= vector[chain]:
                    vector[chain] = index + 1
        return vector

    def locate(self, event: int) -> Piece:
        """The chain of a planned event, its index there, and the version its run was made on."""
        row = bisect_right(self._piece_start, event) - 1
        chain, index, before = self._pieces[row]
        return chain, index + event - self._piece_start[row], before

    def _plan(self, run: Run) -> Piece:
        """Put a run at the end of a chain that its parents include, best its author's."""
        start, stop, parents = run
        chains = self.sequence.chains
        vector = self.vector(parents)
        best = 0
        for at in range(1, len(chains)):
            if vector[at] == chains[at].count and (not best or self._same_author(at, start)):
                best = at
        if not best:
            best = len(chains)
            chains.append(Chain())
            self._now.append(0)
            vector.append(0)
        chain, letters = chains[best], self._source.letters
        piece = best, chain.count, vector
        self._piece_start.append(start)
        self._pieces.append(piece)
        chain.pieces.append((chain.count, start))
        chain.count += stop - start
        shift = chain.letters_before[-1] - letters[start]
        if stop == start + 1:
            chain.letters_before.append(letters[stop] + shift)
        else:
            chain.letters_before.extend([count + shift for count in letters[start + 1 : stop + 1]])
        return piece

    def _same_author(self, at: int, event: int) -> bool:
        newest = self.sequence.chains[at].pieces[-1][1]
        return self._source.name(newest)[0] == self._source.name(event)[0]

    def move(self, target: Vector) -> None:
        """Bring the prepare version to a vector: undo and redo events in place."""
        now = self._now
        target = target + [0] * (len(now) - len(target))
        if now == target:
            return
        chains, toggle = self.sequence.chains, self.sequence.toggle
        for at, goal in enumerate(target):
            low, high, sign = now[at], goal, 1
            if low == high:
                continue
            if low > high:
                low, high, sign = high, low, -1
            now[at] = goal
            chain = chains[at]
            toggle(chain, chain.letters_before[low], chain.letters_before[high], sign)
            entries = chain.deleted_before
            for of, first, stop in chain.deleted[entries[low] : entries[high]]:
                toggle(chains[of], first, stop, 2 * sign)

    # -- walking -----------------------------------------------------------------------------------

    def extend(self, stop: int, out: list[TextSplice] | None = None) -> None:
        """Walk all events before `stop`; `out` collects what they mean for the text so far."""
        first = self.stop
        if stop <= first:
            return
        if stop == first + 1:
            self.stop = stop
            run = first, stop, self._lineage.parents(first)
            self._apply(run, self._plan(run), out)
            return
        planned = [(run, self._plan(run)) for run in self._lineage.runs(first, stop)]
        self.stop = stop
        if len(planned) == 1:
            self._apply(*planned[0], out)
            return
        # chain by chain, each as far as it can go, so that we seldom turn back
        queues: dict[int, list[tuple[Run, Piece]]] = {}
        for run, piece in reversed(planned):
            queues.setdefault(piece[0], []).append((run, piece))
        while queues:
            for at, queue in list(queues.items()):
                while queue and self._walked(queue[-1][1][2]):
                    self._apply(*queue.pop(), out)
                if not queue:
                    del queues[at]

    def _walked(self, vector: Vector) -> bool:
        """Whether all events of a version were applied."""
        chains = self.sequence.chains
        return all([len(chains[c].deleted_before) > k for c, k in enumerate(vector)])  # noqa: C419

    def _apply(self, run: Run, piece: Piece, out: list[TextSplice] | None) -> None:
        start, stop, _ = run
        at, index, vector = piece
        self.move(vector)
        chain = self.sequence.chains[at]
        entries, offset = chain.deleted_before, chain.letters_before[index]
        for event, position, deleted, inserted in self._operations(start, stop):
            if deleted:
                missing = index + event - start + 1 - len(entries)
                if missing > 0:
                    entries.extend([len(chain.deleted)] * missing)
                self._delete(position, deleted, chain.deleted, out)
            if inserted:
                chain.texts.append(inserted)
                place_now = self._insert(position, at, offset, len(inserted))
                offset += len(inserted)
                if out is not None:
                    out.append(TextSplice(place_now, 0, inserted))
        index += stop - start
        entries.extend([len(chain.deleted)] * (index + 1 - len(entries)))
        self._now[at] = index

    def _delete(
        self,
        position: int,
        size: int,
        deleted: list[tuple[int, int, int]],
        out: list[TextSplice] | None,
    ) -> None:
        sequence = self.sequence
        found = sequence.find(position)
        if not found:
            return  # beyond the end there is nothing to delete
        chunk, index, span, before, at = found
        touched = [chunk]
        if before:
            if not span.gone:
                at += before
            sequence.split(span, before)
            index += 1
        for where, _, span in sequence.following(chunk, index):
            if span.state == THERE:
                if span.size > size:
                    sequence.split(span, size)
                here = span.size
                size -= here
                span.state = 3
                where.here -= here
                if where is not touched[-1]:
                    touched.append(where)
                deleted.append((span.id >> SHIFT, span.id & MASK, (span.id & MASK) + here))
                if not span.gone:
                    span.gone = True
                    where.shown -= here
                    if out is not None:
                        _collect_deletion(out, at, here)
                if not size:
                    break
            elif not span.gone:
                at += span.size
        for grown in touched:
            sequence.halve(grown)

    def _insert(self, position: int, at_chain: int, offset: int, size: int) -> int:
        """Insert letters offset … of a chain; returns the position at the effect version."""
        sequence = self.sequence
        chunk, index, left, at = sequence.chunks[0], 0, START, 0
        span: Span | None = None
        if position:
            found = sequence.find(position - 1)
            if not found:  # beyond the end: at the end
                end = sum([chunk.here for chunk in sequence.chunks])
                return self._insert(end, at_chain, offset, size)
            chunk, index, span, before, at = found
            left = span.id + before
            index += 1
            before += 1
            if before < span.size:
                sequence.split(span, before)
            if not span.gone:
                at += before
        letter = at_chain << SHIFT | offset
        if index < len(chunk.spans):
            other: Span | None = chunk.spans[index]
        else:
            other = next(sequence.following(chunk, index), (chunk, 0, None))[2]
        if other is None:
            right = END
        elif other.state:
            right = other.id
        else:
            chunk, index, right, at = place(sequence, self._rank, chunk, index, left, letter, at)
            span = chunk.spans[index - 1] if index else None
        chunk.here += size
        chunk.shown += size
        if (
            span is not None
            and left == letter - 1 == span.id + span.size - 1
            and span.right == right
            and span.state == THERE
            and not span.gone
        ):
            span.size += size  # typing on
            return at
        new = Span(letter, size, THERE, False, left, right, chunk)
        chunk.spans.insert(index, new)
        chunk.born += 1
        chain = sequence.chains[at_chain]
        chain.starts.append(offset)
        chain.spans.append(new)
        if len(chunk.spans) > 2 * CHUNK:
            sequence.halve(chunk)
        return at

    def _rank(self, letter: int) -> tuple[tuple[bytes, int, bytes], int]:
        """What orders letters at one place: (author key, seq, commit id), then the offset."""
        chain, offset = self.sequence.chains[letter >> SHIFT], letter & MASK
        index = bisect_right(chain.letters_before, offset) - 1
        first, event = chain.pieces[bisect_right(chain.pieces, (index, END)) - 1]
        return self._source.name(event + index - first), offset

    # -- what came of it ---------------------------------------------------------------------------

    def text(self, base: str, *, prepare: bool = False) -> str:
        """The text after all that was walked, or at the version last moved to; `base`: the text at
        the base."""
        texts = [base, *["".join(chain.texts) for chain in self.sequence.chains[1:]]]
        return "".join(
            [
                texts[span.id >> SHIFT][span.id & MASK : (span.id & MASK) + span.size]
                for chunk in self.sequence.chunks
                for span in chunk.spans
                if (span.state == THERE if prepare else not span.gone)
            ]
        )


def _collect_deletion(out: list[TextSplice], at: int, size: int) -> None:
    """Add a deletion to what is collected; one that goes on where the last stopped joins it."""
    if out and out[-1].position == at and not out[-1].inserted:
        out[-1] = TextSplice(at, out[-1].deleted + size, "")
    else:
        out.append(TextSplice(at, size, ""))
