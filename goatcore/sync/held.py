"""Which commits one repository holds: every chain, its tips, and the digest of them all.

Owns the index that exchanges are decided from. Invariant: what is held is closed under prev, so
the tips alone name the whole set: two indexes have equal digests exactly when they hold the same
commits. Forks are kept: each commit without a successor is a tip. Order numbers count commits in
the order in which they were added, parents first. Pure; must never import logs or clocks.

Each author has one *stem*, a chain from seq 1 without gaps; what a fork grows beside it is *aside*.
So a chain without forks costs 20 bytes a commit beyond its id, and any ancestor is found at once.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Iterator
from hashlib import blake2b
from typing import Final, NamedTuple

from goatcore.ids import AuthorKey, CommitId, Digest

SHORT: Final = 8  # bytes of an author's key or a commit's id that name it inside an exchange
_NONE: Final = -1


class Tip(NamedTuple):
    """The last commit of a chain."""

    author: AuthorKey
    seq: int
    id: CommitId


class HeldIndex:
    """The held commits of one repository. Authors and commits have small numbers inside."""

    __slots__ = (
        "_aside",
        "_author_of",
        "_authors",
        "_by_short",
        "_changed",
        "_digest",
        "_entries",
        "_ids",
        "_numbers",
        "_order",
        "_prev",
        "_seq",
        "_stems",
        "_tips",
    )

    def __init__(self) -> None:
        self._ids: list[CommitId] = []
        self._order: dict[CommitId, int] = {}
        self._prev = array("i")
        self._seq = array("I")
        self._author_of = array("I")
        self._authors: list[AuthorKey] = []
        self._numbers: dict[AuthorKey, int] = {}
        self._by_short: dict[bytes, list[int]] = {}
        self._stems: list[array[int]] = []
        self._aside: dict[int, list[int]] = {}
        self._tips: list[list[int]] = []
        self._entries: dict[AuthorKey, bytes] = {}  # author ‖ tip id, of each tip, sorted
        self._changed: set[int] = set()
        self._digest: Digest | None = None

    # -- filling -----------------------------------------------------------------------------------

    def add(self, id_: CommitId, author: AuthorKey, seq: int, prev: CommitId | None) -> int:
        """Take in a commit whose prev is held already; gives its order number. A commit that is
        held keeps the number it has."""
        known = self._order.get(id_)
        if known is not None:
            return known
        number = self._numbers.get(author)
        if number is None:
            number = self._meet(author)
        before = _NONE if prev is None else self._order[prev]
        if before == _NONE:
            assert seq == 1, "a chain begins with seq 1"
        else:
            assert self._author_of[before] == number, "prev is the same author's"
            assert self._seq[before] == seq - 1, "seq counts the chain"
        order = len(self._ids)
        self._ids.append(id_)
        self._order[id_] = order
        self._prev.append(before)
        self._seq.append(seq)
        self._author_of.append(number)
        stem = self._stems[number]
        if len(stem) == seq - 1 and (seq == 1 or stem[-1] == before):
            stem.append(order)
        else:
            self._aside.setdefault(number, []).append(order)
        tips = self._tips[number]
        if before in tips:
            tips[tips.index(before)] = order
        else:
            tips.append(order)
        self._changed.add(number)
        self._digest = None
        return order

    def _meet(self, author: AuthorKey) -> int:
        number = len(self._authors)
        self._numbers[author] = number
        self._authors.append(author)
        self._by_short.setdefault(author[:SHORT], []).append(number)
        self._stems.append(array("I"))
        self._tips.append([])
        return number

    # -- the whole ---------------------------------------------------------------------------------

    @property
    def count(self) -> int:
        """How many commits are held; the next order number."""
        return len(self._ids)

    @property
    def author_count(self) -> int:
        """How many authors have commits here; author numbers are below it."""
        return len(self._authors)

    def contains(self, id_: CommitId) -> bool:
        """Whether a commit is held."""
        return id_ in self._order

    def tips(self) -> list[Tip]:
        """The last commit of each chain, by author."""
        return [self.tip(order) for orders in self._tips for order in orders]

    def digest(self) -> Digest:
        """BLAKE2b-128 over the sorted (author ‖ tip id) of every tip."""
        if self._digest is None:
            hashed = blake2b(digest_size=16)
            for entry in self._sorted_entries():
                hashed.update(entry)
            self._digest = Digest(hashed.digest())
        return self._digest

    def buckets(self) -> bytes:
        """256 × BLAKE2b-64, one for each first byte of an author's key, over the sorted
        (author ‖ tip id) of its tips."""
        hashes = [blake2b(digest_size=8) for _ in range(256)]
        for entry in self._sorted_entries():
            hashes[entry[0]].update(entry)
        return b"".join(hashed.digest() for hashed in hashes)

    def _sorted_entries(self) -> Iterable[bytes]:
        """Author ‖ tip id of each tip, an author's together, sorted."""
        met = len(self._entries)
        for number in self._changed:
            author = self._authors[number]
            ids = sorted(self._ids[order] for order in self._tips[number])
            self._entries[author] = b"".join(author + id_ for id_ in ids)
        self._changed.clear()
        if len(self._entries) != met:
            self._entries = dict(sorted(self._entries.items()))
        return self._entries.values()

    def after(self, have: Iterable[CommitId]) -> list[CommitId]:
        """The commits, parents first, that one lacks who has `have` and what lies before them.
        Ids that are not held say nothing."""
        cover = Cover(self)
        for id_ in have:
            order = self._order.get(id_)
            if order is not None:
                cover.add(order)
        return [self._ids[order] for order in cover.missing()]

    # -- one commit --------------------------------------------------------------------------------

    def order(self, id_: CommitId) -> int | None:
        """The order number of a commit, None if it is not held."""
        return self._order.get(id_)

    def id(self, order: int) -> CommitId:
        """The commit with this order number."""
        return self._ids[order]

    def tip(self, order: int) -> Tip:
        """Author, seq and id of the commit with this order number."""
        return Tip(self._authors[self._author_of[order]], self._seq[order], self._ids[order])

    def seq(self, order: int) -> int:
        """A commit's seq."""
        return self._seq[order]

    def prev(self, order: int) -> int | None:
        """The commit before this one in its chain; None for the first."""
        before = self._prev[order]
        return None if before == _NONE else before

    def author_of(self, order: int) -> int:
        """The number of a commit's author."""
        return self._author_of[order]

    def on_stem(self, order: int) -> bool:
        """Whether a commit stands on its author's stem (and not aside, on a fork)."""
        stem = self._stems[self._author_of[order]]
        seq = self._seq[order]
        return seq <= len(stem) and stem[seq - 1] == order

    def last(self, author: AuthorKey) -> Tip | None:
        """The end of an author's stem; None for an author without commits here."""
        number = self._numbers.get(author)
        return None if number is None else self.tip(self._stems[number][-1])

    def back(self, order: int) -> Iterator[int]:
        """A commit and those before it in its chain, backwards."""
        while order != _NONE:
            yield order
            order = self._prev[order]

    def ancestor(self, order: int, seq: int) -> int:
        """The commit with this seq on the chain that ends in `order`."""
        assert 1 <= seq <= self._seq[order]
        while self._seq[order] > seq:
            if self.on_stem(order):
                return self._stems[self._author_of[order]][seq - 1]
            order = self._prev[order]
        return order

    # -- one author --------------------------------------------------------------------------------

    def author(self, number: int) -> AuthorKey:
        """The key of an author."""
        return self._authors[number]

    def number(self, author: AuthorKey) -> int | None:
        """The number of an author, None if nothing of it is held."""
        return self._numbers.get(author)

    def numbers(self, short: bytes) -> list[int]:
        """The authors whose keys begin with these 8 bytes: hardly ever more than one."""
        return self._by_short.get(short, [])

    def tip_orders(self, number: int) -> list[int]:
        """The last commit of each chain of an author."""
        return list(self._tips[number])

    def stem(self, number: int) -> array[int]:
        """The author's stem: the commit with seq s stands at s − 1. To be read only."""
        return self._stems[number]

    def aside(self, number: int) -> list[int]:
        """The author's commits beside the stem, oldest first. To be read only."""
        return self._aside.get(number, [])

    def by_short_id(self, short_author: bytes) -> dict[bytes, list[int]]:
        """All commits of an author by the first 8 bytes of their ids."""
        found: dict[bytes, list[int]] = {}
        for number in self.numbers(short_author):
            for order in (*self._stems[number], *self.aside(number)):
                found.setdefault(self._ids[order][:SHORT], []).append(order)
        return found

    def find(self, short_author: bytes, seq: int, short_id: bytes) -> int | None:
        """The commit that the first 8 bytes of author and id and its seq name, None if not held."""
        for number in self.numbers(short_author):
            stem = self._stems[number]
            if 1 <= seq <= len(stem) and self._ids[stem[seq - 1]][:SHORT] == short_id:
                return stem[seq - 1]
            for order in self._aside.get(number, ()):
                if self._seq[order] == seq and self._ids[order][:SHORT] == short_id:
                    return order
        return None


