"""What is shown of a text, and what is lit in it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from goatcore.search.snippets import LETTERS_MAX, marked, snippet


def lit(shown):
    return [shown.text[start:stop] for start, stop in shown.ranges]


@pytest.mark.parametrize(
    ("typed", "title", "words"),
    [
        ("compost", "Turning compost, Composting", ["compost", "Composting"]),
        ("creme bru", "Crème brûlée", ["Crème", "brûlée"]),
        ('"south bed"', "The south bed, south of the bed", ["south bed"]),
        ("東京", "東京タワーと京都", ["東京"]),
        ("a b", "a b c", ["a", "b"]),
        ("tag:compost", "compost", []),
        ("title:bed", "bed", ["bed"]),
        ("strasse", "In der Straße", ["Straße"]),
        ("🐐", "three 🐐🐐", ["🐐🐐"]),
        ("cat OR dog", "dog, cat", ["dog", "cat"]),
        ("-bed milk", "bed milk", ["milk"]),
    ],
)
def test_what_was_found_is_lit_in_a_title(read, typed, title, words):
    shown = marked(title, read(typed).words)
    assert shown.text == title
    assert lit(shown) == words


def test_what_is_inside_of_words_is_lit_where_it_was_found_so(read):
    assert lit(marked("goats", read("oat").words)) == []
    assert lit(marked("goats", read("oat").words, within=True)) == ["goats"]


def test_the_line_that_has_most_of_it_is_shown_with_what_follows(read):
    text = "# Diary\n\nMilk, as ever.\n- [ ] oat milk for Ann\n\n> and bread\n"
    shown = snippet(text, read("oat milk").words)
    assert shown.text == "oat milk for Ann · and bread"
    assert lit(shown) == ["oat", "milk"]
    assert text[shown.at :].startswith("oat milk for")


def test_a_long_line_is_cut_in_front_of_what_was_found(read):
    text = "word " * 200 + "here it is " + "more " * 200
    shown = snippet(text, read("here").words)
    assert shown.text.startswith("…word word")
    assert lit(shown) == ["here"]
    assert shown.ranges[0][0] <= 52
    assert shown.text.endswith("more…")
    assert len(shown.text) <= LETTERS_MAX + 2
    assert text[shown.at :].startswith("here it")


def test_without_anything_to_light_the_beginning_is_shown(read):
    for typed in ("tag:x", "has:todo", "nowhere", "title:diary"):
        shown = snippet("\n\n# Diary\n\nTuesday.", read(typed).words)
        assert shown == ("Diary · Tuesday.", (), None)
    assert snippet("", read("x").words) == ("", (), None)


@given(
    st.text(" \n-#abé日ß[]x\t", max_size=300) | st.text(max_size=80),
    st.lists(st.sampled_from(["a", "ab", "é", "日", "ss", '"a b"', "x"]), min_size=1, max_size=3),
)
def test_ranges_are_places_of_what_is_shown(read, text, typed):
    words = read(" ".join(typed)).words
    for shown in (marked(text, words), snippet(text, words, within=True)):
        last = -1
        for start, stop in shown.ranges:
            assert last < start < stop <= len(shown.text)
            last = stop
    assert len(snippet(text, words).text) <= LETTERS_MAX + 2
    assert "\n" not in snippet(text, words).text
