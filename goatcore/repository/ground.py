"""What a repository stands on: the commits and items that its checkpoint has, read in part.

Owns the names and meanings of the checkpoint's sections (FORMATS.md section 7.1). Invariant: what
is read here is what the log says up to the checkpoint's mark. Raises `CheckpointDamaged`.
"""

from __future__ import annotations

from array import array
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Final, NamedTuple, TypeVar

from msgspec import DecodeError
from msgspec.msgpack import Decoder

from goatcore.clock import Stamp
from goatcore.errors import CheckpointDamaged, DiskFailed
from goatcore.history.packing import Last
from goatcore.ids import AuthorKey, CommitId, EpochId
from goatcore.repository.commit_table import Auth
from goatcore.storage.checkpoint.reading import Checkpoint
from goatcore.values import pack

if TYPE_CHECKING:
    from goatcore.query import Saved

COMMITS: Final = "commits"  # value: see `Chains`
IDS: Final = "commit ids"  # fixed 32, by order number
ORDERS: Final = "commit orders"  # lookup of ids
PREV: Final = "commit prev"  # planes 4: order number + 1, 0 where there is none
SEQ: Final = "commit seq"  # planes 4
AUTHOR: Final = "commit author"  # planes 4
POSITION: Final = "commit position"  # planes 8: in the log
TIME: Final = "commit time"  # planes 8
AUTH: Final = "commit auth"  # planes 4
EPOCH: Final = "commit epoch"  # planes 4
STEM: Final = "stem "  # + author's number; planes 4: order numbers
COUNTING: Final = "counting"  # value: see `Kept`
SCHEMAS: Final = "schemas"  # value: their names
KEYS: Final = "item keys"  # lookup, UTF-8
ITEMS: Final = "items"  # rows, nil where nothing was ever put
MEMBERS: Final = "schema "  # + schema's number; planes 4: items' numbers


RESULTS: Final = "results"  # value: see `Answers`
RESULT: Final = "result "  # + place in it; planes 4: numbers of items


class Chains(NamedTuple):
    """Of the commits, what is read at open."""

    authors: list[bytes]
    tips: list[list[int]]
    aside: dict[int, list[int]]
    auths: list[list[bytes]]
    epochs: list[bytes]
    # of each author where its chain stands in the log's stream: author, number, seq, id, time,
    # epoch, commits since a whole one
    stream: list[tuple[bytes, int, int, bytes, int, bytes, int]]


class Kept(NamedTuple):
    """Which held commits are not counted, and by which verdicts."""

    aside: list[bytes]
    foreign: list[tuple[bytes, list[bytes]]]
    branched: list[tuple[bytes, list[bytes]]]
    locked: list[bytes]
    verdicts: list[tuple[bytes, list[bytes], bool]]
    purged: bytes = b""  # what names the purges that were looked at


class Answers(NamedTuple):
    """The results of queries, as items showed them then."""

    drafted: list[int]  # numbers of items with edits that were in no commit
    names: list[bytes]  # fingerprints of what was asked


_ARRAY16: Final = 0xDC  # how MessagePack begins an array of more than 15
_chain_decoder: Final = Decoder(Chains)
_kept_decoder: Final = Decoder(Kept)
_answers_decoder: Final = Decoder(Answers)
_schemas_decoder: Final = Decoder(list[str])
T = TypeVar("T")


def _decoded(checkpoint: Checkpoint, name: str, decoder: Decoder[T]) -> T:
    try:
        return decoder.decode(checkpoint.encoded(name))
    except (KeyError, DecodeError):
        raise CheckpointDamaged(f"The index has no sound part “{name}”.") from None


