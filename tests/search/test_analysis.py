"""Which words a text has, and where."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from goatcore.search.analysis import composed, folded, spans, stands_alone, tokens

TEXTS = st.text() | st.text(
    "aBé\u0301ß 日本가각\u1100\u1161が\u3099か-_#ิก🐐\ufe0f\u200dłİ1²ﬁ", max_size=20
)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Oat milk, 2 litres", ["oat", "milk", "2", "litres"]),
        ("Crème BRÛLÉE", ["creme", "brulee"]),
        ("cre\u0300me", ["creme"]),
        ("Straße Łódź İstanbul", ["strasse", "lodz", "istanbul"]),
        ("don't well-known snake_case", ["don", "t", "well", "known", "snake", "case"]),
        ("日本語 メモ", ["日", "本", "語", "メ", "モ"]),
        ("정원에", ["정", "원", "에"]),
        ("か\u3099", ["が"]),
        ("milk牛乳milk", ["milk", "牛", "乳", "milk"]),
        ("ｗｉｄｅ", ["wide"]),
        ("हिन्दी", ["हिन्दी"]),
        ("🐐🏽 ok", ["🐐", "ok"]),
        ("Ελλάς Москва", ["ελλασ", "москва"]),
        ("x" * 70, ["x" * 64, "x" * 6]),
        ("... -- !?", []),
    ],
)
def test_words_are_compared_without_case_accents_and_writing(text, words):
    assert tokens(text) == words


@given(TEXTS)
def test_places_are_of_the_same_words(text):
    text = composed(text)
    found = spans(text)
    assert [word.token for word in found] == tokens(text)
    assert all(0 <= word.start < word.stop <= len(text) for word in found)
    assert [word.start for word in found] == sorted(word.start for word in found)


@given(TEXTS, TEXTS)
def test_words_of_lines_are_the_words_of_the_text(one, other):
    assert tokens(f"{one}\n{other}") == tokens(one) + tokens(other)


@given(TEXTS)
def test_upper_and_lower_case_are_one(text):
    if text.isascii():
        assert tokens(text.upper()) == tokens(text.lower())


@pytest.mark.parametrize(
    ("text", "word", "place"),
    [("Straße!", "strasse", "Straße"), ("ein Gräser", "graser", "Gräser"), ("ﬁne", "fine", "ﬁne"),
     ("die 日本", "本", "本"), ("é\u0323x y", "ex", "\u1eb9\u0301x")],
)  # fmt: skip
def test_a_place_is_of_the_text_as_it_was_written(text, word, place):
    text = composed(text)
    assert [text[span.start : span.stop] for span in spans(text) if span.token == word] == [place]


def test_signs_that_cannot_be_seen_do_not_part_words():
    assert tokens("soft\u00adware zero\u200bwidth") == ["software", "zerowidth"]
    assert folded("A\ufeffB") == "ab"


def test_letters_of_scripts_without_spaces_stand_alone():
    assert [stands_alone(word) for word in ("語", "가", "🐐", "a", "é", "語語")] == [
        True, True, True, False, False, False,
    ]  # fmt: skip
