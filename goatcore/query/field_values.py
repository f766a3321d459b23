"""Field values as the engine sees them: plain, immutable and hashable.

Owns the mapping from what a row's attribute gives to a plain value: None, bool, int, float, str,
bytes, or a tuple or frozenset of those. Texts become `str`. Imports nothing of ours.
"""

from __future__ import annotations

from collections.abc import Mapping, Set
from typing import cast

SCALARS = frozenset({type(None), bool, int, float, str, bytes})


def plain(value: object) -> object:
    """`value` without its wrapping: collections become tuples or frozensets (a mapping becomes the
    tuple of its keys), anything else that is not a scalar becomes its `str`."""
    if type(value) in SCALARS or isinstance(value, (int, float, str, bytes)):
        return value
    if isinstance(value, Set):
        return frozenset(map(plain, value))
    if isinstance(value, (list, tuple, Mapping)):
        return tuple(map(plain, cast("list[object]", value)))
    return str(value)
