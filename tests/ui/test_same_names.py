"""Notebooks that are called the same are told apart, wherever they are named."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication

from ui.models import places
from ui.models.same_names import told_apart
from ui.operations import notebooks, notes
from ui.window.main_window import MainWindow

FIRST, SECOND = date(2024, 3, 12), date(2025, 11, 2)


def test_nothing_stands_beside_a_name_of_its_own() -> None:
    assert told_apart(["Garden", "Work"], [(), ("Neighbour",)], lambda _at: FIRST) == ["", ""]


def test_sharing_tells_them_apart() -> None:
    shared = [(), ("Neighbour",), ("Neighbour", "Host", "Guest"), ()]
    names = ["Notes", "notes ", "Notes", "Work"]
    assert told_apart(names, shared, pytest.fail) == [
        *("only here", "with Neighbour", "with Neighbour and 2 others", ""),
    ]


def test_if_it_does_not_their_age_does_and_then_a_number() -> None:
    days = [FIRST, SECOND, SECOND, None, None]
    assert told_apart(["Notes"] * 5, [()] * 5, lambda at: days[at]) == [
        "only here, made 12 Mar 2024",
        "only here, made 2 Nov 2025 (1)",
        "only here, made 2 Nov 2025 (2)",
        "only here (1)",
        "only here (2)",
    ]


def test_two_workspaces_with_the_same_notebook(
    workspaces: Any, window: MainWindow, clock: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    own = notebooks.create(workspaces.databases[0], "Garden")
    notebooks.nested(own, "Beds")
    other = workspaces.make("other")
    joined = notebooks.create(other, "Garden")
    note = notes.create(joined, "Apples", now_ms=clock.now_ms)
    monkeypatch.setattr(
        places, "others_of", lambda database, _group: ("Neighbour",) if database is other else ()
    )
    workspaces.add(other)
    window.shelf.refresh()
    for _ in range(3):
        QApplication.processEvents()
    tops = {it.workspace: it for it in window.shelf.places if it.kind == places.NOTEBOOK_PLACE}
    mine, theirs = tops[workspaces.databases[0].id], tops[other.id]
    assert (mine.beside, theirs.beside) == ("only here", "with Neighbour")
    beds = next(it for it in window.shelf.places if it.name == "Beds")
    assert window.shelf.beside(beds) == "Garden, only here"
    index = window.sidebar.model.index_of_place(theirs)
    spoken = index.data(int(Qt.ItemDataRole.AccessibleTextRole))
    assert spoken.startswith("Garden, with Neighbour")
    assert spoken.count("Neighbour") == 1
    window.flow.go_to(note)
    assert window.desk.crumb.text() == "Garden · with Neighbour"
    window.commands.run("move_note")
    asides = {choice.aside for choice in window.going.chooser.choices}
    assert asides == {"only here", "with Neighbour", "Garden, only here"}
    window.going.chooser.leave()
    notebooks.rename(joined, "Orchard")
    window.shelf.refresh()
    assert {it.beside for it in window.shelf.places} == {""}
