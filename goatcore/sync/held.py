"""Which commits one repository holds: every chain, its tips, and the digest of them all.

Owns the index that exchanges are decided from. Invariant: what is held is closed under prev, so
the tips alone name the whole set: two indexes have equal digests exactly when they hold the same
commits. Forks are kept: each commit without a successor is a tip. Order numbers count commits in
the order in which they were added, parents first. Pure; must never import logs or clocks.

Each author has one *stem*, a chain from seq 1 without gaps; what a fork grows beside it is *aside*.
So a chain without forks costs 20 bytes a commit beyond its id, and any ancestor is found at once.
The first commits may stand on a `Ground` that is read in part, when somebody asks.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Iterator, Mapping, Sequence
from hashlib import blake2b
from typing import Final, NamedTuple, Protocol

from goatcore.ids import AuthorKey, CommitId, Digest

SHORT: Final = 8  # bytes of an author's key or a commit's id that name it inside an exchange
_NONE: Final = -1


class Tip(NamedTuple):
    """The last commit of a chain."""

    author: AuthorKey
    seq: int
    id: CommitId


class Ground(Protocol):
    """The first commits of an index, as they were written down. Nothing of it ever changes."""

    @property
    def count(self) -> int:
        """How many commits there are."""

    @property
    def authors(self) -> Sequence[AuthorKey]:
        """All authors, by number."""

    @property
    def tips(self) -> Sequence[Sequence[int]]:
        """The last commit of each chain, by author."""

    @property
    def aside(self) -> Mapping[int, Sequence[int]]:
        """The commits beside the stems, by author."""

    def order(self, id_: CommitId) -> int | None:
        """The order number of a commit."""

    def id(self, order: int) -> CommitId:
        """The commit with an order number."""

    def prev(self, order: int) -> int:
        """The commit before this one in its chain; −1 for the first."""

    def seq(self, order: int) -> int:
        """A commit's seq."""

    def author_of(self, order: int) -> int:
        """The number of a commit's author."""

    def stem_length(self, number: int) -> int:
        """How many commits an author's stem has."""

    def stem(self, number: int, start: int, stop: int) -> array[int]:
        """The commits with seq start + 1 … stop on an author's stem."""


