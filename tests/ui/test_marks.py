"""Marks stay at their letters."""

from __future__ import annotations

from ui.bridge.edits import splice_edit
from ui.bridge.marks import Marks


def test_marks_move_as_a_caret_does_for_the_edit_of_another() -> None:
    marks = Marks()
    marks.put("a", 2, 5)
    marks.put("b", 5, 5)
    marks.move(splice_edit(0, 0, "xy"))
    assert (marks.at("a"), marks.at("b")) == ((4, 7), (7, 7))
    marks.move(splice_edit(7, 0, "exactly at it"))
    assert marks.at("b") == (7, 7)
    marks.move(splice_edit(3, 3, ""))
    assert (marks.at("a"), marks.at("b")) == ((3, 4), (4, 4))


def test_a_mark_that_is_dropped_is_nowhere() -> None:
    marks = Marks()
    marks.put("a", 1, 1)
    assert ("a" in marks, len(marks)) == (True, 1)
    marks.drop("a")
    marks.drop("a")
    assert marks.at("a") is None
    assert ("a" in marks, len(marks)) == (False, 0)
