"""Places in a text that others find again: a version that they have, too, and a place in it.

Owns the way between the text as it shows here, with what is not recorded yet, and its versions.
Invariant: nothing is recorded and no history is read for it.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple, cast

from goatcore.history.operations import TEXT_SPLICE
from goatcore.history.splices import TextSplice
from goatcore.history.text.places import after, before
from goatcore.ids import CommitId
from goatcore.repository.item import Item, record_of
from goatcore.repository.record import Record


class Anchored(NamedTuple):
    """Places in a text at a version. Not `exact`: they are in letters that no version has yet, and
    stand before those."""

    heads: tuple[CommitId, ...]
    places: tuple[int, ...]
    exact: bool


def anchored(item: Item, name: str, places: Sequence[int]) -> Anchored:
    """Places (code points) of a text field as it shows, for others; no heads: it has no version."""
    record = record_of(item)
    drafted = _drafted(record, item.schema.stored_name(name))
    heads = tuple(map(CommitId, record.state.heads))
    return Anchored(heads, tuple(before(places, drafted)), not drafted)


def placed(
    item: Item, stored: str, heads: Sequence[CommitId], places: Sequence[int]
) -> list[int] | None:
    """Places at a version of a text, by its stored name, in the text as it shows; None: that
    version is not here yet, or lies too far back."""
    record = record_of(item)
    now = record.state.places(stored, heads, places)
    return None if now is None else after(now, _drafted(record, stored))


def _drafted(record: Record, stored: str) -> list[TextSplice]:
    """What is typed into a text and not recorded yet."""
    if record.draft is None:
        return []
    return [
        TextSplice(*cast("tuple[int, int, str]", tuple(operation[2:])))
        for operation in record.draft.operations
        if operation[:2] == (TEXT_SPLICE, stored)
    ]
