"""The body of a commit: branch, label and changes (FORMATS.md section 1.1).

Owns encoding and decoding with the codec byte; sealing is trust's. Invariant: `decode_body` never
raises and gives every peer the same verdict: what cannot be read has no changes, a change that is
malformed is void.
"""

from __future__ import annotations

from functools import cache
from os.path import dirname, join
from typing import TYPE_CHECKING, Final, NamedTuple, TypeAlias, cast

from goatcore.errors import Malformed, TransactionTooLarge
from goatcore.history.operations import OPERATIONS_MAX, Operation, is_operation
from goatcore.ids import BranchId, ItemKey
from goatcore.values import NAME_BYTES_MAX, is_name, pack, unpack

if TYPE_CHECKING:
    from importlib.abc import ResourceLoader

    from zstandard import ZstdCompressor, ZstdDecompressor

RAW: Final = 0
ZSTD: Final = 1
UNPACKED_BYTES_MAX: Final = 4 << 20
COMPRESS_FROM: Final = 64  # bytes; below this there are a few bytes to win, for 2 µs
NESTING_MAX: Final = 40  # of a whole body; deeper is unreadable
LEVEL: Final = 3

Parent: TypeAlias = int | tuple[int, int]


class Change(NamedTuple):
    """The part of a commit that concerns one item; `operations` is None when it is void."""

    key: ItemKey
    schema: str
    version: int
    parents: tuple[Parent, ...]
    operations: tuple[Operation, ...] | None


class Body(NamedTuple):
    """What a commit says."""

    branch: BranchId | None
    label: str | None
    changes: tuple[Change, ...]


_new = tuple.__new__  # of a named tuple: a third of what calling its class costs

UNREADABLE: Final = Body(None, None, ())


@cache
def _zstd() -> tuple[ZstdCompressor, ZstdDecompressor]:
    # imported at the first body: a program that opens no repository does not pay for it
    import zstandard

    # as the loader of this module finds it, wherever that is; importlib.resources is slow to load
    assert __spec__ is not None
    loader = cast("ResourceLoader", __spec__.loader)
    data = loader.get_data(join(dirname(__file__), "dictionary1.bin"))
    dictionary = zstandard.ZstdCompressionDict(data)
    return (
        zstandard.ZstdCompressor(
            level=LEVEL, dict_data=dictionary, write_checksum=False, write_dict_id=False
        ),
        zstandard.ZstdDecompressor(dict_data=dictionary),
    )


def encode_body(body: Body) -> bytes:
    """The bytes of a body, compressed when that is shorter. Raises `TransactionTooLarge`."""
    data = pack(body)
    if len(data) > UNPACKED_BYTES_MAX:
        raise TransactionTooLarge(
            f"This change has {len(data):,} bytes; one commit may have {UNPACKED_BYTES_MAX:,}. "
            "Make it in several smaller transactions."
        )
    if len(data) >= COMPRESS_FROM:
        packed = _zstd()[0].compress(data)
        if len(packed) < len(data):
            return b"\x01" + packed
    return b"\x00" + data


def decode_body(encoded: bytes) -> Body:
    """What a body says. Never raises: nonsense is a body without changes."""
    data = _decompressed(encoded)
    if data is None:
        return UNREADABLE
    try:
        value = unpack(data)
    except Malformed:
        return UNREADABLE
    if type(value) is not list or len(value) != 3:
        return UNREADABLE
    branch, label, changes = value
    if not (branch is None or (type(branch) is bytes and len(branch) == 16)):
        return UNREADABLE
    if not (label is None or (type(label) is str and len(label.encode()) <= NAME_BYTES_MAX)):
        return UNREADABLE
    if type(changes) is not list:
        return UNREADABLE
    if len(changes) == 1:
        change = _change(changes[0], set(), OPERATIONS_MAX)
        read: tuple[Change, ...] = () if change is None else (change,)
    else:
        read = _changes(changes)
    # a sound change cannot nest that deep, so only a void one makes it worth looking
    void = len(read) < len(changes) or None in [change.operations for change in read]
    if void and not _shallow(value, NESTING_MAX):
        return UNREADABLE
    return Body(None if branch is None else BranchId(branch), label, read)


def _decompressed(encoded: bytes) -> bytes | None:
    if not encoded:
        return None
    if encoded[0] == RAW:
        return encoded[1:] if len(encoded) <= UNPACKED_BYTES_MAX else None
    if encoded[0] != ZSTD:
        return None
    import zstandard

    try:
        size = zstandard.frame_content_size(encoded[1:])
        if not 0 <= size <= UNPACKED_BYTES_MAX:
            return None
        return _zstd()[1].decompress(encoded[1:], allow_extra_data=False)
    except zstandard.ZstdError:
        return None


def _shallow(value: object, depth: int) -> bool:
    kind = type(value)
    if kind is list:
        return depth > 0 and all(_shallow(v, depth - 1) for v in value)  # type: ignore[attr-defined]
    return kind is not dict or depth > 0


def _changes(values: list[object]) -> tuple[Change, ...]:
    seen: set[str] = set()
    left = OPERATIONS_MAX
    changes = []
    for value in values:
        change = _change(value, seen, left)
        if change is not None:
            seen.add(change.key)
            left -= len(change.operations or ())
            changes.append(change)
    return tuple(changes)


def _change(value: object, seen: set[str], operations_left: int) -> Change | None:
    if type(value) is not list or len(value) != 5 or not is_name(value[0]) or value[0] in seen:
        return None
    key, schema, version, parents, operations = value
    if (  # one splice on top of one change is what nearly all are
        type(operations) is list
        and len(operations) == 1
        and type(parents) is list
        and len(parents) == 1
        and type(parents[0]) is int
        and parents[0] >= 0
        and is_operation(operations[0])
        and is_name(schema)
        and type(version) is int
        and 1 <= version < 1 << 32
        and operations_left
    ):
        said = (tuple(operations[0]),)
        return _new(Change, (key, schema, version, (parents[0],), said))
    readable_parents = _parents(parents)
    if (
        readable_parents is None
        or not is_name(schema)
        or type(version) is not int
        or not 1 <= version < 1 << 32
        or type(operations) is not list
        or len(operations) > operations_left
        or not all(map(is_operation, operations))
    ):
        return Change(key, "", 0, readable_parents or (), None)
    return Change(key, schema, version, readable_parents, tuple(map(tuple, operations)))


def _parents(value: object) -> tuple[Parent, ...] | None:
    if type(value) is not list:
        return None
    parents: list[Parent] = []
    for parent in value:
        if type(parent) is int and parent >= 0:
            parents.append(parent)
        elif (
            type(parent) is list
            and len(parent) == 2
            and type(parent[0]) is int
            and type(parent[1]) is int
            and parent[0] >= 0
            and parent[1] >= 1
        ):
            parents.append((parent[0], parent[1]))
        else:
            return None
    return tuple(parents)
