"""A note that another one shows in itself."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple


class Embedded(NamedTuple):
    """What is shown of it."""

    title: str
    text: str


Find = Callable[[str], Embedded | None]  # by the title
