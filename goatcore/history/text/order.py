"""Where letters go among others that their writer had not seen.

Owns the order FugueMax in the form of YjsMod (Weidner and Kleppmann, "The Art of the Fugue",
2023; Gentle and Kleppmann, "Collaborative Text Editing with Eg-walker", EuroSys 2025). Invariant:
what one person typed in one go stays together; the outcome depends on the letters' names and
neighbours only, never on time or arrival. Must never import the lineage or the walk.
"""

from __future__ import annotations

from collections.abc import Callable

from goatcore.history.text.spans import END, START, Chunk, Sequence, Span

Rank = Callable[[int], tuple[tuple[bytes, int, bytes], int]]  # letter -> the lower goes left


def _next_born(sequence: Sequence, chunk: Chunk, index: int) -> Span | None:
    """The first span from a place on that the writer had seen."""
    for span in chunk.spans[index:]:
        if span.state:
            return span
    chunks = sequence.chunks
    for at in range(chunks.index(chunk) + 1, len(chunks)):
        if chunks[at].born:
            return next(span for span in chunks[at].spans if span.state)
    return None


def place(
    sequence: Sequence, rank: Rank, chunk: Chunk, index: int, left: int, letter: int, at: int
) -> tuple[Chunk, int, int, int]:
    """Find the place of `letter`, written right of the letter `left`, where an unborn span stands.

    `chunk`, `index`: the place behind `left`; `at`: its position at the effect version. Returns
    the chunk and index to insert at, the letter's right neighbour as its writer saw it, and the
    position at the effect version.
    """
    border = _next_born(sequence, chunk, index)
    right = END if border is None else border.id
    passed: set[Span] = set()
    here, scanning, mine = at, False, None
    for where, i, other in sequence.following(chunk, index):
        if other is border:
            break
        if other.left == left:
            if other.right == right:
                if mine is None:
                    mine = rank(letter)
                if mine < rank(other.id):
                    break
                scanning = False
            elif other.right == END:
                scanning = False
            else:
                beside = sequence.span(other.right)
                scanning = not beside.state and (border is None or sequence.before(beside, border))
        elif other.left == START or sequence.span(other.left) not in passed:
            break  # it belongs to something further left
        passed.add(other)
        if not other.gone:
            here += other.size
        if not scanning:
            chunk, index, at = where, i + 1, here
    return chunk, index, right, at
