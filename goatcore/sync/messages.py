"""The messages of an exchange, to bytes and back (FORMATS.md section 4).

Owns their layouts and bounds. Invariant: whatever bytes come in, what goes out is a message within
its bounds or `Malformed`; counts are checked against the bytes that are really there, so nothing is
allocated for what was only announced. Knows no repository; entries of COMMITS are not looked into.

TIPS, WANT and HAVE name chains in a *list of points*: one bin of author[:8] ‖ seq as an unsigned
LEB128 number in its shortest form ‖ id[:8], one after the other; 18 bytes each below seq 16,384.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Final, NamedTuple, TypeAlias

from goatcore.errors import Malformed
from goatcore.ids import AuthorKey, CommitId, Digest, EpochId, GroupId, RepositoryTag
from goatcore.sync.held import SHORT
from goatcore.values import pack, unpack

MESSAGE_BYTES_MAX: Final = 2 << 20
TAG_BYTES: Final = 8
TIPS_MAX: Final = 65_536
RANGES_MAX: Final = 4_096
IDS_MAX: Final = 4_096
KEYS_MAX: Final = 4_096
REASON_BYTES_MAX: Final = 1_024
WORD_BYTES_MAX: Final = 2_048  # of presence, sealed
SEQ_MAX: Final = (1 << 63) - 1
U32_MAX: Final = (1 << 32) - 1
BUCKETS_BYTES: Final = 256 * 8


class Point(NamedTuple):
    """A commit as it is named inside an exchange. In TIPS, seq 0 marks a bucket: `author` is its
    byte and zeros, and all authors of the bucket that the sender has stand in the same message."""

    author: bytes  # first 8 bytes of the key
    seq: int
    id: bytes  # first 8 bytes; zeros in a mark


class Hello(NamedTuple):
    """Opens or reopens: this many commits, with this digest."""

    held: int
    digest: Digest


class Same(NamedTuple):
    """The digest that you announced is mine."""


class Tips(NamedTuple):
    """Where chains stand. `complete`: all of them; else all of the authors named, where further
    points of a chain may help to find where it forks."""

    points: tuple[Point, ...]
    complete: bool


class Want(NamedTuple):
    """Send what stands after `seq` on the way to `id`, and these single commits."""

    ranges: tuple[Point, ...]
    ids: tuple[CommitId, ...]


class Commits(NamedTuple):
    """Packed commits, parents first. `spent`: bytes of the encoded entries."""

    entries: list[bytes | list[object]]
    spent: int


class State(NamedTuple):
    """What is held durably now, all told."""

    held: int
    digest: Digest


class Have(NamedTuple):
    """Received, and durably held now."""

    points: tuple[Point, ...]


class Keys(NamedTuple):
    """Epoch keys of groups that both sides are members of."""

    keys: tuple[tuple[GroupId, bytes], ...]


class Buckets(NamedTuple):
    """256 hashes of 8 bytes, over the tips of the authors with each first byte."""

    hashes: bytes


class Credit(NamedTuple):
    """So many more bytes of COMMITS may be sent."""

    size: int


class Bye(NamedTuple):
    """The sender leaves this repository alone from now on."""

    reason: str


class Presence(NamedTuple):
    """Where a device is just now. Of its words the one with the greatest counter counts."""

    author: AuthorKey
    counter: int
    epoch: EpochId
    signature: bytes
    sealed: bytes


class Unknown(NamedTuple):
    """A message of a later version: ignored."""

    code: int


Message: TypeAlias = (
    Hello
    | Same
    | Tips
    | Want
    | Commits
    | State
    | Presence
    | Have
    | Keys
    | Buckets
    | Credit
    | Bye
    | Unknown
)


# -- to bytes --------------------------------------------------------------------------------------


def encode(message: Message, tag: RepositoryTag) -> bytes:
    """The bytes of one message about the repository with this tag."""
    match message:
        case Hello(held, digest):
            fields: tuple[object, ...] = (1, tag, held, digest)
        case Same():
            fields = (2, tag)
        case Tips(points, complete):
            fields = (3, tag, _points_bytes(points), complete)
        case Want(ranges, ids):
            fields = (4, tag, _points_bytes(ranges), ids)
        case Commits(entries, spent):
            fields = (5, tag, entries, spent)
        case State(held, digest):
            fields = (6, tag, held, digest)
        case Presence():
            fields = (9, tag, *message)
        case Have(points):
            fields = (11, tag, _points_bytes(points))
        case Keys(keys):
            fields = (12, tag, keys)
        case Buckets(hashes):
            fields = (13, tag, hashes)
        case Credit(size):
            fields = (14, tag, size)
        case Bye(reason):
            fields = (15, tag, reason)
        case Unknown():
            raise AssertionError("an unknown message is never sent")
    data = pack(fields)
    assert len(data) <= MESSAGE_BYTES_MAX
    return data


def _points_bytes(points: Iterable[Point]) -> bytes:
    data = bytearray()
    for author, seq, id_ in points:
        data += author
        rest = seq
        while rest > 0x7F:
            data.append(rest & 0x7F | 0x80)
            rest >>= 7
        data.append(rest)
        data += id_
    return bytes(data)


# -- from bytes ------------------------------------------------------------------------------------


def decode(data: bytes) -> tuple[RepositoryTag, Message]:
    """The tag and the message in these bytes. Raises `Malformed`."""
    _expect(len(data) <= MESSAGE_BYTES_MAX, "a message", "size")
    fields = unpack(data)
    if type(fields) is not list or len(fields) < 2:
        raise Malformed("A message of an exchange is not an array with code and tag.")
    code, tag, *rest = fields
    _expect(type(code) is int and code >= 0, "a message", "code")
    _expect(_is_bytes(tag, TAG_BYTES), "a message", "tag")
    reader = _READERS.get(code)
    if reader is None:
        return RepositoryTag(tag), Unknown(code)
    name, arity, read = reader
    if len(rest) != arity:
        raise Malformed(f"{name} has {len(rest)} fields after its tag, not {arity}.")
    message = read(rest)
    if type(message) is Commits:
        around = 2 + 1 + 1 + TAG_BYTES + len(pack(message.spent))
        _expect(message.spent == len(data) - around, "COMMITS", "sum of credits")
    return RepositoryTag(tag), message


def _expect(fine: bool, name: str, field: str) -> None:
    if not fine:
        raise Malformed(f"{name[0].upper()}{name[1:]} has no valid {field}.")


def _is_bytes(value: object, size: int) -> bool:
    return type(value) is bytes and len(value) == size


def _is_count(value: object, most: int) -> bool:
    return type(value) is int and 0 <= value <= most


def _points(value: object, most: int, name: str) -> tuple[Point, ...]:
    if type(value) is not bytes or len(value) > most * (2 * SHORT + 9):
        raise Malformed(f"{name} has no valid list of points.")
    points: list[Point] = []
    at, end = 0, len(value)
    while at < end:
        author = value[at : at + SHORT]
        at += SHORT
        seq = shift = 0
        while True:
            _expect(at < end and shift < 63, name, "seq")
            byte = value[at]
            at += 1
            seq |= (byte & 0x7F) << shift
            shift += 7
            if byte < 0x80:
                _expect(byte > 0 or shift == 7, name, "seq in its shortest form")
                break
        id_ = value[at : at + SHORT]
        at += SHORT
        points.append(Point(author, seq, id_))
    _expect(at == end and len(points) <= most, name, "list of points")
    return tuple(points)


def _hello(fields: list[object]) -> Hello:
    return Hello(*_state(fields, "HELLO"))


def _state(fields: list[object], name: str = "STATE") -> State:
    held, digest = fields
    _expect(_is_count(held, SEQ_MAX), name, "count")
    _expect(_is_bytes(digest, 16), name, "digest")
    return State(held, Digest(digest))  # type: ignore[arg-type]


def _tips(fields: list[object]) -> Tips:
    points, complete = fields
    _expect(type(complete) is bool, "TIPS", "flag")
    read = _points(points, TIPS_MAX, "TIPS")
    for point in read:
        if point.seq == 0:
            is_mark = not any(point.author[1:]) and not any(point.id)
            _expect(is_mark and not complete, "TIPS", "mark of a bucket")
    return Tips(read, bool(complete))


def _want(fields: list[object]) -> Want:
    ranges, ids = fields
    if type(ids) is not list or len(ids) > IDS_MAX or not all(_is_bytes(i, 32) for i in ids):
        raise Malformed("WANT has no valid list of ids.")
    return Want(_points(ranges, RANGES_MAX, "WANT"), tuple(map(CommitId, ids)))


def _commits(fields: list[object]) -> Commits:
    entries, spent = fields
    if type(entries) is not list or not entries:
        raise Malformed("COMMITS has no entries.")
    _expect(all(type(e) is bytes or type(e) is list for e in entries), "COMMITS", "entries")
    _expect(_is_count(spent, U32_MAX), "COMMITS", "sum of credits")
    return Commits(entries, spent)  # type: ignore[arg-type]


def _presence(fields: list[object]) -> Presence:
    author, counter, epoch, signature, sealed = fields
    _expect(_is_bytes(author, 32), "PRESENCE", "device")
    _expect(_is_count(counter, SEQ_MAX), "PRESENCE", "counter")
    _expect(_is_bytes(epoch, 16), "PRESENCE", "epoch")
    _expect(_is_bytes(signature, 64), "PRESENCE", "signature")
    fine = type(sealed) is bytes and 16 < len(sealed) <= WORD_BYTES_MAX
    _expect(fine, "PRESENCE", "sealed part")
    return Presence(*fields)  # type: ignore[arg-type]


def _have(fields: list[object]) -> Have:
    points = _points(fields[0], TIPS_MAX, "HAVE")
    _expect(all(point.seq > 0 for point in points), "HAVE", "seq")
    return Have(points)


def _keys(fields: list[object]) -> Keys:
    keys = fields[0]
    if type(keys) is not list or len(keys) > KEYS_MAX:
        raise Malformed("KEYS has no valid list of keys.")
    for pair in keys:
        fine = type(pair) is list and len(pair) == 2
        _expect(fine and _is_bytes(pair[0], 16) and _is_bytes(pair[1], 32), "KEYS", "key")
    return Keys(tuple((GroupId(group), key) for group, key in keys))


def _buckets(fields: list[object]) -> Buckets:
    _expect(_is_bytes(fields[0], BUCKETS_BYTES), "BUCKETS", "hashes")
    return Buckets(fields[0])  # type: ignore[arg-type]


def _credit(fields: list[object]) -> Credit:
    _expect(_is_count(fields[0], U32_MAX) and fields[0] != 0, "CREDIT", "size")
    return Credit(fields[0])  # type: ignore[arg-type]


def _bye(fields: list[object]) -> Bye:
    reason = fields[0]
    if type(reason) is not str or len(reason.encode(errors="replace")) > REASON_BYTES_MAX:
        raise Malformed("BYE has no valid reason.")
    return Bye(reason)


_READERS: Final[dict[int, tuple[str, int, Callable[[list[object]], Message]]]] = {
    1: ("HELLO", 2, _hello),
    2: ("SAME", 0, lambda _fields: Same()),
    3: ("TIPS", 2, _tips),
    4: ("WANT", 2, _want),
    5: ("COMMITS", 2, _commits),
    6: ("STATE", 2, _state),
    9: ("PRESENCE", 5, _presence),
    11: ("HAVE", 1, _have),
    12: ("KEYS", 1, _keys),
    13: ("BUCKETS", 1, _buckets),
    14: ("CREDIT", 1, _credit),
    15: ("BYE", 1, _bye),
}
