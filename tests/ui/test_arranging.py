"""Notes and notebooks put elsewhere: by the mouse, by keys, several at once, and back again."""

from __future__ import annotations

from typing import Any

import pytest
from PySide6.QtCore import QMimeData, QPointF, Qt
from PySide6.QtGui import QDragEnterEvent, QDragMoveEvent, QDropEvent
from PySide6.QtTest import QAbstractItemModelTester, QTest
from PySide6.QtWidgets import QApplication

from goatcore.members import Members
from ui.models.places import Place, tag_places
from ui.operations import nesting, notebooks, notes, tags
from ui.operations.schemas import NOTE, NOTEBOOK, NOTEBOOK_KEY
from ui.panels.notes_view import NOTES_TYPE
from ui.panels.places_view import PLACE_TYPE
from ui.window.main_window import MainWindow

NO = Qt.KeyboardModifier.NoModifier


@pytest.fixture
def garden(workspaces: Any, clock: Any) -> Any:
    """A notebook with three notes, and Greenhouse with Shelf in it."""
    repository = notebooks.create(workspaces.databases[0], "Garden")
    for age, title in enumerate(("Apples", "Beans", "Carrots")):
        notes.create(repository, title, body="Text.", now_ms=clock.now_ms - age * 1000)
    house = notebooks.nested(repository, "Greenhouse")
    shelf = notebooks.nested(repository, "Shelf", parent=house.key)
    notes.create(repository, "Basil", notebook=house.key, now_ms=clock.now_ms - 5_000)
    notes.create(repository, "Cress", notebook=shelf.key, now_ms=clock.now_ms - 6_000)
    return repository


@pytest.fixture
def attic(workspaces: Any) -> Any:
    return notebooks.create(workspaces.databases[0], "Attic")


@pytest.fixture
def tested(garden: Any, attic: Any, window: MainWindow) -> MainWindow:
    """The window, its places watched by Qt's own tester."""
    window.sidebar.model.tester = QAbstractItemModelTester(  # type: ignore[attr-defined]
        window.sidebar.model, QAbstractItemModelTester.FailureReportingMode.Fatal
    )
    return window


def settle() -> None:
    for _ in range(3):
        QApplication.processEvents()


def place_called(window: MainWindow, name: str) -> Place:
    return next(place for place in window.sidebar.model.places if place.name == name)


def drop(window: MainWindow, name: str, kind: str = NOTES_TYPE, dragged: str = "") -> bool:
    """Drops what is carried on a place of the sidebar; whether it was taken."""
    view = window.sidebar.view
    view.dragged = place_called(window, dragged) if dragged else None
    index = window.sidebar.model.index_of_place(place_called(window, name))
    where = QPointF(view.visualRect(index).center())
    carried = QMimeData()
    carried.setData(kind, b"")
    left, move = Qt.MouseButton.LeftButton, Qt.DropAction.MoveAction
    view.dragEnterEvent(QDragEnterEvent(where.toPoint(), move, carried, left, NO))
    over = QDragMoveEvent(where.toPoint(), move, carried, left, NO)
    view.dragMoveEvent(over)
    assert view.dropping.isValid() == over.isAccepted()  # only what takes it lights up
    view.dropEvent(QDropEvent(where, move, carried, left, NO))
    assert not view.dropping.isValid()
    settle()
    return over.isAccepted()


def tree(window: MainWindow) -> list[tuple[str, int]]:
    return [(place.name, place.depth) for place in window.shelf.places[1:]]


BEFORE = [("Attic", 0), ("Garden", 0), ("Greenhouse", 1), ("Shelf", 2)]


# -- notes ---------------------------------------------------------------------------------------


def test_several_notes_are_dropped_with_one_way_back(
    tested: MainWindow, garden: Any, attic: Any
) -> None:
    tested.sidebar.choose(place_called(tested, "Greenhouse"))
    tested.list.view.selectAll()
    assert [note.title for note in tested.list.chosen] == ["Basil", "Cress"]
    assert drop(tested, "Attic")
    assert {note.title for note in attic.items(NOTE)} == {"Basil", "Cress"}
    assert tested.toast.words == "Moved 2 notes to “Attic”"
    tested.toast.button.click()
    assert list(attic.items(NOTE)) == []
    assert [note.title for note in tested.list.model.rows] == ["Basil", "Cress"]


