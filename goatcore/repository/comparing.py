"""Comparing: what merging a branch would do to the items of the main line.

Owns how two records of one item are told apart. Invariant: what is told is what the main line would
show after a merge made now, against what it shows; what others did there meanwhile is in both and
is not told. Reads only.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from goatcore.history.diffing import FieldDiff, ValueDiff
from goatcore.ids import ItemKey
from goatcore.repository.branch_walking import BranchWalking
from goatcore.repository.changes import Kind, kind_of
from goatcore.repository.item import Item
from goatcore.repository.items import Items
from goatcore.repository.past import plain
from goatcore.repository.reading import read_all
from goatcore.repository.record import Record
from goatcore.repository.version import EXISTS, field_diffs
from goatcore.schema import Schema
from goatcore.schema.fields import REGISTER


class Difference(NamedTuple):
    """What merging a branch would do to one item."""

    key: ItemKey
    kind: Kind
    fields: dict[str, FieldDiff]  # by field, and "exists"; of texts, hunks of words
    item: Item | None  # on the main line; None: it is new
    ours: Item  # on the branch


def differences(items: Items, branch: BranchWalking) -> Iterator[Difference]:
    """What a merge would do to the items of the main line, by key."""
    for key in sorted(branch.new_keys()):
        old, new, ours = items.find(key) or Record(key), branch.merged(key), branch.items.item(key)
        if ours is None or not (old.visible or new.visible):
            continue
        schema = items.schema_of(new)
        fields = {} if schema is None else _fields(schema, old, new)
        if old.visible != new.visible:
            fields[EXISTS] = ValueDiff(old.visible, new.visible)
        if fields or schema is None:
            kind = kind_of(old.visible, new.visible)
            yield Difference(key, kind, fields, items.item(key), ours)


def _fields(schema: Schema, old: Record, new: Record) -> dict[str, FieldDiff]:
    was, now = _values(schema, old), _values(schema, new)
    return field_diffs(schema, was.__getitem__, now.__getitem__)


def _values(schema: Schema, record: Record) -> dict[str, object]:
    values = read_all(schema, record.state, record.version or schema.version).values
    shown: dict[str, object] = {}
    for name, field in schema.fields.items():
        value = values[name]
        fits = field.kind != REGISTER or field.fits(value)
        shown[name] = plain(field, value) if fits else field.default
    return shown
