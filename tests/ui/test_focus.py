"""Nothing but the text, by keys, and everything as it was afterwards."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from ui.operations import notebooks, notes
from ui.widgets.text_editor import COLUMN_PX_MAX
from ui.window.main_window import MainWindow

CTRL, SHIFT = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.ShiftModifier
NO = Qt.KeyboardModifier.NoModifier


@pytest.fixture
def garden(workspaces: Any, clock: Any) -> Any:
    repository = notebooks.create(workspaces.databases[0], "Garden")
    for age, title in enumerate(("Apples", "Beans", "Carrots")):
        notes.create(repository, title, body="Text.", now_ms=clock.now_ms - age * 1000)
    return repository


def press(window: MainWindow, key: Qt.Key, modifiers: Qt.KeyboardModifier = NO) -> None:
    QTest.keyClick(QApplication.focusWidget() or window, key, modifiers)
    for _ in range(3):
        QApplication.processEvents()


def around(window: MainWindow) -> list[bool]:
    """What is seen besides the note: menus, sidebar, list, the line over the note, the outline."""
    parts = (window.menuBar(), window.sidebar, window.list, window.desk.bar, window.desk.about)
    return [part.isVisible() for part in parts]


def test_escape_brings_back_what_was_there(garden: Any, window: MainWindow) -> None:
    window.commands.run("about")
    window.commands.run("sidebar")
    QApplication.processEvents()
    before = around(window)
    assert before == [True, False, True, True, True]
    sizes = window.parts.sizes()
    press(window, Qt.Key.Key_Return, CTRL | SHIFT)
    assert around(window) == [False] * 5
    assert window.desk.editor.hasFocus()
    assert window.desk.title.isVisible()
    QTest.keyClicks(window.desk.editor, "My ")
    press(window, Qt.Key.Key_Escape)
    assert around(window) == before
    assert window.parts.sizes() == sizes
    assert str(window.desk.note.body) == "My Text."
    assert window.desk.editor.hasFocus()


def test_escape_is_first_for_what_is_open_over_the_text(garden: Any, window: MainWindow) -> None:
    press(window, Qt.Key.Key_Return, CTRL | SHIFT)
    press(window, Qt.Key.Key_F, CTRL)
    press(window, Qt.Key.Key_Escape)
    assert window.focus.active
    assert not window.desk.find_bar.isVisible()
    window.desk.title.setFocus()
    press(window, Qt.Key.Key_Escape)
    assert not window.focus.active


def test_the_text_stands_in_the_middle(garden: Any, window: MainWindow) -> None:
    window.resize(1400, 800)
    press(window, Qt.Key.Key_Return, CTRL | SHIFT)
    view = window.desk.editor.viewport()
    left = view.mapTo(window, view.rect().topLeft()).x()
    right = window.width() - view.mapTo(window, view.rect().topRight()).x()
    assert abs(left - right) <= 24  # the bar to scroll
    assert abs(view.width() - COLUMN_PX_MAX) <= 24


def test_tabs_and_notes_are_gone_through_without_leaving(garden: Any, window: MainWindow) -> None:
    press(window, Qt.Key.Key_Return, CTRL | SHIFT)
    press(window, Qt.Key.Key_T, CTRL)
    QTest.keyClicks(window.going.chooser.line, "Beans")
    press(window, Qt.Key.Key_Return)
    assert window.desk.note.title == "Beans"
    assert not window.desk.tab_strip.isVisible()
    press(window, Qt.Key.Key_Tab, CTRL)
    assert window.desk.note.title == "Apples"
    assert window.focus.active
    press(window, Qt.Key.Key_Return, CTRL | SHIFT)
    assert window.desk.tab_strip.isVisible()


def test_what_stands_elsewhere_leads_back(garden: Any, window: MainWindow) -> None:
    for command in ("filter", "trash", "rename_notebook"):
        window.sidebar.choose(window.shelf.places[1])
        window.commands.run("focus")
        assert window.focus.active
        window.commands.run(command)
        assert not window.focus.active


def test_it_ends_with_the_last_note(garden: Any, window: MainWindow) -> None:
    window.commands.run("focus")
    window.list.view.selectAll()
    window.chosen.delete()
    assert window.desk.note is None
    assert window.sidebar.isVisible()
    assert not window.commands["focus"].isEnabled()


def test_it_is_not_remembered(garden: Any, open_window: Callable[[], MainWindow]) -> None:
    first = open_window()
    first.commands.run("focus")
    first.close()
    second = open_window()
    assert around(second)[:4] == [True] * 4
    assert not second.focus.active


def test_f11_fills_the_screen(garden: Any, window: MainWindow) -> None:
    window.commands.run("full_screen")
    assert window.isFullScreen()
    assert window.commands["full_screen"].isChecked()
    window.commands.run("full_screen")
    assert not window.isFullScreen()
