"""A trace as real commits: made and signed by a device an agent, packed, sent, admitted.

Owns the way from transactions to admitted changes and back. Invariant: a change's parents, resolved
by who received it, are exactly those that the trace gives; where one transaction becomes several
commits (it is long, or stands on the work of too many), they are a line that ends in its meaning.
Takes traces by shape only.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from hashlib import sha256
from types import SimpleNamespace
from typing import NamedTuple

from goatcore.history.body import Body, decode_body
from goatcore.history.commit import Commit
from goatcore.history.item_state import ChangeRecord
from goatcore.history.operations import REGISTER_SET, TEXT_SPLICE, Operation
from goatcore.history.packing import Packed, Packer, Unpacker
from goatcore.history.splices import TextSplice
from goatcore.ids import CommitId, GroupId, ItemKey, RepositoryId
from goatcore.repository.authoring import Authoring, Edit
from goatcore.repository.counting import resolve
from goatcore.repository.draft import Draft
from goatcore.repository.drafts import PAUSE_MS, SHARED_MS, TYPING_MS
from goatcore.repository.sealer import GroupSealer
from goatcore.repository.store import Store
from goatcore.storage.group_commit import GroupCommit, inline
from goatcore.storage.memory_log import MemoryLog
from goatcore.trust.sealing import Keyring
from goatcore.trust.signing import SigningKey, verify
from goatcore.values import pack

REPOSITORY = RepositoryId(b"goat bench texts")
GROUP = GroupId(b"goat bench group")
AUTH = (CommitId(bytes(32)),)
KEY = ItemKey("3f1c6b2a90d84e57a1b2")  # as long as those that a repository makes
FIELD = "body"
OPERATIONS_EACH = 16_384  # of a commit, and so many letters: as a repository cuts long edits
LETTERS_EACH = 128 * 1024
PARENTS_EACH = 64
RUN_COMMITS = 200  # of one message, and so many bytes
RUN_BYTES = 64 << 10


class Open:
    """Everybody is known here."""

    def named(self, _commit: Commit) -> bool:
        return True

    def holds_auth(self, _commit: Commit) -> bool:
        return True

    def purged(self, _commit: Commit) -> bool:
        return False

    droppable = purged


class Change(NamedTuple):
    """A received commit of the item, readable: all that a walk is made of."""

    commit: Commit
    body: Body


def _store() -> Store:
    def synced(position: int) -> None:
        store.synced(position)

    def failed(error: Exception) -> None:
        raise error

    log = MemoryLog()
    group_commit = GroupCommit(log, inline, synced, failed)
    store = Store(REPOSITORY, log, group_commit, Open(), verify, lambda _auth: True)
    return store


def _sealer() -> GroupSealer:
    return GroupSealer(Keyring([(GROUP, b"k" * 32)]), REPOSITORY, lambda: GROUP)


def keys(count: int) -> list[SigningKey]:
    """So many keys, in the order of their bytes."""
    made = [SigningKey(sha256(b"agent %d" % number).digest()) for number in range(count)]
    return sorted(made, key=lambda key: key.public)


class Writers:
    """The agents' devices. They share one store: each names only the parents that it is given."""

    def __init__(self, agents: int) -> None:
        self.store = _store()
        self._now_ms = 0
        sealer = _sealer()
        self._authoring = [
            Authoring(
                self.store,
                SimpleNamespace(author=key.public, sign=key.sign),
                sealer,
                lambda: self._now_ms,
            )
            for key in keys(agents)
        ]

    def commit(
        self, agent: int, heads: Sequence[CommitId], operations: Sequence[Operation], time_ms: int
    ) -> Commit:
        """Make a commit of the item on these heads, and hold it."""
        self._now_ms = time_ms
        edit = Edit(KEY, "note", 1, tuple(sorted(heads)), operations)
        commit = self._authoring[agent].commit([edit], None, AUTH)
        self.store.append([commit])
        return commit


def written(trace) -> list[Commit]:
    """All commits of a trace, in its order."""
    writers, ends = Writers(trace.agents), list[CommitId]()
    commits: list[Commit] = []
    roots = sum(not transaction.parents for transaction in trace.transactions)
    for number, (agent, parents, splices, time_ms) in enumerate(trace.transactions):
        heads = list(dict.fromkeys(ends[parent] for parent in parents))
        while len(heads) > PARENTS_EACH:  # no commit stands on more: one that does nothing first
            joint = writers.commit(agent, heads[:PARENTS_EACH], (), time_ms)
            commits.append(joint)
            heads = [joint.id, *heads[PARENTS_EACH:]]
        # equal changes on nothing would be one: where there are several, each says which it is
        first = [(REGISTER_SET, "root", number)] if roots > 1 and not parents else []
        for part in portions(splices):
            commit = writers.commit(agent, heads, [*first, *part], time_ms)
            commits.append(commit)
            heads, first = [commit.id], []
        ends.append(heads[0])
    return commits


