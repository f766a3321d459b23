import itertools
import random

from hypothesis import given
from hypothesis import strategies as st

from goatcore.query.runs import RANGE_SAMPLES, SAMPLE_EVERY, merged, sorted_run


def runs_of(keys, size):
    """The keys in runs of `size`, each with a row that is its place in `keys`."""
    for start in range(0, len(keys), size):
        part = keys[start : start + size]
        yield sorted_run(part, list(range(start, start + len(part))))


@given(st.lists(st.text(max_size=3), unique=True), st.integers(1, 20))
def test_runs_become_one_ascending_sequence_with_its_rows(keys, size):
    pieces = list(merged(list(runs_of(keys, size))))
    assert all(piece.keys for piece in pieces)
    assert list(itertools.chain(*(piece.keys for piece in pieces))) == sorted(keys)
    for piece in pieces:
        assert [keys[row] for row in piece.rows] == piece.keys


def test_no_piece_is_long():
    keys = [f"{n:06}" for n in range(40_000)]
    random.Random(1).shuffle(keys)
    runs = list(runs_of(keys, 2048))
    pieces = list(merged(runs))
    assert list(itertools.chain(*(piece.keys for piece in pieces))) == sorted(keys)
    assert max(len(piece.keys) for piece in pieces) <= 3 * RANGE_SAMPLES * SAMPLE_EVERY


def test_no_runs_give_no_pieces():
    assert list(merged([])) == []
