"""Names as others gave them, harmless in any sentence."""

from __future__ import annotations

import pytest

from ui.models.names import NAME_LETTERS_MAX, shown_name


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("Neighbour", "Neighbour"),
        ("  two \n lines\t", "two lines"),
        ("", "Somebody"),
        ("\u202e\u200b \u2066", "Somebody"),
        ("\u200d\u200d", "Somebody"),
        ("abc\u202edef\u2069", "abcdef"),  # what would turn the rest of the sentence round
        ("line\u2028separator", "line separator"),
        ("a\x00\x1b[31mb", "a[31mb"),
        ("\ud800x", "x"),
        ("👩\u200d🌾", "👩\u200d🌾"),
        ("نورا", "\u2068نورا\u2069"),
        ("Z" + "\u0301" * 50, "Z" + "\u0301" * 3),
    ],
)
def test_nothing_unseen_stays_and_right_to_left_is_set_apart(name: str, shown: str) -> None:
    assert shown_name(name) == shown


def test_ten_thousand_letters_are_cut() -> None:
    shown = shown_name("Neighbour " * 1_000)
    assert len(shown) <= NAME_LETTERS_MAX
    assert shown.endswith("…")


def test_an_unnamed_thing_is_called_as_its_kind() -> None:
    assert shown_name(" ", "A device without a name") == "A device without a name"
