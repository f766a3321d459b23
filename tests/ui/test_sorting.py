"""Pins, moving notes, the trash, and titles that compete."""

from __future__ import annotations

from typing import Any

import pytest
from PySide6.QtCore import QMimeData, QPointF, Qt
from PySide6.QtGui import QDragMoveEvent, QDropEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QMessageBox

from ui.models.deleted_rows import DeletedRows
from ui.models.places import TODAY_PLACE, TRASH_PLACE
from ui.operations import notebooks, notes
from ui.operations.schemas import NOTE
from ui.panels.notes_view import NOTES_TYPE
from ui.window.flow import empty_words
from ui.window.main_window import MainWindow

CTRL, SHIFT = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.ShiftModifier
NO = Qt.KeyboardModifier.NoModifier


@pytest.fixture
def garden(workspaces: Any, clock: Any) -> Any:
    repository = notebooks.create(workspaces.databases[0], "Garden")
    for age, title in enumerate(("Apples", "Beans", "Carrots")):
        notes.create(repository, title, body=f"{title}.", now_ms=clock.now_ms - age * 1000)
    return repository


@pytest.fixture
def attic(workspaces: Any) -> Any:
    return notebooks.create(workspaces.databases[0], "Attic")


def titles(window: MainWindow) -> list[str]:
    return [note.title for note in window.list.model.rows]


def press(window: MainWindow, key: Qt.Key, modifiers: Qt.KeyboardModifier = NO) -> None:
    QTest.keyClick(QApplication.focusWidget() or window, key, modifiers)
    for _ in range(3):
        QApplication.processEvents()


def test_a_pinned_note_stays_at_the_top(garden: Any, window: MainWindow) -> None:
    window.list.choose(window.list.model.rows[2])
    press(window, Qt.Key.Key_I, CTRL | SHIFT)
    assert titles(window) == ["Carrots", "Apples", "Beans"]
    assert window.commands["pin_note"].isChecked()
    assert window.toast.words == "Pinned “Carrots”"
    press(window, Qt.Key.Key_I, CTRL | SHIFT)
    assert titles(window) == ["Apples", "Beans", "Carrots"]
    assert not window.commands["pin_note"].isChecked()


def test_a_note_is_moved_by_keys_alone(garden: Any, attic: Any, window: MainWindow) -> None:
    window.sidebar.choose(window.shelf.places[2])
    press(window, Qt.Key.Key_M, CTRL | SHIFT)
    assert [choice.words for choice in window.going.chooser.choices] == ["Attic", "Garden"]
    QTest.keyClicks(window.going.chooser.line, "att")
    press(window, Qt.Key.Key_Return)
    assert titles(window) == ["Beans", "Carrots"]
    assert window.desk.note.title in ("Beans", "Carrots")
    assert [note.title for note in attic.items(NOTE)] == ["Apples"]
    assert window.toast.words == "Moved “Apples” to “Attic”"
    window.toast.button.click()
    assert titles(window) == ["Apples", "Beans", "Carrots"]
    assert list(attic.items(NOTE)) == []


def drop(window: MainWindow, name: str, kind: str = NOTES_TYPE) -> bool:
    """Drags what is chosen to a place of the sidebar; whether it may be dropped there."""
    view = window.sidebar.view
    rows = [place.name for place in window.sidebar.model.places]
    place = window.sidebar.model.places[rows.index(name)]
    index = window.sidebar.model.index_of_place(place)
    where = QPointF(view.visualRect(index).center())
    carried = QMimeData()
    carried.setData(kind, b"")
    buttons, action = Qt.MouseButton.LeftButton, Qt.DropAction.MoveAction
    over = QDragMoveEvent(where.toPoint(), action, carried, buttons, NO)
    view.dragMoveEvent(over)
    view.dropEvent(QDropEvent(where, action, carried, buttons, NO))
    return over.isAccepted()


def test_notes_are_dropped_on_notebooks_and_on_the_trash(
    garden: Any, attic: Any, window: MainWindow
) -> None:
    greenhouse = notebooks.nested(garden, "Greenhouse")
    window.shelf.refresh()
    window.list.view.selectRow(1)
    assert drop(window, "Greenhouse")
    beans = next(note for note in garden.items(NOTE) if note.title == "Beans")
    assert beans.notebook == greenhouse.key
    assert not drop(window, "All notes")
    assert not drop(window, "Attic", "text/plain")
    window.list.choose(beans)
    assert drop(window, "Trash")
    assert not beans.exists
    assert not window.sidebar.view.dropping.isValid()


