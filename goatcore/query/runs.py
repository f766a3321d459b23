"""Sorting in small steps: many short sorted runs become one sorted sequence of blocks.

Owns the sliced form of a large sort, so that no single step holds the loop: each run is sorted
when it is full, then the output is made range by range between sampled keys (sample sort, Frazer
and McKellar 1970). Invariant: keys and rows stay parallel; rows are never compared. Imports nothing
of ours.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator
from typing import NamedTuple

RUN_SIZE = 2048  # rows sorted in one step: under a millisecond
SAMPLE_EVERY = 256
RANGE_SAMPLES = 3  # samples an output range spans: around 768 rows


class Run(NamedTuple):
    """Distinct sort keys in ascending order, and their rows."""

    keys: list[str]
    rows: list[int]


def sorted_run(keys: list[str], rows: list[int]) -> Run:
    """The run of parallel `keys` and `rows`. Plain strings sort twice as fast as pairs would."""
    order = sorted(range(len(keys)), key=keys.__getitem__)
    return Run([keys[i] for i in order], [rows[i] for i in order])


def merged(runs: list[Run]) -> Iterator[Run]:
    """All `runs` in one ascending order, a non-empty piece at a time."""
    # each run begins its samples elsewhere, so that the ends are as finely sampled as the middle
    samples = sorted(
        key
        for r, run in enumerate(runs)
        for key in run.keys[r * SAMPLE_EVERY // len(runs) :: SAMPLE_EVERY]
    )
    starts = [0] * len(runs)
    for bound in samples[RANGE_SAMPLES::RANGE_SAMPLES]:
        keys: list[str] = []
        rows: list[int] = []
        for r, run in enumerate(runs):
            start = starts[r]
            stop = starts[r] = bisect_left(run.keys, bound, start)
            if stop > start:
                keys += run.keys[start:stop]
                rows += run.rows[start:stop]
        if keys:
            yield sorted_run(keys, rows)
    keys, rows = [], []
    for start, run in zip(starts, runs, strict=True):
        keys += run.keys[start:]
        rows += run.rows[start:]
    if keys:
        yield sorted_run(keys, rows)
