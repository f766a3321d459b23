"""Which letters of which version are meant, by what is shown."""

from __future__ import annotations

import pytest

from ui.models.moments import Piece
from ui.models.passages import Reach, reaches

PIECES = [  # Sow two[-] three[+] rows
    Piece("equal", "Sow "),
    Piece("delete", "two"),
    Piece("insert", "three"),
    Piece("equal", " rows"),
]
BEFORE, AFTER, ALL = ("equal", "delete"), ("equal", "insert"), ("equal", "insert", "delete")


@pytest.mark.parametrize(
    ("kinds", "start", "stop", "wanted"),
    [
        (ALL, 4, 7, [Reach(True, 4, 7)]),  # what went
        (ALL, 7, 12, [Reach(False, 4, 9)]),  # what came
        (ALL, 0, 17, [Reach(True, 0, 12), Reach(False, 0, 14)]),
        (ALL, 12, 17, [Reach(False, 9, 14)]),  # what is in both, as it is shown
        (ALL, 2, 6, [Reach(True, 2, 6)]),
        (AFTER, 4, 9, [Reach(False, 4, 9)]),
        (AFTER, 0, 3, [Reach(False, 0, 3)]),
        (BEFORE, 4, 7, [Reach(True, 4, 7)]),
        (BEFORE, 7, 12, [Reach(True, 7, 12)]),
        (ALL, 5, 5, []),
        (ALL, 40, 50, []),
    ],
)
def test_letters_that_are_shown_are_letters_of_a_version(
    kinds: tuple[str, ...], start: int, stop: int, wanted: list[Reach]
) -> None:
    assert reaches(PIECES, kinds, start, stop) == wanted
