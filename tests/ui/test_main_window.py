"""The window as a person uses it, on real workspaces."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from PySide6.QtCore import QEvent, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QAbstractButton,
    QApplication,
    QLineEdit,
    QPlainTextEdit,
    QTableView,
)

from goatcore import Database
from goatcore.members import Members
from ui.models.places import NESTED
from ui.operations import notebooks, notes
from ui.window.main_window import MainWindow

CTRL, SHIFT = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.ShiftModifier
ALT = Qt.KeyboardModifier.AltModifier


@pytest.fixture
def own(workspaces: Any) -> Database:
    """One's own workspace."""
    return workspaces.databases[0]  # type: ignore[no-any-return]


@pytest.fixture
def garden(own: Database, clock: Any) -> Any:
    """A notebook with three notes, the newest first: Apples, Beans, Carrots."""
    repository = notebooks.create(own, "Garden")
    for age, title in enumerate(("Apples", "Beans", "Carrots")):
        body = f"All about {title.lower()}."
        notes.create(repository, title, body=body, now_ms=clock.now_ms - age * 1000)
    return repository


def settle() -> None:
    for _ in range(3):
        QApplication.processEvents()


def titles(window: MainWindow) -> list[str]:
    return [note.title for note in window.list.model.rows]


def key(window: MainWindow, key: Qt.Key, modifiers: Qt.KeyboardModifier) -> None:
    QTest.keyClick(window.focusWidget() or window, key, modifiers)
    settle()


def write_title(window: MainWindow, title: str, qtbot: Any) -> None:
    QTest.keyClicks(window.desk.title, title)
    qtbot.waitUntil(lambda: window.desk.note.title == title)


def test_the_note_of_the_start_is_seen_from_its_first_line(
    open_window: Callable[[], MainWindow], garden: Any, clock: Any
) -> None:
    body = "\n\n".join(f"Paragraph {number} of a long note." for number in range(60))
    note = notes.create(garden, "Long", body=body, now_ms=clock.now_ms + 1)
    window = open_window()
    settle()
    assert window.desk.note is note
    assert window.desk.editor.verticalScrollBar().maximum() > 10
    assert window.desk.editor.verticalScrollBar().value() == 0


def test_the_first_note_needs_one_click(window: MainWindow, own: Database, qtbot: Any) -> None:
    assert window.list.empty.isVisible()
    assert window.list.empty.button.text() == "Write your first note"
    window.list.empty.button.click()
    assert window.desk.title.hasFocus()
    write_title(window, "Oats", qtbot)
    QTest.keyClick(window.desk.title, Qt.Key.Key_Return)
    assert window.desk.editor.hasFocus()
    QTest.keyClicks(window.desk.editor, "Buy some.")
    assert str(window.desk.note.body) == "Buy some."
    assert titles(window) == ["Oats"]
    assert [place.name for place in window.shelf.places] == ["All notes", "Notes"]
    assert window.desk.crumb.text() == "Notes"
    assert [str(note.body) for note in notes_in(own)] == ["Buy some."]


def notes_in(database: Database) -> list[Any]:
    found = []
    for info in database.repositories():
        if info.path.startswith("/notes/"):
            found += list(database.repository(info.path).items(notes.NOTE))
    return found


def test_the_list_is_live(garden: Any, window: MainWindow, clock: Any) -> None:
    assert titles(window) == ["Apples", "Beans", "Carrots"]
    window.list.choose(window.list.model.rows[2])
    carrots = window.desk.note
    assert carrots.title == "Carrots"
    clock.now_ms += 120_000
    QTest.keyClicks(window.desk.editor, "x")
    assert titles(window) == ["Carrots", "Apples", "Beans"]
    assert window.list.current is carrots
    notes.create(garden, "Dill", now_ms=clock.now_ms + 5)
    assert titles(window)[0] == "Dill"
    assert window.list.current is carrots
    assert window.desk.note is carrots


