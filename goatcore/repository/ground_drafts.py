"""What a checkpoint says of a repository, made of what was captured of it. Pure.

Owns the inside of the sections that `ground` reads. Invariant: works on copies only, so that it may
run on another thread while the repository goes on.
"""

from __future__ import annotations

import sys
from array import array
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Final, NamedTuple

from goatcore.history.packing import Last
from goatcore.ids import AuthorKey
from goatcore.repository import ground
from goatcore.repository.commit_table import Rows
from goatcore.repository.ground import Answers, Chains, Kept
from goatcore.storage.checkpoint.contents import (
    Draft,
    FixedDraft,
    LookupDraft,
    RowsDraft,
    ValueDraft,
)
from goatcore.storage.log import LogMark
from goatcore.sync.held import Grown
from goatcore.values import pack

if TYPE_CHECKING:
    from goatcore.query import Saved

NOTHING: Final = b"\xc0"  # the row of a number without an item
NO_KEY: Final = b""


class Shelved(NamedTuple):
    """A copy of what a shelf has beyond its ground."""

    era: int  # how often the items were begun anew before
    alone: bool  # there is no ground: this is all
    first: int  # numbers below it are the ground's
    stop: int  # numbers from here on were not given yet
    keys: Mapping[str, int]
    rows: Mapping[int, bytes]
    members: Mapping[int, array[int]]  # schema → numbers that got it
    schemas: Sequence[str]  # all of them


class Captured(NamedTuple):
    """A repository at one moment, beyond its present checkpoint."""

    mark: LogMark
    chains: Grown
    table: Rows
    stream: Mapping[AuthorKey, Last]
    items: Shelved
    kept: Kept
    drafted: Sequence[int]  # numbers of items with drafts
    results: Sequence[Saved]


def drafts_of(captured: Captured) -> tuple[Draft, ...]:
    """All sections."""
    return (*_commits(captured), *_items(captured.items), *_values(captured), *_results(captured))


def _values(captured: Captured) -> list[Draft]:
    chains = captured.chains
    told = Chains(
        list(chains.authors),
        [list(orders) for orders in chains.tips],
        {number: list(orders) for number, orders in chains.aside.items()},
        [list(auth) for auth in captured.table.auths],
        list(captured.table.epochs),
        [
            (author, one.number, one.seq, one.id, one.time, one.epoch, one.since_whole)
            for author, one in captured.stream.items()
        ],
    )
    return [
        ValueDraft(ground.COMMITS, pack(told)),
        ValueDraft(ground.COUNTING, pack(captured.kept)),
        ValueDraft(ground.SCHEMAS, pack(list(captured.items.schemas))),
    ]


def _results(captured: Captured) -> list[Draft]:
    results = captured.results
    if not results:
        return []
    told = Answers(list(captured.drafted), [one.fingerprint for one in results])
    return [
        ValueDraft(ground.RESULTS, pack(told)),
        *(
            _numbers(ground.RESULT + str(n), array("I", one.ordinals), fresh=True)
            for n, one in enumerate(results)
        ),
    ]


def _commits(captured: Captured) -> list[Draft]:
    chains, table = captured.chains, captured.table
    prev = array("I", [order + 1 for order in chains.prev])
    columns = (
        (ground.PREV, prev),
        (ground.SEQ, chains.seq),
        (ground.AUTHOR, chains.author_of),
        (ground.TIME, table.times),
        (ground.AUTH, table.auth),
        (ground.EPOCH, table.epoch),
        *((ground.STEM + str(number), stem) for number, stem in enumerate(chains.stems)),
    )
    return [
        FixedDraft(ground.IDS, 32, b"".join(chains.ids)),
        LookupDraft(ground.ORDERS, chains.ids),
        *(_numbers(name, column) for name, column in columns),
        _positions(table),
    ]


def _positions(table: Rows) -> FixedDraft:
    if table.moved is None:
        return _numbers(ground.POSITION, table.positions)
    return _numbers(ground.POSITION, table.moved + table.positions, fresh=True)


def _items(items: Shelved) -> list[Draft]:
    first, rows, alone = items.first, items.rows, items.alone
    keys = [NO_KEY] * (items.stop - first)
    for key, number in items.keys.items():
        if number >= first:
            keys[number - first] = key.encode()
    appended = [rows.get(number, NOTHING) for number in range(first, items.stop)]
    changed = {number: row for number, row in rows.items() if number < first}
    return [
        LookupDraft(ground.KEYS, keys, alone),
        RowsDraft(ground.ITEMS, appended, changed, alone),
        *(
            _numbers(ground.MEMBERS + str(schema), items.members.get(schema, array("I")), alone)
            for schema in range(len(items.schemas))
        ),
    ]


def _numbers(name: str, column: array[int], fresh: bool = False) -> FixedDraft:
    """Numbers as the big-endian planes that they are kept as."""
    if sys.byteorder == "little":
        column = column[:]
        column.byteswap()
    return FixedDraft(name, column.itemsize, column.tobytes(), planes=True, fresh=fresh)
