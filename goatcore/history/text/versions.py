"""Versions inside a walk: vectors over chains, and the sequence brought to any of them.

Owns which chain every event of the stretch is on. Invariant: the events of a chain have each seen
the one before it, so a version is one number a chain, and moving the prepare version between two of
them touches only what they differ in. Must never import the field.
"""

from __future__ import annotations

from array import array
from bisect import bisect_right
from collections.abc import Iterable
from typing import Protocol

from goatcore.history.lineage import Lineage
from goatcore.history.text.spans import END, MASK, SHIFT, Chain, Sequence

Vector = dict[int, int]  # a version: by chain, how many of its events are in; none = 0
Run = tuple[int, int, tuple[int, ...]]  # first event, stop, parents of the first
Rank = tuple[tuple[bytes, int, bytes], int]  # the lower goes left
Piece = tuple[int, int, Vector]  # a run's chain, its index there, the version it was made on


class Source(Protocol):
    """What a walk reads: who saw whom, how much was inserted, and how events are called."""

    @property
    def lineage(self) -> Lineage: ...
    @property
    def letters(self) -> array[int]: ...  # letters[e]: inserted by all events before e

    def name(self, event: int) -> tuple[bytes, int, bytes]: ...


class Versions:
    """The events planned so far and the prepare version, from the critical event `base` on."""

    __slots__ = ("_now", "_piece_start", "_pieces", "_ranks", "_source", "base", "sequence")

    def __init__(self, source: Source, base: int, size: int) -> None:
        self._source = source
        self.base = base
        self.sequence = Sequence(size)
        self._now: Vector = {}  # the prepare version
        self._piece_start: list[int] = []  # the first event of every run
        self._pieces: list[Piece] = []
        self._ranks: dict[int, Rank] = {}  # of letters that met others

    def vector(self, version: Iterable[int]) -> Vector:
        """A version (events; those up to the base are understood) as a vector."""
        vector: Vector = {}
        for event in version:
            if event > self.base:
                chain, index, before = self.locate(event)
                if not vector:
                    vector = before.copy()
                else:
                    for at, count in before.items():
                        if count > vector.get(at, 0):
                            vector[at] = count
                if index >= vector.get(chain, 0):
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
        for at, count in vector.items():
            if count == chains[at].count and (not best or self._same_author(at, start)):
                best = at
        if not best:
            best = len(chains)
            chains.append(Chain())
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
        if now == target:
            return
        chains, toggle = self.sequence.chains, self.sequence.toggle
        for at in (*now, *[at for at in target if at not in now]):
            low, high, sign = now.get(at, 0), target.get(at, 0), 1
            if low == high:
                continue
            if low > high:
                low, high, sign = high, low, -1
            chain = chains[at]
            toggle(chain, chain.letters_before[low], chain.letters_before[high], sign)
            entries = chain.deleted_before
            for of, first, stop in chain.deleted[entries[low] : entries[high]]:
                toggle(chains[of], first, stop, 2 * sign)
        self._now = target.copy()

    def _walked(self, vector: Vector) -> bool:
        """Whether all events of a version were applied."""
        chains = self.sequence.chains
        return all([len(chains[c].deleted_before) > k for c, k in vector.items()])  # noqa: C419

    def _rank(self, letter: int) -> Rank:
        """What orders letters at one place: (author key, seq, commit id), then the offset."""
        rank = self._ranks.get(letter)
        if rank is None:
            chain, offset = self.sequence.chains[letter >> SHIFT], letter & MASK
            index = bisect_right(chain.letters_before, offset) - 1
            first, event = chain.pieces[bisect_right(chain.pieces, (index, END)) - 1]
            rank = self._ranks[letter] = self._source.name(event + index - first), offset
        return rank
