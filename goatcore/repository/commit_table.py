"""The commit table: where each held commit stands in the log, and what its record there leaves out.

Owns, by order number, the log position, time, `auth` and epoch of every commit; with its chain
(author, seq, prev), which the index has, a packed record gives back the commit's exact bytes.
Invariant: 24 bytes a commit; equal `auth` and epochs are kept once. Reads nothing itself.
"""

from __future__ import annotations

from array import array

from goatcore.clock import Stamp
from goatcore.ids import CommitId, EpochId

Auth = tuple[CommitId, ...]


class CommitTable:
    """Columns by order number. Commits are added in that order."""

    __slots__ = ("_auth", "_auth_numbers", "_auths", "_epoch", "_epoch_numbers", "_epochs",
                 "_position", "_time")  # fmt: skip

    def __init__(self) -> None:
        self._position = array("Q")
        self._time = array("Q")
        self._auth = array("I")
        self._epoch = array("I")
        self._auths: list[Auth] = []
        self._auth_numbers: dict[Auth, int] = {}
        self._epochs: list[EpochId] = []
        self._epoch_numbers: dict[EpochId, int] = {}

    def __len__(self) -> int:
        return len(self._position)

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
        return len(self._position) - 1

    def position(self, order: int) -> int:
        """Where the commit's record begins in the log."""
        return self._position[order]

    def time(self, order: int) -> Stamp:
        """The time in the commit's header."""
        return Stamp(self._time[order])

    def auth(self, order: int) -> Auth:
        """The heads of `/sys/members` that the commit claims, its own or its predecessor's."""
        return self._auths[self._auth[order]]

    def epoch(self, order: int) -> EpochId:
        """The epoch that the commit's body is sealed under."""
        return self._epochs[self._epoch[order]]
