"""Results that no query holds at the moment, and what changed since.

Owns results that ended with their query, or were saved in an earlier run, until a query asks for
the same again; and the journal of rows that changed meanwhile. Invariant: a result is given back
with all rows that may be other than in it, or not at all. Imports blocks.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable
from typing import Final, NamedTuple

from goatcore.query.blocks import SortedBlocks

RESULTS_MAX: Final = 16
CHANGES_MAX: Final = 4_096  # of a result that is older nothing would be won


class Saved(NamedTuple):
    """A result as it is kept on disk."""

    fingerprint: bytes  # of its description
    ordinals: bytes  # of its rows in order, four bytes each, as this machine writes them


class Taken(NamedTuple):
    """A result that is given back."""

    blocks: SortedBlocks | bytes
    changed: frozenset[int]


class _Ended(NamedTuple):
    blocks: SortedBlocks | bytes
    since: int  # changes before it ended


class Results:
    """Ended results, by what they were of. Where there are none, nothing is noted."""

    __slots__ = ("_changed", "_dropped", "_ended")

    def __init__(self) -> None:
        self._ended: dict[Hashable, _Ended] = {}  # the one that ended first is first
        self._changed: list[int] = []  # ordinals, the latest last
        self._dropped = 0  # changes forgotten before the first of those

    def __len__(self) -> int:
        """How many there are."""
        return len(self._ended)

    def put(self, key: Hashable, blocks: SortedBlocks | bytes) -> None:
        """A result ended just now."""
        self._ended.pop(key, None)
        self._ended[key] = _Ended(blocks, self._dropped + len(self._changed))
        if len(self._ended) > RESULTS_MAX:
            del self._ended[next(iter(self._ended))]

    def load(self, saved: Iterable[Saved], changed: Iterable[int]) -> None:
        """Results of an earlier run, and the rows that changed since they were saved. To be called
        before anything else."""
        assert not self._changed
        for one in saved:
            self._ended[one.fingerprint] = _Ended(one.ordinals, 0)
        self.note(changed)

    def note(self, ordinals: Iterable[int]) -> None:
        """Rows changed."""
        if not self._ended:
            return
        self._changed.extend(ordinals)
        excess = len(self._changed) - CHANGES_MAX
        if excess > 0:
            del self._changed[:excess]
            self._dropped += excess
            self._ended = {k: one for k, one in self._ended.items() if one.since >= self._dropped}

    def take(self, key: Hashable) -> Taken | None:
        """The result of that name, which is somebody's again."""
        ended = self._ended.pop(key, None)
        if ended is None:
            return None
        changed = frozenset(self._changed[ended.since - self._dropped :])
        if not self._ended:
            self._dropped += len(self._changed)
            self._changed.clear()
        return Taken(ended.blocks, changed)

    def __contains__(self, key: Hashable) -> bool:
        return key in self._ended

    def clear(self) -> None:
        self._ended.clear()
        self._changed.clear()
