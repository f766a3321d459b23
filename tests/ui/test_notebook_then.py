"""A whole notebook at a date: its notes as they were, read only, and the way back."""

from __future__ import annotations

from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from ui.operations import notebooks, notes
from ui.window.main_window import MainWindow

DAY = 86_400_000


@pytest.fixture
def repository(workspaces: Any, clock: Any) -> Any:
    """Day one: Oats and Hay; day two: Oats is changed, Hay deleted; day three: Rye."""
    repository = notebooks.create(workspaces.databases[0], "Garden")
    oats = notes.create(repository, "Oats", body="Two rows.", now_ms=clock.now_ms)
    hay = notes.create(repository, "Hay", body="Dry.", now_ms=clock.now_ms - 1)
    clock.now_ms += DAY
    oats.body.splice(0, 3, "Three")
    repository.record_drafts()
    notes.delete([hay])
    clock.now_ms += DAY
    notes.create(repository, "Rye", now_ms=clock.now_ms)
    return repository


@pytest.fixture
def then(repository: Any, window: MainWindow, qtbot: Any) -> Any:
    window.sidebar.choose(next(p for p in window.shelf.places if p.name == "Garden"))
    window.commands.run("notebook_then")
    qtbot.waitUntil(lambda: not window.past_notes.reads)
    return window.past_notes


def titles(then: Any) -> list[str]:
    return [row.title for row in then.rows]


def go(then: Any, day: int, qtbot: Any) -> None:
    then.slider.setValue(day)
    qtbot.waitUntil(lambda: not then.reads)


def test_the_slider_goes_through_the_days(then: Any, window: MainWindow, qtbot: Any) -> None:
    assert then.isVisible()
    assert not window.list.isVisible()
    assert then.slider.maximum() == 2
    assert titles(then) == ["Rye", "Oats"]
    go(then, 1, qtbot)
    assert titles(then) == ["Oats"]
    go(then, 0, qtbot)
    assert titles(then) == ["Oats", "Hay"]
    assert then.count.text() == "2"


def test_a_note_is_read_as_it_was(then: Any, window: MainWindow, qtbot: Any) -> None:
    go(then, 0, qtbot)
    past = window.desk.past
    assert window.desk.shows_past
    assert (past.texts.title.text(), past.texts.after.toPlainText()) == ("Oats", "Two rows.")
    then.view.selectRow(1)
    assert (past.texts.title.text(), past.texts.after.toPlainText()) == ("Hay", "Dry.")
    assert not window.commands["delete_note"].isEnabled()


def test_a_deleted_note_is_restored(then: Any, window: MainWindow, qtbot: Any) -> None:
    go(then, 0, qtbot)
    then.view.selectRow(1)
    window.desk.past.strip.restore.click()
    assert not window.then.active
    assert window.list.isVisible()
    assert window.desk.note.title == "Hay"
    assert window.desk.note.exists
    assert not window.desk.shows_past


@pytest.mark.parametrize(
    "way", ["slider", "past", "button", "command", "place", "history", "go", "filter"]
)
def test_every_way_back_leads_to_now(
    way: str, then: Any, window: MainWindow, repository: Any, qtbot: Any
) -> None:
    go(then, 1, qtbot)
    match way:
        case "slider":
            QTest.keyClick(then.slider, Qt.Key.Key_Escape)
        case "past":
            QTest.keyClick(window.desk.past.strip.slider, Qt.Key.Key_Escape)
        case "button":
            then.back.click()
        case "command":
            window.commands.run("notebook_then")
        case "place":
            window.sidebar.choose(window.shelf.places[0])
        case "history":
            window.commands.run("history")
        case "go":
            window.flow.go_to(window.desk.note)
        case "filter":
            window.commands.run("filter")
    assert window.list.isVisible()
    assert not then.isVisible()
    assert not window.desk.shows_past
    assert window.desk.note.title == "Oats"
    assert list(then.rows) == []
    assert window.commands["delete_note"].isEnabled()


def test_a_window_closes_while_notes_are_read(repository: Any, window: MainWindow) -> None:
    window.sidebar.choose(next(p for p in window.shelf.places if p.name == "Garden"))
    window.commands.run("notebook_then")
    assert window.past_notes.reads
    window.close()  # nothing is read from what is closed
    assert not window.past_notes.reads


