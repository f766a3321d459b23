"""How an operation is taken back."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple


class Undo(NamedTuple):
    """What was done, in words for a toast, and how to take it back."""

    label: str
    undo: Callable[[], None]
