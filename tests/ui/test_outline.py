"""Headings and lengths of texts."""

from __future__ import annotations

import pytest

from ui.reading.outline import Heading, Length, headings, length


def test_headings_have_their_level_words_and_place() -> None:
    text = "# One\ntext 🐐\n## *Two* `x` ##\n#no heading\n"
    assert headings(text) == [Heading(1, "One", 0), Heading(2, "Two x", 13)]
    assert text[13:].startswith("## *Two*")


def test_what_looks_like_a_heading_in_code_or_front_matter_is_none() -> None:
    assert headings("---\n# a\n---\n```\n# b\n```\n# c\n") == [Heading(1, "c", 24)]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", 0),
        ("one two", 2),
        ("don't re-do", 2),
        ("**bold** _x_", 2),
        ("山羊 goat", 3),
        ("- [ ] a", 1),
    ],
)
def test_words_are_counted(text: str, words: int) -> None:
    assert length(text) == Length(words, len(text))


def test_reading_takes_at_least_a_minute() -> None:
    assert length("a").minutes == 1
    assert length("a " * 660).minutes == 3
