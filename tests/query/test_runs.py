import random
from types import SimpleNamespace

from hypothesis import given
from hypothesis import strategies as st

from goatcore.query.runs import RANGE_SAMPLES, SAMPLE_EVERY, merged

ROW = SimpleNamespace(key="r")


@given(st.lists(st.text(max_size=3), unique=True), st.integers(1, 5))
def test_runs_become_one_ascending_sequence(keys, count):
    runs = [sorted((key, ROW) for key in keys[i::count]) for i in range(count)]
    pieces = list(merged(runs))
    assert all(pieces)
    assert [key for piece in pieces for key, _ in piece] == sorted(keys)


def test_no_piece_is_long():
    keys = [f"{n:06}" for n in range(40_000)]
    random.Random(1).shuffle(keys)
    runs = [sorted((key, ROW) for key in keys[i : i + 2048]) for i in range(0, len(keys), 2048)]
    pieces = list(merged(runs))
    assert [key for piece in pieces for key, _ in piece] == sorted(keys)
    assert max(map(len, pieces)) <= (RANGE_SAMPLES + len(runs)) * SAMPLE_EVERY


def test_nothing_gives_no_pieces():
    assert list(merged([[]])) == []
