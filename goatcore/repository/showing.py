"""Showing: how the values of an item follow its state.

Owns what is shown anew after which change. Invariant: afterwards the item shows what `reading`
says of its state; drafts are laid over it by those who write them. Records and tells nothing.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final, NamedTuple

from goatcore.history.item_state import Delta
from goatcore.history.splices import TextSplice, difference
from goatcore.repository.item import (
    Item,
    is_upgraded,
    put_shown,
    record_of,
    set_upgrade,
    show,
    splice_shown,
)
from goatcore.repository.item_row import Row
from goatcore.repository.reading import needs_upgrade, read_all, read_field, read_registers
from goatcore.schema import Schema
from goatcore.schema.fields import COUNTER, MAP, REGISTER, SET, TEXT

EMPTY: Final[Mapping[str, object]] = {SET: (), MAP: {}, COUNTER: 0}


class Shown(NamedTuple):
    """Which fields show something else than before."""

    fields: frozenset[str]
    splices: Mapping[str, Sequence[TextSplice]]


def show_all(item: Item) -> None:
    """Show the state, all of it."""
    schema, record = item.schema, record_of(item)
    state = record.state
    if needs_upgrade(schema, state, record.version):
        values, problem = read_all(schema, state, record.version)
        for name, value in values.items():
            show(item, name, value)
        set_upgrade(item, problem, needed=True)
        return
    registers = state.registers
    for name, stored, field in schema.columns:
        if field.kind != REGISTER:
            show(item, name, read_field(schema, state, name))
            continue
        register = registers.get(stored)
        value = field.default if register is None else register.value
        put_shown(
            item, name, value if value is None or type(value) in field.types else field.default
        )
    if is_upgraded(item):
        set_upgrade(item, None, needed=False)


def is_of_now(row: Row, schema: Schema) -> bool:
    """Whether nothing of an item is older than its schema."""
    oldest = row.oldest_version
    return row.version >= schema.version and (oldest is None or oldest >= schema.version)


def show_row(item: Item, row: Row) -> bool:
    """Show what a row says; False if it takes a state to know."""
    schema = item.schema
    if not is_of_now(row, schema):
        return False
    if row.sets or row.maps or row.counters:
        return False
    values = dict(zip(row.registers[::2], row.registers[1::2], strict=True))
    texts = dict(zip(row.texts[::2], row.texts[1::2], strict=True)) if row.texts else {}
    for name, stored, field in schema.columns:
        if field.kind == REGISTER:
            value = values.get(stored, field.default)
            put_shown(
                item, name, value if value is None or type(value) in field.types else field.default
            )
        elif field.kind == TEXT:
            show(item, name, texts.get(stored, ""))
        else:
            show(item, name, EMPTY[field.kind])
    return True


def show_delta(item: Item, delta: Delta) -> Shown:
    """Show what a change did to the state."""
    schema, record = item.schema, record_of(item)
    state = record.state
    fields: set[str] = set()
    splices: dict[str, Sequence[TextSplice]] = {}
    for stored in delta.fields:
        for name in schema.shown_as(stored):
            fields.add(name)
            if schema.fields[name].kind == TEXT:
                told = delta.splices.get(stored)
                if told is None:  # the state did not hold the text, but the item showed it
                    one = difference(str(getattr(item, name)), state.text(stored))
                    told = [] if one is None else [one]
                splices[name] = told
                splice_shown(item, name, told)
            elif schema.fields[name].kind != REGISTER:
                show(item, name, read_field(schema, state, name))
    needed = needs_upgrade(schema, state, record.version)
    if needed or is_upgraded(item):
        fields |= _show_registers(item, needed)
    else:
        for name in fields:
            if schema.fields[name].kind == REGISTER:
                show(item, name, read_field(schema, state, name))
    return Shown(frozenset(fields), splices)


def _show_registers(item: Item, needed: bool) -> set[str]:
    """Show all registers, since any of them may be computed from any; those that are others."""
    schema, record = item.schema, record_of(item)
    values, problem = read_registers(schema, record.state, record.version)
    changed = set()
    for name, value in values.items():
        before = getattr(item, name)
        show(item, name, value)
        if before != value or type(before) is not type(value):
            changed.add(name)
    set_upgrade(item, problem, needed=needed)
    return changed


def first_shown(item: Item, delta: Delta) -> Shown:
    """What a change did to an item that has just been shown for the first time."""
    names = [name for stored in delta.fields for name in item.schema.shown_as(stored)]
    return Shown(frozenset(names), {})
