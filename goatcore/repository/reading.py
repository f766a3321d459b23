"""Reading: what a state means to a schema.

Owns the way from stored names and kinds to fields: renamed ones, upgrades of registers, defaults.
Pure, and the same for the present and any past state. Must never import items or a repository.
"""

from __future__ import annotations

from goatcore.history.item_state import ItemState
from goatcore.schema import Schema
from goatcore.schema.fields import COUNTER, MAP, REGISTER, SET, TEXT
from goatcore.schema.upgrade import Reading, Written


def read_field(schema: Schema, state: ItemState, name: str) -> object:
    """The value of a field as it is stored: of a register, no upgrade is made."""
    field, stored = schema.fields[name], schema.stored_name(name)
    kind = field.kind
    if kind == REGISTER:
        return state.value(stored, field.default)
    if kind == TEXT:
        return state.text(stored)
    if kind == SET:
        return tuple([one for one in state.members(stored) if type(one) is str])
    if kind == MAP:
        return {key: value for key, value in state.entries(stored) if type(key) is str}
    assert kind == COUNTER, kind
    return state.total(stored)


def needs_upgrade(schema: Schema, state: ItemState, since: int) -> bool:
    """Whether something of an item made with version `since` is older than the schema."""
    return since < schema.version or state.oldest_version < schema.version


def read_registers(schema: Schema, state: ItemState, since: int) -> Reading:
    """All registers by field, upgraded; those that do not fit show their defaults."""
    return _by_field(schema, schema.upgraded(since, _written(state)))


def read_all(schema: Schema, state: ItemState, since: int) -> Reading:
    """All fields by name, and why some registers could not be upgraded."""
    values = {name: read_field(schema, state, name) for name in schema.fields}
    if not needs_upgrade(schema, state, since):
        return Reading(values, None)
    registers, problem = read_registers(schema, state, since)
    return Reading({**values, **registers}, problem)


def read_alternatives(schema: Schema, state: ItemState, since: int, name: str) -> list[object]:
    """The competing values of a register, the one that shows first, each of them upgraded."""
    field, stored = schema.fields[name], schema.stored_name(name)
    if not needs_upgrade(schema, state, since):
        return state.alternatives(stored) or [field.default]
    writes, register = _written(state), state.registers.get(stored)
    if register is None or not register.writes:
        return [read_registers(schema, state, since).values[name]]
    found: list[object] = []
    for write in register.writes:
        writes[stored] = Written(write.version, write.value)
        found.append(_by_field(schema, schema.upgraded(since, writes)).values[name])
    return found


def _written(state: ItemState) -> dict[str, Written]:
    return {
        name: Written(register.writes[0].version, register.value)
        for name, register in state.registers.items()
    }


def _by_field(schema: Schema, reading: Reading) -> Reading:
    values: dict[str, object] = {}
    for name, field in schema.fields.items():
        if field.kind == REGISTER:
            value = reading.values.get(schema.stored_name(name), field.default)
            values[name] = value if field.fits(value) else field.default
    return Reading(values, reading.problem)
