"""What the list says about a note."""

from __future__ import annotations

from datetime import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ui.models.note_words import (
    PREVIEW_LETTERS_MAX,
    TITLE_LETTERS_MAX,
    age_words,
    preview_words,
    progress_words,
    title_words,
)


def ms(year: int, month: int, day: int, hour: int = 0, minute: int = 0) -> int:
    return int(datetime(year, month, day, hour, minute).timestamp() * 1000)


NOW = ms(2025, 11, 21, 15, 30)


@pytest.mark.parametrize(
    ("then", "words"),
    [
        (NOW, "Now"),
        (NOW - 59_000, "Now"),
        (NOW + 5 * 60_000, "Now"),
        (NOW - 60_000, "1 min"),
        (ms(2025, 11, 21, 14, 31), "59 min"),
        (ms(2025, 11, 21, 9), "6 h"),
        (ms(2025, 11, 20, 23), "Yesterday"),
        (ms(2025, 11, 18, 9), "Tuesday"),
        (ms(2025, 11, 14, 9), "14 Nov"),
        (ms(2025, 1, 3), "3 Jan"),
        (ms(2024, 12, 31), "31 Dec 2024"),
        (ms(2026, 2, 1), "1 Feb 2026"),
        (10**18, ""),
    ],
)
def test_ages(then: int, words: str) -> None:
    assert age_words(then, NOW) == words


def test_titles_are_one_line_and_never_empty() -> None:
    assert title_words("  Oat \n milk ") == "Oat milk"
    assert title_words(" \n") == "Untitled"
    assert len(title_words("x" * 10_000)) == TITLE_LETTERS_MAX


def test_a_preview_is_what_one_would_read_aloud() -> None:
    body = (
        "---\ntags: [a]\n---\n# Oats\n\n- [x] **buy** them\n> see [shop](https://x.y) "
        "and [[Hay|the hay]]\n```\nsnake_case = 2 * 3\n```\n***\n![a goat](goat.png)"
    )
    assert preview_words(body) == "Oats · buy them · see shop and Hay · snake_case = 2 * 3 · a goat"
    assert preview_words("") == ""
    assert preview_words("| what | gram |\n|:--|--:|\n| rye | |\n| a\\|b |") == (
        "what, gram · rye · a\\|b"
    )


@given(st.text(max_size=400))
def test_a_preview_is_one_short_line(body: str) -> None:
    preview = preview_words(body)
    assert len(preview) <= PREVIEW_LETTERS_MAX
    assert "\n" not in preview


@pytest.mark.parametrize(
    ("body", "words"),
    [
        ("", ""),
        ("no [ ] box", ""),
        ("- [ ] a\n- [x] b\n  1. [X] c\n> * [ ] d\n- [y] e\n- [ ]f", "2 of 4 done"),
        ("- [x] all", "1 of 1 done"),
    ],
)
def test_boxes_are_counted(body: str, words: str) -> None:
    assert progress_words(body) == words
