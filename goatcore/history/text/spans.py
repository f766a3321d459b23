"""The temporary sequence of letters that a walk keeps while it is in a concurrent stretch.

Owns spans (letters inserted one after another, in one state), the chunks they stand in and the
chains that index them by letter. Invariant: every letter of the stretch, deleted or not, is in
exactly one span; a chunk's sums agree with its spans. Must never import the lineage: what is to be
inserted or deleted, and under which version, the walk decides.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator

SHIFT = 40  # the id of a letter = chain << SHIFT | offset; chain 0 is the text at the base
MASK = (1 << SHIFT) - 1
START = -1  # what the first letter has to its left
END = 1 << 62  # what the last letter has to its right
CHUNK = 32  # a chunk of more than twice as many spans is cut in two

UNBORN = 0  # states at the prepare version: not inserted yet,
THERE = 1  # visible, and 1 + 2k: deleted k times


class Chunk:
    """Neighbouring spans. `here`: letters visible at the prepare version, `shown`: at the effect
    version; `born`: spans that are not unborn."""

    __slots__ = ("born", "here", "shown", "spans")

    def __init__(self, spans: list[Span], here: int, shown: int, born: int) -> None:
        self.spans = spans
        self.here = here
        self.shown = shown
        self.born = born


class Span:
    """Letters id … id + size - 1. `left` and `right` are the letters beside it as its writer saw
    them; `gone`: deleted by anybody, at the effect version."""

    __slots__ = ("chunk", "gone", "id", "left", "right", "size", "state")

    def __init__(
        self, letter: int, size: int, state: int, gone: bool, left: int, right: int, chunk: Chunk
    ) -> None:
        self.id = letter
        self.size = size
        self.state = state
        self.gone = gone
        self.left = left
        self.right = right
        self.chunk = chunk


class Chain:
    """Events each of which has seen the one before it, so a version is one number a chain."""

    __slots__ = (
        "count",
        "deleted",
        "deleted_before",
        "letters_before",
        "pieces",
        "spans",
        "starts",
        "texts",
    )

    def __init__(self) -> None:
        self.count = 0
        self.pieces: list[tuple[int, int]] = []  # (index of its first event here, event number)
        self.letters_before = [0]  # k -> letters that the events before the k-th insert
        self.deleted_before = [0]  # k -> entries of `deleted` before the k-th; only walked events
        self.deleted: list[tuple[int, int, int]] = []  # (chain, from offset, to offset)
        self.starts: list[int] = []  # the chain's spans by offset
        self.spans: list[Span] = []
        self.texts: list[str] = []  # what was inserted, in order


Place = tuple[Chunk, int, Span, int, int]


class Sequence:
    """Spans in order; begins as one span: the `size` letters of the text at the base."""

    __slots__ = ("chains", "chunks")

    def __init__(self, size: int) -> None:
        chunk = Chunk([], size, size, 1)
        span = Span(0, size, THERE, False, START, END, chunk)
        chunk.spans.append(span)
        base = Chain()
        base.starts.append(0)
        base.spans.append(span)
        self.chunks = [chunk]
        self.chains = [base]

    def clear(self) -> None:
        """Break the circles between spans and chunks, so that nothing waits for the collector."""
        for chunk in self.chunks:
            chunk.spans.clear()
        self.chunks.clear()
        self.chains.clear()

    def span(self, letter: int) -> Span:
        """The span that a letter is in."""
        chain = self.chains[letter >> SHIFT]
        return chain.spans[bisect_right(chain.starts, letter & MASK) - 1]

    def following(self, chunk: Chunk, index: int) -> Iterator[tuple[Chunk, int, Span]]:
        """Every span from a place to the end."""
        chunks = self.chunks
        for at in range(chunks.index(chunk), len(chunks)):
            chunk = chunks[at]
            spans = chunk.spans
            while index < len(spans):  # the caller may split as it goes
                yield chunk, index, spans[index]
                index += 1
            index = 0

    def find(self, position: int) -> Place | None:
        """The letter at `position` of the prepare version: its chunk, index and span, the letters
        before it in the span, and where the span begins at the effect version. None: beyond the
        end."""
        at = 0
        for chunk in self.chunks:
            if position < chunk.here:
                break
            position -= chunk.here
            at += chunk.shown
        else:
            return None
        for index, span in enumerate(chunk.spans):
            if span.state == THERE:
                if position < span.size:
                    return chunk, index, span, position, at
                position -= span.size
            if not span.gone:
                at += span.size
        raise AssertionError("a chunk has fewer visible letters than its sum says")

    def split(self, span: Span, size: int) -> None:
        """Cut a span after `size` letters."""
        letter, chunk = span.id + size, span.chunk
        part = Span(letter, span.size - size, span.state, span.gone, letter - 1, span.right, chunk)
        span.size = size
        spans = chunk.spans
        spans.insert(spans.index(span) + 1, part)
        if span.state:
            chunk.born += 1
        chain = self.chains[letter >> SHIFT]
        at = bisect_right(chain.starts, letter & MASK)
        chain.starts.insert(at, letter & MASK)
        chain.spans.insert(at, part)

    def halve(self, chunk: Chunk) -> None:
        """Cut a chunk that has grown too long."""
        while len(chunk.spans) > 2 * CHUNK:
            spans = chunk.spans[-CHUNK:]
            part = Chunk(
                spans,
                sum([span.size for span in spans if span.state == THERE]),
                sum([span.size for span in spans if not span.gone]),
                sum([1 for span in spans if span.state]),
            )
            for span in spans:
                span.chunk = part
            del chunk.spans[-CHUNK:]
            chunk.here -= part.here
            chunk.shown -= part.shown
            chunk.born -= part.born
            self.chunks.insert(self.chunks.index(chunk) + 1, part)

    def toggle(self, chain: Chain, first: int, stop: int, change: int) -> list[Span]:
        """Add `change` to the state of letters first … stop-1 of a chain; returns their spans."""
        if first == stop:
            return []
        starts, spans = chain.starts, chain.spans
        begin = bisect_right(starts, first) - 1
        if starts[begin] < first:
            self.split(spans[begin], first - starts[begin])
            begin += 1
        at = begin
        while first < stop:
            span = spans[at]
            if first + span.size > stop:
                self.split(span, stop - first)
            first += span.size
            was, chunk = span.state, span.chunk
            span.state = state = was + change
            if was == 1:
                chunk.here -= span.size
            elif not was:
                chunk.born += 1
            if state == 1:
                chunk.here += span.size
            elif not state:
                chunk.born -= 1
            at += 1
        return spans[begin:at]

    def before(self, one: Span, other: Span) -> bool:
        """Whether `one` stands to the left of `other`."""
        if one.chunk is other.chunk:
            spans = one.chunk.spans
            return spans.index(one) < spans.index(other)
        return self.chunks.index(one.chunk) < self.chunks.index(other.chunk)
