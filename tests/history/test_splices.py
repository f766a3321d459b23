"""The edit between two texts."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from goatcore.history.splices import TextSplice, difference

TEXTS = st.text("ab", max_size=6)


def test_equal_texts_differ_in_nothing():
    assert difference("same", "same") is None


def test_only_the_middle_that_differs_is_replaced():
    assert difference("one two three", "one 2 three") == TextSplice(4, 3, "2")
    assert difference("aa", "aaa") == TextSplice(2, 0, "a")
    assert difference("", "x") == TextSplice(0, 0, "x")
    assert difference("xyz", "") == TextSplice(0, 3, "")


@given(TEXTS, TEXTS)
def test_the_edit_makes_the_new_text_of_the_old(old, new):
    position, deleted, inserted = difference(old, new) or TextSplice(0, 0, "")
    assert old[:position] + inserted + old[position + deleted :] == new
