"""Where a place in an older text is now: between the same letters, whatever was edited since.

Owns the rule: a place belongs to the letter on its left, so it stays where it is when somebody else
writes exactly there; a letter that went leaves the place where it stood. Nothing is computed that
is long: a place too far back has no answer. Must never import the field.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Final

from goatcore.history.lineage import ROOT
from goatcore.history.splices import TextSplice
from goatcore.history.text.events import TextEvents
from goatcore.history.text.walk import Walk

EVENTS_MAX: Final = 512  # walked for one answer, about 5 ms


def places_now(
    events: TextEvents,
    version: tuple[int, ...],
    places: Sequence[int],
    size_after: Callable[[int], int],
) -> list[int] | None:
    """Places (letters before them) in the text at a version (events, none an ancestor of another),
    as places of the text that has everything; None: too much was done since. `size_after`: letters
    of the text after a critical event."""
    lineage = events.lineage
    if version == lineage.heads:
        return list(places)
    if not version:
        return [0] * len(places)
    base = lineage.critical(version[0])
    if lineage.count - base > EVENTS_MAX:
        return None
    size = 0 if base == ROOT else size_after(base)
    walk = Walk(events, events.column.operations, base, size)
    walk.extend(lineage.count)
    walk.move(walk.vector(version))
    found = [_place(walk, place) for place in places]
    walk.clear()
    return found


def _place(walk: Walk, place: int) -> int:
    """A place at the version last moved to, in the text after all that was walked."""
    if place <= 0:
        return 0
    sequence = walk.sequence
    letter = sequence.find(place - 1)
    if letter is None:  # beyond the end is at the end
        return sum([chunk.shown for chunk in sequence.chunks])
    _, _, span, before, at = letter
    return at if span.gone else at + before + 1


def after(places: Iterable[int], splices: Sequence[TextSplice]) -> list[int]:
    """Places in a text as places of the text that splices, one after the other, made of it."""
    moved = list(places)
    for at, deleted, inserted in splices:
        stop, more = at + deleted, len(inserted) - deleted
        moved = [p if p <= at else at if p <= stop else p + more for p in moved]
    return moved


def before(places: Iterable[int], splices: Sequence[TextSplice]) -> list[int]:
    """The way back of `after`; what is in letters that the splices inserted is before them."""
    moved = list(places)
    for at, deleted, inserted in reversed(splices):
        stop, more = at + len(inserted), deleted - len(inserted)
        moved = [p if p <= at else at if p <= stop else p + more for p in moved]
    return moved
