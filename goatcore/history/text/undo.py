"""Taking back what some edits did, whatever came after them.

Owns the rule: letters that these edits inserted go, letters that they and nobody else deleted come
back where they stood. The result is an ordinary edit of the text at the heads, to be recorded as
any other; nothing is taken out of history. Must never import the field.
"""

from __future__ import annotations

from collections.abc import Collection

from goatcore.history.lineage import ROOT
from goatcore.history.splices import TextSplice
from goatcore.history.text.replay import Replay
from goatcore.history.text.spans import MASK, SHIFT, THERE, Span
from goatcore.history.text.walk import Walk

Range = tuple[int, int, int]  # chain, from offset, to offset


def reversal(replay: Replay, undone: Collection[int]) -> list[TextSplice]:
    """The splices that take events back, in order, for the text at the heads."""
    if not undone:
        return []
    events = replay.events
    first = min(undone)
    base = events.lineage.critical(first - 1) if first else ROOT
    text = str(replay.rope(base))
    walk = Walk(events, events.column.operations, base, len(text))
    walk.extend(events.lineage.count)
    walk.move(walk.vector(events.lineage.heads))
    inserted, deleted = _touched(walk, undone)
    mine = set(_spans(walk, inserted))
    kills: dict[Span, int] = {}
    for span in _spans(walk, deleted):
        kills[span] = kills.get(span, 0) + 1
    chains = walk.sequence.chains
    texts = [text, *["".join(chain.texts) for chain in chains[1:]]]
    at, out = 0, list[TextSplice]()
    for chunk in walk.sequence.chunks:
        for span in chunk.spans:
            if span.state == THERE:
                if span in mine:
                    out.append(TextSplice(at, span.size, ""))
                else:
                    at += span.size
            elif span in kills and span not in mine and span.state == THERE + 2 * kills[span]:
                offset = span.id & MASK
                out.append(TextSplice(at, 0, texts[span.id >> SHIFT][offset : offset + span.size]))
                at += span.size
    walk.clear()
    return out


def _touched(walk: Walk, undone: Collection[int]) -> tuple[list[Range], list[Range]]:
    """The letters that events inserted, and those that they deleted."""
    inserted: list[Range] = []
    deleted: list[Range] = []
    for event in undone:
        at, index, _ = walk.locate(event)
        chain = walk.sequence.chains[at]
        letters, entries = chain.letters_before, chain.deleted_before
        inserted.append((at, letters[index], letters[index + 1]))
        deleted += chain.deleted[entries[index] : entries[index + 1]]
    cut = walk.sequence.toggle
    for at, start, stop in inserted + deleted:
        cut(walk.sequence.chains[at], start, stop, 0)  # now every border is one of spans
    return inserted, deleted


def _spans(walk: Walk, ranges: list[Range]) -> list[Span]:
    """The spans of ranges whose borders are borders of spans."""
    sequence = walk.sequence
    return [
        span
        for at, start, stop in ranges
        for span in sequence.toggle(sequence.chains[at], start, stop, 0)
    ]
