"""Garbage collection that nobody feels.

Owns the collector's thresholds while a loop runs. One full collection of a large notebook holds the
loop for many frames; so what was loaded is left out of it, and a full one runs only when the caller
says that nobody waits.
"""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

NEVER: Final = 1_000_000


@contextmanager
def quiet_memory() -> Iterator[None]:
    """No full collection by itself inside; what is loaded now is not looked at again."""
    young, middle, old = gc.get_threshold()
    settle_memory()
    gc.set_threshold(young, middle, NEVER)
    try:
        yield
    finally:
        gc.set_threshold(young, middle, old)
        gc.unfreeze()


def settle_memory() -> None:
    """Collect now, because nobody waits, and leave the rest alone from now on."""
    gc.collect()
    gc.freeze()
