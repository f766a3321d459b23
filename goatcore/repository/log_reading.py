"""Reading a log: its records as commits, each when what it stands on is held.

Owns what becomes of records behind damage: one whose predecessor is missing waits, and is given out
when that came back, in this log or from a peer. Invariant: every commit that is given out has all
its deps held, and behind damage a good signature of its own. Knows nothing of bodies or items.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping

from goatcore.errors import Damaged, Malformed
from goatcore.history.commit import Commit, signed_message
from goatcore.history.packing import Last, Packer, Unpacker
from goatcore.history.runs import unpack_run
from goatcore.history.salvage import Found, Salvage, Stranded, Verify
from goatcore.ids import AuthorKey, CommitId, RepositoryId
from goatcore.storage.framing import (
    AFTER_GAP,
    NEW_STREAM,
    PACKED_COMMIT,
    PACKED_RUN,
    WHOLE_COMMIT,
    Record,
    number_in,
    offset_of,
    place,
)
from goatcore.values import unpack


class LogReading:
    """The records of one log. `holds` tells whether a commit is held; one that is given out is to
    be held before the next is asked for."""

    def __init__(
        self,
        repository: RepositoryId,
        holds: Callable[[CommitId], bool],
        verify: Verify,
    ) -> None:
        self._repository = repository
        self._holds = holds
        self._verify = verify
        self._unpacker = Unpacker(repository, trusted=True)
        self._salvage: Salvage | None = None  # of the stream that is being read
        self._salvages: list[Salvage] = []
        self._blocked: dict[CommitId, list[Found]] = {}  # missing dep → who waits for it

    @property
    def lost(self) -> int:
        """Records that cannot be used without what is missing."""
        waiting = sum(map(len, self._blocked.values()))
        return waiting + len(self.stranded)

    def missing(self) -> dict[CommitId, list[Found]]:
        """The commits that are missing, as far as it can be told, each with all that waits for it
        directly or not, by place."""
        waiting = {one.commit.id for others in self._blocked.values() for one in others}
        result: dict[CommitId, list[Found]] = {}
        for id_ in self._blocked.keys() - waiting:
            found, look = result.setdefault(id_, []), [id_]
            while look:
                others = self._blocked.get(look.pop(), [])
                found += others
                look += [one.commit.id for one in others]
            found.sort(key=_in_file)
        return dict(sorted(result.items(), key=lambda entry: _in_file(entry[1][0])))

    @property
    def stranded(self) -> list[Stranded]:
        """Records whose predecessor is missing, and cannot be told."""
        return [one for salvage in self._salvages for one in salvage.stranded]

    @property
    def gapped(self) -> bool:
        """Whether damage was cut out of the stream that was read last: what is appended to the
        log begins a new one."""
        return self._salvage is not None

    def go_on(self, authors: Mapping[AuthorKey, Last]) -> None:
        """The records that are read next stand behind others of one sound stream."""
        self._unpacker = Unpacker(self._repository, trusted=True, authors=authors)

    def packer(self) -> Packer:
        """A packer for what is appended to the log."""
        return Packer(self._repository) if self.gapped else self._unpacker.packer()

    def commits(self, records: Iterable[Record]) -> Iterator[Found]:
        """Every commit that can be held, parents first, with where its record begins. Raises
        `Damaged` for a sound record that makes no sense."""
        for record in records:
            if record.flags & NEW_STREAM:
                self._unpacker = Unpacker(self._repository, trusted=True)
                self._salvage = None
            if record.flags & AFTER_GAP:
                self._at_gap()
            for found in self._found(record):
                if self._salvages:
                    yield from self._offer(found)
                elif not self._holds(found.commit.id):
                    yield found

    def freed(self, held: Iterable[Commit]) -> list[Found]:
        """Commits of this log that may be held now, since these are."""
        if not (self._salvages or self._blocked):
            return []
        news = list(held)
        found = [follower for salvage in self._salvages for follower in salvage.retry(news)]
        for commit in (*news, *(follower.commit for follower in found)):
            found += self._blocked.pop(commit.id, ())
        return found

    def _at_gap(self) -> None:
        if self._salvage is None:
            self._salvage = Salvage(self._repository, self._unpacker, self._verify)
            self._salvages.append(self._salvage)
        self._salvage.gap()

    def _found(self, record: Record) -> Iterable[Found]:
        """The commits of a record that can be rebuilt, with their places."""
        if record.type == PACKED_RUN:
            return self._run(record)
        if record.type in {WHOLE_COMMIT, PACKED_COMMIT}:
            commit = self._commit(record)
            return () if commit is None else (Found(commit, record.offset),)
        return ()

    def _run(self, record: Record) -> Iterator[Found]:
        try:
            commits = unpack_run(self._repository, bytes(record.body), trusted=True)
        except Malformed as error:
            raise _senseless(error) from None
        for number, commit in enumerate(commits):
            if not self._salvages or self._verify(
                commit.author, signed_message(commit), commit.signature
            ):
                yield Found(commit, place(record.offset, number))

    def _commit(self, record: Record) -> Commit | None:
        body = bytes(record.body)
        try:
            entry = body if record.type == WHOLE_COMMIT else unpack(body)
            if self._salvage is None:
                return self._unpacker.unpack(entry)
            commit = self._salvage.take(entry, record.offset)
        except Malformed as error:
            raise _senseless(error) from None
        if commit is None or record.type == PACKED_COMMIT:  # its signature was looked at
            return commit
        signed = self._verify(commit.author, signed_message(commit), commit.signature)
        return commit if signed else None

    def _offer(self, found: Found) -> Iterator[Found]:
        """What can be held now that this one was found: parents are awaited."""
        stack = [found]
        while stack:
            one = stack.pop()
            if self._holds(one.commit.id):
                continue
            deps = one.commit.header.deps
            missing = next((dep for dep in deps if not self._holds(dep)), None)
            if missing is not None:
                self._blocked.setdefault(missing, []).append(one)
                continue
            yield one
            stack += reversed(self.freed([one.commit]))


def _in_file(found: Found) -> tuple[int, int]:
    return offset_of(found.place), number_in(found.place)


def _senseless(error: Malformed) -> Damaged:
    return Damaged(
        f"A record of the file cannot be read ({error}). "
        "Restore the folder from a backup, or let another device bring it back."
    )
