"""What a repository needs from outside: keys, time, chance, membership; all passed in.

And the one thing it takes from the interpreter: while much is made at once, the garbage collector
rests, for nothing of it is garbage.
"""

from __future__ import annotations

import gc
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import NamedTuple, Protocol

from goatcore.clock import Clock
from goatcore.ids import CommitId, RepositoryId
from goatcore.repository.store import Auth
from goatcore.trust.purges import Purged
from goatcore.trust.signing import Signer

Cancel = Callable[[], None]


class Later(Protocol):
    """Calls back on the owner's thread after some milliseconds; without an event loop, never:
    then drafts are recorded by flush, close and transactions."""

    def __call__(self, delay_ms: float, callback: Callable[[], None], /) -> Cancel: ...


class Journal(Protocol):
    """Where drafts stand until a commit of them is on disk. A note's first 8 bytes name it."""

    @property
    def notes(self) -> list[bytes]:
        """All that stand, also from before a crash."""

    def put(self, note: bytes) -> None:
        """Take a note, in the place of the earlier one of its name."""

    def drop(self, name: bytes) -> None:
        """This note is not needed any more."""

    def soon(self) -> None:
        """What was put shall be on disk soon; off the thread, at once if that can be."""


class Environment(NamedTuple):
    """What does not change while a repository is open."""

    device: Signer
    clock: Clock
    random: Callable[[int], bytes]  # size → random bytes
    later: Later
    elapsed_ms: Callable[[], float]  # a clock that only measures, for slices of work
    on_error: Callable[[Exception], None]  # what a listener raised
    language: str = ""  # whose order of letters queries have, a tag such as "sv"
    journal: Journal | None = None  # None: what was typed last may be lost in a crash


class Membership(Protocol):
    """What a repository asks of the workspace's membership."""

    def heads(self) -> Auth:
        """The heads of `/sys/members` that this device has."""

    def may_write(self, author: bytes, auth: Auth, repository: RepositoryId) -> bool:
        """Whether an author had the role to write in a repository, by what `auth` had seen."""

    def role(self, repository: RepositoryId) -> int | None:
        """This device's present role in a repository."""

    def obstacle(self, repository: RepositoryId) -> str | None:
        """Why this device may not write in a repository, in a sentence; None if it may."""

    def purged(self, repository: RepositoryId) -> Purged:
        """What was deleted for good in a repository."""

    def item_tag(self, repository: RepositoryId, key: str) -> bytes:
        """What an item is called in purges."""

    def purge(
        self, repository: RepositoryId, keys: Sequence[str], commits: Sequence[CommitId]
    ) -> None:
        """Delete items for good, and let the bodies of these commits be dropped. Raises `Refused`
        for who is not an admin or owner."""

    def name_of(self, author: bytes) -> str:
        """The name of the member whose device signs with this key; "" if unknown."""

    def device_name(self, author: bytes) -> str:
        """The name of a device; "" if unknown."""


@contextmanager
def paused_collector() -> Iterator[None]:
    """No automatic garbage collection inside."""
    enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if enabled:
            gc.enable()
