"""A repository alone: memory log, one device, a membership that is set by the test."""

from __future__ import annotations

import itertools
import random
from collections.abc import Callable

import pytest

from goatcore.history.commit import Commit, Header, associated_data, build
from goatcore.ids import AuthorKey, CommitId, GroupId, RepositoryId
from goatcore.repository.environment import Environment
from goatcore.repository.repository import Repository
from goatcore.repository.sealer import GroupSealer
from goatcore.repository.store import Store
from goatcore.schema import Registry, Schema, choice, date, flag, string, text
from goatcore.storage.group_commit import GroupCommit, inline
from goatcore.storage.memory_log import MemoryLog
from goatcore.trust.purges import NOTHING_PURGED, Purged, item_tag
from goatcore.trust.sealing import Keyring, seal
from goatcore.trust.signing import DeviceKeys, verify
from goatcore.values import pack

GROUP = GroupId(b"g" * 16)
REPOSITORY = RepositoryId(b"r" * 16)
AUTH = (CommitId(b"a" * 32),)

NOTE = Schema(
    "note", 1, title=string(), body=text(), done=flag(), edited=date(), mood=choice("calm", "wild")
)


class OpenMembership:
    """Everybody may write, but for `barred` authors."""

    def __init__(self) -> None:
        self.barred: set[bytes] = set()
        self.strangers: set[bytes] = set()
        self.reason: str | None = None
        self.purges = NOTHING_PURGED

    def heads(self):
        return AUTH

    def may_write(self, author, auth, repository):
        return author not in self.barred

    def role(self, repository):
        return 4

    def obstacle(self, repository):
        return self.reason

    def name_of(self, author):
        return author.hex()[:4]

    def device_name(self, author):
        return f"device {author.hex()[:4]}"

    def purged(self, where):
        """Of a repository, what was purged; of a commit, whether its body may go."""
        if isinstance(where, Commit):
            return where.id in self.purges.commits
        return self.purges

    droppable = purged

    def item_tag(self, repository, key):
        return item_tag(b"n" * 32, repository, key)

    def purge(self, repository, keys, commits):
        tags = [self.item_tag(repository, key) for key in keys]
        before = self.purges
        self.purges = Purged(before.items.union(tags), before.commits.union(commits))

    def named(self, commit):
        return commit.author not in self.strangers

    def holds_auth(self, commit):
        return True


class Timers:
    """Virtual time: `advance` runs what is due."""

    def __init__(self) -> None:
        self.now_ms = 1_700_000_000_000
        self._due: dict[int, tuple[float, Callable[[], None]]] = {}
        self._ids = itertools.count()

    def clock(self) -> int:
        return self.now_ms

    def later(self, delay_ms, callback):
        handle = next(self._ids)
        self._due[handle] = (self.now_ms + delay_ms, callback)
        return lambda: self._due.pop(handle, None) and None

    def advance(self, ms: int) -> None:
        self.now_ms += ms
        while True:
            ready = [(due, h) for h, (due, _) in self._due.items() if due <= self.now_ms]
            if not ready:
                return
            self._due.pop(min(ready)[1])[1]()


class Peer:
    """One device's repository, with what a test may look at."""

    def __init__(self, number: int, timers: Timers, entries=()) -> None:
        self.device = DeviceKeys(bytes([number]) * 32, bytes([number + 100]) * 32)
        self.author: AuthorKey = self.device.author
        self.membership = OpenMembership()
        self.errors: list[Exception] = []
        self.keyring = Keyring([(GROUP, b"k" * 32)])
        self.log = MemoryLog(entries)

        def synced(position: int) -> None:
            self.store.synced(position)

        group = GroupCommit(self.log, inline, synced, self.errors.append)
        self.store = Store(REPOSITORY, self.log, group, self.membership, verify, lambda auth: True)
        chance = random.Random(number + 1_000 * len(entries))  # opened again, it goes on
        self.sealer = GroupSealer(self.keyring, REPOSITORY, lambda: GROUP)
        self.repository = Repository(
            "/notes/test",
            self.store,
            self.sealer,
            self.membership,
            Registry(),
            Environment(
                self.device,
                timers.clock,
                chance.randbytes,
                timers.later,
                lambda: 0.0,
                self.errors.append,
            ),
        )

    def hand_made(self, changes=(), *, body=None, sealed=None, sign=None, **header) -> Commit:
        """A commit of this device as no honest program makes it; it is not held here yet."""
        last = self.store.last(self.author)
        fields = {
            "repository": REPOSITORY,
            "author": self.author,
            "seq": last.seq + 1 if last else 1,
            "time": 0,
            "deps": (last.id,) if last else (),
            "auth": None if last else AUTH,
            "epoch": self.sealer.epoch(),
            "body_hash": b"",
            "extensions": {},
        }
        made = Header(**fields | header)
        if body is None:
            body = b"\0" + pack([None, None, list(changes)])
        key = self.keyring.repository_key(self.sealer.epoch(), REPOSITORY)
        if sealed is None:
            sealed = seal(body, key, made.author, made.seq, associated_data(made))
        return build(made, sealed, sign or self.device.sign)

    def pull(self, other: Peer) -> None:
        """Take in all that another holds."""
        self.repository.admit(list(other.store.commits()))


@pytest.fixture
def timers() -> Timers:
    return Timers()


@pytest.fixture
def peer(timers):
    """Makes peers by number."""
    return lambda number=1, entries=(): Peer(number, timers, entries)


@pytest.fixture
def note() -> Schema:
    return NOTE


@pytest.fixture(scope="session")
def make_peer():
    """Makes peers that share nothing, for tests that run many times."""
    return lambda number=1, entries=(): Peer(number, Timers(), entries)
