"""Links between notes by their titles."""

from __future__ import annotations

from typing import Any

import pytest

from ui.operations import links, notes

NOW_MS = 1_763_700_000_000


@pytest.mark.parametrize(
    ("text", "places"),
    [
        ("[[Apples]]", [(2, 8)]),
        ("🐐 [[ apples |red ones]] ![[APPLES#part]]", [(5, 11), (27, 33)]),
        ("[[Apples pie]] [[Pears]] Apples [Apples]", []),
        ("[[Apples\n]]", []),
    ],
)
def test_a_title_is_found_in_links_alone(text: str, places: list[tuple[int, int]]) -> None:
    assert links.places_of(text, "Apples ") == places
    assert all(text[start:stop].casefold() == "apples" for start, stop in places)


@pytest.fixture
def orchard(notebook: Any) -> dict[str, Any]:
    made = {}
    for age, (title, body) in enumerate(
        (
            ("Apples", "See [[Apples]] itself."),
            ("Pears", "Unlike **[[apples]]**, soft.\nAnd [[Apples|those]]."),
            ("Plums", "No apples here."),
            ("Pie", "- of [[Apples]]"),
        )
    ):
        made[title] = notes.create(notebook, title, body=body, now_ms=NOW_MS - age * 1000)
    return made


def test_who_links_to_a_note_the_newest_first(notebook: Any, orchard: dict[str, Any]) -> None:
    found = links.linking([notebook], orchard["Apples"], "Apples")
    assert [(it.note.title, it.words) for it in found] == [
        ("Pears", "Unlike **apples**, soft."),
        ("Pie", "of Apples"),
    ]
    assert links.linking([notebook], orchard["Apples"], " ") == []


def test_links_follow_a_new_title_in_one_step_and_back(
    notebook: Any, orchard: dict[str, Any]
) -> None:
    found = links.linking([notebook], orchard["Apples"], "Apples")
    orchard["Apples"].title = "Red apples"
    count = notebook.count
    undo = links.follow_title(found, "Apples", "Red apples")
    assert notebook.count == count + 2  # the title, then all links at once
    assert undo.label == "Links in 2 notes lead to “Red apples”"
    assert str(orchard["Pears"].body) == (
        "Unlike **[[Red apples]]**, soft.\nAnd [[Red apples|those]]."
    )
    assert str(orchard["Plums"].body) == "No apples here."
    undo.undo()
    assert str(orchard["Pears"].body) == "Unlike **[[Apples]]**, soft.\nAnd [[Apples|those]]."
