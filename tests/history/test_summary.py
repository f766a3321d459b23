"""What a change did, in a few words."""

from __future__ import annotations

import pytest

from goatcore.history.summary import summary

TYPED = (1, "body", 0, 0, "goat milk")
CUT = (1, "body", 3, 4, "")


@pytest.mark.parametrize(
    ("operations", "told"),
    [
        ((), "no change"),
        (((0, "title", "x"),), "edited title"),
        (((0, "a", 1), (0, "b", 1), (2, "tags", "x")), "edited a, b and tags"),
        ((TYPED,), "+9 letters in body"),
        ((CUT,), "−4 letters in body"),
        ((TYPED, CUT, (0, "title", "x")), "edited title, +9 −4 letters in body"),
        (((7,),), "deleted"),
        (((7,), (8,)), "restored"),
        (((8,), (0, "title", "x")), "restored, edited title"),
        (((64, "Ann"),), "no change"),
    ],
)
def test_a_summary_tells_fields_letters_and_whether_it_is_there(operations, told):
    assert summary(operations, root=False) == told


def test_the_first_change_created_the_item():
    assert summary((TYPED, (0, "title", "x")), root=True) == "created"