class CommitGround:
    """The commits of a checkpoint."""

    def __init__(self, checkpoint: Checkpoint) -> None:
        self._checkpoint = checkpoint
        chains = self._chains = _decoded(checkpoint, COMMITS, _chain_decoder)
        self._ids = checkpoint.fixed(IDS)
        self._orders = checkpoint.lookup(ORDERS)
        self._prev = checkpoint.fixed(PREV)
        self._seq = checkpoint.fixed(SEQ)
        self._author = checkpoint.fixed(AUTHOR)
        self._position = checkpoint.fixed(POSITION)
        self._time = checkpoint.fixed(TIME)
        self._auth = checkpoint.fixed(AUTH)
        self._epoch = checkpoint.fixed(EPOCH)
        self._stems = [
            checkpoint.fixed(STEM + str(number)) for number in range(len(chains.authors))
        ]

    @property
    def count(self) -> int:
        return len(self._ids)

    # -- chains ------------------------------------------------------------------------------------

    @property
    def authors(self) -> Sequence[AuthorKey]:
        return [AuthorKey(author) for author in self._chains.authors]

    @property
    def tips(self) -> Sequence[Sequence[int]]:
        return self._chains.tips

    @property
    def aside(self) -> Mapping[int, Sequence[int]]:
        return self._chains.aside

    @property
    def stream(self) -> dict[AuthorKey, Last]:
        """Where the chains stand in the log's stream, after its last record."""
        return {
            AuthorKey(author): Last(number, seq, CommitId(id_), Stamp(time), EpochId(epoch), since)
            for author, number, seq, id_, time, epoch, since in self._chains.stream
        }

    def order(self, id_: CommitId) -> int | None:
        for order in self._orders.candidates(id_):
            if self._ids[order] == id_:
                return order
        return None

    def id(self, order: int) -> CommitId:
        return CommitId(self._ids[order])

    def prev(self, order: int) -> int:
        return self._prev.number(order) - 1

    def seq(self, order: int) -> int:
        return self._seq.number(order)

    def author_of(self, order: int) -> int:
        return self._author.number(order)

    def stem_length(self, number: int) -> int:
        return len(self._stems[number])

    def stem(self, number: int, start: int, stop: int) -> array[int]:
        stem = self._stems[number]
        if stop == start + 1:
            return array("I", (stem.number(start),))
        return stem.numbers(start, stop)

    # -- the table ---------------------------------------------------------------------------------

    @property
    def auths(self) -> Sequence[Auth]:
        return [tuple(map(CommitId, auth)) for auth in self._chains.auths]

    @property
    def epochs(self) -> Sequence[EpochId]:
        return [EpochId(epoch) for epoch in self._chains.epochs]

    def position(self, order: int) -> int:
        return self._position.number(order)

    def time(self, order: int) -> int:
        return self._time.number(order)

    def auth(self, order: int) -> int:
        return self._auth.number(order)

    def epoch(self, order: int) -> int:
        return self._epoch.number(order)

    def kept(self) -> Kept:
        """Which commits are not counted."""
        return _decoded(self._checkpoint, COUNTING, _kept_decoder)


def answers_of(checkpoint: Checkpoint) -> Answers:
    """What is said of the results of queries."""
    if RESULTS not in checkpoint:
        return Answers([], [])
    return _decoded(checkpoint, RESULTS, _answers_decoder)


def results_of(checkpoint: Checkpoint) -> list[Saved]:
    """The results; none if they cannot be read any more."""
    from goatcore.query import Saved  # loaded by who asks

    try:
        return [
            Saved(name, checkpoint.fixed(RESULT + str(n)).numbers().tobytes())
            for n, name in enumerate(answers_of(checkpoint).names)
        ]
    except (CheckpointDamaged, DiskFailed, OSError, ValueError):
        return []


class ItemGround:
    """The items of a checkpoint."""

    def __init__(self, checkpoint: Checkpoint) -> None:
        self._checkpoint = checkpoint
        self.schemas: list[str] = _decoded(checkpoint, SCHEMAS, _schemas_decoder)
        self._keys = checkpoint.lookup(KEYS)
        self._rows = checkpoint.rows(ITEMS)
        self.row = self._rows.raw
        self.rows = self._rows.together

    @property
    def count(self) -> int:
        return len(self._rows)

    def find(self, key: str) -> int | None:
        encoded = key.encode("utf-8", "surrogatepass")
        for number in self._keys.candidates(encoded):
            row = self.row(number)
            if row.startswith(pack(key), 1 if row[0] < _ARRAY16 else 3):
                return number
        return None

    def of_schema(self, schema: int) -> array[int]:
        name = MEMBERS + str(schema)
        if name not in self._checkpoint:
            return array("I")
        return self._checkpoint.fixed(name).numbers()
