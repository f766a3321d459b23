from types import SimpleNamespace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from goatcore.query import blocks
from goatcore.query.blocks import SortedBlocks


@pytest.fixture(autouse=True)
def small_blocks(monkeypatch):
    monkeypatch.setattr(blocks, "BLOCK_MAX", 4)


names = st.integers(0, 60).map(lambda n: f"k{n:02}")


@settings(max_examples=200, deadline=None)
@given(st.lists(st.tuples(st.booleans(), names)), st.integers(0, 60), st.integers(0, 60))
def test_blocks_are_one_sorted_list(steps, start, stop):
    held, plain, rows = SortedBlocks(), [], {}
    for put_in, key in steps:
        if key not in rows and put_in:
            rows[key] = SimpleNamespace(key=key)
            plain = sorted([*plain, key])
            assert held.insert(key, rows[key]) == plain.index(key)
        elif key in rows and not put_in:
            assert held.remove(key) == (plain.index(key), rows.pop(key))
            plain.remove(key)
        elif key in rows:
            rows[key] = SimpleNamespace(key=key)
            assert held.replace(key, rows[key]) == plain.index(key)
        expected = [rows[k] for k in plain]
        assert list(held) == expected
        assert len(held) == len(expected)
        assert [held[i] for i in range(len(expected))] == expected
        assert [held.rank(k) for k in plain] == list(range(len(plain)))
    start, stop = sorted((start, stop))
    assert held.slice(start, stop) == [rows[k] for k in plain][start:stop]


def test_appended_blocks_follow_what_is_held():
    held = SortedBlocks()
    a, b, c = (SimpleNamespace(key=k) for k in "abc")
    held.append_block(["a"], [a])
    held.append_block(["b", "c"], [b, c])
    assert list(held) == [a, b, c]
    with pytest.raises(AssertionError):
        held.append_block(["b"], [b])
