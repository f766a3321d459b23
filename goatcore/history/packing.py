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


class Chain(NamedTuple):
    """What a packed commit leaves out, from the chain that it stands in."""

    author: AuthorKey
    seq: int
    prev: CommitId
    time: Stamp
    epoch: EpochId


def rebuilt(repository: RepositoryId, chain: Chain, entry: object) -> Commit:
    """The commit of a packed entry, by what is known of it; nothing is checked but types. Raises
    `Malformed`."""
    return _built(repository, chain, _parts(entry)[2])


_Parts: TypeAlias = "tuple[list[CommitId], list[CommitId] | None, bytes, bytes]"


def _parts(entry: object) -> tuple[int, int, _Parts]:
    """Author number, time since the commit before, and the rest of a packed entry."""
    if type(entry) is not list or len(entry) != 6:
        raise Malformed("A packed commit is not an array of 6.")
    number, time, deps, auth, signature, sealed = entry
    if (
        type(number) is not int
        or type(time) is not int
        or not 0 <= time < _TIME
        or type(deps) is not list
        or not (auth is None or type(auth) is list)
        or type(signature) is not bytes
        or len(signature) != SIGNATURE_BYTES
        or type(sealed) is not bytes
    ):
        raise Malformed("A packed commit has a field of the wrong type.")
    return number, time, (deps, auth, signature, sealed)


def next_of(repository: RepositoryId, author: AuthorKey, last: Last, entry: object) -> Commit:
    """A packed commit as the next one of an author whose chain stands at `last`. Raises
    `Malformed`; whether it is that author's next one, its signature says."""
    _, time, parts = _parts(entry)
    stamp = Stamp((last.time + time) % _TIME)
    return parse(
        _built(repository, Chain(author, last.seq + 1, last.id, stamp, last.epoch), parts).raw
    )


def number_of(entry: object) -> int:
    """The number of a packed commit's author in its stream. Raises `Malformed`."""
    return _parts(entry)[0]


def _built(repository: RepositoryId, chain: Chain, parts: _Parts) -> Commit:
    author, seq, prev, time, epoch = chain
    deps, auth, signature, sealed = parts
    header = Header(
        repository,
        author,
        seq,
        time,
        (prev, *deps),
        None if auth is None else tuple(auth),
        epoch,
        sha256(sealed).digest(),
        {},
    )
    try:
        return assemble(header, signature, sealed)
    except (TypeError, OverflowError) as error:
        raise Malformed(f"A packed commit cannot be rebuilt: {error}.") from None


class Packer:
    """Makes the short form of commits in one stream. After so many short ones an author's next
    commit is whole (`whole_every` None: never)."""

    def __init__(
        self,
        repository: RepositoryId,
        authors: Mapping[AuthorKey, Last] | None = None,
        whole_every: int | None = WHOLE_EVERY,
    ) -> None:
        self._repository = repository
        self._whole_every = whole_every
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
            or commit.bodiless
            or (self._whole_every is not None and last.since_whole >= self._whole_every - 1)
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
    """Gives back the commits of one stream. `trusted`: it is one that this device wrote and a keyed
    checksum vouches for, so packed commits are not parsed once more."""

    def __init__(
        self,
        repository: RepositoryId,
        *,
        trusted: bool = False,
        authors: Mapping[AuthorKey, Last] | None = None,
    ) -> None:
        """`authors`: where their chains stand in a stream that is gone on with."""
        self._repository = repository
        self._trusted = trusted
        self._authors = dict(authors or {})
        self._order = sorted(self._authors, key=lambda author: self._authors[author].number)

    def unpack(self, entry: object) -> Commit:
        """The commit of a whole (`bytes`) or packed (`list`) entry. Raises `Malformed`."""
        if type(entry) is bytes:
            commit = parse(entry)
            if commit.header.repository != self._repository:
                raise Malformed("A commit belongs to another repository.")
            self._take(commit, 0)
            return commit
        number, time, parts = _parts(entry)
        if not 0 <= number < len(self._order):
            raise Malformed("A packed commit names an author that was not met before.")
        author = self._order[number]
        last = self._authors[author]
        stamp = Stamp((last.time + time) % _TIME)
        chain = Chain(author, last.seq + 1, last.id, stamp, last.epoch)
        commit = _built(self._repository, chain, parts)
        if not self._trusted:
            commit = parse(commit.raw)
        self._take(commit, last.since_whole + 1)
        return commit

    @property
    def authors(self) -> list[AuthorKey]:
        """The authors met so far, by their numbers."""
        return self._order

    def last(self, author: AuthorKey) -> Last:
        """Where the chain of an author who was met stands."""
        return self._authors[author]

    def move(self, commit: Commit) -> None:
        """The chain of its author stands at this commit, whatever was read last."""
        self._take(commit, 0)

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
