"""What answers to what was typed, and in which order."""

from __future__ import annotations

import pytest

from ui.models.matching import BEGINS, CONTAINS, EQUAL, LETTERS, WORDS_BEGIN, Wanted, folded


@pytest.mark.parametrize(
    ("typed", "name", "how"),
    [
        ("apples", "Apples", EQUAL),
        ("App", "Apples", BEGINS),
        ("pla sou", "Planting plan for the south bed", WORDS_BEGIN),
        ("sou pla", "Planting plan for the south bed", WORDS_BEGIN),
        ("lant", "Planting plan", CONTAINS),
        ("plpl", "Planting plan", LETTERS),
        ("nalp", "Planting", None),
        ("cafe", "Café crème", BEGINS),
        ("CRÈME", "Café creme", WORDS_BEGIN),
        ("strasse", "Straße", EQUAL),
        ("x", "Planting", None),
        ("(", "A (b)", WORDS_BEGIN),
        ("日本", "日本語", BEGINS),
    ],
)
def test_how_well_a_name_answers(typed: str, name: str, how: int | None) -> None:
    assert Wanted(typed).rank(folded(name)) == how


def test_nothing_typed_is_no_wish() -> None:
    assert not Wanted("   ")
    assert Wanted(" a ")
