"""What a change did besides editing texts, in as little as finds it again.

Invariant: a change with no footprint says nothing about any field but texts. Pure. Must never
import states.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import cast

from goatcore.history.operations import FIRST_MEMBERSHIP, TEXT_SPLICE, Operation

Footprint = tuple[tuple[int, str], ...]  # kinds of operations and stored names


def footprint(operations: Sequence[Operation]) -> Footprint:
    """The footprint of a change; empty if it edits texts and nothing else."""
    marks: dict[tuple[int, str], None] = {}
    for operation in operations:
        code = cast(int, operation[0])
        if code != TEXT_SPLICE and code < FIRST_MEMBERSHIP:
            marks[code, cast(str, operation[1]) if len(operation) > 1 else ""] = None
    return _kept(tuple(marks))


@lru_cache(maxsize=1024)
def _kept(marks: Footprint) -> Footprint:
    """One object for all that are equal: most changes of a repository do the same few things."""
    return marks
