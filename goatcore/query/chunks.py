"""Chunks: how many rows are looked at in one step, so that no step holds the loop.

Imports nothing of ours.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice

CHUNK_ROWS = 256


def in_chunks(ordinals: Iterator[int]) -> Iterator[list[int]]:
    """`ordinals`, at most CHUNK_ROWS at a time."""
    while chunk := list(islice(ordinals, CHUNK_ROWS)):
        yield chunk
