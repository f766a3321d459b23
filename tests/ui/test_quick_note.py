"""The quick note: nothing of it is lost, an empty one leaves nothing behind."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from goatcore import Refused
from ui.operations import notebooks, notes
from ui.operations.schemas import NOTE
from ui.window.main_window import MainWindow
from ui.window.quick_note import QuickNoteWindow

CTRL, NO = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.NoModifier


@pytest.fixture
def garden(workspaces: Any, clock: Any) -> Any:
    garden = notebooks.create(workspaces.databases[0], "Garden")
    notes.create(garden, "Apples", now_ms=clock.now_ms)
    return garden


@pytest.fixture
def attic(workspaces: Any) -> Any:
    return notebooks.create(workspaces.databases[0], "Attic")


@pytest.fixture
def window(garden: Any, attic: Any, open_window: Callable[[], MainWindow]) -> MainWindow:
    return open_window()


def ask(window: MainWindow) -> QuickNoteWindow:
    window.commands.run("quick_note")
    quick = window.quick.window
    assert quick is not None
    assert quick.isVisible()
    return quick


def bodies(repository: Any) -> list[str]:
    return sorted(str(note.body) for note in repository.items(NOTE) if not note.title)


@pytest.mark.parametrize(
    ("key", "held"),
    [(Qt.Key.Key_Return, CTRL), (Qt.Key.Key_Enter, CTRL), (Qt.Key.Key_Escape, NO)],
)
def test_it_is_kept_by_keys_beside_the_open_note(
    window: MainWindow, garden: Any, attic: Any, key: Qt.Key, held: Qt.KeyboardModifier
) -> None:
    quick = ask(window)
    assert quick.where.text() == "Goes into “Garden”"
    QTest.keyClicks(quick.text, "Buy seeds")
    QTest.keyClick(quick.text, key, held)
    assert not quick.isVisible()
    assert (bodies(garden), bodies(attic)) == (["Buy seeds"], [])
    assert window.toast.words == "Kept in “Garden”"
    assert window.desk.note.title == "Apples"
    window.toast.button.click()
    assert str(window.desk.note.body) == "Buy seeds"


def test_it_goes_into_the_chosen_notebook(window: MainWindow, attic: Any) -> None:
    place = next(place for place in window.shelf.places if place.name == "Attic")
    window.sidebar.choose(place)
    quick = ask(window)
    assert quick.where.text() == "Goes into “Attic”"
    QTest.keyClicks(quick.text, "Boxes")
    quick.keep.click()
    assert bodies(attic) == ["Boxes"]


def test_closing_its_window_keeps_it_too(window: MainWindow, garden: Any) -> None:
    quick = ask(window)
    QTest.keyClicks(quick.text, "Buy seeds")
    quick.close()
    assert (quick.isVisible(), bodies(garden)) == (False, ["Buy seeds"])


def test_an_empty_one_is_not_kept(window: MainWindow, garden: Any) -> None:
    quick = ask(window)
    quick.text.setPlainText("  \n ")
    QTest.keyClick(quick.text, Qt.Key.Key_Escape)
    assert bodies(garden) == []
    assert window.toast.isHidden()
    ask(window)
    QTest.keyClicks(quick.text, "x")
    quick.paused.emit()
    assert bodies(garden) == ["x"]
    QTest.keyClick(quick.text, Qt.Key.Key_Backspace)
    QTest.keyClick(quick.text, Qt.Key.Key_Escape)
    assert bodies(garden) == []


def test_at_a_pause_it_is_a_note_already_and_grows(window: MainWindow, garden: Any) -> None:
    quick = ask(window)
    QTest.keyClicks(quick.text, "Buy")
    quick.paused.emit()
    assert bodies(garden) == ["Buy"]
    QTest.keyClicks(quick.text, " seeds")
    window.record()
    assert bodies(garden) == ["Buy seeds"]
    QTest.keyClick(quick.text, Qt.Key.Key_Escape)
    assert bodies(garden) == ["Buy seeds"]


def test_asked_for_again_it_goes_on_and_after_it_was_kept_it_begins_anew(
    window: MainWindow, garden: Any
) -> None:
    quick = ask(window)
    QTest.keyClicks(quick.text, "One")
    assert ask(window) is quick
    assert quick.text.toPlainText() == "One"
    quick.keep.click()
    ask(window)
    assert quick.text.toPlainText() == ""
    QTest.keyClicks(quick.text, "Two")
    quick.keep.click()
    assert bodies(garden) == ["One", "Two"]


def test_the_end_of_the_window_keeps_it(window: MainWindow, garden: Any) -> None:
    quick = ask(window)
    QTest.keyClicks(quick.text, "Buy seeds")
    window.close()
    assert (bodies(garden), window.quick.window) == (["Buy seeds"], None)


def test_without_a_notebook_the_first_one_is_made(
    open_window: Callable[[], MainWindow], workspaces: Any
) -> None:
    window = open_window()
    quick = ask(window)
    assert quick.where.text() == ""
    QTest.keyClicks(quick.text, "A goat")
    quick.keep.click()
    [listed] = notebooks.listing(workspaces.databases[0])
    assert bodies(listed.repository) == ["A goat"]


def test_what_cannot_be_kept_is_told_and_the_words_stay(
    window: MainWindow, garden: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    quick = ask(window)
    QTest.keyClicks(quick.text, "Buy")
    quick.paused.emit()

    def refuse(_note: Any, _now_ms: int) -> None:
        raise Refused("You may only read this notebook.")

    monkeypatch.setattr(notes, "touch", refuse)
    QTest.keyClicks(quick.text, " seeds")
    QTest.keyClick(quick.text, Qt.Key.Key_Escape)
    assert quick.isVisible()
    assert quick.problem.text() == "You may only read this notebook."
    assert quick.text.toPlainText() == "Buy seeds"
    monkeypatch.undo()
    QTest.keyClicks(quick.text, "!")
    QTest.keyClick(quick.text, Qt.Key.Key_Escape)
    assert (quick.isVisible(), bodies(garden)) == (False, ["Buy seeds!"])
