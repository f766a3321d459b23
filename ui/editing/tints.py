"""Which colour stands for whom: one a name, the same wherever the name is shown.

Invariant: of names that are shown together no two have one colour, as long as there are enough.
Must never import Qt or goatcore.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

TINTS: Final = 6


class Tints:
    """The colours of one window, by number from 1 on; given in the order in which names come."""

    def __init__(self) -> None:
        self._first: dict[str, int] = {}

    def of(self, names: Iterable[str]) -> dict[str, int]:
        """The colours of names that are shown together."""
        found: dict[str, int] = {}
        for name in names:
            first = self._first.setdefault(name, len(self._first) % TINTS)
            taken = set(found.values())
            free = [
                tint for step in range(TINTS) if (tint := (first + step) % TINTS + 1) not in taken
            ]
            found[name] = free[0] if free else first + 1
        return found