def test_a_new_note_is_written_now(then: Any, window: MainWindow) -> None:
    window.commands.run("new_note")
    assert not window.then.active
    assert window.list.isVisible()
    assert not window.desk.shows_past


def test_a_nested_notebook_has_its_past(
    repository: Any, window: MainWindow, clock: Any, qtbot: Any
) -> None:
    clock.now_ms += DAY
    nested = notebooks.nested(repository, "Beds")
    note = next(it for it in repository.items(notes.NOTE) if it.title == "Rye")
    notes.move([note], repository, nested.key)
    window.shelf.refresh()
    window.sidebar.choose(next(p for p in window.shelf.places if p.name == "Beds"))
    window.commands.run("notebook_then")
    then = window.past_notes
    qtbot.waitUntil(lambda: not then.reads)
    assert titles(then) == ["Rye"]
    go(then, 0, qtbot)
    assert titles(then) == []
    assert window.desk.note is None


def shown(repository: Any) -> list[tuple[str, str]]:
    return sorted((it.title, str(it.body)) for it in repository.items(notes.NOTE))


def test_all_notes_of_a_day_come_back_and_newer_ones_stay(
    then: Any, window: MainWindow, repository: Any, qtbot: Any
) -> None:
    now = shown(repository)
    go(then, 0, qtbot)
    commits = repository.count
    then.restore.click()
    qtbot.waitUntil(lambda: not window.then.active)
    assert shown(repository) == [("Hay", "Dry."), ("Oats", "Two rows."), ("Rye", "")]
    assert repository.count == commits + 1  # in one transaction
    assert window.toast.words.startswith("Brought back 2 notes, as of ")
    assert window.list.isVisible()
    window.toast.button.click()
    assert shown(repository) == now


def test_a_day_like_now_has_nothing_to_bring_back(
    then: Any, window: MainWindow, repository: Any, qtbot: Any
) -> None:
    commits = repository.count
    then.restore.click()
    qtbot.waitUntil(lambda: not then.reads)
    assert window.toast.words == "All of them are as they were"
    assert window.then.active
    assert then.restore.isEnabled()
    assert repository.count == commits


def test_nested_notebooks_come_back_with_their_notes(
    repository: Any, window: MainWindow, clock: Any, qtbot: Any
) -> None:
    clock.now_ms += DAY
    nested = notebooks.nested(repository, "Beds")
    note = notes.create(repository, "Bed", notebook=nested.key, now_ms=clock.now_ms)
    repository.record_drafts()
    clock.now_ms += DAY
    nested.delete()
    notes.move([note], repository)
    window.shelf.refresh()
    window.sidebar.choose(next(p for p in window.shelf.places if p.name == "Garden"))
    window.commands.run("notebook_then")
    then = window.past_notes
    qtbot.waitUntil(lambda: not then.reads)
    go(then, 3, qtbot)
    then.restore.click()
    qtbot.waitUntil(lambda: not window.then.active)
    assert nested.exists
    assert note.notebook == nested.key
    window.toast.button.click()
    assert not nested.exists
    assert note.notebook == ""


def test_what_is_too_much_for_one_transaction_comes_back_in_several(
    repository: Any, window: MainWindow, clock: Any, qtbot: Any
) -> None:
    clock.now_ms += DAY
    text = "".join(f"{number:06x}" for number in range(50_000))  # 300 kB, sealed and packed less
    long = [
        notes.create(repository, f"Long {n}", body=f"{n}{text}", now_ms=clock.now_ms)
        for n in range(8)
    ]
    repository.record_drafts()
    was = shown(repository)
    clock.now_ms += DAY
    for note in long:
        note.body = "short"
    repository.record_drafts()
    window.sidebar.choose(next(p for p in window.shelf.places if p.name == "Garden"))
    window.commands.run("notebook_then")
    then = window.past_notes
    qtbot.waitUntil(lambda: not then.reads)
    go(then, 3, qtbot)
    then.restore.click()
    qtbot.waitUntil(lambda: not window.then.active)
    assert shown(repository) == was
