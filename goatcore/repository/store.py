"""The held commits of one repository: in its log, and what is needed of them in memory.

Owns what is held, what of it is durable, and the order in which it came (parents first). Invariant:
a commit is told to peers only when it and the membership records it stands on are on disk; of
durable commits no more than a bounded number is kept in memory. Knows nothing of bodies or items.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Final, NamedTuple, Protocol

from goatcore.clock import Stamp, stamp_ms
from goatcore.errors import Damaged, Malformed
from goatcore.history.commit import Commit, parse
from goatcore.history.packing import Chain, Last, Packer, rebuilt
from goatcore.history.runs import unpack_run
from goatcore.ids import AuthorKey, CommitId, Digest, RepositoryId
from goatcore.repository.admission import Admission, Gate, Refusal, Verify
from goatcore.repository.ahead import Ahead, AheadCommits
from goatcore.repository.commit_table import Auth as Auth
from goatcore.repository.commit_table import CommitTable, Rows
from goatcore.repository.compaction import Compaction
from goatcore.repository.ground import CommitGround
from goatcore.repository.log_reading import LogReading
from goatcore.repository.recent import Recent
from goatcore.storage.framing import (
    NEW_STREAM,
    PACKED_COMMIT,
    PACKED_RUN,
    RECORD_HEADER_SIZE,
    WHOLE_COMMIT,
    number_in,
    offset_of,
)
from goatcore.storage.group_commit import GroupCommit
from goatcore.storage.log import Log, LogMark
from goatcore.sync import HeldIndex, Tip
from goatcore.sync.held import Grown
from goatcore.values import pack, unpack

RECENT_BYTES: Final = 4 << 20  # of commits that are kept though the log has them; at most twice
LOOSE_ASKED: Final = 64  # commits, at least, where there are as many
COMMIT_BYTES_AROUND: Final = 700  # of a commit in memory, beyond its own bytes


class Marks(Protocol):
    """How far a device signed, as it stands outside the workspace's folder."""

    def of(self, author: AuthorKey, repository: RepositoryId) -> Tip | None:
        """The last commit that the device may have sent."""

    def reach(self, repository: RepositoryId, tip: Tip) -> None:
        """A commit of the device is on disk: mark it, then call `release`."""


