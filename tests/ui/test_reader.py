"""The open note, read."""

from __future__ import annotations

from typing import Any

import pytest
from PySide6.QtCore import QUrl
from PySide6.QtTest import QTest

from ui.operations import notebooks, notes
from ui.panels.reader import BOTH, READ, WRITE
from ui.window.main_window import MainWindow


@pytest.fixture
def note(workspaces: Any, clock: Any) -> Any:
    repository = notebooks.create(workspaces.databases[0], "Garden")
    notes.create(repository, "Apples", body="keep until **March**", now_ms=clock.now_ms)
    body = "# Plan\n\n- [ ] dig\n\n![[Apples]]"
    return notes.create(repository, "Plan", body=body, now_ms=clock.now_ms + 1)


@pytest.fixture
def read(note: Any, window: MainWindow) -> MainWindow:
    assert window.desk.note is note
    window.commands.run("read")
    return window


def test_reading_shows_the_page_instead_of_the_text(read: MainWindow) -> None:
    desk = read.desk
    assert desk.reader.mode == READ
    assert desk.editor.isHidden()
    assert desk.reader.view.isVisible()
    shown = desk.reader.view.toPlainText()
    assert "keep until March" in shown
    assert "#" not in shown
    assert read.commands["read"].isChecked()


def test_the_same_command_goes_back_to_writing(read: MainWindow) -> None:
    read.desk.reader.view.setFocus()
    read.commands.run("read")
    assert read.desk.reader.mode == WRITE
    assert read.desk.editor.hasFocus()


def test_a_box_on_the_page_is_checked_in_the_note(read: MainWindow, note: Any) -> None:
    read.desk.reader.view.anchorClicked.emit(QUrl("box:2"))
    assert str(note.body) == "# Plan\n\n- [x] dig\n\n![[Apples]]"
    assert "☑ dig" in read.desk.reader.view.toPlainText()
    read.desk.undo()
    assert "- [ ] dig" in str(note.body)


def test_a_box_that_is_gone_changes_nothing(read: MainWindow, note: Any) -> None:
    before = str(note.body)
    read.desk.reader.view.anchorClicked.emit(QUrl("box:0"))
    read.desk.reader.view.anchorClicked.emit(QUrl("box:99"))
    assert str(note.body) == before


def test_a_link_on_the_page_opens_the_note(read: MainWindow) -> None:
    read.desk.reader.view.anchorClicked.emit(QUrl("note:Apples"))
    assert read.desk.note.title == "Apples"
    assert "keep until March" in read.desk.reader.view.toPlainText()


def test_side_by_side_the_page_follows_the_typing(
    note: Any, window: MainWindow, qtbot: Any
) -> None:
    window.commands.run("read_beside")
    assert window.desk.reader.mode == BOTH
    assert window.desk.editor.isVisible()
    QTest.keyClicks(window.desk.editor, "Soon: ")
    qtbot.waitUntil(lambda: "Soon: " in window.desk.reader.view.toPlainText())


def test_the_page_follows_what_comes_from_elsewhere(
    read: MainWindow, note: Any, qtbot: Any
) -> None:
    note.body.splice(0, 0, "From afar\n\n")
    qtbot.waitUntil(lambda: "From afar" in read.desk.reader.view.toPlainText())
