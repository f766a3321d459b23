"""The held commits of one repository, in memory and in its log.

Owns what is held, what of it is durable, and the order in which it came (parents first). Invariant:
a commit is told to peers only when it and the membership records it stands on are on disk. Knows
nothing of bodies or items.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence

from goatcore.errors import Damaged, Malformed
from goatcore.history.commit import Commit, signed_message
from goatcore.history.packing import Packer, Unpacker
from goatcore.ids import AuthorKey, CommitId, Digest, RepositoryId
from goatcore.repository.admission import Admission, Gate, Refusal, Verify
from goatcore.storage.framing import AFTER_GAP, PACKED_COMMIT, WHOLE_COMMIT
from goatcore.storage.group_commit import GroupCommit
from goatcore.storage.log import Log
from goatcore.sync import HeldIndex, Tip
from goatcore.values import pack, unpack

Auth = tuple[CommitId, ...]


class Store:
    """All commits held of one repository. Serves an exchange with the durable ones."""

    def __init__(
        self,
        repository: RepositoryId,
        log: Log,
        group_commit: GroupCommit,
        gate: Gate,
        verify: Verify,
        auth_durable: Callable[[Auth], bool],
    ) -> None:
        self.repository = repository
        self._log = log
        self._group_commit = group_commit
        self._commits: dict[CommitId, Commit] = {}
        self._auth: dict[CommitId, Auth] = {}
        self._admission = Admission(repository, gate, self._commits.get, verify)
        self._auth_durable = auth_durable
        self._verify = verify
        self.lost = 0  # records behind damage that could not be rebuilt at open
        self._held = HeldIndex()
        self._durable = HeldIndex()
        self._waiting: deque[tuple[int, Commit]] = deque()  # (log position after it, commit)
        self._synced = 0
        self._packer = Packer(repository)
        self._listeners: list[Callable[[], None]] = []

    def load(self) -> Iterator[Commit]:
        """Read the log; yields every commit in order. To be exhausted before anything else."""
        unpacker = Unpacker(self.repository)
        after_gap = False
        for record in self._log.records():
            if record.flags & AFTER_GAP:
                # what was packed on lost commits cannot be rebuilt; the stream begins anew
                unpacker, after_gap = Unpacker(self.repository), True
            if record.type not in {WHOLE_COMMIT, PACKED_COMMIT}:
                continue
            body = bytes(record.body)
            try:
                commit = unpacker.unpack(body if record.type == WHOLE_COMMIT else unpack(body))
            except Malformed as error:
                if after_gap:
                    self.lost += 1
                    continue
                raise Damaged(
                    f"A record of the file cannot be read ({error}). "
                    "Restore the folder from a backup, or let another device bring it back."
                ) from None
            if commit.id in self._commits:
                continue
            if after_gap and not self._stands(commit):
                self.lost += 1
                continue
            self._add(commit)
            self._index(commit)
            yield commit
        self._synced = self._log.synced
        self._packer = unpacker.packer()

    def _stands(self, commit: Commit) -> bool:
        """Whether a commit behind damage is whole and stands on held ones."""
        return all(dep in self._commits for dep in commit.header.deps) and self._verify(
            commit.author, signed_message(commit), commit.signature
        )

    @property
    def report(self) -> str | None:
        """What a person should know of damage that was found at open; None where there was none."""
        report = self._log.report
        if report is None or not self.lost:
            return report
        return (
            f"{report} {self.lost:,} of the saved records cannot be read without what is missing."
        )

    # -- held --------------------------------------------------------------------------------------

    def find(self, id_: CommitId) -> Commit | None:
        """A held commit, durable or not."""
        return self._commits.get(id_)

    def auth_of(self, commit: Commit) -> Auth:
        """The heads of `/sys/members` that a held commit claims, its own or its predecessor's."""
        return self._auth[commit.id]

    def last(self, author: AuthorKey) -> Commit | None:
        """An author's newest held commit."""
        last = self._held.last(author)
        return None if last is None else self._commits[last.id]

    def ancestor(self, commit: Commit, back: int) -> CommitId | None:
        """The `back`-th ancestor of a held commit along prev; None where there is none."""
        if not 0 <= back < commit.seq:
            return None
        order = self._held.order(commit.id)
        assert order is not None
        return self._held.id(self._held.ancestor(order, commit.seq - back))

    def commits(self) -> Iterator[Commit]:
        """Every held commit, parents first."""
        return iter(self._commits.values())

    @property
    def read_only(self) -> bool:
        """Whether the medium takes no more commits."""
        return self._log.read_only

    def __len__(self) -> int:
        return len(self._commits)

    @property
    def pending(self) -> int:
        """Received commits that wait for others before they can be held."""
        return self._admission.waiting

    def admit(self, commits: Iterable[Commit]) -> tuple[list[Commit], list[Refusal]]:
        """Take in received commits: those newly held, parents first, and those refused."""
        verdict = self._admission.offer(commits)
        if verdict.held:
            self.append(verdict.held)
        return verdict.held, verdict.refused

    def append(self, commits: Sequence[Commit]) -> None:
        """Hold commits that are known to be good, and write them to the log. Raises `DiskFailed`:
        then none of them is held."""
        packer = Packer(self.repository, self._packer.authors)
        entries = []
        for commit in commits:
            packed = packer.pack(commit)
            if isinstance(packed, bytes):
                entries.append((WHOLE_COMMIT, 0, packed))
            else:
                entries.append((PACKED_COMMIT, 0, pack(packed)))
        position = self._log.append(entries)  # all or nothing; then nothing here has changed
        self._packer = packer
        for commit in commits:
            self._add(commit)
            self._waiting.append((position, commit))
        self._group_commit.written(position)

    def _add(self, commit: Commit) -> None:
        self._commits[commit.id] = commit
        self._held.add(commit.id, commit.author, commit.seq, commit.prev)
        auth = commit.header.auth
        if auth is None:
            prev = commit.prev
            auth = () if prev is None else self._auth[prev]
        self._auth[commit.id] = auth

    # -- durable -----------------------------------------------------------------------------------

    def on_durable(self, callback: Callable[[], None]) -> Callable[[], None]:
        """Call back whenever more became durable."""
        self._listeners.append(callback)
        return lambda: self._listeners.remove(callback) if callback in self._listeners else None

    @property
    def all_durable(self) -> bool:
        """Whether everything held is on disk."""
        return not self._waiting

    def synced(self, position: int) -> None:
        """The log is on disk up to `position`."""
        self._synced = max(self._synced, position)
        self.release()

    def release(self) -> None:
        """Count as durable what is, with what it stands on in `/sys/members`."""
        released = False
        while self._waiting and self._waiting[0][0] <= self._synced:
            commit = self._waiting[0][1]
            if not self._auth_durable(self._auth[commit.id]):
                break
            self._waiting.popleft()
            self._index(commit)
            released = True
        if released:
            for callback in tuple(self._listeners):
                callback()

    def _index(self, commit: Commit) -> None:
        self._durable.add(commit.id, commit.author, commit.seq, commit.prev)

    def flush_now(self) -> None:
        """Block until everything held is on disk."""
        if self._waiting:
            self._group_commit.flush_now()

    def close(self) -> None:
        """Flush and let go of the file."""
        try:
            self.flush_now()
        finally:
            self._log.close()

    # -- what an exchange reads: durable commits only ----------------------------------------------

    @property
    def durable(self) -> HeldIndex:
        """The index of durable commits."""
        return self._durable

    def tips(self) -> list[Tip]:
        return self._durable.tips()

    @property
    def count(self) -> int:
        return self._durable.count

    def digest(self) -> Digest:
        return self._durable.digest()

    def contains(self, id_: CommitId) -> bool:
        return self._durable.contains(id_)

    def raw(self, id_: CommitId) -> Commit:
        return self._commits[id_]

    def last_seq(self, author: AuthorKey) -> int:
        """The author's greatest held seq."""
        last = self._held.last(author)
        return 0 if last is None else last.seq
