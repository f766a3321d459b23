"""Packed commits: a stream of commits in which the next one of an author is short (FORMATS.md 1.2).

One `Packer` or `Unpacker` serves one stream: a log file from its beginning, or one COMMITS message.
Invariant: what comes out of the unpacker has exactly the bytes that went into the packer.
"""

from __future__ import annotations

from collections.abc import Mapping
from hashlib import sha256
from typing import Final, NamedTuple, TypeAlias

from goatcore.clock import Stamp
from goatcore.errors import Malformed
from goatcore.history.commit import SIGNATURE_BYTES, Commit, Header, assemble, parse
from goatcore.ids import AuthorKey, CommitId, EpochId, RepositoryId

WHOLE_EVERY: Final = 64
_TIME: Final = 1 << 64

Packed: TypeAlias = "bytes | list[object]"


class Last(NamedTuple):
    """Where an author's chain stands in a stream."""

    number: int  # of the author in this stream
    seq: int
    id: CommitId
    time: Stamp
    epoch: EpochId
    since_whole: int


class Packer:
    """Makes the short form of commits in one stream."""

    def __init__(self, repository: RepositoryId, authors: Mapping[AuthorKey, Last] | None = None):
        self._repository = repository
        self.authors = dict(authors or {})

    def pack(self, commit: Commit) -> Packed:
        """The commit's bytes, or the array of a packed next commit."""
        header = commit.header
        last = self.authors.get(header.author)
        if (
            last is None
            or header.seq != last.seq + 1
            or header.deps[0] != last.id
            or header.epoch != last.epoch
            or header.extensions
            or last.since_whole >= WHOLE_EVERY - 1
        ):
            _note(self.authors, commit, 0)
            return commit.raw
        self.authors[header.author] = Last(
            last.number, header.seq, commit.id, header.time, header.epoch, last.since_whole + 1
        )
        return [
            last.number,
            (header.time - last.time) % _TIME,
            list(header.deps[1:]),
            None if header.auth is None else list(header.auth),
            commit.signature,
            commit.sealed,
        ]


class Unpacker:
    """Gives back the commits of one stream."""

    def __init__(self, repository: RepositoryId) -> None:
        self._repository = repository
        self._authors: dict[AuthorKey, Last] = {}
        self._order: list[AuthorKey] = []

    def unpack(self, entry: object) -> Commit:
        """The commit of a whole (`bytes`) or packed (`list`) entry. Raises `Malformed`."""
        if type(entry) is bytes:
            commit = parse(entry)
            if commit.header.repository != self._repository:
                raise Malformed("A commit belongs to another repository.")
            self._take(commit, 0)
            return commit
        if type(entry) is not list or len(entry) != 6:
            raise Malformed("A packed commit is not an array of 6.")
        number, time, deps, auth, signature, sealed = entry
        if type(number) is not int or not 0 <= number < len(self._order):
            raise Malformed("A packed commit names an author that was not met before.")
        if (
            type(time) is not int
            or not 0 <= time < _TIME
            or type(deps) is not list
            or not (auth is None or type(auth) is list)
            or type(signature) is not bytes
            or len(signature) != SIGNATURE_BYTES
            or type(sealed) is not bytes
        ):
            raise Malformed("A packed commit has a field of the wrong type.")
        author = self._order[number]
        last = self._authors[author]
        header = Header(
            self._repository,
            author,
            last.seq + 1,
            Stamp((last.time + time) % _TIME),
            (last.id, *deps),
            None if auth is None else tuple(auth),
            last.epoch,
            sha256(sealed).digest(),
            {},
        )
        try:
            commit = parse(assemble(header, signature, sealed).raw)
        except (TypeError, OverflowError) as error:
            raise Malformed(f"A packed commit cannot be rebuilt: {error}.") from None
        self._take(commit, last.since_whole + 1)
        return commit

    def packer(self) -> Packer:
        """A packer that continues this stream."""
        return Packer(self._repository, self._authors)

    def _take(self, commit: Commit, since_whole: int) -> None:
        if commit.author not in self._authors:
            self._order.append(commit.author)
        _note(self._authors, commit, since_whole)


def _note(authors: dict[AuthorKey, Last], commit: Commit, since_whole: int) -> None:
    last = authors.get(commit.author)
    authors[commit.author] = Last(
        len(authors) if last is None else last.number,
        commit.seq,
        commit.id,
        commit.header.time,
        commit.header.epoch,
        since_whole,
    )
