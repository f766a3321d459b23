"""The commit table: where each held commit stands in the log, and what its record there leaves out.

Owns, by order number, the log position, time, `auth` and epoch of every commit; with its chain
(author, seq, prev), which the index has, a packed record gives back the commit's exact bytes.
Invariant: 24 bytes a commit, none for those that the checkpoint has; equal `auth` and epochs are
kept once. Reads nothing itself.
"""

from __future__ import annotations

from array import array
from collections.abc import Sequence
from typing import NamedTuple, Protocol

from goatcore.clock import Stamp
from goatcore.ids import CommitId, EpochId

Auth = tuple[CommitId, ...]


class TableGround(Protocol):
    """The first rows of a table, as they were written down."""

    @property
    def count(self) -> int:
        """How many rows there are."""

    @property
    def auths(self) -> Sequence[Auth]:
        """All `auth`, by number."""

    @property
    def epochs(self) -> Sequence[EpochId]:
        """All epochs, by number."""

    def position(self, order: int) -> int: ...

    def time(self, order: int) -> int: ...

    def auth(self, order: int) -> int: ...

    def epoch(self, order: int) -> int: ...


class Rows(NamedTuple):
    """What a table has beyond its ground, by column."""

    positions: array[int]
    times: array[int]
    auth: array[int]
    epoch: array[int]
    auths: Sequence[Auth]  # all of them
    epochs: Sequence[EpochId]
    # if the log was written anew since: where the ground's rows stand now
    moved: array[int] | None


class CommitTable:
    """Columns by order number. Commits are added in that order."""

    __slots__ = ("_auth", "_auth_numbers", "_auths", "_epoch", "_epoch_numbers", "_epochs",
                 "_first", "_ground", "_moved", "_position", "_time")  # fmt: skip

    def __init__(self) -> None:
        self._ground: TableGround | None = None
        self._first = 0
        self._moved: array[int] | None = None  # where the ground's commits stand now
        self._position = array("Q")
        self._time = array("Q")
        self._auth = array("I")
        self._epoch = array("I")
        self._auths: list[Auth] = []
        self._auth_numbers: dict[Auth, int] = {}
        self._epochs: list[EpochId] = []
        self._epoch_numbers: dict[EpochId, int] = {}

    def __len__(self) -> int:
        return self._first + len(self._position)

    def stand_on(self, ground: TableGround) -> None:
        """Let go of the first rows: the ground has them. An empty table takes them from it."""
        if not len(self):
            self._auths, self._epochs = list(ground.auths), list(ground.epochs)
            self._auth_numbers = {auth: number for number, auth in enumerate(self._auths)}
            self._epoch_numbers = {epoch: number for number, epoch in enumerate(self._epochs)}
        for column in (self._position, self._time, self._auth, self._epoch):
            del column[: ground.count - self._first]
        self._ground, self._first, self._moved = ground, ground.count, None

    def rows(self) -> Rows:
        """A copy of what the ground has not."""
        return Rows(
            self._position[:],
            self._time[:],
            self._auth[:],
            self._epoch[:],
            self._auths.copy(),
            self._epochs.copy(),
            None if self._moved is None else self._moved[: self._first],
        )

    def add(self, position: int, time: Stamp, auth: Auth, epoch: EpochId) -> int:
        """The next commit: where its record begins and what its header says; its order number."""
        number = self._auth_numbers.get(auth)
        if number is None:
            number = self._auth_numbers[auth] = len(self._auths)
            self._auths.append(auth)
        self._auth.append(number)
        number = self._epoch_numbers.get(epoch)
        if number is None:
            number = self._epoch_numbers[epoch] = len(self._epochs)
            self._epochs.append(epoch)
        self._epoch.append(number)
        self._position.append(position)
        self._time.append(time)
        return len(self) - 1

    @property
    def moved(self) -> bool:
        """Whether the ground's commits stand elsewhere than it says."""
        return self._moved is not None

    def stands_at(self, places: array[int]) -> bool:
        """Whether these are the places of all commits, by order number. Of a ground, whose commits
        stand in the log's order in any case, the last one is looked at."""
        first = self._first
        if not first:
            return places == self._position
        return (
            len(places) == len(self)
            and self._position == places[first:]
            and self.position(first - 1) == places[first - 1]
        )

    def move(self, places: array[int]) -> None:
        """All commits stand elsewhere now; the next ground has it so."""
        assert len(places) == len(self)
        if self._first:
            self._moved, self._position = places, places[self._first :]
        else:
            self._position = places

    def position(self, order: int) -> int:
        """Where the commit's record begins in the log."""
        if self._ground is not None and order < self._first:
            return self._ground.position(order) if self._moved is None else self._moved[order]
        return self._position[order - self._first]

    def time(self, order: int) -> Stamp:
        """The time in the commit's header."""
        if self._ground is not None and order < self._first:
            return Stamp(self._ground.time(order))
        return Stamp(self._time[order - self._first])

    def auth(self, order: int) -> Auth:
        """The heads of `/sys/members` that the commit claims, its own or its predecessor's."""
        if self._ground is not None and order < self._first:
            return self._auths[self._ground.auth(order)]
        return self._auths[self._auth[order - self._first]]

    def epoch(self, order: int) -> EpochId:
        """The epoch that the commit's body is sealed under."""
        if self._ground is not None and order < self._first:
            return self._epochs[self._ground.epoch(order)]
        return self._epochs[self._epoch[order - self._first]]
