"""Pinning, moving, restoring, and how each is taken back."""

from __future__ import annotations

import pytest

from goatcore import Database, Refused, Repository
from goatcore.members import Members
from ui.operations import notebooks, notes
from ui.operations.schemas import NOTE


def titles(repository: Repository) -> list[str]:
    return sorted(note.title for note in repository.items(NOTE))


def test_pinning_changes_only_what_differs(notebook: Repository) -> None:
    one, two = (notes.create(notebook, title, now_ms=1) for title in ("One", "Two"))
    one.pinned = True
    undo = notes.pin([one, two], True)
    assert undo.label == "Pinned 2 notes"
    assert (one.pinned, two.pinned) == (True, True)
    undo.undo()
    assert (one.pinned, two.pinned) == (True, False)


def test_moving_within_a_notebook_keeps_the_note(notebook: Repository) -> None:
    beds = notebooks.nested(notebook, "Beds")
    note = notes.create(notebook, "Moss", now_ms=1)
    undo = notes.move([note], notebook, beds.key)
    assert (undo.label, note.notebook) == ("Moved “Moss”", beds.key)
    undo.undo()
    assert note.notebook == ""


def test_moving_to_another_notebook_takes_everything_along(
    notebook: Repository, database: Database
) -> None:
    attic = notebooks.create(database, "Attic")
    note = notes.create(notebook, "Moss", body="Green.", now_ms=5)
    note.pinned = True
    note.source = "moss.md"
    undo = notes.move([note], attic)
    (copy,) = attic.items(NOTE)
    assert (copy.title, str(copy.body), copy.pinned) == ("Moss", "Green.", True)
    assert (copy.created, copy.edited, copy.source) == (5, 5, "moss.md")
    assert not note.exists
    undo.undo()
    assert note.exists
    assert titles(attic) == []


def test_a_move_that_is_refused_changes_nothing(
    notebook: Repository, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    attic = notebooks.create(database, "Attic")
    note = notes.create(notebook, "Moss", now_ms=5)
    refusal = {attic.id: "You can only read here."}
    monkeypatch.setattr(Members, "obstacle", lambda _self, repository: refusal.get(repository))
    with pytest.raises(Refused, match="only read here"):
        notes.move([note], attic)
    assert titles(notebook) == ["Moss"]
    assert titles(attic) == []


def test_restoring_is_taken_back(notebook: Repository) -> None:
    note = notes.create(notebook, "Moss", now_ms=5)
    note.delete()
    undo = notes.restore([note])
    assert (undo.label, note.exists) == ("Restored “Moss”", True)
    undo.undo()
    assert not note.exists
