"""Schemas: named, versioned sets of fields with defaults and validation."""

from goatcore.schema.fields import (
    Field,
    binary,
    choice,
    date,
    flag,
    number,
    reference,
    string,
    text,
)
from goatcore.schema.schema import Registry, Schema

__all__ = [
    "Field",
    "Registry",
    "Schema",
    "binary",
    "choice",
    "date",
    "flag",
    "number",
    "reference",
    "string",
    "text",
]
