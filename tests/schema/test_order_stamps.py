"""Order stamps: strictly between, short, and never stuck."""

from __future__ import annotations

from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from goatcore.errors import InvalidValue
from goatcore.schema.order_stamps import (
    STAMP_BYTES_MAX,
    between,
    end,
    place,
    respace,
    start,
)

ANY = st.binary(max_size=6) | st.binary(min_size=1, max_size=3).map(lambda x: b"\x80" + x)


def chance(seed=0):
    return Random(seed).randbytes


def is_room(a, b):
    return a < b.rstrip(b"\0")


def test_the_first_stamps_are_six_bytes():
    stamps = between(start(), end(), 3, chance())
    assert [stamp[:2] for stamp in stamps] == [b"\x80\x00", b"\x80\x01", b"\x80\x02"]
    assert {len(stamp) for stamp in stamps} == {6}


def test_none_wanted_is_none():
    assert between(start(), end(), 0, chance()) == ()


@given(a=ANY, b=ANY, n=st.integers(1, 40), seed=st.integers(0, 99))
def test_stamps_lie_strictly_between_ascending_and_distinct(a, b, n, seed):
    if not is_room(a, b):
        with pytest.raises(InvalidValue, match="^order: there is no place"):
            between(a, b, n, chance(seed))
        return
    stamps = between(a, b, n, chance(seed))
    assert len(stamps) == n
    assert list(stamps) == sorted(set(stamps))
    assert a < stamps[0]
    assert stamps[-1] < b
    assert all(stamp[-1] for stamp in stamps)


@pytest.mark.parametrize("noise", [b"\0\0\0\0", b"\xff\xff\xff\xff"])
def test_the_extremes_of_chance_leave_room_too(noise):
    a, b = between(start(), end(), 2, lambda _: noise)
    for _ in range(100):
        (middle,) = between(a, b, 1, lambda _: noise)
        assert a < middle < b
        a, b = (middle, b) if _ % 2 else (a, middle)


def test_two_devices_that_append_at_once_get_different_stamps():
    a = between(start(), end(), 1, chance(1))[0]
    here, there = (between(a, end(), 1, chance(seed))[0] for seed in (2, 3))
    assert here[:-4] == there[:-4]
    low, high = sorted((here, there))
    assert low < between(low, high, 1, chance(4))[0] < high


@pytest.mark.parametrize("backwards", [False, True])
def test_a_list_of_a_hundred_thousand_appended_stays_short(backwards):
    random, last, longest = chance(), start(), 0
    low, high = start(), end()
    for _ in range(100_000):
        (stamp,) = between(low, high, 1, random)
        assert not last or (stamp < last if backwards else stamp > last)
        low, high = (low, stamp) if backwards else (stamp, high)
        last, longest = stamp, max(longest, len(stamp))
    assert longest == 8  # size, 3 of the number, 4 random


def test_many_at_once_are_as_short_as_one_by_one():
    stamps = between(start(), end(), 70_000, chance())
    assert max(map(len, stamps)) == 8
    first, *_ = inside = between(stamps[5], stamps[6], 1000, chance(1))
    assert stamps[5] < first
    assert inside[-1] < stamps[6]
    assert max(map(len, inside)) == 2 + 2 + 4


def test_inserting_always_at_one_place_costs_a_bit_each_time():
    a, b = between(start(), end(), 2, chance())
    for _ in range(400):
        (b,) = between(a, b, 1, chance(_))
    assert len(b) <= 2 + 400 // 8 + 4 + 2


@given(
    seed=st.integers(0, 10_000),
    kind=st.sampled_from(["one place", "anywhere", "ends", "behind the last one"]),
)
def test_lists_stay_ordered_and_short_whatever_is_done(seed, kind):
    random = Random(seed)
    stamps, at = [], 0
    for _ in range(120):
        n = random.choice([1, 1, 1, 3, 30])
        if kind == "one place":
            at = len(stamps) // 2
        elif kind == "anywhere":
            at = random.randint(0, len(stamps))
        elif kind == "ends":
            at = random.choice([0, len(stamps)])
        else:
            at = min(at + n, len(stamps))
        placed = place(stamps, at, n, random.randbytes)
        for index, stamp in placed.moved.items():
            stamps[index] = stamp
        stamps[at:at] = placed.stamps
        assert len(placed.stamps) == n
        assert stamps == sorted(set(stamps))
        assert max(map(len, stamps)) <= STAMP_BYTES_MAX


@given(stamps=st.lists(ANY, max_size=12), data=st.data())
def test_equal_empty_and_foreign_stamps_are_spaced_anew(stamps, data):
    stamps.sort()
    at = data.draw(st.integers(0, len(stamps)))
    placed = place(stamps, at, 2, chance())
    after = [placed.moved.get(index, stamp) for index, stamp in enumerate(stamps)]
    after[at:at] = placed.stamps
    around = after[max(0, at - 1) : at + 3]
    assert around == sorted(set(around))
    assert after == sorted(after)


def test_only_neighbours_move():
    random = chance()
    stamps = list(between(start(), end(), 1000, random))
    stamps[500:501] = [stamps[500]] * 2
    placed = place(stamps, 501, 1, random)
    assert 0 < len(placed.moved) <= 4
    assert all(abs(index - 500) <= 2 for index in placed.moved)


def test_a_stamp_that_grew_long_is_made_short_with_its_neighbours():
    random = chance()
    stamps = list(between(start(), end(), 20, random))
    low, high = stamps[9], stamps[10]
    while len(high) <= STAMP_BYTES_MAX:
        (high,) = between(low, high, 1, random)
        stamps.insert(10, high)
    moved = respace(stamps, 10, random)
    assert 10 in moved
    after = [moved.get(index, stamp) for index, stamp in enumerate(stamps)]
    assert after == sorted(set(after))
    assert max(map(len, moved.values())) <= 24
    assert len(moved) < len(stamps)
