"""Recently used values, bounded by their bytes.

Owns what is kept of what can be read again. Invariant: what it keeps costs at most about twice
`half_bytes`. A value that is used again while it is in the older half moves to the younger one.
"""

from __future__ import annotations

from typing import Generic, TypeVar

Key = TypeVar("Key")
Kept = TypeVar("Kept")


class Recent(Generic[Key, Kept]):
    """A cache in two halves: when the younger one is full, the older one is let go."""

    __slots__ = ("_half_bytes", "_old", "_young", "_young_bytes")

    def __init__(self, half_bytes: int) -> None:
        self._half_bytes = half_bytes
        self._young: dict[Key, tuple[Kept, int]] = {}
        self._old: dict[Key, tuple[Kept, int]] = {}
        self._young_bytes = 0

    def get(self, key: Key) -> Kept | None:
        """The value, if it is still here."""
        found = self._young.get(key)
        if found is None:
            found = self._old.pop(key, None)
            if found is None:
                return None
            self.put(key, *found)
        return found[0]

    def put(self, key: Key, value: Kept, size: int) -> None:
        """Keep a value of about `size` bytes for a while."""
        if self._young_bytes >= self._half_bytes:
            self._old, self._young, self._young_bytes = self._young, {}, 0
        self._young[key] = value, size
        self._young_bytes += size

    def __len__(self) -> int:
        return len(self._young) + len(self._old)

    def clear(self) -> None:
        """Let go of everything."""
        self._young, self._old, self._young_bytes = {}, {}, 0
