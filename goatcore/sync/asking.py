"""What this side has asked for and not got yet.

Owns the open requests of one exchange: ranges of chains, single commits, and where our own chains
were said to stand because they fork. Invariant: nothing is asked twice while it may still come, and
a forked author's chains are told once as long as they stand where they stood, so two peers never
ask each other in a circle. Pure.
"""

from __future__ import annotations

from collections.abc import Container, Iterable

from goatcore.history.commit import Commit
from goatcore.ids import CommitId
from goatcore.sync.held import SHORT, HeldIndex
from goatcore.sync.messages import IDS_MAX, RANGES_MAX, TIPS_MAX, Message, Point, Tips, Want
from goatcore.sync.peer_view import locators


class Asking:
    """The open requests of one exchange."""

    def __init__(self, index: HeldIndex) -> None:
        self._index = index
        self._ranges: set[tuple[bytes, bytes]] = set()  # author, tip
        self._ids: set[CommitId] = set()
        self._located: dict[bytes, frozenset[int]] = {}  # author → our tips when we told them

    def __bool__(self) -> bool:
        return bool(self._ranges or self._ids)

    def give_up(self) -> None:
        """The peer does not have it any more."""
        self._ranges.clear()
        self._ids.clear()

    def forget_located(self) -> None:
        """The peer looks at everything anew; so it may need to hear where our chains stand."""
        self._located.clear()

    def is_asked(self, id_: CommitId) -> bool:
        """Whether this commit was asked for by its id."""
        return id_ in self._ids

    def arrived(self, author: bytes, id_: CommitId) -> None:
        """A commit came, from wherever."""
        self._ranges.discard((author[:SHORT], id_[:SHORT]))
        self._ids.discard(id_)

    def ranges(self, wants: Iterable[Point], coming: Container[bytes]) -> list[Message]:
        """WANT for these, except what was asked for or is `coming` (short ids) anyway."""
        fresh: list[Point] = []
        for want in wants:
            key = (want.author, want.id)
            if key not in self._ranges and want.id not in coming:
                self._ranges.add(key)
                fresh.append(want)
        return [
            Want(tuple(fresh[start : start + RANGES_MAX]), ())
            for start in range(0, len(fresh), RANGES_MAX)
        ]

    def singles(self, ids: Iterable[CommitId]) -> list[Message]:
        """WANT for single commits."""
        fresh = [id_ for id_ in dict.fromkeys(ids) if id_ not in self._ids]
        self._ids.update(fresh)
        return [
            Want((), tuple(fresh[start : start + IDS_MAX]))
            for start in range(0, len(fresh), IDS_MAX)
        ]

    def chains(self, numbers: Iterable[int]) -> list[Message]:
        """Where our chains of these authors stand."""
        points: list[Point] = []
        for number in numbers:
            author = self._index.author(number)
            tips = frozenset(self._index.tip_orders(number))
            if self._located.get(author) != tips:
                self._located[author] = tips
                points += locators(self._index, number)
        return [Tips(tuple(points[:TIPS_MAX]), complete=False)] if points else []

    def before(self, commit: Commit) -> list[Message]:
        """A commit came whose predecessor is not here: the peer took our chain for a part of its
        own, and it is not. Ask back along prev."""
        number = self._index.number(commit.author)
        if number is not None:
            return self.chains([number])
        if commit.author in self._located:
            return []
        self._located[commit.author] = frozenset()
        return [Want((Point(commit.author[:SHORT], 0, commit.id[:SHORT]),), ())]
