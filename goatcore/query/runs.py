"""Sorting in small steps: many short sorted runs become one sorted sequence of blocks.

Owns the sliced form of a large sort, so that no single step holds the loop: each run is sorted
when it is full, then the output is made range by range between sampled keys (sample sort, Frazer
and McKellar 1970). Imports only the row protocol.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator

from goatcore.query.changes import Row

Entry = tuple[str, Row]  # sort key, row; keys are distinct, so rows are never compared

RUN_SIZE = 2048  # rows sorted in one step: under a millisecond
SAMPLE_EVERY = 256
RANGE_SAMPLES = 3  # samples an output range spans: around 768 rows


def merged(runs: list[list[Entry]]) -> Iterator[list[Entry]]:
    """The entries of all sorted `runs` in one ascending order, a non-empty piece at a time."""
    samples = sorted(entry[0] for run in runs for entry in run[::SAMPLE_EVERY])
    starts = [0] * len(runs)
    for bound in samples[RANGE_SAMPLES::RANGE_SAMPLES]:
        piece: list[Entry] = []
        pivot = (bound,)
        for r, run in enumerate(runs):
            start = starts[r]
            stop = bisect_left(run, pivot, start)
            if stop > start:
                piece += run[start:stop]
                starts[r] = stop
        if piece:
            piece.sort()
            yield piece
    rest = [entry for run, start in zip(runs, starts, strict=True) for entry in run[start:]]
    if rest:
        rest.sort()
        yield rest