class Cover:
    """A part of an index that is closed under prev: what somebody has of it."""

    __slots__ = ("_aside", "_count", "_index", "_stem")

    def __init__(self, index: HeldIndex) -> None:
        self._index = index
        self._stem: dict[int, int] = {}  # author → how much of its stem
        self._aside: dict[int, set[int]] = {}
        self._count = 0

    @property
    def count(self) -> int:
        """How many commits are covered."""
        return self._count

    def __contains__(self, order: int) -> bool:
        index = self._index
        number = index.author_of(order)
        if index.on_stem(order):
            return index.seq(order) <= self._stem.get(number, 0)
        return order in self._aside.get(number, ())

    def add(self, order: int) -> None:
        """Cover a commit and all before it in its chain."""
        index = self._index
        number = index.author_of(order)
        for at in index.back(order):
            if index.on_stem(at):
                reached = self._stem.get(number, 0)
                if index.seq(at) > reached:
                    self._stem[number] = index.seq(at)
                    self._count += index.seq(at) - reached
                return
            aside = self._aside.setdefault(number, set())
            if at in aside:
                return
            aside.add(at)
            self._count += 1

    def forget(self, number: int) -> None:
        """Cover nothing of an author."""
        self._count -= self._stem.pop(number, 0) + len(self._aside.pop(number, ()))

    def missing(self, numbers: Iterable[int] | None = None) -> list[int]:
        """Order numbers, ascending, of what is not covered, of these authors (None: of all)."""
        index = self._index
        result: list[int] = []
        for number in range(index.author_count) if numbers is None else numbers:
            result += index.stem(number)[self._stem.get(number, 0) :]
            covered = self._aside.get(number, ())
            result += [order for order in index.aside(number) if order not in covered]
        result.sort()
        return result
