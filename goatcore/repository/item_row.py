"""Rows: one item's record in as few bytes as it comes back from.

Owns what a row says: which item it is, whose schema, who made it and changed it last, and its state
without history. Commits are named by their order numbers, newest first: what is near is short.
Invariant: a record that was packed and restored shows, and takes in changes, as the one before.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Final, NamedTuple, cast

from goatcore.clock import Stamp
from goatcore.history.body import Change
from goatcore.history.item_reading import ChangeRecord
from goatcore.history.item_state import ItemState
from goatcore.history.operations import REGISTER_SET, TEXT_SPLICE
from goatcore.history.snapshot import HIDDEN, Snapshot
from goatcore.ids import CommitId, ItemKey
from goatcore.repository.record import Record
from goatcore.repository.store import Store
from goatcore.values import pack

NO_ROOT: Final = 4  # flag: no change said what the item is
LATE_ROOT: Final = 8  # flag: the change that said so stood on others
_EXISTENCE: Final = 3  # mask of the flags

Pairs = Sequence[object]  # name, value, name, value, …
History = Callable[[], Iterable[ChangeRecord]]


class Row(NamedTuple):
    """What a row has, in order; from `writers` on it is left out where nothing of it differs."""

    key: ItemKey
    schema: int  # its number
    version: int
    flags: int
    newest: int  # order number of the commit that changed it last
    root: int  # newest − that of the commit that says what it is
    heads: int | list[int]  # newest − head
    registers: Pairs  # the values that show
    texts: Pairs = ()
    created: int | None = None  # if it is not the time of the root
    changes: int = 1
    oldest: int | None = None  # 0: no register was set; None: the version that stands above
    twins: Sequence[int] = ()  # newest − commit
    # of each writer: version, newest − commit; none: the only head wrote all that there is
    writers: Sequence[int] = ()
    # the writer of each value in `registers`; a list: of that and all that compete with it, each
    # with the value
    written: Sequence[object] = ()
    sets: Sequence[Sequence[object]] = ()
    maps: Sequence[Sequence[object]] = ()
    counters: Sequence[Sequence[object]] = ()
    unknown: Sequence[str] = ()

    @property
    def visible(self) -> bool:
        """Whether the item shows."""
        return self.flags & _EXISTENCE != HIDDEN

    @property
    def oldest_version(self) -> int | None:
        """The least schema version that a register was set with."""
        return self.version if self.oldest is None else self.oldest or None


_DEFAULTS: Final = tuple(Row._field_defaults.values())
_REQUIRED: Final = len(Row._fields) - len(_DEFAULTS)


def pack_row(row: Row) -> bytes:
    """The bytes of a row."""
    end = len(row)
    while end > _REQUIRED and _says_nothing(row[end - 1], _DEFAULTS[end - 1 - _REQUIRED]):
        end -= 1
    return pack(row[:end])


def _says_nothing(value: object, default: object) -> bool:
    return value == default or (default == () and not value)


def made_row(schema: int, change: Change, order: int) -> bytes | None:
    """The row of an item that one commit made, if that is all there is and it is nothing unusual;
    None: the state has to be walked."""
    registers: dict[object, object] = {}
    texts: dict[object, object] = {}
    for operation in change.operations or ():
        code = operation[0]
        if code == REGISTER_SET:
            registers[operation[1]] = operation[2]
        elif code == TEXT_SPLICE and operation[1] not in texts:
            texts[operation[1]] = operation[4]
        else:
            return None
    if not registers:
        return None
    sets = [part for pair in registers.items() for part in pair]
    if not texts:
        return pack((change.key, schema, change.version, 0, order, 0, 0, sets))
    splices = [part for pair in texts.items() for part in pair]
    return pack((change.key, schema, change.version, 0, order, 0, 0, sets, splices))


def row_of(record: Record, schema: int, store: Store) -> Row:
    """The row of a record that was changed by some commit."""
    told = record.state.snapshot()
    assert record.newest is not None, "an item that no commit changed"
    newest = store.order_of(record.newest[1])
    heads = [newest - store.order_of(CommitId(head)) for head in told.heads]
    flags, root = told.existence, 0
    if record.rooted is None:
        flags |= NO_ROOT
    else:
        flags |= LATE_ROOT * record.rooted[0]
        root = newest - store.order_of(record.rooted[1])
    began = None if record.rooted is None else store.time_of(record.rooted[1])
    oldest = told.oldest_version
    writers: list[int] = []
    for _, version, by in told.writers:
        at = heads[by] if isinstance(by, int) else newest - store.order_of(cast(CommitId, by))
        writers += (cast(int, version), at)
    registers: list[object] = []
    written: list[object] = []
    for name, writes in told.registers:
        registers += (name, writes[1])
        written.append(writes[0] if len(writes) == 2 else writes)
    plain = writers == [record.version, heads[0]] and len(heads) == 1 and not any(written)
    return Row(
        record.key,
        schema,
        record.version,
        flags,
        newest,
        root,
        heads[0] if len(heads) == 1 else heads,
        registers,
        [part for text in told.texts for part in text],
        None if record.created == began else record.created,
        told.changes,
        None if oldest == record.version else oldest or 0,
        [newest - store.order_of(CommitId(twin)) for twin in told.twins],
        () if plain else writers,
        () if plain else written,
        told.sets,
        told.maps,
        told.counters,
        told.unknown,
    )


def restored(row: Row, number: int, schema: str, store: Store, history: History) -> Record:
    """The record again; its state is resumed when it is asked for. `history` gives all changes of
    the item, parents first."""
    record = Record(row.key, number)
    record.schema, record.version = schema, row.version
    record.visible = row.visible
    newest = store.id_at(row.newest)
    record.edited = store.time_at(row.newest)
    record.newest = record.edited, newest
    record.author = store.author_at(row.newest)
    if not row.flags & NO_ROOT:
        at = row.newest - row.root
        record.rooted = bool(row.flags & LATE_ROOT), store.id_at(at) if row.root else newest
        record.created = store.time_at(at)
    if row.created is not None:
        record.created = Stamp(row.created)
    record.resume = lambda: ItemState.resumed(_snapshot(row, store), history)
    return record


def _snapshot(row: Row, store: Store) -> Snapshot:
    newest = row.newest
    offsets = [row.heads] if isinstance(row.heads, int) else row.heads
    heads = [store.id_at(newest - offset) for offset in offsets]
    registers, texts = row.registers, row.texts
    writers: list[tuple[object, ...]] = []
    flat = row.writers or (row.version, offsets[0])
    for at in range(0, len(flat), 2):
        version, offset = flat[at : at + 2]
        by: object = offsets.index(offset) if offset in offsets else store.id_at(newest - offset)
        writers.append((store.time_at(newest - offset), version, by))
    written = row.written or (0,) * (len(registers) // 2)
    return Snapshot(
        heads,
        row.changes,
        [store.id_at(newest - twin) for twin in row.twins],
        row.flags & _EXISTENCE,
        row.oldest_version,
        writers,
        [
            (
                cast(str, registers[2 * at]),
                (by, registers[2 * at + 1]) if isinstance(by, int) else cast("list[object]", by),
            )
            for at, by in enumerate(written)
        ],
        [(cast(str, texts[at]), cast(str, texts[at + 1])) for at in range(0, len(texts), 2)],
        cast("Sequence[tuple[str, Sequence[bytes]]]", row.sets),
        cast("Sequence[tuple[str, Sequence[tuple[bytes, Sequence[object]]]]]", row.maps),
        cast("Sequence[tuple[str, int | bytes]]", row.counters),
        row.unknown,
    )
