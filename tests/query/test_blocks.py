import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from goatcore.query import blocks
from goatcore.query.blocks import SortedBlocks, as_cold

rows = st.integers(0, 40)


class Shown:
    """What rows show now: the sort keys of blocks."""

    def __init__(self):
        self.keys = {}

    def of(self, ordinal):
        return self.keys[ordinal]

    def of_many(self, ordinals):
        return [self.keys[ordinal] for ordinal in ordinals]


@pytest.fixture(autouse=True)
def small_blocks(monkeypatch):
    monkeypatch.setattr(blocks, "BLOCK_MAX", 4)
    monkeypatch.setattr(blocks, "COLD_MAX", 3)


def key(number, ordinal):
    return f"{number:02}-{ordinal:02}"


@settings(max_examples=300, deadline=None)
@given(
    st.sets(rows),
    st.lists(st.lists(st.tuples(rows, st.none() | st.integers(0, 20)), max_size=6), max_size=8),
    st.randoms(use_true_random=False),
)
def test_blocks_are_one_sorted_list_whatever_rows_show_before_they_are_moved(begin, batches, rand):
    shown, unsettled = Shown(), set()
    shown.keys = {one: key(rand.randrange(20), one) for one in begin}
    held = SortedBlocks(shown, lambda: unsettled)
    held.append_cold(as_cold(sorted(begin, key=shown.of)))
    placed = dict(shown.keys)
    for batch in batches:
        unsettled.update(ordinal for ordinal, _ in batch)
        unsettled.update(rand.sample(sorted(placed), len(placed) // 3))  # these change nothing
        shown.keys |= {one: key(n, one) for one, n in batch if n is not None}  # all at once
        listed = list(held)
        for ordinal, number in dict(batch).items():
            if ordinal in placed:
                assert listed.pop(held.remove(ordinal)) == ordinal
                del placed[ordinal]
            if number is not None:
                placed[ordinal] = shown.of(ordinal)
                listed.insert(held.insert(placed[ordinal], ordinal), ordinal)
            assert list(held) == listed  # the settled ones among them in order:
            settled = [one for one in listed if one not in unsettled]
            assert settled == sorted(settled, key=placed.get)
        unsettled.clear()
        for ordinal in sorted(held.provisional):
            held.remove(ordinal)
            held.insert(shown.of(ordinal), ordinal)
        assert held.provisional == set()
        assert_same(held, placed, rand)


def assert_same(held, placed, rand):
    expected = sorted(placed, key=placed.get)
    assert list(held) == expected
    assert len(held) == len(expected)
    assert [held[i] for i in range(len(expected))] == expected
    assert [held.rank(one) for one in expected] == list(range(len(expected)))
    assert held.rank(99) is held.placed(99) is None
    start, stop = sorted((rand.randrange(45), rand.randrange(45)))
    assert held.slice(start, stop) == expected[start:stop]
    assert held.export() == as_cold(expected)
    bound = key(rand.randrange(20), 0)
    assert held.rank_of_key(bound) == sum(k < bound for k in placed.values())


def test_rows_that_nobody_touches_stay_ordinals_only():
    shown = Shown()
    shown.keys = {one: key(one, one) for one in range(30)}
    held = SortedBlocks(shown, frozenset)
    held.append_cold(as_cold(range(30)))
    shown.keys = {one: shown.keys[one] for one in (10, 11, 12, 13, 14, 15, 16, 17)}
    shown.keys |= {last: key(last, last) for last in range(2, 30, 3)}  # the last of each block
    assert held.rank(29) == 29
    assert held[3] == 3
    assert held.insert("13-x", 30) == 14
    assert held.remove(14) == 15
    assert list(held) == [*range(14), 30, *range(15, 30)]


def test_a_row_that_changed_without_telling_is_found_all_the_same():
    shown = Shown()
    shown.keys = {one: key(one, one) for one in range(9)}
    held = SortedBlocks(shown, frozenset)
    held.append_cold(as_cold(range(9)))
    shown.keys[4] = key(99, 4)
    order = list(range(9))
    random.Random(3).shuffle(order)
    for ordinal in order:
        before = list(held)
        assert before[held.remove(ordinal)] == ordinal
    assert list(held) == []


def test_many_unsettled_rows_keep_their_places():
    shown, unsettled = Shown(), set(range(3000))
    shown.keys = {one: key(0, one) for one in range(3000)}
    held = SortedBlocks(shown, lambda: unsettled)
    held.append_cold(as_cold(range(3000)))
    assert held.remove(2999) == 2999
    assert held.remove(0) == 0
    assert [held.rank(one) for one in (1, 1500, 2998)] == [0, 1499, 2997]
