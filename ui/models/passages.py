"""Which letters of which version a piece of a difference stands for. Pure.

Must never import Qt or goatcore.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import NamedTuple

from ui.models.moments import Piece


class Reach(NamedTuple):
    """Letters `start` … `stop` - 1 (code points) of the version before a change, or after it."""

    before: bool
    start: int
    stop: int


def reaches(pieces: Sequence[Piece], kinds: Collection[str], start: int, stop: int) -> list[Reach]:
    """What letters `start` … `stop` - 1 of a text are, which shows the pieces of these kinds: as
    they were before the change, if some of them went with it or nothing else is shown; as they were
    after it, if some came or nothing went."""
    at = before = after = 0  # how far into the text that is shown, and into the two versions
    old: list[int] = []
    new: list[int] = []
    touched: set[str] = set()
    for piece in pieces:
        size = len(piece.text)
        if piece.kind in kinds:
            low, high = min(max(start - at, 0), size), min(max(stop - at, 0), size)
            if low < high:
                touched.add(piece.kind)
                if piece.kind != "insert":
                    old += (before + low, before + high)
                if piece.kind != "delete":
                    new += (after + low, after + high)
            at += size
        before += 0 if piece.kind == "insert" else size
        after += 0 if piece.kind == "delete" else size
    found: list[Reach] = []
    if old and ("delete" in touched or "insert" not in kinds):
        found.append(Reach(True, old[0], old[-1]))
    if new and "insert" in kinds and ("insert" in touched or "delete" not in touched):
        found.append(Reach(False, new[0], new[-1]))
    return found
