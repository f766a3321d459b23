"""How many strangers may knock: half-open handshakes, and attempts from one address.

Owns the counting. Invariant: at most `half_open_max` handshakes are under way, and each address
(of IPv6 the /64, which is one customer's) gets so many attempts at once and so many a minute. Pure:
times in milliseconds come in. Must never import asyncio, sockets or time.
"""

from __future__ import annotations

from ipaddress import IPv6Address, ip_address
from typing import Final

HALF_OPEN_MAX: Final = 16
HALF_OPEN_MS_MAX: Final = 5_000
ATTEMPTS_AT_ONCE: Final = 30
ATTEMPTS_PER_MINUTE: Final = 30
ADDRESSES_REMEMBERED: Final = 1_024
_MINUTE_MS: Final = 60_000


class Entrance:
    """Ask `enter` for each connection; call `leave` once for each that was let in."""

    __slots__ = ("_at_once", "_buckets", "_half_open_max", "_per_minute", "half_open")

    def __init__(
        self,
        *,
        half_open_max: int = HALF_OPEN_MAX,
        at_once: int = ATTEMPTS_AT_ONCE,
        per_minute: int = ATTEMPTS_PER_MINUTE,
    ) -> None:
        self._half_open_max = half_open_max
        self._at_once = at_once
        self._per_minute = per_minute
        self._buckets: dict[str, tuple[float, int]] = {}  # tokens, when counted; oldest use first
        self.half_open = 0

    def enter(self, address: str, now_ms: int) -> bool:
        """Whether a connection from `address` may begin a handshake now."""
        if self.half_open >= self._half_open_max or not self._take_token(address, now_ms):
            return False
        self.half_open += 1
        return True

    def leave(self) -> None:
        """A handshake ended, well or not."""
        assert self.half_open > 0
        self.half_open -= 1

    def _take_token(self, address: str, now_ms: int) -> bool:
        household = _household(address)
        tokens, counted_ms = self._buckets.pop(household, (float(self._at_once), now_ms))
        gained = max(0, now_ms - counted_ms) * self._per_minute / _MINUTE_MS
        tokens = min(float(self._at_once), tokens + gained)
        allowed = tokens >= 1
        self._buckets[household] = (tokens - 1 if allowed else tokens, now_ms)
        if len(self._buckets) > ADDRESSES_REMEMBERED:
            del self._buckets[next(iter(self._buckets))]
        return allowed


def _household(address: str) -> str:
    """The address that attempts are counted for."""
    try:
        parsed = ip_address(address)
    except ValueError:
        return address
    if isinstance(parsed, IPv6Address):
        if parsed.ipv4_mapped is not None:
            return str(parsed.ipv4_mapped)
        return str(IPv6Address(int(parsed) >> 64 << 64))
    return str(parsed)
