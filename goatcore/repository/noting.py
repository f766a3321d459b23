"""Noting: drafts are written down in the crash journal, and after a crash committed from there.

Owns what a note says and when it is still wanted. Invariant: what a note has is committed once,
however often a replay is cut off: a draft stands on the heads of its item, and no two commits of
one device stand on the same; so a draft is in the log if a commit of this device is that changes
its item and has its parents. A note is dropped when that commit is durable. Must never import what
writes or shows.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Final, NamedTuple, cast

from goatcore.errors import Malformed
from goatcore.history.body import Body
from goatcore.history.commit import Commit
from goatcore.history.operations import Operation
from goatcore.ids import AuthorKey, BranchId, CommitId, ItemKey, RepositoryId
from goatcore.repository.authoring import Edit, greatest_heads
from goatcore.repository.counting import resolve
from goatcore.repository.draft import Draft
from goatcore.repository.environment import Journal
from goatcore.repository.record import Record
from goatcore.repository.splitting import TEXT_COMMIT_LETTERS
from goatcore.repository.store import Store
from goatcore.trust.signing import Signer
from goatcore.values import pack, unpack

NOTE_BYTES_MAX: Final = 1 << 20  # a longer draft is being committed anyway


class Note(NamedTuple):
    """A draft as it is written down. `seq` is the least that its commit can get; `before` names the
    draft whose commit it stands on, and that commit, where that may be lost itself."""

    name: bytes  # 8, of the draft
    repository: RepositoryId
    branch: BranchId | None
    key: ItemKey
    schema: str
    version: int
    seq: int
    parents: tuple[CommitId, ...]
    before: tuple[bytes, CommitId] | None
    operations: tuple[Operation, ...]

    def encode(self) -> bytes:
        return self.name + pack(self[1:])


def read_note(data: bytes) -> Note | None:
    """A note from its bytes; None for what a newer version wrote."""
    try:
        match unpack(data[8:]):
            case [repository, branch, key, schema, version, seq, parents, before, operations]:
                return Note(
                    data[:8],
                    cast(RepositoryId, repository),
                    cast("BranchId | None", branch),
                    cast(ItemKey, key),
                    cast(str, schema),
                    cast(int, version),
                    cast(int, seq),
                    tuple(cast("list[CommitId]", parents)),
                    cast(
                        "tuple[bytes, CommitId] | None",
                        before and tuple(cast("list[bytes]", before)),
                    ),
                    tuple(map(tuple, cast("list[list[object]]", operations))),
                )
    except Malformed:
        pass
    return None


class Noted:
    """A draft that is written down, and what became of it."""

    __slots__ = ("commit", "draft", "note")

    def __init__(self, draft: Draft | None, note: Note) -> None:
        self.draft = draft
        self.note = note
        self.commit: CommitId | None = None  # that holds it


class Noting:
    """Writes down the drafts of one view."""

    def __init__(
        self,
        store: Store,
        signer: Signer,
        branch: BranchId | None,
        version_of: Callable[[Record], int],
        journal: Journal,
        random: Callable[[int], bytes],
    ) -> None:
        self._store = store
        self._signer = signer
        self._branch = branch
        self._version_of = version_of
        self._journal = journal
        self._random = random
        self._noted: dict[ItemKey, Noted] = {}
        self._settling: list[Noted] = []
        store.on_durable(self._settle)

    def note(self, records: Iterable[Record]) -> None:
        """Write down the drafts of these, as far as they are others than noted before."""
        news = False
        for record in records:
            draft = record.draft
            if draft is None or draft.letters > TEXT_COMMIT_LETTERS:
                continue  # in the latter case it is about to be several commits
            operations = tuple(draft.operations)
            noted = self._noted.get(record.key)
            if noted is None or noted.draft is not draft:
                noted = self._begin(record, draft, noted)
                if noted is None:
                    continue
            elif noted.note.operations == operations:
                continue
            noted.note = noted.note._replace(operations=operations)
            data = noted.note.encode()
            if operations and len(data) <= NOTE_BYTES_MAX:
                self._journal.put(data)
                news = True
        if news:
            self._journal.soon()

    def _begin(self, record: Record, draft: Draft, earlier: Noted | None) -> Noted | None:
        """None while the draft stands on a commit that a crash would lose."""
        parents = greatest_heads(self._store, record.state.heads)
        if len(parents) < len(record.state.heads):
            return None  # its commit will stand on one that is made first
        before = None
        for parent in parents:
            if not self._store.contains(parent):
                if earlier is None or earlier.commit != parent:
                    return None
                before = (earlier.note.name, parent)
        last = self._store.durable.last(self._signer.author)
        note = Note(
            self._random(8),
            self._store.repository,
            self._branch,
            record.key,
            record.schema,
            self._version_of(record),
            1 if last is None else last.seq + 1,
            parents,
            before,
            (),
        )
        noted = self._noted[record.key] = Noted(draft, note)
        return noted

    def settled(self, key: ItemKey, draft: Draft) -> None:
        """A draft is in this device's last commit, or was given up: then that will be durable as
        well."""
        noted = self._noted.get(key)
        if noted is None or noted.draft is not draft:
            return
        last = self._store.last(self._signer.author)
        noted.draft = None
        noted.commit = None if last is None else last.id
        self._settling.append(noted)
        self._settle()

    def replayed(self, note: Note, commit: CommitId) -> None:
        """A note of before is in a commit that is held."""
        noted = Noted(None, note)
        noted.commit = commit
        self._settling.append(noted)
        self._settle()

    def _settle(self) -> None:
        left = []
        for noted in self._settling:
            if noted.commit is None or self._store.contains(noted.commit):
                self._journal.drop(noted.note.name)
                if self._noted.get(noted.note.key) is noted:
                    del self._noted[noted.note.key]
            else:
                left.append(noted)
        self._settling = left


class Replay:
    """Finds what is still wanted of notes that a crash left, in one repository."""

    def __init__(
        self,
        store: Store,
        author: AuthorKey,
        body: Callable[[Commit], Body],
        heads: Callable[[Note], Sequence[CommitId]],
    ) -> None:
        """`body` gives what a commit says, `heads` those of a note's item as they are now."""
        self._store = store
        self._author = author
        self._body = body
        self._heads = heads

    def run(
        self, notes: Iterable[Note], commit: Callable[[Note, Edit], CommitId]
    ) -> Iterator[tuple[Note, CommitId]]:
        """Commit what is not in the log yet, in order; each note with the commit that has it."""
        notes = list(notes)
        own = list(self._own(min((note.seq for note in notes), default=1)))
        became: dict[bytes, CommitId] = {}
        for note in notes:
            parents = self._parents(note, became)
            found = self._found(note, parents, own)
            if found is None:
                edit = Edit(note.key, note.schema, note.version, parents, note.operations)
                found = commit(note, edit)
            became[note.name] = found
            yield note, found

    def _own(self, seq: int) -> Iterator[tuple[Commit, Body]]:
        """This device's commits from a seq on, the newest first."""
        last = self._store.last(self._author)
        id_ = None if last is None else last.id
        while id_ is not None:
            commit = self._store.find(id_)
            if commit is None or commit.seq < seq:
                return
            yield commit, self._body(commit)
            id_ = commit.prev

    def _parents(self, note: Note, became: dict[bytes, CommitId]) -> tuple[CommitId, ...]:
        parents = []
        for parent in note.parents:
            if self._store.holds(parent):
                parents.append(parent)
            elif note.before is not None and parent == note.before[1] and note.before[0] in became:
                parents.append(became[note.before[0]])
        if note.parents and not parents:  # the log lost more than the journal knows
            parents = list(self._heads(note))
        return tuple(sorted(parents))

    def _found(
        self, note: Note, parents: tuple[CommitId, ...], own: list[tuple[Commit, Body]]
    ) -> CommitId | None:
        for commit, body in own:
            for change in body.changes:
                if (
                    change.key == note.key
                    and body.branch == note.branch
                    and resolve(self._store, commit, change) == parents
                ):
                    return commit.id
        return None
