"""The sidebar's places: what they are, and how the model follows them."""

from __future__ import annotations

import random
from typing import Any

import pytest
from PySide6.QtCore import QPersistentModelIndex, QPoint, Qt
from PySide6.QtTest import QAbstractItemModelTester, QTest
from PySide6.QtWidgets import QLineEdit

from ui.models.places import ALL_NOTES, NESTED, NOTEBOOK_PLACE, Place, keys_below, list_places
from ui.models.places_model import PlacesModel
from ui.operations import notebooks
from ui.operations.schemas import NOTEBOOK
from ui.panels.place_delegate import MARK_PX, mark_left


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


@pytest.fixture
def house(workspaces: Any) -> Any:
    """A notebook with another one in it."""
    garden = notebooks.create(workspaces.databases[0], "Garden")
    notebooks.nested(garden, "House")
    return garden


def seen(window: Any) -> list[str]:
    view, index, found = window.sidebar.view, window.sidebar.model.index(0, 0), []
    while index.isValid():
        found.append(index.data(int(Qt.ItemDataRole.DisplayRole)))
        index = view.indexBelow(index)
    return found


@pytest.mark.usefixtures("house")
def test_the_mark_before_a_notebook_closes_it_and_this_is_remembered(open_window: Any) -> None:
    window = open_window()
    assert seen(window) == ["All notes", "Today", "Garden", "House", "Trash"]
    place = next(p for p in window.shelf.places if p.name == "Garden")
    rect = window.sidebar.view.visualRect(window.sidebar.model.index_of_place(place))
    mark = QPoint(mark_left(rect, 0) + MARK_PX // 2, rect.center().y())
    QTest.mouseClick(window.sidebar.view.viewport(), Qt.MouseButton.LeftButton, pos=mark)
    assert seen(window) == ["All notes", "Today", "Garden", "Trash"]
    assert window.place.name == "All notes"
    window.close()
    again = open_window()
    assert seen(again) == ["All notes", "Today", "Garden", "Trash"]
    again.sidebar.choose(next(p for p in again.shelf.places if p.name == "House"))
    assert seen(again) == ["All notes", "Today", "Garden", "House", "Trash"]


def test_a_notebook_in_this_one_is_made_and_named(house: Any, window: Any) -> None:
    window.sidebar.choose(next(p for p in window.shelf.places if p.name == "House"))
    window.commands.run("nest_notebook")
    editor = window.sidebar.view.findChild(QLineEdit, "rename")
    QTest.keyClicks(editor, "Attic")
    QTest.keyClick(editor, Qt.Key.Key_Return)
    QTest.qWait(0)
    made = next(it for it in house.items(NOTEBOOK) if it.name == "Attic")
    assert house.item(made.parent).name == "House"
    assert seen(window) == ["All notes", "Today", "Garden", "House", "Attic", "Trash"]
    assert window.place.name == "Attic"