def test_every_empty_place_offers_one_thing(garden: Any, window: MainWindow) -> None:
    item = window.verbs.keep_search("has:unicorn")
    assert item is not None
    window.shelf.refresh()
    search = next(place for place in window.shelf.searches if place.key == item.key)
    window.flow.choose_place(search)
    assert window.list.empty.isVisible()
    assert window.list.empty.button.text() == "Show all notes"
    window.list.empty.button.click()
    assert window.place.kind == "all"
    for place in (*window.shelf.places, search, TODAY_PLACE, TRASH_PLACE):
        assert empty_words(place)[3]
        assert empty_words(place._replace(writable=False))[3]


def test_the_trash_lists_what_was_deleted_and_gives_it_back(
    garden: Any, window: MainWindow, clock: Any
) -> None:
    window.sidebar.choose(TRASH_PLACE)
    assert window.list.empty.isVisible()
    assert window.list.empty.button.text() == "Show all notes"
    window.list.empty.button.click()
    assert window.place.kind == "all"
    for row in (0, 1):
        clock.now_ms += 1000
        window.list.choose(window.list.model.rows[row])
        window.chosen.delete()
    window.commands["trash"].trigger()
    assert titles(window) == ["Carrots", "Apples"]
    assert window.desk.editor.isReadOnly()
    assert not window.commands["delete_note"].isEnabled()
    window.list.choose(window.list.model.rows[1])
    assert window.desk.note.title == "Apples"
    assert window.commands["restore_note"].isEnabled()
    window.commands.run("restore_note")
    assert titles(window) == ["Carrots"]
    assert window.desk.note.title == "Carrots"
    assert window.toast.words == "Restored “Apples”"
    window.toast.button.click()
    assert sorted(titles(window)) == ["Apples", "Carrots"]
    window.list.search.setText("APPLES")
    window.list.search.returnPressed.emit()
    assert titles(window) == ["Apples"]
    press(window, Qt.Key.Key_N, CTRL)
    assert window.place.kind == "all"
    assert window.desk.note.title == ""


def test_a_note_deleted_elsewhere_comes_into_the_open_trash(
    garden: Any, window: MainWindow
) -> None:
    window.sidebar.choose(TRASH_PLACE)
    (apples, beans, _) = garden.items(NOTE)
    apples.delete()
    beans.delete()
    assert {note.title for note in window.list.model.rows} == {"Apples", "Beans"}
    apples.restore()
    assert titles(window) == ["Beans"]


def test_the_trash_is_remembered(garden: Any, open_window: Any) -> None:
    first = open_window()
    first.sidebar.choose(TRASH_PLACE)
    first.close()
    assert open_window().place == TRASH_PLACE


def test_the_trash_lets_go(garden: Any) -> None:
    rows = DeletedRows([garden], "")
    assert len(garden._listeners) == 1
    rows.close()
    assert garden._listeners == []


def test_competing_titles_are_shown_with_a_choice(
    garden: Any, window: MainWindow, monkeypatch: pytest.MonkeyPatch
) -> None:
    note, choice = window.desk.note, window.desk.title_choice
    assert choice.isHidden()
    monkeypatch.setattr(garden, "alternatives", lambda _item, _name: ["Apples", "Pears"])
    note.edited = 5
    assert choice.isVisible()
    assert [button.accessibleName() for button in choice.buttons] == [
        "Keep the title “Apples”",
        "Keep the title “Pears”",
    ]
    monkeypatch.undo()
    choice.buttons[1].click()
    assert note.title == "Pears"
    assert window.desk.title.title == "Pears"
    assert choice.isHidden()


def test_what_is_deleted_for_good_is_asked_about_and_then_gone(
    garden: Any, window: MainWindow, clock: Any
) -> None:
    for row in (0, 1):
        clock.now_ms += 1000
        window.list.choose(window.list.model.rows[row])
        assert not window.commands["purge_note"].isEnabled()
        window.chosen.delete()
    window.commands["trash"].trigger()
    assert titles(window) == ["Carrots", "Apples"]
    window.list.choose(window.list.model.rows[1])
    assert window.commands["purge_note"].isEnabled()
    window.commands.run("purge_note")
    (box,) = window.findChildren(QMessageBox)
    assert box.text() == "Delete “Apples” for good?"
    assert "Nobody can bring them back" in box.informativeText()
    assert box.defaultButton() is box.button(QMessageBox.StandardButton.Cancel)
    box.reject()
    assert titles(window) == ["Carrots", "Apples"]
    window.commands.run("purge_note")
    box = next(one for one in window.findChildren(QMessageBox) if one.isVisible())
    next(one for one in box.buttons() if one.text() == "Delete for good").click()
    assert titles(window) == ["Carrots"]
    assert window.toast.words == "Deleted “Apples” for good"