def portions(splices: Iterable[Sequence]) -> Iterator[list[Operation]]:
    """Splices as operations, as many at a time as a commit has room for; at least once."""
    part: list[Operation] = []
    room = LETTERS_EACH
    for position, deleted, inserted in splices:
        at, gone, typed = position, deleted, inserted
        while len(typed) > room or len(part) == OPERATIONS_EACH:
            if room and len(part) < OPERATIONS_EACH:
                part.append((TEXT_SPLICE, FIELD, at, gone, typed[:room]))
                at, gone, typed = at + room, 0, typed[room:]
            yield part
            part, room = [], LETTERS_EACH
        if gone or typed:
            part.append((TEXT_SPLICE, FIELD, at, gone, typed))
            room -= len(typed)
    yield part


# -- on the way ------------------------------------------------------------------------------------


def packed(commits: Iterable[Commit]) -> list[list[Packed]]:
    """Commits as they are sent to who has none of them: runs, each a stream of its own."""
    runs: list[list[Packed]] = []
    room, packer = 0, Packer(REPOSITORY)
    for commit in commits:
        size = len(commit.raw)
        if not runs or len(runs[-1]) == RUN_COMMITS or room < size:
            runs.append([])
            room, packer = RUN_BYTES, Packer(REPOSITORY)
        runs[-1].append(packer.pack(commit))
        room -= size
    return runs


def bytes_beyond(runs: Iterable[Sequence[Packed]]) -> int:
    """What the runs' entries have beyond signatures and ids. Ids are the 32 bytes of every dep and
    auth and, in a commit that is sent whole, of author and body hash, and the 16 each of repository
    and epoch. All else counts: framing, time, auth's place, the sealed body with its tag."""
    total = 0
    for run in runs:
        unpacker = Unpacker(REPOSITORY)
        for entry in run:
            header = unpacker.unpack(entry).header
            ids = 32 * (len(header.deps) + len(header.auth or ()))
            if isinstance(entry, bytes):
                total += len(entry) - 64 - ids - 32 - 32 - 16 - 16
            else:
                total += len(pack(entry)) - 64 - (ids - 32)  # its predecessor is not sent
    return total


# -- received --------------------------------------------------------------------------------------


class Received:
    """A device that received commits: verified, held, opened, their parents found."""

    def __init__(self) -> None:
        self.store = _store()
        self._sealer = _sealer()

    def admit(self, runs: Iterable[Sequence[Packed]]) -> list[Change]:
        """Take in runs as they come from a peer. Every commit must be held at the end."""
        changes: list[Change] = []
        for run in runs:
            unpacker = Unpacker(REPOSITORY)
            held, refused = self.store.admit([unpacker.unpack(entry) for entry in run])
            assert len(held) == len(run), f"not all commits were admitted: {refused}"
            changes.extend(Change(commit, decode_body(self.opened(commit))) for commit in held)
        return changes

    def opened(self, commit: Commit) -> bytes:
        """The body's bytes."""
        data = self._sealer.unseal(commit)
        assert data is not None
        return data

    def record(self, commit: Commit, body: Body) -> ChangeRecord:
        """The change as the walk takes it: its parents by id."""
        (change,) = body.changes
        parents = resolve(self.store, commit, change)
        assert len(parents) == len(change.parents), "a parent that cannot be found"
        assert change.operations is not None, "a change that is void"
        author, seq, time = commit.header[1:4]
        return ChangeRecord(author, seq, commit.id, time, parents, change.operations)


# -- recording -------------------------------------------------------------------------------------


def recorded(trace):
    """The trace as a repository records it, if its times tell anything: typing joined for 150 ms
    where several write; where one does, until a pause of 1 s or for 5 s. What another stands on,
    and what stands on another's, begins a commit of its own. Otherwise the trace as it is."""
    if not trace.timed:
        return trace
    limit_ms, pause_ms = (SHARED_MS, TYPING_MS) if trace.agents > 1 else (TYPING_MS, PAUSE_MS)
    old = trace.transactions
    cut = {
        parent
        for number, one in enumerate(old)
        for parent in one.parents
        if one.parents != (parent,) or one.agent != old[parent].agent
    }
    children = Counter(parent for one in old for parent in one.parents)
    new, place = [], list[int]()  # place: old number -> new number
    drafts: list[Draft] = []
    last_ms: list[int] = []
    for one in old:
        at = place[one.parents[0]] if len(one.parents) == 1 else -1
        joins = (
            at >= 0
            and one.parents[0] not in cut
            and children[one.parents[0]] == 1
            and new[at].agent == one.agent
            and 0 <= one.time_ms - last_ms[at] < pause_ms
            and 0 <= one.time_ms - new[at].time_ms < limit_ms
        )
        if not joins:
            at = len(new)
            parents = tuple(sorted({place[parent] for parent in one.parents}))
            new.append(one._replace(parents=parents))
            drafts.append(Draft(one.time_ms))
            last_ms.append(0)
        place.append(at)
        last_ms[at] = one.time_ms
        for splice in one.splices:
            drafts[at].splice(FIELD, TextSplice(*splice))
    splice_of = type(old[0].splices[0])
    return trace._replace(
        transactions=[
            one._replace(splices=tuple(splice_of(*op[2:]) for op in draft.operations))
            for one, draft in zip(new, drafts, strict=True)
        ]
    )