class Grown(NamedTuple):
    """What an index has beyond its ground: columns by order number, and how its chains stand."""

    ids: Sequence[CommitId]
    prev: array[int]  # −1: none
    seq: array[int]
    author_of: array[int]
    stems: Sequence[array[int]]  # by author, beyond what the ground has of each
    authors: Sequence[AuthorKey]  # from here on: all that there is, the ground's part too
    tips: Sequence[Sequence[int]]
    aside: Mapping[int, Sequence[int]]


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
        "_first",
        "_ground",
        "_ids",
        "_numbers",
        "_order",
        "_prev",
        "_seq",
        "_stem_from",
        "_stems",
        "_tips",
    )

    def __init__(self) -> None:
        self._ground: Ground | None = None
        self._first = 0  # commits that the ground has; what follows counts from there
        self._stem_from: list[int] = []  # how much of each stem the ground has
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

    def stand_on(self, ground: Ground) -> None:
        """Let go of the first commits: the ground has them. An empty index takes them from it."""
        before, count = self._first, ground.count
        if not self._ids and not before:
            for author in ground.authors:
                self._meet(author)
            self._tips = [list(orders) for orders in ground.tips]
            self._aside = {number: list(orders) for number, orders in ground.aside.items()}
            self._changed.update(range(len(self._authors)))
            self._digest = None
        else:
            gone = count - before
            assert 0 <= gone <= len(self._ids), "a ground of commits that are not held"
            for id_ in self._ids[:gone]:
                del self._order[id_]
            for column in (self._ids, self._prev, self._seq, self._author_of):
                del column[:gone]
        for number in range(len(ground.authors)):
            length = ground.stem_length(number)
            del self._stems[number][: length - self._stem_from[number]]
            self._stem_from[number] = length
        self._ground, self._first = ground, count

    def add(self, id_: CommitId, author: AuthorKey, seq: int, prev: CommitId | None) -> int:
        """Take in a commit whose prev is held already; gives its order number. A commit that is
        held keeps the number it has."""
        known = self.order(id_)
        if known is not None:
            return known
        number = self._numbers.get(author)
        if number is None:
            number = self._meet(author)
        before = None if prev is None else self.order(prev)
        if before is None:
            assert seq == 1, "a chain begins with seq 1"
            before = _NONE
        else:
            assert self.author_of(before) == number, "prev is the same author's"
            assert self.seq(before) == seq - 1, "seq counts the chain"
        order = self.count
        self._ids.append(id_)
        self._order[id_] = order
        self._prev.append(before)
        self._seq.append(seq)
        self._author_of.append(number)
        if self.stem_length(number) == seq - 1 and (
            seq == 1 or self._stem_at(number, seq - 1) == before
        ):
            self._stems[number].append(order)
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
        self._stem_from.append(0)
        self._tips.append([])
        return number

    def grown(self) -> Grown:
        """A copy of what the ground has not."""
        return Grown(
            self._ids.copy(),
            self._prev[:],
            self._seq[:],
            self._author_of[:],
            [stem[:] for stem in self._stems],
            self._authors.copy(),
            [orders.copy() for orders in self._tips],
            {number: orders.copy() for number, orders in self._aside.items()},
        )

    # -- the whole ---------------------------------------------------------------------------------

    @property
    def count(self) -> int:
        """How many commits are held; the next order number."""
        return self._first + len(self._ids)

    @property
    def author_count(self) -> int:
        """How many authors have commits here; author numbers are below it."""
        return len(self._authors)

    def contains(self, id_: CommitId) -> bool:
        """Whether a commit is held."""
        return id_ in self._order or (
            self._ground is not None and self._ground.order(id_) is not None
        )

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
            ids = sorted(self.id(order) for order in self._tips[number])
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
            order = self.order(id_)
            if order is not None:
                cover.add(order)
        return [self.id(order) for order in cover.missing()]

    # -- one commit --------------------------------------------------------------------------------

    def order(self, id_: CommitId) -> int | None:
        """The order number of a commit, None if it is not held."""
        order = self._order.get(id_)
        if order is None and self._ground is not None:
            order = self._ground.order(id_)
        return order

    def id(self, order: int) -> CommitId:
        """The commit with this order number."""
        if order >= self._first:
            return self._ids[order - self._first]
        assert self._ground is not None
        return self._ground.id(order)

    def tip(self, order: int) -> Tip:
        """Author, seq and id of the commit with this order number."""
        return Tip(self._authors[self.author_of(order)], self.seq(order), self.id(order))

    def seq(self, order: int) -> int:
        """A commit's seq."""
        if order >= self._first:
            return self._seq[order - self._first]
        assert self._ground is not None
        return self._ground.seq(order)

    def prev(self, order: int) -> int | None:
        """The commit before this one in its chain; None for the first."""
        before = self._before(order)
        return None if before == _NONE else before

    def _before(self, order: int) -> int:
        if order >= self._first:
            return self._prev[order - self._first]
        assert self._ground is not None
        return self._ground.prev(order)

    def author_of(self, order: int) -> int:
        """The number of a commit's author."""
        if order >= self._first:
            return self._author_of[order - self._first]
        assert self._ground is not None
        return self._ground.author_of(order)

    def on_stem(self, order: int) -> bool:
        """Whether a commit stands on its author's stem (and not aside, on a fork)."""
        number, seq = self.author_of(order), self.seq(order)
        return seq <= self.stem_length(number) and self._stem_at(number, seq) == order

    def last(self, author: AuthorKey) -> Tip | None:
        """The end of an author's stem; None for an author without commits here."""
        number = self._numbers.get(author)
        if number is None:
            return None
        return self.tip(self._stem_at(number, self.stem_length(number)))

    def back(self, order: int) -> Iterator[int]:
        """A commit and those before it in its chain, backwards."""
        while order != _NONE:
            yield order
            order = self._before(order)

    def ancestor(self, order: int, seq: int) -> int:
        """The commit with this seq on the chain that ends in `order`."""
        assert 1 <= seq <= self.seq(order)
        while self.seq(order) > seq:
            if self.on_stem(order):
                return self._stem_at(self.author_of(order), seq)
            order = self._before(order)
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

    def stem_length(self, number: int) -> int:
        """How many commits the author's stem has."""
        return self._stem_from[number] + len(self._stems[number])

    def stem(self, number: int, start: int = 0) -> array[int]:
        """The author's stem behind its first `start` commits: the one with seq s stands at
        s − 1 − start."""
        ground, first = self._ground, self._stem_from[number]
        if start >= first:
            return self._stems[number][start - first :]
        assert ground is not None
        return ground.stem(number, start, first) + self._stems[number]

    def _stem_at(self, number: int, seq: int) -> int:
        first = self._stem_from[number]
        if seq > first:
            return self._stems[number][seq - 1 - first]
        assert self._ground is not None
        return self._ground.stem(number, seq - 1, seq)[0]

    def aside(self, number: int) -> list[int]:
        """The author's commits beside the stem, oldest first. To be read only."""
        return self._aside.get(number, [])

    def by_short_id(self, short_author: bytes) -> dict[bytes, list[int]]:
        """All commits of an author by the first 8 bytes of their ids."""
        found: dict[bytes, list[int]] = {}
        for number in self.numbers(short_author):
            for order in (*self.stem(number), *self.aside(number)):
                found.setdefault(self.id(order)[:SHORT], []).append(order)
        return found

    def find(self, short_author: bytes, seq: int, short_id: bytes) -> int | None:
        """The commit that the first 8 bytes of author and id and its seq name, None if not held."""
        for number in self.numbers(short_author):
            if 1 <= seq <= self.stem_length(number):
                order = self._stem_at(number, seq)
                if self.id(order)[:SHORT] == short_id:
                    return order
            for order in self._aside.get(number, ()):
                if self.seq(order) == seq and self.id(order)[:SHORT] == short_id:
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
            result += index.stem(number, self._stem.get(number, 0))
            covered = self._aside.get(number, ())
            result += [order for order in index.aside(number) if order not in covered]
        result.sort()
        return result
