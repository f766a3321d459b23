"""What of a note search knows."""

from __future__ import annotations

import pytest

from ui.operations import notebooks, notes
from ui.operations.searching import MARKS, document, facets, place_names, search_of


@pytest.mark.parametrize(
    ("lines", "tags", "marks"),
    [
        ("Plain words.", [], []),
        ("#garden and #garden/beds, not a#b or #1", ["garden", "garden/beds"], ["tag"]),
        ("- [ ] sow\n", [], ["todo"]),
        ("> 1. [X] sown", [], ["done"]),
        ("See https://example.org", [], ["link"]),
        ("[[Oat milk]]", [], ["link"]),
        ("![a goat](goat.png)", [], ["image", "link"]),
        ("a | b\n--- | ---\n", [], ["table"]),
        ("`#define x`", [], ["code"]),
        ("#one\n```c\n#include\n```\n#two", ["one", "two"], ["code", "tag"]),
        ("#one\n~~~\n#never closed", ["one"], ["code", "tag"]),
        ("# Heading\n## Another", [], []),
    ],
)
def test_tags_and_marks_are_read_from_the_text(lines, tags, marks):
    found = facets(lines)
    assert sorted(found.tags) == tags
    assert sorted(found.marks) == marks
    assert set(found.marks) <= set(MARKS)


def test_a_notebook_is_called_by_the_names_of_all_that_it_is_in(notebook):
    beds = notebooks.nested(notebook, "Beds")
    south = notebooks.nested(notebook, "South", parent=beds.key)
    assert place_names(notebook) == {
        "": "Garden",
        beds.key: "Garden / Beds",
        south.key: "Garden / Beds / South",
    }
    beds.parent = south.key  # made on two devices at once
    assert set(place_names(notebook)) == {"", beds.key, south.key}


def test_notes_of_nested_notebooks_are_found_with_the_outer_one(database, notebook):
    beds = notebooks.nested(notebook, "Beds")
    inside = notes.create(notebook, "Beans", notebook=beds.key, now_ms=1)
    outside = notes.create(notebook, "Plan", body="beans", now_ms=2)
    elsewhere = notes.create(notebooks.create(database, "Work"), "Beans", now_ms=3)
    with search_of(database) as search:
        assert [hit.item for hit in search.find("beans notebook:beds")] == [inside]
        assert [hit.item for hit in search.find("beans notebook:garden")] == [inside, outside]
        assert {hit.item for hit in search.find("beans")} == {inside, outside, elsewhere}


def test_a_pinned_note_is_found_as_one(database, notebook):
    note = notes.create(notebook, "Beans", now_ms=1)
    notes.create(notebook, "Plan", now_ms=2)
    with search_of(database) as search:
        assert search.find("is:pinned") == []
        note.pinned = True
        assert [hit.item for hit in search.find("is:pinned")] == [note]
        assert document(note).time_ms == 1
