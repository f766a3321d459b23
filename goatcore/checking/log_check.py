"""One log, checked commit by commit: bytes, chain, deps, signature, seal.

Owns what is wrong inside one repository. Invariant: everything is computed again from the bytes;
nothing that the log says of itself is believed. What depends on `/sys/members` is left to the check
of the workspace.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from goatcore.checking.findings import Finding, Whose
from goatcore.checking.frames import Frames
from goatcore.checking.signatures import Signatures, Signed
from goatcore.clock import stamp_ms
from goatcore.errors import Damaged, Malformed
from goatcore.history.body import UNREADABLE, Body, decode_body
from goatcore.history.commit import Commit, associated_data, parse, signed_message
from goatcore.history.operations import REGISTER_SET
from goatcore.ids import CLEAR, AuthorKey, CommitId, ItemKey, RepositoryId
from goatcore.repository.log_reading import LogReading
from goatcore.storage.framing import offset_of
from goatcore.trust.sealing import Keyring, unseal
from goatcore.trust.signing import verify

NAMING_FIELDS = frozenset({"title", "name"})  # registers that say what people call an item

Auth = tuple[CommitId, ...]


class Seen(NamedTuple):
    """What is kept of a commit that was checked."""

    number: int
    author: AuthorKey
    seq: int
    prev: CommitId | None
    offset: int


class LogCheck:
    """The check of one repository's log. Run `steps` to its end; then everything is known."""

    def __init__(
        self,
        name: str,
        repository: RepositoryId,
        frames: Frames,
        keyring: Keyring,
        *,
        members: bool,
    ) -> None:
        self.findings: list[Finding] = []
        self.seen: dict[CommitId, Seen] = {}
        self.locked = 0
        self.authors: dict[AuthorKey, tuple[int, Whose]] = {}  # the first commit of each
        self.auths: dict[Auth, tuple[int, Whose]] = {}  # the first commit that claims it
        self.bodiless: dict[CommitId, tuple[int, Whose]] = {}
        self.membership: list[Commit] = []  # the commits, of /sys/members
        self.signatures = Signatures(verify)
        self._name = name
        self._repository = repository
        self._frames = frames
        self._keyring = keyring
        self._members = members
        self._ids: list[CommitId] = []
        self._followed: set[CommitId | AuthorKey] = set()  # prevs, and authors with a first commit
        self._titles: dict[ItemKey, str] = {}
        self._bad: list[int] = []

    def steps(self) -> Iterator[int]:
        """Check everything; yields the position in the file now and then."""
        for finding in self._frames.findings:
            self.findings.append(finding)
        reading = LogReading(self._repository, self.seen.__contains__, verify)
        try:
            for commit, where in reading.commits(self._frames.records()):
                offset = offset_of(where)
                self._check(commit, offset)
                if len(self._ids) % 256 == 0:
                    yield offset
            self._bad += self.signatures.finish()
        except Damaged as error:
            self._tell(None, str(error).rstrip("."))
        finally:
            self.signatures.close()
        self._tell_of_bad_signatures()
        self._tell_of_missing(reading)
        self._name_items()

    # -- one commit --------------------------------------------------------------------------------

    def _check(self, commit: Commit, offset: int) -> None:
        header = commit.header
        number = len(self._ids)
        self._ids.append(commit.id)
        whose = Whose(commit.id, commit.author, commit.seq, stamp_ms(header.time))
        try:
            parse(commit.raw)
        except Malformed as error:
            self._tell(offset, str(error).rstrip("."), whose)
        self._check_chain(commit, offset, whose)
        self.seen[commit.id] = Seen(number, commit.author, commit.seq, commit.prev, offset)
        self._bad += self.signatures.put(
            Signed(number, commit.author, signed_message(commit), commit.signature)
        )
        self.authors.setdefault(commit.author, (offset, whose))
        if header.auth is not None:
            self.auths.setdefault(header.auth, (offset, whose))
        elif commit.seq == 1 and header.epoch != CLEAR:
            self._tell(offset, "it does not say by which membership it was written", whose)
        if commit.bodiless:
            self.bodiless[commit.id] = (offset, whose)
        body = UNREADABLE if commit.bodiless else self._body(commit, offset, whose)
        for change in body.changes:
            for operation in change.operations or ():
                if operation[0] == REGISTER_SET and operation[1] in NAMING_FIELDS:
                    self._titles[change.key] = str(operation[2])
        if self._members:
            self.membership.append(commit)
        if self._frames.was_wrong(offset):
            self._tell(
                offset,
                "one byte is not as it was written; Goat Notes finds it a little after its start, "
                "and puts it right at the next one",
                whose,
                () if self._members else tuple(change.key for change in body.changes),
            )

    def _check_chain(self, commit: Commit, offset: int, whose: Whose) -> None:
        before = None if commit.prev is None else self.seen.get(commit.prev)
        for dep in commit.header.deps:
            if dep not in self.seen:
                self._tell(
                    offset, f"it stands on commit {dep.hex()[:12]}, which is not here", whose
                )
        if before is not None and (before.author, before.seq) != (commit.author, commit.seq - 1):
            self._tell(offset, "it does not follow its author's commit before it", whose)
        follows = commit.author if commit.prev is None else commit.prev
        if follows in self._followed:
            self._note(
                offset,
                f"its author wrote two commits with number {commit.seq}, as a device does that was "
                "copied or put back from a backup; both are kept",
                whose,
            )
        self._followed.add(follows)

    def _body(self, commit: Commit, offset: int, whose: Whose) -> Body:
        header = commit.header
        if self._members:
            if header.epoch != CLEAR:
                self._note(offset, "its body is sealed, so it says nothing here", whose)
                return UNREADABLE
            return decode_body(commit.sealed)
        try:
            body = self._opened(commit)
        except Malformed:
            self._note(offset, "its body was not sealed with its key, so it changes nothing", whose)
            return UNREADABLE
        if body is None:
            self.locked += header.epoch != CLEAR
            return UNREADABLE
        return body

    # -- at the end --------------------------------------------------------------------------------

    def _tell_of_bad_signatures(self) -> None:
        bad = {self._ids[number] for number in self._bad}
        vouched: set[CommitId] = set()
        for id_, seen in self.seen.items() if bad else ():
            at: CommitId | None = id_
            if id_ not in bad and seen.prev in bad:
                while (at := self.seen[at].prev if at in self.seen else None) in bad:
                    assert at is not None
                    vouched.add(at)
        for id_ in bad:
            seen = self.seen[id_]
            whose = Whose(id_, seen.author, seen.seq, 0)
            if id_ in vouched:
                self._note(seen.offset, "only a later commit's signature vouches for it", whose)
            else:
                self._tell(seen.offset, "its signature is not its author's", whose)

    def _tell_of_missing(self, reading: LogReading) -> None:
        for missing, waiting in reading.missing().items():
            first = waiting[0]
            whose = None
            keys: list[ItemKey] = []
            for commit, _ in waiting:
                if commit.prev == missing:
                    whose = Whose(missing, commit.author, commit.seq - 1, 0)
                keys += self._items_upon(commit, missing)
            count = sum(1 for _ in waiting)
            self._tell(
                offset_of(first.place),
                f"commit {missing.hex()[:12]} is missing, and {_records(count)} from here on "
                "cannot be used without it",
                whose,
                tuple(dict.fromkeys(keys)),
            )
        stranded = reading.stranded
        if stranded:
            self._tell(
                stranded[0].place,
                f"{_records(len(stranded))} from here on cannot be used, since those that they "
                "stand on are missing",
            )

    def _items_upon(self, commit: Commit, missing: CommitId) -> list[ItemKey]:
        """The items that a commit changes on top of a missing one."""
        deps = commit.header.deps
        try:
            body = self._opened(commit)
        except Malformed:
            return []
        return [
            change.key
            for change in (body.changes if body else ())
            for parent in change.parents
            if isinstance(parent, int) and parent < len(deps) and deps[parent] == missing
        ]

    def _opened(self, commit: Commit) -> Body | None:
        """A sealed body; None without its key. Raises `Malformed` if it was not sealed so."""
        header = commit.header
        key = self._keyring.repository_key(header.epoch, self._repository)
        if key is None:
            return None
        associated = associated_data(header)
        return decode_body(unseal(commit.sealed, key, header.author, header.seq, associated))

    def _name_items(self) -> None:
        self.findings = [
            finding._replace(items=tuple(self._titles.get(ItemKey(k)) or k for k in finding.items))
            for finding in self.findings
        ]

    def _tell(
        self,
        offset: int | None,
        what: str,
        whose: Whose | None = None,
        items: tuple[ItemKey, ...] = (),
    ) -> None:
        self.findings.append(Finding(True, self._name, offset, what, "", whose, items))

    def _note(self, offset: int, what: str, whose: Whose) -> None:
        self.findings.append(Finding(False, self._name, offset, what, "", whose))


def _records(count: int) -> str:
    return "1 record" if count == 1 else f"{count:,} records"