def test_text_from_elsewhere_appears_while_writing(garden: Any, window: MainWindow) -> None:
    note = window.desk.note
    window.desk.editor.setFocus()
    QTest.keyClicks(window.desk.editor, "My ")
    note.body.splice(0, 0, "🐐 ")
    QTest.keyClicks(window.desk.editor, "goat. ")
    assert str(note.body) == "🐐 My goat. All about apples."
    assert window.desk.editor.toPlainText() == str(note.body)
    key(window, Qt.Key.Key_Z, CTRL)
    key(window, Qt.Key.Key_Z, CTRL)
    assert str(note.body) == "🐐 All about apples."


def test_a_title_from_elsewhere_appears(garden: Any, window: MainWindow) -> None:
    window.desk.note.title = "Apples and pears"
    assert window.desk.title.title == "Apples and pears"
    assert titles(window)[0] == "Apples and pears"


def test_deleting_opens_the_next_and_can_be_undone(garden: Any, window: MainWindow) -> None:
    window.list.choose(window.list.model.rows[1])
    window.list.view.setFocus()
    QTest.keyClick(window.list.view, Qt.Key.Key_Delete)
    assert titles(window) == ["Apples", "Carrots"]
    assert window.desk.note is window.list.current
    assert window.desk.note.title in ("Apples", "Carrots")
    assert window.toast.isVisible()
    assert window.toast.words == "Deleted “Beans”"
    window.toast.button.click()
    assert titles(window) == ["Apples", "Beans", "Carrots"]


def test_several_notes_are_deleted_at_once(garden: Any, window: MainWindow) -> None:
    window.list.view.selectAll()
    window.chosen.delete()
    assert titles(window) == []
    assert window.desk.note is None
    assert window.toast.words == "Deleted 3 notes"
    window.toast.button.click()
    assert titles(window) == ["Apples", "Beans", "Carrots"]


def test_a_note_deleted_elsewhere_stays_open_and_says_so(garden: Any, window: MainWindow) -> None:
    note = window.desk.note
    note.delete()
    assert titles(window) == ["Beans", "Carrots"]
    assert window.desk.note is note
    assert window.list.chosen == []
    assert window.desk.notice.isVisible()
    assert window.desk.notice.words == "This note was deleted."
    assert window.desk.editor.isReadOnly()
    window.desk.notice.button.click()
    assert note.exists
    assert not window.desk.notice.isVisible()
    assert not window.desk.editor.isReadOnly()
    assert window.list.current is note


def test_searching_narrows_and_an_empty_result_offers_the_way_back(
    garden: Any, window: MainWindow, qtbot: Any
) -> None:
    key(window, Qt.Key.Key_F, CTRL | ALT)
    assert window.list.search.hasFocus()
    QTest.keyClicks(window.list.search, "BEAN about")
    qtbot.waitUntil(lambda: titles(window) == ["Beans"])
    assert window.desk.note.title == "Beans"
    QTest.keyClicks(window.list.search, " pineapple")
    qtbot.waitUntil(lambda: titles(window) == [])
    assert window.list.empty.button.text() == "Clear search"
    window.list.empty.button.click()
    assert titles(window) == ["Apples", "Beans", "Carrots"]


def test_the_keyboard_leads_out_of_the_search(garden: Any, window: MainWindow) -> None:
    key(window, Qt.Key.Key_F, CTRL | ALT)
    QTest.keyClicks(window.list.search, "beans")
    QTest.keyClick(window.list.search, Qt.Key.Key_Down)
    assert window.list.view.hasFocus()
    assert titles(window) == ["Beans"]
    window.filter_list()
    QTest.keyClick(window.list.search, Qt.Key.Key_Escape)
    assert window.list.search.text() == ""
    assert titles(window) == ["Apples", "Beans", "Carrots"]


