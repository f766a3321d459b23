"""Edits: every law is checked against plain text on random edits."""

from __future__ import annotations

import random

from hypothesis import given
from hypothesis import strategies as st

from ui.bridge import edits

TEXTS = st.text(alphabet="ab\n😀é", max_size=12)


@st.composite
def edits_of(draw: st.DrawFn, text: str) -> edits.Edit:
    """A random edit that fits `text`."""
    edit = edits.NOTHING
    for _ in range(draw(st.integers(0, 3))):
        length = len(edits.apply(edit, text))
        position = draw(st.integers(0, length))
        deleted = draw(st.integers(0, min(4, length - position)))
        splice = edits.splice_edit(position, deleted, draw(st.text(alphabet="XY", max_size=3)))
        edit = edits.compose(edit, splice)
    return edit


@given(st.data())
def test_two_sides_meet(data: st.DataObject) -> None:
    text = data.draw(TEXTS)
    a, b = data.draw(edits_of(text)), data.draw(edits_of(text))
    mine = edits.apply(edits.transform(b, a, before=False), edits.apply(a, text))
    theirs = edits.apply(edits.transform(a, b, before=True), edits.apply(b, text))
    assert mine == theirs


@given(st.data())
def test_an_inverse_takes_back_exactly(data: st.DataObject) -> None:
    text = data.draw(TEXTS)
    edit = data.draw(edits_of(text))
    assert edits.apply(edits.invert(edit, text), edits.apply(edit, text)) == text


@given(st.data())
def test_composed_edits_do_both(data: st.DataObject) -> None:
    text = data.draw(TEXTS)
    first = data.draw(edits_of(text))
    middle = edits.apply(first, text)
    second = data.draw(edits_of(middle))
    assert edits.apply(edits.compose(first, second), text) == edits.apply(second, middle)


@given(st.data())
def test_splices_do_what_the_edit_does(data: st.DataObject) -> None:
    text = data.draw(TEXTS)
    edit = data.draw(edits_of(text))
    spliced = text
    for position, deleted, inserted in edits.to_splices(edit):
        spliced = spliced[:position] + inserted + spliced[position + deleted :]
    assert spliced == edits.apply(edit, text)
    assert edits.from_splices(edits.to_splices(edit)) == edit


@given(TEXTS, TEXTS)
def test_a_difference_leads_from_old_to_new(old: str, new: str) -> None:
    edit = edits.difference(old, new)
    assert edits.apply(edit, old) == new
    assert len(edits.to_splices(edit)) == (old != new)


def test_a_difference_is_small() -> None:
    old = "".join(random.Random(1).choices("abc", k=10_000))
    new = old[:5_000] + "X" + old[5_002:]
    assert edits.to_splices(edits.difference(old, new)) == [(5_000, 2, "X")]


def test_a_caret_stays_with_its_letter() -> None:
    assert edits.move_position(5, edits.splice_edit(2, 0, "ab")) == 7
    assert edits.move_position(5, edits.splice_edit(5, 0, "ab")) == 5
    assert edits.move_position(5, edits.splice_edit(6, 2, "ab")) == 5
    assert edits.move_position(5, edits.splice_edit(1, 2, "")) == 3
    assert edits.move_position(5, edits.splice_edit(3, 4, "xyz")) == 6
    assert edits.move_position(0, edits.splice_edit(0, 0, "x")) == 0


def test_deleting_around_what_another_inserted_keeps_it() -> None:
    mine = edits.splice_edit(0, 4, "")
    theirs = edits.splice_edit(2, 0, "NEW")
    after = edits.apply(edits.transform(mine, theirs, before=True), edits.apply(theirs, "abcd"))
    assert after == "NEW"


@given(st.text(max_size=30), st.data())
def test_ranges_are_replaced_all_at_once(text: str, data: st.DataObject) -> None:
    places = sorted(data.draw(st.lists(st.integers(0, len(text)), max_size=8)))
    pairs = list(zip(places[::2], places[1::2], strict=False))
    ranges = [(start, stop, data.draw(st.text(max_size=3))) for start, stop in pairs]
    expected, at = "", 0
    for start, stop, inserted in ranges:
        expected += text[at:start] + inserted
        at = stop
    edit = edits.from_ranges(ranges)
    assert edits.apply(edit, text) == expected + text[at:]
    assert edits.apply(edits.invert(edit, text), expected + text[at:]) == text
