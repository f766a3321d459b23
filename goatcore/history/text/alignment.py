"""Which letters of a text as it was are still in the text of now, and what stands between them.

Owns the one row of letters that both texts are read from. Invariant: of the row, what was there
then is the text at the version, and what is there now is the text at the heads, letter by letter:
a letter is the same one only if it was never written anew. Must never import the field.
"""

from __future__ import annotations

from typing import NamedTuple

from goatcore.history.lineage import ROOT
from goatcore.history.text.replay import Replay
from goatcore.history.text.spans import THERE
from goatcore.history.text.walk import Walk


class Stretch(NamedTuple):
    """Letters next to each other; of `then` and `now` one at least is true."""

    size: int  # code points
    then: bool  # at the version
    now: bool  # at the heads


def aligned(replay: Replay, version: tuple[int, ...]) -> list[Stretch]:
    """The row of letters of a version (events, none an ancestor of another) and of now."""
    events = replay.events
    base = events.lineage.critical(version[0]) if version else ROOT
    walk = Walk(events, events.column.operations, base, replay.rope(base).size)
    walk.extend(events.lineage.count)
    walk.move(walk.vector(version))
    row: list[Stretch] = []
    for chunk in walk.sequence.chunks:
        for span in chunk.spans:
            then, now = span.state == THERE, not span.gone
            if not (then or now) or not span.size:
                continue
            last = row[-1] if row else None
            if last is not None and (last.then, last.now) == (then, now):
                row[-1] = Stretch(last.size + span.size, then, now)
            else:
                row.append(Stretch(span.size, then, now))
    walk.clear()
    return row
