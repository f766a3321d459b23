"""Which link stands at a place, and where it must never lead."""

from __future__ import annotations

import pytest

from ui.editing.links import Target, target_at


@pytest.mark.parametrize(
    ("line", "column", "target"),
    [
        ("see [the list](https://example.org/s) now", 6, Target(address="https://example.org/s")),
        ("see [the list](https://example.org/s) now", 20, Target(address="https://example.org/s")),
        ("see [the list](https://example.org/s) now", 1, None),
        ('[a](https://example.org "title")', 1, Target(address="https://example.org")),
        ("at https://example.org.", 8, Target(address="https://example.org")),
        ("in [[Garden diary|the diary]]", 6, Target(title="Garden diary")),
        ("in [[Garden#Beds]]", 6, Target(title="Garden")),
        ("![[Picture]]", 4, Target(title="Picture")),
        ("[a](file:///etc/passwd)", 1, None),
        ("[a](javascript:alert(1))", 1, None),
        ("[a](/bin/sh)", 1, None),
        ("[[#]]", 2, None),
        ("nothing", 3, None),
    ],
)
def test_what_a_link_leads_to(line: str, column: int, target: Target | None) -> None:
    assert target_at(line, column) == target