def test_a_new_note_clears_the_search(garden: Any, window: MainWindow, clock: Any) -> None:
    window.list.search.setText("beans")
    window.list.search.returnPressed.emit()
    assert titles(window) == ["Beans"]
    clock.now_ms += 1
    key(window, Qt.Key.Key_N, CTRL)
    assert titles(window) == ["", "Apples", "Beans", "Carrots"]
    assert window.list.current is window.desk.note
    assert window.desk.note.repository is garden


def test_notes_that_arrive_where_there_were_none_are_opened(
    window: MainWindow, own: Database
) -> None:
    shed = notebooks.create(own, "Shed")
    settle()
    assert window.desk.note is None
    notes.create(shed, "Tools", now_ms=1)
    settle()
    assert window.desk.note.title == "Tools"
    assert window.list.current is window.desk.note


def test_a_new_notebook_waits_for_its_name(garden: Any, window: MainWindow) -> None:
    key(window, Qt.Key.Key_N, CTRL | SHIFT)
    editor = window.sidebar.view.findChild(QLineEdit, "rename")
    assert editor is not None
    assert editor.text() == "New notebook"
    editor.selectAll()
    QTest.keyClicks(editor, "Attic")
    QTest.keyClick(editor, Qt.Key.Key_Return)
    settle()
    assert [place.name for place in window.shelf.places] == ["All notes", "Attic", "Garden"]
    assert window.place.name == "Attic"
    assert window.list.heading.text() == "Attic"
    assert titles(window) == []


def test_f2_renames_the_notebook_for_everybody(garden: Any, window: MainWindow) -> None:
    window.sidebar.choose(window.shelf.places[1])
    key(window, Qt.Key.Key_F2, Qt.KeyboardModifier.NoModifier)
    editor = window.sidebar.view.findChild(QLineEdit, "rename")
    editor.selectAll()
    QTest.keyClicks(editor, "Orchard")
    QTest.keyClick(editor, Qt.Key.Key_Return)
    settle()
    assert notebooks.name_of(garden) == "Orchard"
    assert window.shelf.places[1].name == "Orchard"
    assert window.list.heading.text() == "Orchard"
    assert window.desk.crumb.text() == "Orchard"


def test_a_notebook_made_elsewhere_shows_up(garden: Any, window: MainWindow, own: Any) -> None:
    notebooks.create(own, "Attic")
    settle()
    assert [place.name for place in window.shelf.places] == ["All notes", "Attic", "Garden"]
    notes.create(garden, "Late", now_ms=1)
    assert titles(window)[-1] == "Late"


def test_nested_notebooks_show_what_is_in_and_below_them(
    garden: Any, window: MainWindow, clock: Any
) -> None:
    house = notebooks.nested(garden, "Greenhouse")
    shelf = notebooks.nested(garden, "Shelf", parent=house.key)
    notes.create(garden, "Basil", notebook=house.key, now_ms=clock.now_ms)
    notes.create(garden, "Cress", notebook=shelf.key, now_ms=clock.now_ms - 1)
    settle()
    places = window.shelf.places
    assert [(place.name, place.depth) for place in places[1:]] == [
        ("Garden", 0),
        ("Greenhouse", 1),
        ("Shelf", 2),
    ]
    window.sidebar.choose(places[2])
    assert titles(window) == ["Basil", "Cress"]
    window.sidebar.choose(places[3])
    assert titles(window) == ["Cress"]
    window.chosen.new()
    assert window.desk.note.notebook == shelf.key
    assert places[3].kind == NESTED


def test_notebooks_of_all_workspaces_are_one_list(
    garden: Any, window: MainWindow, workspaces: Any, clock: Any
) -> None:
    other = workspaces.make("other")
    beach = notebooks.create(other, "Beach")
    notes.create(beach, "Shells", now_ms=clock.now_ms + 10)
    workspaces.add(other)
    settle()
    assert [place.name for place in window.shelf.places] == ["All notes", "Beach", "Garden"]
    assert titles(window) == ["Shells", "Apples", "Beans", "Carrots"]
    window.sidebar.choose(window.shelf.places[1])
    assert titles(window) == ["Shells"]
    window.chosen.new()
    assert window.desk.note.repository is beach


