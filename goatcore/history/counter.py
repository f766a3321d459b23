"""A counter: increments that add up.

Invariant: the total is the sum of the increments of all vertices, each once, without bound; so it
depends neither on order nor on who has seen whom. Must never import anything of ours.
"""

from __future__ import annotations


class CounterField:
    """One counter field of an item."""

    __slots__ = ("total",)

    def __init__(self, total: int = 0) -> None:
        self.total = total

    def add(self, amount: int) -> None:
        """Take in one increment of a vertex that is new."""
        self.total += amount
