"""The stream of commits in both directions of one exchange, bounded by credits.

Owns what waits to be sent and what was received but not decided. Invariant: a side sends COMMITS
only while it has credit left, so one message may overdraw it; what the receiver has not decided is
never more than 1 MiB and one message. Credit comes back when commits are durable, refused or left
to wait. Knows nothing of tips, digests or time.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from heapq import heapify, heappop, heappush
from typing import Final

from goatcore.errors import PeerMisbehaved
from goatcore.history.commit import Commit
from goatcore.history.packing import Packed, Packer
from goatcore.ids import CommitId, RepositoryId
from goatcore.sync.held import Cover, HeldIndex
from goatcore.sync.messages import Commits
from goatcore.values import pack

WINDOW_BYTES: Final = 1 << 20
CHUNK_BYTES: Final = 64 << 10
CHUNK_COMMITS: Final = 200  # reading a message takes the receiver about 2 ms then
GRANT_BYTES: Final = WINDOW_BYTES // 4  # less is not worth a message
_AROUND: Final = 8  # of array and bin headers


class Outbox:
    """Commits to send, lowest order number first, so parents first. `read` gives held commits."""

    def __init__(
        self, repository: RepositoryId, index: HeldIndex, read: Callable[[CommitId], Commit]
    ) -> None:
        self._repository = repository
        self._index = index
        self._read = read
        self._heap: list[int] = []
        self._queued: set[int] = set()
        self._forced: set[int] = set()
        self._credit = WINDOW_BYTES

    def __len__(self) -> int:
        return len(self._queued)

    def put(self, orders: Iterable[int]) -> None:
        """Send these, unless the peer turns out to have them."""
        fresh = [order for order in orders if order not in self._queued]
        self._queued.update(fresh)
        if len(fresh) == 1:
            heappush(self._heap, fresh[0])
        else:
            self._heap += fresh
            heapify(self._heap)

    def force(self, order: int) -> bool:
        """Send this one even if the peer had it once. False if that was to be done anyway."""
        if order in self._forced:
            return False
        self._forced.add(order)
        self.put((order,))
        return True

    def clear(self) -> None:
        """Send nothing of it."""
        self._heap.clear()
        self._queued.clear()
        self._forced.clear()

    def grant(self, size: int) -> None:
        """The peer gives back credit."""
        self._credit = min(self._credit + size, WINDOW_BYTES)

    def next(self, had: Cover) -> tuple[Commits, list[int]] | None:
        """The next message (at most 64 KiB and 200 commits, or one commit) and the order numbers of
        what is in it; None while there is nothing to send or no credit. Leaves out what `had`
        covers."""
        if self._credit <= 0:
            return None
        packer = Packer(self._repository)
        entries: list[Packed] = []
        orders: list[int] = []
        size = _AROUND
        while self._heap and len(entries) < CHUNK_COMMITS:
            order = self._heap[0]
            if order in had and order not in self._forced:
                self._drop()
                continue
            commit = self._read(self._index.id(order))
            if entries and size + len(commit.raw) + _AROUND > CHUNK_BYTES:
                break
            entry = packer.pack(commit)
            size += _AROUND + (len(entry) if isinstance(entry, bytes) else len(pack(entry)))
            entries.append(entry)
            orders.append(order)
            self._drop()
        if not entries:
            return None
        spent = len(pack(entries))
        self._credit -= spent
        return Commits(entries, spent), orders

    def _drop(self) -> None:
        order = heappop(self._heap)
        self._queued.discard(order)
        self._forced.discard(order)


class _Batch:
    """The undecided commits of one message, and what it cost."""

    __slots__ = ("cost", "left")

    def __init__(self, left: int, cost: int) -> None:
        self.left = left
        self.cost = cost


class Inbox:
    """Received commits that are neither durable nor set aside yet."""

    def __init__(self) -> None:
        self._batches: dict[CommitId, _Batch] = {}
        self._window = WINDOW_BYTES  # what the peer may still spend
        self._owed = 0

    def __len__(self) -> int:
        return len(self._batches)

    def __contains__(self, id_: CommitId) -> bool:
        return id_ in self._batches

    def check(self) -> None:
        """Raises `PeerMisbehaved` when the peer has no credit for one more message."""
        if self._window <= 0:
            raise PeerMisbehaved("The peer sends more than it was given credit for.")

    def take(self, ids: Iterable[CommitId], cost: int) -> None:
        """A message came with these commits that are new."""
        fresh = list(ids)
        self._window -= cost
        if fresh:
            batch = _Batch(len(fresh), cost)
            for id_ in fresh:
                self._batches[id_] = batch
        else:
            self._owed += cost

    def settle(self, id_: CommitId) -> bool:
        """A commit is durable or set aside; False if it was not in here."""
        batch = self._batches.pop(id_, None)
        if batch is None:
            return False
        batch.left -= 1
        if not batch.left:
            self._owed += batch.cost
        return True

    def take_grant(self) -> int:
        """How much credit to give back now; 0 = not yet worth a message."""
        if self._owed < GRANT_BYTES:
            return 0
        grant, self._owed = self._owed, 0
        self._window += grant
        return grant
