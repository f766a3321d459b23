"""The sidebar's places: what they are, and how the model follows them."""

from __future__ import annotations

import random
from typing import Any

import pytest
from PySide6.QtCore import QPersistentModelIndex, Qt
from PySide6.QtTest import QAbstractItemModelTester

from ui.models.places import ALL_NOTES, NESTED, NOTEBOOK_PLACE, Place, keys_below, list_places
from ui.models.places_model import PlacesModel
from ui.operations import notebooks


@pytest.fixture
def model(qapp: object) -> PlacesModel:
    model = PlacesModel()
    model.tester = QAbstractItemModelTester(  # type: ignore[attr-defined]
        model, QAbstractItemModelTester.FailureReportingMode.Fatal
    )
    return model


def notebook(name: str, **values: Any) -> Place:
    return Place(NOTEBOOK_PLACE, name, workspace=b"w", path=f"/notes/{name}", **values)


def test_places_change_step_by_step(model: PlacesModel) -> None:
    rng = random.Random(5)
    names = "abcdefgh"
    for _ in range(200):
        chosen = rng.sample(names, rng.randint(0, 8))
        wanted = [
            ALL_NOTES,
            *(notebook(name)._replace(name=rng.choice([name, name.upper()])) for name in chosen),
        ]
        model.show_places(wanted)
        assert list(model.places) == wanted


def test_the_choice_stays_while_others_come_and_go(model: PlacesModel) -> None:
    model.show_places([ALL_NOTES, notebook("b"), notebook("c")])
    kept = QPersistentModelIndex(model.index(2, 0))
    renamed = notebook("c")._replace(name="A")
    model.show_places([ALL_NOTES, renamed, notebook("aa"), notebook("b")])
    assert kept.row() == 1
    assert kept.data(int(Qt.ItemDataRole.DisplayRole)) == "A"


def test_only_writable_notebooks_can_be_renamed(model: PlacesModel) -> None:
    model.show_places([ALL_NOTES, notebook("mine"), notebook("theirs", writable=False)])
    editable = [
        bool(model.flags(model.index(row, 0)) & Qt.ItemFlag.ItemIsEditable) for row in range(3)
    ]
    assert editable == [False, True, False]
    told: list[tuple[str, str]] = []
    model.renamed.connect(lambda place, name: told.append((place.name, name)))
    index = model.index(1, 0)
    assert not model.setData(index, "  ")
    assert model.setData(index, "mine")
    assert model.setData(index, " Ours ")
    assert told == [("mine", "Ours")]


def test_a_circle_of_notebooks_is_cut(workspaces: Any) -> None:
    (own,) = workspaces.databases
    garden = notebooks.create(own, "Garden")
    first = notebooks.nested(garden, "First")
    second = notebooks.nested(garden, "Second", parent=first.key)
    first.parent = second.key
    lost = notebooks.nested(garden, "Lost", parent="gone")
    places = list_places([own])
    assert sorted(place.name for place in places) == [
        "All notes",
        "First",
        "Garden",
        "Lost",
        "Second",
    ]
    assert all(place.kind == NESTED for place in places if place.name in ("First", "Lost"))
    below = keys_below(places, next(p for p in places if p.key == first.key))
    assert below == [first.key, second.key]
    assert lost.key not in below
