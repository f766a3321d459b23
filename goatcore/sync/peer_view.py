"""What one side knows of the other's commits, and what it makes of a list of points.

Owns two covers of our index: `acknowledged`, what the peer said it holds durably, and `expected`,
what it holds once all that we sent has arrived. Invariant: acknowledged never has more than the
peer said; expected may err, and is set right by the peer's next list of the author's chains.
Knows no messages' flow, no credits and no time.

Where chains fork, one side lists points of its chain at distances 1, 2, 4, … behind the tip, as
git's fetch negotiation and Bitcoin's block locators do; the other finds the last that it holds, and
sends what comes after. At most twice as much is sent as was needed.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final, NamedTuple

from goatcore.sync.held import SHORT, Cover, HeldIndex
from goatcore.sync.messages import TIPS_MAX, Point

FORK_TIPS_MAX: Final = 64  # chains of one forked author that are located at a time
_NO_ID: Final = bytes(SHORT)


class Heard(NamedTuple):
    """What follows from a list of points."""

    wants: list[Point]  # what the peer has and we lack: author, seq that we have, its tip
    forked: list[int]  # authors whose chains seem to fork: tell the peer where ours stand
    missing: list[int]  # order numbers of what the peer lacks of the authors listed
    known: list[int]  # order numbers of the points that we hold


class PeerView:
    """One peer's holdings, in terms of our index."""

    __slots__ = ("_index", "acknowledged", "expected")

    def __init__(self, index: HeldIndex) -> None:
        self._index = index
        self.expected = Cover(index)
        self.acknowledged = Cover(index)

    def forget(self) -> None:
        """Know nothing."""
        self.expected = Cover(self._index)
        self.acknowledged = Cover(self._index)

    def has(self, order: int) -> bool:
        """The peer holds this commit and all before it. Gives whether that is news."""
        news = order not in self.acknowledged
        self.expected.add(order)
        self.acknowledged.add(order)
        return news

    def hear(self, points: Iterable[Point], *, complete: bool, whole_chains: bool) -> Heard:
        """The peer holds these points. `whole_chains`: the authors named have no other chains
        there, and earlier knowledge of them is void; `complete`: nor are there other authors."""
        named: dict[bytes, list[Point]] = {}
        marked: set[int] = set()
        for point in points:
            if point.seq == 0:
                marked.add(point.author[0])
            else:
                named.setdefault(point.author, []).append(point)
        listed = self._listed(named, marked, complete) if whole_chains else set()
        for number in listed:
            self.expected.forget(number)
            self.acknowledged.forget(number)
        heard = Heard([], [], [], [])
        for short, author_points in named.items():
            self._hear_author(short, author_points, heard)
        heard.missing.extend(self.expected.missing(listed))
        return heard

    def _listed(self, named: Iterable[bytes], marked: set[int], complete: bool) -> set[int]:
        index = self._index
        if complete:
            return set(range(index.author_count))
        numbers = {number for short in named for number in index.numbers(short)}
        if marked:
            everyone = range(index.author_count)
            numbers.update(n for n in everyone if index.author(n)[0] in marked)
        return numbers

    def _hear_author(self, short: bytes, points: list[Point], heard: Heard) -> None:
        index = self._index
        unknown: list[Point] = []
        for point in points:
            order = index.find(point.author, point.seq, point.id)
            if order is None:
                unknown.append(point)
            elif self.has(order):
                heard.known.append(order)
        if not unknown:
            return
        numbers = index.numbers(short)
        ours = [order for number in numbers for order in index.tip_orders(number)]
        if not ours:
            heard.wants.extend(Point(short, 0, point.id) for point in unknown)
        elif len(points) == len(ours) == 1 and unknown[0].seq > index.seq(ours[0]):
            # one chain on both sides, and theirs is longer: ours is most likely a part of it
            heard.wants.append(Point(short, index.seq(ours[0]), unknown[0].id))
            self.expected.add(ours[0])
        else:
            heard.forked.extend(numbers)
            met = len(unknown) < len(points) or any(point.seq == 1 for point in unknown)
            if not met:  # send nothing before the peer has said where it stands
                for order in ours:
                    self.expected.add(order)


def point(index: HeldIndex, order: int) -> Point:
    """The short name of a commit."""
    author, seq, id_ = index.tip(order)
    return Point(author[:SHORT], seq, id_[:SHORT])


def tip_points(index: HeldIndex) -> tuple[Point, ...]:
    """Every tip."""
    return tuple(
        point(index, order)
        for number in range(index.author_count)
        for order in index.tip_orders(number)
    )


def bucket_points(index: HeldIndex, buckets: Iterable[int]) -> list[tuple[Point, ...]]:
    """For these first bytes of authors, a mark and the tips: in as many lists as the bounds of a
    message ask for."""
    tips: dict[int, list[Point]] = {byte: [] for byte in buckets}
    for number in range(index.author_count):
        into = tips.get(index.author(number)[0])
        if into is not None:
            into.extend(point(index, order) for order in index.tip_orders(number))
    lists: list[list[Point]] = [[]]
    for byte, points in tips.items():
        entry = [Point(bytes([byte]) + _NO_ID[1:], 0, _NO_ID), *points][:TIPS_MAX]
        if len(lists[-1]) + len(entry) > TIPS_MAX:
            lists.append([])
        lists[-1] += entry
    return [tuple(points) for points in lists if points]


def locators(index: HeldIndex, number: int) -> list[Point]:
    """Points of an author's chains by which a peer finds where its own leave them: the tips, the
    first commits, and between them at doubling distances. The earliest stands last."""
    orders: set[int] = set()
    for tip in index.tip_orders(number)[-FORK_TIPS_MAX:]:
        seq, distance = index.seq(tip), 1
        while seq > 1:
            orders.add(index.ancestor(tip, seq))
            seq -= distance
            distance *= 2
        orders.add(index.ancestor(tip, 1))
    by_seq = sorted(orders, key=index.seq, reverse=True)
    return [point(index, order) for order in by_seq]
