"""Time as values: the clock that is injected everywhere, and the stamps that commits carry.

A stamp is `milliseconds since 1970 << 16 | counter`, an unsigned 64-bit number. It only ranks
writes that have not seen each other; any value is valid. Nothing here reads the machine's clock
except `system_clock`, which the outermost layer passes in.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from typing import NewType

Stamp = NewType("Stamp", int)  # milliseconds << 16 | counter, 0 … 2**64 - 1
Clock = Callable[[], int]  # milliseconds since 1970

COUNTER_BITS = 16
STAMP_MAX = (1 << 64) - 1
AHEAD_MS_MAX = 24 * 60 * 60 * 1000  # a dep further ahead than this does not pull our clock along


def system_clock() -> int:
    """Milliseconds since 1970, from the machine's clock."""
    return time.time_ns() // 1_000_000


def stamp_after(now_ms: int, deps: Iterable[Stamp]) -> Stamp:
    """The stamp of a new commit: max(now, newest dep + 1); a dep more than 24 hours ahead of `now`
    is left out of account, so that one wrong clock does not drag all others along."""
    stamp = now_ms << COUNTER_BITS
    limit = (now_ms + AHEAD_MS_MAX) << COUNTER_BITS
    for dep in deps:
        if stamp <= dep < limit:
            stamp = dep + 1
    return Stamp(min(stamp, STAMP_MAX))


def stamp_ms(stamp: Stamp) -> int:
    """The milliseconds since 1970 that a stamp claims."""
    return stamp >> COUNTER_BITS
