"""The walk: what edits that were made side by side do to one text.

Owns the replay of one concurrent stretch, from a critical event (the base) on: every edit is
applied at the version it was made on, and said as an edit of the text that has them all. After
Gentle and Kleppmann, "Collaborative Text Editing with Eg-walker" (EuroSys 2025), with versions as
vectors over chains. Invariant: the outcome is a function of the set of events, never of the order
they came in. A walk can be kept and extended as long as its base stays critical.
Must never import the field: it gets the lineage, the operations and the names from outside.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

from goatcore.history.splices import TextSplice
from goatcore.history.text.column import TYPING_MAX, Operation
from goatcore.history.text.order import place
from goatcore.history.text.spans import (
    CHUNK,
    END,
    MASK,
    SHIFT,
    START,
    THERE,
    Span,
)
from goatcore.history.text.versions import Piece, Run, Source, Versions


class Walk(Versions):
    """The stretch after the critical event `base`, whose text has `size` letters."""

    __slots__ = ("_operations", "stop")

    def __init__(
        self,
        source: Source,
        operations: Callable[[int, int], Iterable[Operation]],
        base: int,
        size: int,
    ) -> None:
        super().__init__(source, base, size)
        self._operations = operations
        self.stop = base + 1  # the first event that is not walked yet

    @property
    def chunk_count(self) -> int:
        """How long the sequence has become."""
        return len(self.sequence.chunks)

    def clear(self) -> None:
        """Done with it."""
        self.sequence.clear()

    # -- walking -----------------------------------------------------------------------------------

    def extend(self, stop: int, out: list[TextSplice] | None = None) -> None:
        """Walk all events before `stop`; `out` collects what they mean for the text so far."""
        first = self.stop
        if stop <= first:
            return
        if stop == first + 1:
            self.stop = stop
            run = first, stop, self._source.lineage.parents(first)
            self._apply(run, self._plan(run), out)
            return
        planned = [(run, self._plan(run)) for run in self._source.lineage.runs(first, stop)]
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
                    _collect_insertion(out, place_now, inserted)
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


def _collect_insertion(out: list[TextSplice], at: int, inserted: str) -> None:
    """Add an insertion to what is collected; one that goes on where the last ended joins it."""
    if out:
        last = out[-1]
        typed = last.inserted
        if at == last.position + len(typed) and 0 < len(typed) < TYPING_MAX:
            out[-1] = TextSplice(last.position, last.deleted, typed + inserted)
            return
    out.append(TextSplice(at, 0, inserted))
