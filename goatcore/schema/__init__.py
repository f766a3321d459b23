"""Schemas: named, versioned sets of fields with defaults, validation and upgrades."""

from goatcore.schema import order_stamps
from goatcore.schema.fields import (
    Field,
    binary,
    choice,
    counter,
    date,
    flag,
    mapping,
    number,
    order,
    reference,
    string,
    tags,
    text,
)
from goatcore.schema.schema import Registry, Schema

__all__ = [
    "Field",
    "Registry",
    "Schema",
    "binary",
    "choice",
    "counter",
    "date",
    "flag",
    "mapping",
    "number",
    "order",
    "order_stamps",
    "reference",
    "string",
    "tags",
    "text",
]
