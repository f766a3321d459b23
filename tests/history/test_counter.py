"""Counters: every increment counts once."""

from __future__ import annotations

from goatcore.history.item_state import ChangeRecord, ItemState


def change(letter, parents, *operations):
    on = tuple(parent.encode() * 32 for parent in parents)
    return ChangeRecord(b"A" * 32, 1, letter.encode() * 32, 1, on, operations)


def test_increments_add_up_whoever_saw_whom():
    state = ItemState()
    state.apply(change("a", "", (6, "n", 2), (6, "n", 3)))
    state.apply(change("b", "a", (6, "n", -7)))
    state.apply(change("c", "a", (6, "n", 10)))
    assert state.total("n") == 8
    assert state.total("m") == 0


def test_the_sum_has_no_bound():
    state = ItemState()
    state.apply(change("a", "", *[(6, "n", (1 << 63) - 1)] * 4))
    assert state.total("n") == 4 * ((1 << 63) - 1)
    state.apply(change("b", "a", *[(6, "n", -(1 << 63))] * 5))
    assert state.total("n") == -(1 << 63) - 4


def test_a_change_that_comes_twice_and_an_equal_first_change_count_once():
    state = ItemState()
    first = change("b", "", (6, "n", 1))
    state.apply(first)
    state.apply(first)
    state.apply(change("a", "", (6, "n", 1)))
    assert state.total("n") == 1
