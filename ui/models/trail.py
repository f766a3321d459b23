"""Where the person has been, for going back and forward, as in a browser. Pure.

Owns the stops and which one is the present. Invariant: what is gone through in passing (with the
arrow keys, down a list) is no stop. Must never import Qt or goatcore.
"""

from __future__ import annotations

from typing import Final, Generic, TypeVar

PASSING_MS: Final = 1_000  # who stays less at a stop was passing by
STOPS_MAX: Final = 200

Stop = TypeVar("Stop")


class Trail(Generic[Stop]):
    """Stops in the order in which they were gone through; stops that are equal are one."""

    def __init__(self) -> None:
        self._stops: list[Stop] = []
        self._at = -1
        self._since_ms: int | None = None  # None: it was come back to, and is kept

    def arrive(self, stop: Stop, now_ms: int) -> None:
        """The person went here; what was ahead is forgotten."""
        if self._stops and self._stops[self._at] == stop:
            return
        del self._stops[self._at + 1 :]
        if self._since_ms is not None and 0 <= now_ms - self._since_ms < PASSING_MS:
            self._stops.pop()
        if not self._stops or self._stops[-1] != stop:
            self._stops.append(stop)
        del self._stops[:-STOPS_MAX]
        self._at = len(self._stops) - 1
        self._since_ms = now_ms

    def can(self, step: int) -> bool:
        """Whether there is a stop `step` (1 or -1) from here."""
        return 0 <= self._at + step < len(self._stops)

    def go(self, step: int) -> Stop:
        """The stop `step` from here, which there must be; it is the present one now."""
        assert self.can(step)
        self._at += step
        self._since_ms = None
        return self._stops[self._at]
