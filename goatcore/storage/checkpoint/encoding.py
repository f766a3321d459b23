"""From a draft and a section of the previous checkpoint to the section of the next one.

Invariant: a block without a changed element is copied, not decoded; only a section's last block,
and the buckets that get keys, are made anew for what is appended. Yields after every block.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Generator, Iterator, Mapping
from itertools import chain, islice, pairwise
from typing import Final, NamedTuple, TypeAlias

from goatcore.storage.checkpoint.blocks import Blocks, Zstd
from goatcore.storage.checkpoint.contents import (
    Draft,
    FixedDraft,
    LookupDraft,
    RowsDraft,
    ValueDraft,
)
from goatcore.storage.checkpoint.fixed import WIDTH_MAX, from_planes, per_block, to_planes
from goatcore.storage.checkpoint.layout import Entry
from goatcore.storage.checkpoint.lookup import bits_for, encode_bucket, hashed, pairs_of
from goatcore.storage.checkpoint.reading import FIXED, LOOKUP, PLANES, ROWS, VALUE, Section
from goatcore.storage.checkpoint.rows import in_blocks, join, split
from goatcore.storage.checkpoint.sink import Sink
from goatcore.storage.checkpoint.tables import Table

HASHED_AT_ONCE: Final = 512  # keys between two steps

Steps: TypeAlias = Generator[None, None, Section]


class Old(NamedTuple):
    """A section of the previous checkpoint."""

    section: Section
    blocks: Blocks

    def entries(self) -> Iterator[Entry]:
        """Those of its blocks, in order."""
        return iter(Table(self.blocks, self.section.entries))


def encode(draft: Draft, old: Old | None, sink: Sink, salt: bytes) -> Steps:
    """Put a section's blocks and its table into the sink; yields between them."""
    match draft:
        case ValueDraft():
            return (yield from _value(draft, sink))
        case RowsDraft():
            return (yield from _rows(draft, _usable(old, draft.fresh, ROWS, 0), sink))
        case FixedDraft():
            kind = PLANES if draft.planes else FIXED
            return (
                yield from _fixed(draft, kind, _usable(old, draft.fresh, kind, draft.width), sink)
            )
        case LookupDraft():
            return (yield from _lookup(draft, _usable(old, draft.fresh, LOOKUP, None), sink, salt))


def _usable(old: Old | None, fresh: bool, kind: int, parameter: int | None) -> Old | None:
    if old is None or fresh or old.section.kind != kind or not old.section.elements:
        return None
    return old if parameter in {None, old.section.parameter} else None


def _value(draft: ValueDraft, sink: Sink) -> Steps:
    entry = sink.block(0, draft.value)
    yield
    return Section(VALUE, 1, 0, [entry])


def _spans(old: Old | None) -> Iterator[tuple[Entry, int]]:
    """The previous section's blocks, each with the first element behind it."""
    if old is not None:
        for entry, after in pairwise(chain(old.entries(), [None])):
            assert entry is not None
            yield entry, old.section.elements if after is None else after.first


def _checked(changed: Mapping[int, bytes], old: Old | None) -> list[int]:
    """The numbers of changed elements, ascending."""
    numbers = sorted(changed)
    count = 0 if old is None else old.section.elements
    assert not numbers or 0 <= numbers[0] <= numbers[-1] < count, "appended, not changed"
    return numbers


def _rows(draft: RowsDraft, old: Old | None, sink: Sink) -> Steps:
    zstd = Zstd()
    changed = _checked(draft.changed, old)
    entries: list[Entry] = []
    count = 0
    rest: list[bytes] = []  # the rows of the last block, which may have room
    for entry, stop in _spans(old):
        assert old is not None
        touched = changed[bisect_left(changed, entry.first) : bisect_left(changed, stop)]
        last = stop == old.section.elements
        if touched or last:
            here = split(old.blocks.zstd.decompress(old.blocks.open(entry)))
            for number in touched:
                here[number - entry.first] = draft.changed[number]
            if last:
                rest = here
                break
            for group in in_blocks(here):
                entries.append(sink.block(count, zstd.compress(join(group))))
                count += len(group)
        else:
            entries.append(sink.copy(entry, old.blocks.read))
            count = stop
        yield
    for group in in_blocks(chain(rest, draft.appended)):
        entries.append(sink.block(count, zstd.compress(join(group))))
        count += len(group)
        yield
    return Section(ROWS, count, 0, sink.table(entries))


def _fixed(draft: FixedDraft, kind: int, old: Old | None, sink: Sink) -> Steps:
    width = draft.width
    assert 0 < width <= WIDTH_MAX, width
    assert len(draft.appended) % width == 0, draft.name
    assert all(len(element) == width for element in draft.changed.values()), draft.name
    zstd = Zstd()
    changed = _checked(draft.changed, old)
    step = per_block(width)
    entries: list[Entry] = []
    rest = b""  # the elements of the last block, where it has room
    for entry, stop in _spans(old):
        assert old is not None
        touched = changed[bisect_left(changed, entry.first) : bisect_left(changed, stop)]
        has_room = stop - entry.first < step and bool(draft.appended)
        if touched or has_room:
            stored = old.blocks.open(entry)
            if kind == PLANES:
                stored = from_planes(stored, width, old.blocks.zstd)
            here = bytearray(stored)
            for number in touched:
                at = (number - entry.first) * width
                here[at : at + width] = draft.changed[number]
            if has_room:
                rest = bytes(here)
                break
            plain = to_planes(bytes(here), width, zstd) if kind == PLANES else bytes(here)
            entries.append(sink.block(entry.first, plain))
        else:
            entries.append(sink.copy(entry, old.blocks.read))
        yield
    data = rest + draft.appended
    for begin in range(0, len(data), step * width):
        piece = data[begin : begin + step * width]
        plain = to_planes(piece, width, zstd) if kind == PLANES else piece
        entries.append(sink.block(len(entries) * step, plain))
        yield
    count = (0 if old is None else old.section.elements) + len(draft.appended) // width
    return Section(kind, count, width, sink.table(entries))


def _lookup(draft: LookupDraft, old: Old | None, sink: Sink, salt: bytes) -> Steps:
    before = 0 if old is None else old.section.elements
    pieces: list[list[int]] = []
    keys = iter(draft.appended)
    count = before
    while piece := list(islice(keys, HASHED_AT_ONCE)):
        pieces.append(hashed(piece, count, salt))
        count += len(piece)
        yield
    if not count:
        return Section(LOOKUP, 0, 0, [])
    bits = bits_for(count)
    added: list[list[int]] = [[] for _ in range(1 << bits)]  # by bucket, which are sorted alone
    for piece_hashed in pieces:
        for pair in piece_hashed:
            added[pair >> 64 - bits].append(pair)
        yield
    entries: list[Entry] = []
    old_bits = bits if old is None else old.section.parameter
    parts = 1 << (bits - old_bits)  # buckets that an old one falls apart into
    spans = _spans(old) if old is not None else ((None, 0) for _ in added)
    for entry, _ in spans:
        bucket = len(entries)
        if old is not None and entry is not None:
            if parts == 1 and not added[bucket]:
                entries.append(sink.copy(entry, old.blocks.read))
                yield
                continue
            for pair in pairs_of(old.blocks.open(entry)):
                added[pair >> 64 - bits].append(pair)
        for number in range(bucket, bucket + parts):
            entries.append(sink.block(number, encode_bucket(sorted(added[number]))))
            added[number] = []
        yield
    return Section(LOOKUP, count, bits, sink.table(entries))