def test_what_was_typed_is_recorded_when_the_window_closes(garden: Any, window: MainWindow) -> None:
    QTest.keyClicks(window.desk.title, "!")
    QTest.keyClicks(window.desk.editor, "q")
    note, count = window.desk.note, garden.count
    window.close()
    assert garden.count > count
    assert note.title == "!Apples" or note.title == "Apples!"
    assert str(note.body) == "qAll about apples."
    assert not garden._drafts


def test_a_window_remembers_where_it_was(
    garden: Any, open_window: Callable[[], MainWindow]
) -> None:
    first = open_window()
    first.sidebar.choose(first.shelf.places[1])
    first.list.choose(first.list.model.rows[2])
    first.resize(790, 500)
    first.parts.setSizes([190, 250, 350])
    sizes = first.parts.sizes()
    first.close()
    second = open_window()
    assert second.place.name == "Garden"
    assert second.desk.note.title == "Carrots"
    assert second.size().width() == 790
    assert second.parts.sizes() == sizes


def test_a_hidden_sidebar_stays_hidden(garden: Any, open_window: Callable[[], MainWindow]) -> None:
    first = open_window()
    first.commands["sidebar"].trigger()
    first.close()
    second = open_window()
    assert second.sidebar.isHidden()
    second.commands["sidebar"].trigger()
    assert second.sidebar.isVisible()


def test_a_database_that_refuses_says_so_in_the_banner(
    garden: Any, window: MainWindow, monkeypatch: pytest.MonkeyPatch
) -> None:
    refusal = "You can read this notebook, not write."
    monkeypatch.setattr(Members, "obstacle", lambda _self, _repository: refusal)
    window.sidebar.choose(window.shelf.places[1])
    window.chosen.new()
    assert window.banner.isVisible()
    assert window.banner.words == "You can read this notebook, not write."
    window.desk.refresh()
    assert window.desk.editor.isReadOnly()
    assert window.desk.notice.words == "You can read this notebook, but not write in it."


def test_odd_titles_do_no_harm(garden: Any, window: MainWindow) -> None:
    for title in ("x" * 10_000, "😀" * 3_000, "a\u2028b\u0000\u202e", "<b>&amp;"):
        window.desk.note.title = title
        settle()
        window.grab()
    assert window.desk.note.title == "<b>&amp;"


def test_the_theme_changes_at_once_and_is_remembered(
    garden: Any, window: MainWindow, theme: Any, tmp_path: Any
) -> None:
    light = window.grab().toImage().pixelColor(window.width() - 30, window.height() - 30)
    window.commands["theme_dark"].trigger()
    settle()
    dark = window.grab().toImage().pixelColor(window.width() - 30, window.height() - 30)
    assert light.lightness() > 230
    assert dark.lightness() < 60
    assert window._memory.text_of("theme") == "dark"


def test_everything_that_can_be_done_has_an_accessible_name(
    garden: Any, window: MainWindow
) -> None:
    nameless = [
        part
        for kind in (QAbstractButton, QLineEdit, QPlainTextEdit, QTableView)
        for part in window.findChildren(kind)
        if part.isVisible()
        and not isinstance(part.parent(), QLineEdit)  # a picture in a field that has a name
        and not (part.accessibleName() or (isinstance(part, QAbstractButton) and part.text()))
    ]
    assert nameless == []


def test_closing_lets_go_of_everything(garden: Any, window: MainWindow) -> None:
    window.close()
    QApplication.sendPostedEvents(None, int(QEvent.Type.DeferredDelete))
    assert garden._listeners == []
    notes.create(garden, "After", now_ms=5)
    assert titles(window) == ["Apples", "Beans", "Carrots"]
