"""Where a place of one version is in the other."""

from __future__ import annotations

import pytest

from ui.models.moments import Piece
from ui.widgets.scrolled_together import place_beside

# before: "Sow 🐐 two rows", after: "New. Sow 🐐 rows!"
PIECES = [
    Piece("insert", "New. "),
    Piece("equal", "Sow 🐐 "),
    Piece("delete", "two "),
    Piece("equal", "rows"),
    Piece("insert", "!"),
]


@pytest.mark.parametrize(
    ("after", "before"), [(0, 0), (4, 0), (5, 0), (8, 3), (11, 6), (12, 11), (15, 14), (17, 15)]
)
def test_a_place_after_the_change_has_one_before_it(after: int, before: int) -> None:
    assert place_beside(PIECES, after, to_before=True) == before


@pytest.mark.parametrize(
    ("before", "after"), [(0, 5), (3, 8), (7, 12), (10, 12), (11, 12), (14, 15), (15, 17)]
)
def test_a_place_before_the_change_has_one_after_it(before: int, after: int) -> None:
    assert place_beside(PIECES, before, to_before=False) == after