class Signing(NamedTuple):
    """Who signs in a store, and what goes with it."""

    author: Callable[[], AuthorKey]
    marks: Marks
    elsewhere: Callable[[], None]  # somebody else signed with that key


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
        self._admission = Admission(repository, gate, self.tip, verify)
        self._auth_durable = auth_durable
        self._verify = verify
        self._gate = gate
        self._durable = HeldIndex()
        self._reading = LogReading(repository, self.holds, verify)
        self._table = CommitTable()  # of all that are held; the durable ones come first
        self._ahead = AheadCommits()
        self._recent: Recent[CommitId, Commit] = Recent(RECENT_BYTES)
        self._synced = 0
        self._packer = Packer(repository)
        self._run: tuple[int, list[Commit]] | None = None  # the one that was used last
        self._first_flags = 0  # of the next record that is appended
        self._listeners: list[Callable[[], None]] = []
        self.distrust: Callable[[], None] = _nothing  # called when the log is damaged inside
        self._unmarked = 0  # commits that are on disk and wait for their mark
        self.signing: Signing | None = None  # None: nobody signs here, or nothing is sent

    def stand_on(self, ground: CommitGround) -> None:
        """The first commits are those of a checkpoint. For a store in which nothing was loaded, or
        that holds them durably."""
        if not len(self):
            self._reading.go_on(ground.stream)
        self._durable.stand_on(ground)
        self._table.stand_on(ground)

    def begin_anew(self) -> None:
        """Hold nothing, as before anything was loaded."""
        self._durable = HeldIndex()
        self._table = CommitTable()
        self._reading = LogReading(self.repository, self.holds, self._verify)
        self._recent.clear()

    def mark(self) -> LogMark | None:
        """The place in the log behind all commits; None while some of them are not durable, or the
        log is not one sound stream of nothing but them."""
        if self._ahead or self._reading.gapped or self.lost or self._log.report is not None:
            return None
        count = len(self)
        mark = self._log.mark(offset_of(self._table.position(count - 1)) if count else 0)
        return mark if mark.position == self._log.end == self._synced else None

    def has(self, mark: LogMark) -> bool:
        """Whether the log has this mark still: not once it was written anew."""
        return self._log.holds(mark)

    @property
    def moved(self) -> bool:
        """Whether the log was written anew since the checkpoint."""
        return self._table.moved

    def grown(self) -> tuple[Grown, Rows, Mapping[AuthorKey, Last]]:
        """A copy of what is known of durable commits beyond the checkpoint, and where the chains
        stand in the log's stream."""
        return self._durable.grown(), self._table.rows(), dict(self._packer.authors)

    def load(self, mark: LogMark | None = None) -> Iterator[Commit]:
        """Read the log, or what is behind a mark; yields every commit in order. To be exhausted
        before anything else."""
        records = self._log.records() if mark is None else self._log.records(mark.position)
        for commit, position in self._reading.commits(records):
            self._note(commit, position)
            self._durable.add(commit.id, commit.author, commit.seq, commit.prev)
            yield commit
        self._synced = self._log.synced
        self._packer = self._reading.packer()
        begins = self._reading.gapped or (len(self) and not self._packer.authors)
        self._first_flags = NEW_STREAM if begins else 0

    @property
    def lost(self) -> int:
        """Records behind damage that cannot be used without what is missing."""
        return self._reading.lost

    @property
    def report(self) -> str | None:
        """What a person should know of damage that was found at open; None where there was none."""
        report = self._log.report
        lost = self.lost
        if report is None or not lost:
            return report
        return f"{report} {lost:,} of the saved records cannot be read without what is missing."

    # -- held --------------------------------------------------------------------------------------

    def holds(self, id_: CommitId) -> bool:
        """Whether a commit is held, durable or not."""
        return id_ in self._ahead or self._durable.contains(id_)

    def find(self, id_: CommitId) -> Commit | None:
        """A held commit, durable or not; read from the log unless it was used lately."""
        ahead = self._ahead.get(id_)
        if ahead is not None:
            return ahead.commit
        commit = self._recent.get(id_)
        if commit is None:
            order = self._durable.order(id_)
            if order is None:
                return None
            commit = self._read(order)
            self._recent.put(id_, commit, len(commit.raw) + COMMIT_BYTES_AROUND)
        return commit

    def _read(self, order: int) -> Commit:
        """A durable commit, from the log. Raises `Damaged`, `DiskFailed`."""
        index, table = self._durable, self._table
        where = table.position(order)
        try:
            if self._run is not None and self._run[0] == offset_of(where):
                return self._checked(self._run[1][number_in(where)], order)
            record = self._log.record_at(offset_of(where))
            if record.type == PACKED_RUN:
                run = unpack_run(self.repository, bytes(record.body), trusted=True)
                self._run = record.offset, run
                commit = run[number_in(where)]
            elif record.type == WHOLE_COMMIT:
                commit = parse(bytes(record.body))
            else:
                author, seq, _ = index.tip(order)
                prev = index.prev(order)
                assert prev is not None, "a packed commit has a predecessor"
                chain = Chain(author, seq, index.id(prev), table.time(order), table.epoch(order))
                commit = rebuilt(self.repository, chain, unpack(record.body))
            return self._checked(commit, order)
        except (Damaged, Malformed, IndexError) as error:
            self.distrust()  # the next opening looks at every record
            if isinstance(error, Damaged):
                raise
            raise Damaged(f"A record of the file cannot be read ({error}).") from None

    def _checked(self, commit: Commit, order: int) -> Commit:
        if commit.id != self._durable.id(order):
            raise Malformed("it is not the one that was written there")
        return commit

    def tip(self, id_: CommitId) -> Tip | None:
        """Author, seq and id of a held commit."""
        ahead = self._ahead.get(id_)
        if ahead is not None:
            return Tip(ahead.commit.author, ahead.commit.seq, id_)
        order = self._durable.order(id_)
        return None if order is None else self._durable.tip(order)

    def auth_of(self, id_: CommitId) -> Auth:
        """The heads of `/sys/members` that a held commit claims, its own or its predecessor's."""
        return self._table.auth(self.order_of(id_))

    def time_of(self, id_: CommitId) -> Stamp:
        """The time in a held commit's header."""
        return self._table.time(self.order_of(id_))

    # by order numbers: those of one repository are the same as long as it is open

    def id_at(self, order: int) -> CommitId:
        """The commit with an order number."""
        durable = self._durable
        if order < durable.count:
            return durable.id(order)
        return self._ahead.at(order - durable.count).commit.id

    def time_at(self, order: int) -> Stamp:
        """The time in the header of the commit with an order number."""
        return self._table.time(order)

    def author_at(self, order: int) -> AuthorKey:
        """The author of the commit with an order number."""
        durable = self._durable
        if order < durable.count:
            return durable.author(durable.author_of(order))
        return self._ahead.at(order - durable.count).commit.author

    def order_of(self, id_: CommitId) -> int:
        """The order number of a held commit."""
        ahead = self._ahead.get(id_)
        order = self._durable.order(id_) if ahead is None else ahead.order
        assert order is not None, "a commit that is not held"
        return order

    def last(self, author: AuthorKey) -> Tip | None:
        """An author's newest held commit."""
        return self._ahead.tip(author) or self._durable.last(author)

    def held_tips(self) -> list[CommitId]:
        """The last commit of each held chain, durable or not."""
        tips = dict.fromkeys(tip.id for tip in self._durable.tips())
        for ahead in self._ahead:
            if ahead.commit.prev is not None:
                tips.pop(ahead.commit.prev, None)
            tips[ahead.commit.id] = None
        return list(tips)

    def tips_until(self, time_ms: int) -> list[CommitId]:
        """The last commit of each chain up to a moment (milliseconds since 1970), by the times
        that the chain's commits claim: nothing behind a later one counts as earlier."""
        tips: dict[CommitId, None] = {}
        late: set[CommitId] = set()
        index, table = self._durable, self._table
        for order in range(index.count):
            before = index.prev(order)
            prev = None if before is None else index.id(before)
            self._until(time_ms, index.id(order), prev, table.time(order), tips, late)
        for ahead in self._ahead:
            commit = ahead.commit
            self._until(time_ms, commit.id, commit.prev, commit.header.time, tips, late)
        return list(tips)

    @staticmethod
    def _until(
        time_ms: int,
        id_: CommitId,
        prev: CommitId | None,
        time: Stamp,
        tips: dict[CommitId, None],
        late: set[CommitId],
    ) -> None:
        if stamp_ms(time) > time_ms or prev in late:
            late.add(id_)
            return
        if prev is not None:
            tips.pop(prev, None)
        tips[id_] = None

    def ancestor(self, id_: CommitId, back: int) -> CommitId | None:
        """The `back`-th ancestor of a held commit along prev; None where there is none."""
        found = self._ahead.back(id_, back)
        if found is None:
            return None
        id_, back = found
        if not back:
            return id_
        index = self._durable
        order = index.order(id_)
        assert order is not None, "a commit that is not held"
        seq = index.seq(order) - back
        return index.id(index.ancestor(order, seq)) if back > 0 and seq > 0 else None

    def commits(self) -> Iterator[Commit]:
        """Every held commit, parents first."""
        for order in range(self._durable.count):
            yield self._read(order)
        for ahead in tuple(self._ahead):
            yield ahead.commit

    @property
    def read_only(self) -> bool:
        """Whether the medium takes no more commits."""
        return self._log.read_only

    def __len__(self) -> int:
        return len(self._table)

    @property
    def pending(self) -> int:
        """Received commits that wait for others before they can be held."""
        return self._admission.waiting

    def admit(self, commits: Iterable[Commit]) -> tuple[list[Commit], list[Refusal]]:
        """Take in received commits: those newly held, parents first, and those refused."""
        held: list[Commit] = []
        refused: list[Refusal] = []
        offered: Iterable[Commit] = commits
        while True:
            verdict = self._admission.offer(offered)
            refused += verdict.refused
            if not verdict.held:
                return held, refused
            self.append(verdict.held)
            self._look_for_own(verdict.held)
            held += verdict.held
            offered = [found.commit for found in self._reading.freed(verdict.held)]

    def _look_for_own(self, received: Sequence[Commit]) -> None:
        if self.signing is not None:
            author = self.signing.author()
            if any(commit.author == author for commit in received):
                self.signing.elsewhere()

    @property
    def is_behind(self) -> bool:
        """Whether this device signed more, or something else, than what is held here."""
        if self.signing is None:
            return False
        author = self.signing.author()
        mark, last = self.signing.marks.of(author, self.repository), self.last(author)
        if mark is None:
            return False
        if last is None or last.seq < mark.seq:
            return True
        return self.ancestor(last.id, last.seq - mark.seq) != mark.id

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
        if entries:
            entries[0] = (entries[0][0], self._first_flags, entries[0][2])
        position = self._log.end
        end = self._log.append(entries)  # all or nothing; then nothing here has changed
        self._packer = packer
        self._first_flags = 0
        for commit, (_, _, body) in zip(commits, entries, strict=True):
            order = self._note(commit, position)
            position += RECORD_HEADER_SIZE + len(body)
            self._ahead.add(Ahead(commit, order, end), self.last(commit.author))
        assert position == end, "the log has what was written, and nothing else"
        self._group_commit.written(end)

    def _note(self, commit: Commit, position: int) -> int:
        header = commit.header
        auth = header.auth
        if auth is None:
            auth = () if header.seq == 1 else self.auth_of(header.deps[0])
        return self._table.add(position, header.time, auth, header.epoch)

    # -- durable -----------------------------------------------------------------------------------

    def on_durable(self, callback: Callable[[], None]) -> Callable[[], None]:
        """Call back whenever more became durable."""
        self._listeners.append(callback)
        return lambda: self._listeners.remove(callback) if callback in self._listeners else None

    @property
    def all_durable(self) -> bool:
        """Whether everything held is on disk."""
        return self.on_disk == len(self)

    def synced(self, position: int) -> None:
        """The log is on disk up to `position`."""
        self._synced = max(self._synced, position)
        self.release()

    def release(self) -> None:
        """Count as durable what is, with what it stands on in `/sys/members`; of this device's own
        what is marked, too, for from then on others get it."""
        released: list[Commit] = []
        own, marked = self._marked()
        waiting: Commit | None = None  # the last one that waits for its mark
        before, self._unmarked = self._unmarked, 0
        for ahead in self._ahead:
            if ahead.position > self._synced or not self._auth_durable(
                self._table.auth(ahead.order)
            ):
                break
            if ahead.commit.author == own and ahead.commit.seq > marked:
                waiting = ahead.commit
            if waiting is None:
                released.append(ahead.commit)
            else:
                self._unmarked += 1
        for commit in released:
            self._ahead.remove(commit)
            self._durable.add(commit.id, commit.author, commit.seq, commit.prev)
            self._recent.put(commit.id, commit, len(commit.raw) + COMMIT_BYTES_AROUND)
        if waiting is not None and self.signing is not None:
            tip = Tip(waiting.author, waiting.seq, waiting.id)
            self.signing.marks.reach(self.repository, tip)
        if released or self._unmarked > before:
            for callback in tuple(self._listeners):
                callback()

    def _marked(self) -> tuple[AuthorKey | None, int]:
        if self.signing is None:
            return None, 0
        author = self.signing.author()
        mark = self.signing.marks.of(author, self.repository)
        return author, 0 if mark is None else mark.seq

    @property
    def on_disk(self) -> int:
        """How many of the held commits survive a crash, with all that they stand on."""
        return len(self) - len(self._ahead) + self._unmarked

    # -- compaction --------------------------------------------------------------------------------

    def compaction(self, random: Callable[[int], bytes]) -> Compaction:
        """Begin to write the log anew; `adopt` makes it the one in use. Raises `DiskFailed`,
        `Damaged`."""
        return Compaction(self._log, self.repository, self._verify, random, self._gate.droppable)

    def adopt(self, compaction: Compaction) -> bool:
        """Go on with the log that a compaction wrote: False where there is still something that
        it does not have, or that is not durable. Raises `Damaged` where the log was mended since it
        was read, and `DiskFailed`; then nothing has changed."""
        if self._ahead or not self._group_commit.idle or compaction.behind:
            return False
        if not self._table.stands_at(compaction.old_places):
            raise Damaged(
                "This notebook was repaired while it was open. Close it and open it again; then it "
                "can be compacted."
            )
        if not self._log.adopt(compaction.repacking):
            return False
        self._table.move(compaction.new_places)
        self._run = None
        self._recent.clear()  # of bodies that were dropped, too
        self._reading = LogReading(self.repository, self.holds, self._verify)
        self._packer = Packer(self.repository)
        self._first_flags = NEW_STREAM
        self._synced = self._log.synced
        self._group_commit.moved(self._log.end)
        return True

    def has_bodies(self, ids: Iterable[CommitId]) -> bool:
        """Whether the body of one of these commits is here."""
        held = (self.find(id_) for id_ in ids if self.holds(id_))
        return any(commit is not None and not commit.bodiless for commit in held)

    def sync_name(self) -> None:
        """Block until the file that was adopted last survives a crash, as the old one does until
        then. May run on another thread. Raises `DiskFailed`."""
        self._log.sync()

    def loose_share(self) -> float:
        """How many of the held commits stand in records of their own, not in runs: 0 … 1, judged
        by a few of them."""
        last, place_of = len(self) - 1, self._table.position
        if last < 0:
            return 0.0
        asked = range(0, last + 1, max((last + 1) // LOOSE_ASKED, 1))
        loose = sum(
            not number_in(place_of(order))
            and not (order < last and number_in(place_of(order + 1)) == 1)
            for order in asked
        )
        return loose / len(asked)

    @property
    def log_bytes(self) -> int:
        """How long the log is."""
        return self._log.end

    def flush_now(self) -> None:
        """Block until everything held is on disk."""
        if self._ahead:
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
        """A held commit as others get it: without its body, if that is purged."""
        commit = self.find(id_)
        assert commit is not None, "a commit that is not held"
        return commit.without_body() if self._gate.purged(commit) else commit

    def last_seq(self, author: AuthorKey) -> int:
        """The author's greatest held seq."""
        last = self.last(author)
        return 0 if last is None else last.seq


def _nothing() -> None:
    """Nobody minds."""