def test_what_would_change_nothing_is_not_taken(tested: MainWindow, garden: Any) -> None:
    tested.list.choose(next(it for it in garden.items(NOTE) if it.title == "Apples"))
    assert not drop(tested, "Garden")
    assert not drop(tested, "All notes")
    assert not drop(tested, "Today")
    assert not drop(tested, "Attic", "text/plain")
    assert not tested.toast.isVisible()


def test_a_notebook_that_one_may_only_read_takes_nothing(
    tested: MainWindow, attic: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    original = Members.obstacle
    monkeypatch.setattr(
        Members,
        "obstacle",
        lambda self, it: "You can read this." if it == attic.id else original(self, it),
    )
    tested.shelf.refresh()
    assert not place_called(tested, "Attic").writable
    assert not drop(tested, "Attic")
    assert not drop(tested, "Attic", PLACE_TYPE, "Shelf")


def test_notes_dropped_on_a_tag_have_it(tested: MainWindow, garden: Any) -> None:
    apples = next(it for it in garden.items(NOTE) if it.title == "Apples")
    tested.flow.show_tags(tag_places({"green": 1}))
    tested.list.choose(apples)
    assert drop(tested, "green")
    assert str(apples.body) == "Text.\n\n#green"
    assert not drop(tested, "green")
    tested.toast.button.click()
    assert str(apples.body) == "Text."


# -- many at once --------------------------------------------------------------------------------


def test_a_tag_is_given_to_several_by_keys(
    tested: MainWindow, garden: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tested.arranging, "_known_tags", lambda: {"green": 2, "red": 1})
    tested.list.view.selectAll()
    tested.commands.run("tag_note")
    chooser = tested.going.chooser
    assert [choice.words for choice in chooser.choices] == ["#green", "#red"]
    QTest.keyClicks(chooser.line, "winter garden")
    assert [choice.words for choice in chooser.choices] == ["New tag “#winter-garden”"]
    QTest.keyClick(chooser.line, Qt.Key.Key_Return)
    settle()
    assert all(tags.has(note, "winter-garden") for note in garden.items(NOTE))
    assert tested.toast.words == "5 notes have the tag #winter-garden now"
    tested.toast.button.click()
    assert {str(note.body) for note in garden.items(NOTE)} == {"Text.", ""}


def test_tags_stand_beside_tags(garden: Any, clock: Any) -> None:
    def body(text: str) -> str:
        note = notes.create(garden, "x", body=text, now_ms=clock.now_ms)
        undo = tags.add([note], "New")
        after = str(note.body)
        undo.undo()
        assert str(note.body) == text
        return after

    assert body("") == "#New"
    assert body("Text.") == "Text.\n\n#New"
    assert body("Text.\n") == "Text.\n\n#New"
    assert body("Text.\n\n") == "Text.\n\n#New"
    assert body("Text.\n#old #older\n") == "Text.\n#old #older #New\n"
    assert body("see #new.") == "see #new."
    assert [tags.tag_of(it) for it in ("#a b", " x/y ", "7", "##", "a!")] == [
        *("a-b", "x/y", "", "", ""),
    ]


def test_the_menu_of_several_says_how_many(tested: MainWindow) -> None:
    tested.list.view.selectAll()
    tested.menus.pop_note_menu(tested.mapToGlobal(tested.rect().center()))
    menu = QApplication.activePopupWidget()
    assert menu is not None
    assert [action.text() for action in menu.actions() if not action.isSeparator()] == [
        "Open 5 notes in tabs",
        "Pin 5 notes",
        "Move 5 notes…",
        "Add a tag to 5 notes…",
        "Copy links to 5 notes",
        "Delete 5 notes",
    ]
    menu.actions()[2].trigger()  # pin
    assert all(note.pinned for note in tested.list.model.rows)
    menu.close()


def test_links_to_several_are_copied(tested: MainWindow) -> None:
    tested.list.view.selectAll()
    tested.commands.run("copy_link")
    assert len(QApplication.clipboard().text().split("\n")) == 5
    assert tested.toast.words == "5 links to notes are copied"


# -- notebooks -----------------------------------------------------------------------------------


def test_a_notebook_goes_out_of_another_and_back(tested: MainWindow, garden: Any) -> None:
    assert tree(tested) == BEFORE
    assert drop(tested, "Garden", PLACE_TYPE, "Shelf")
    assert tree(tested) == [("Attic", 0), ("Garden", 0), ("Greenhouse", 1), ("Shelf", 1)]
    assert tested.toast.words == "Moved the notebook “Shelf” into “Garden”"
    tested.toast.button.click()
    settle()
    assert tree(tested) == BEFORE


def test_circles_and_what_changes_nothing_are_refused(tested: MainWindow) -> None:
    assert not drop(tested, "Shelf", PLACE_TYPE, "Greenhouse")
    assert not drop(tested, "Greenhouse", PLACE_TYPE, "Greenhouse")
    assert not drop(tested, "Greenhouse", PLACE_TYPE, "Shelf")
    assert not drop(tested, "Garden", PLACE_TYPE, "Greenhouse")
    assert not drop(tested, "Attic", PLACE_TYPE, "Garden")  # shared as a whole
    assert not drop(tested, "Trash", PLACE_TYPE, "Shelf")
    assert tree(tested) == BEFORE


def test_only_nested_notebooks_can_be_dragged(tested: MainWindow) -> None:
    def draggable(name: str) -> bool:
        index = tested.sidebar.model.index_of_place(place_called(tested, name))
        return bool(index.flags() & Qt.ItemFlag.ItemIsDragEnabled)

    names = ("All notes", "Garden", "Greenhouse", "Shelf", "Trash")
    assert [draggable(name) for name in names] == [False, False, True, True, False]


def test_into_another_notebook_everything_goes_along(
    tested: MainWindow, garden: Any, attic: Any
) -> None:
    tested.sidebar.choose(place_called(tested, "Greenhouse"))
    assert drop(tested, "Attic", PLACE_TYPE, "Greenhouse")
    assert tree(tested) == [("Attic", 0), ("Greenhouse", 1), ("Shelf", 2), ("Garden", 0)]
    names = {item.key: item.name for item in attic.items(NOTEBOOK)}
    assert {(note.title, names[note.notebook]) for note in attic.items(NOTE)} == {
        ("Basil", "Greenhouse"),
        ("Cress", "Shelf"),
    }
    assert tested.place.name == "Greenhouse"
    assert [note.title for note in tested.list.model.rows] == ["Basil", "Cress"]
    assert {note.title for note in garden.items(NOTE)} == {"Apples", "Beans", "Carrots"}
    tested.toast.button.click()
    settle()
    assert tree(tested) == BEFORE
    assert len(list(garden.items(NOTE))) == 5
    assert [item.key for item in attic.items(NOTEBOOK)] == [NOTEBOOK_KEY]
    assert list(attic.items(NOTE)) == []


def test_a_notebook_is_put_elsewhere_by_keys(tested: MainWindow) -> None:
    tested.sidebar.choose(place_called(tested, "Garden"))
    tested.commands.refresh()
    assert not tested.commands["move_notebook"].isEnabled()
    tested.sidebar.choose(place_called(tested, "Shelf"))
    tested.commands.run("move_notebook")
    chooser = tested.going.chooser
    assert [choice.words for choice in chooser.choices] == ["Attic", "Garden"]
    QTest.keyClicks(chooser.line, "att")
    QTest.keyClick(chooser.line, Qt.Key.Key_Return)
    settle()
    assert tree(tested) == [("Attic", 0), ("Shelf", 1), ("Garden", 0), ("Greenhouse", 1)]


def test_a_circle_made_on_two_devices_is_gone_through_once(garden: Any) -> None:
    house = next(it for it in garden.items(NOTEBOOK) if it.name == "Greenhouse")
    shelf = next(it for it in garden.items(NOTEBOOK) if it.name == "Shelf")
    house.parent = shelf.key
    assert [item.name for item in nesting.below(house)] == ["Greenhouse", "Shelf"]
