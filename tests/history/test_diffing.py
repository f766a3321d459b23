"""What differs between two texts: whole words, and exactly."""

from __future__ import annotations

import itertools

from hypothesis import given
from hypothesis import strategies as st

from goatcore.history.diffing import Hunk, TextDiff, text_diff, word_splices
from goatcore.history.splices import TextSplice

TEXTS = st.text(alphabet="ab_ .\né🐐", max_size=40)


def applied(text, splices):
    for position, deleted, inserted in splices:
        assert 0 <= position <= position + deleted <= len(text)
        text = text[:position] + inserted + text[position + deleted :]
    return text


def test_a_replaced_word_is_replaced_as_a_whole():
    assert text_diff("the quick fox", "the quiet fox") == TextDiff(
        (
            Hunk("equal", 0, 0, "the "),
            Hunk("delete", 4, 4, "quick"),
            Hunk("insert", 9, 4, "quiet"),
            Hunk("equal", 9, 9, " fox"),
        )
    )


def test_a_longer_word_is_another_word():
    assert [hunk[::3] for hunk in text_diff("a goat", "a goatherd").hunks] == [
        ("equal", "a "),
        ("delete", "goat"),
        ("insert", "goatherd"),
    ]


def test_a_diff_counts_its_letters():
    diff = text_diff("one two three", "one four three five")
    assert (diff.inserted, diff.deleted) == (9, 3)


def test_equal_texts_have_one_hunk_and_empty_ones_none():
    assert text_diff("same", "same").hunks == (Hunk("equal", 0, 0, "same"),)
    assert text_diff("", "").hunks == ()


def test_splices_touch_only_the_letters_that_changed():
    assert word_splices("the quick fox", "the quiet fox") == [TextSplice(7, 2, "et")]


def test_words_changed_in_two_places_are_two_splices():
    assert word_splices("buy milk and bread", "get milk and butter") == [
        TextSplice(0, 3, "get"),
        TextSplice(13, 5, "butter"),
    ]


def test_a_text_of_very_many_words_is_compared_by_lines():
    lines = [f"word {number} and more\n" for number in range(6_000)]
    old, new = "".join(["first\n", *lines, "last"]), "".join(["start\n", *lines, "end"])
    assert word_splices(old, new) == [
        TextSplice(0, 6, "start\n"),
        TextSplice(len(new) - 3, 4, "end"),
    ]


@given(TEXTS, TEXTS)
def test_splices_make_the_new_text_of_the_old(old, new):
    assert applied(old, word_splices(old, new)) == new


@given(TEXTS, TEXTS)
def test_hunks_read_as_both_texts_and_know_their_places(old, new):
    at = to = 0
    for hunk in text_diff(old, new).hunks:
        assert (hunk.old_position, hunk.new_position) == (at, to)
        assert hunk.text
        if hunk.kind != "insert":
            assert old[at : at + len(hunk.text)] == hunk.text
            at += len(hunk.text)
        if hunk.kind != "delete":
            assert new[to : to + len(hunk.text)] == hunk.text
            to += len(hunk.text)
    assert (at, to) == (len(old), len(new))


@given(TEXTS, TEXTS)
def test_neighbouring_hunks_are_of_different_kinds(old, new):
    kinds = [hunk.kind for hunk in text_diff(old, new).hunks]
    assert all(a != b for a, b in itertools.pairwise(kinds))
