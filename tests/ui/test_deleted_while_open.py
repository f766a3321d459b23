"""A note that is deleted elsewhere while somebody writes in it: what was typed is not lost."""

from __future__ import annotations

from typing import Any

import pytest
from PySide6.QtGui import QTextCursor
from PySide6.QtTest import QTest

from ui.operations import notebooks, notes
from ui.window.main_window import MainWindow


@pytest.fixture
def note(workspaces: Any, clock: Any) -> Any:
    repository = notebooks.create(workspaces.databases[0], "Garden")
    note = notes.create(repository, "Hay", body="Dry.", now_ms=clock.now_ms)
    repository.record_drafts()
    return note


@pytest.fixture
def writing(note: Any, window: MainWindow) -> MainWindow:
    window.desk.editor.setFocus()
    window.desk.editor.moveCursor(QTextCursor.MoveOperation.End)
    return window


def test_letters_typed_before_and_the_title_come_back_with_it(
    writing: MainWindow, note: Any
) -> None:
    QTest.keyClicks(writing.desk.editor, " And sweet")
    writing.desk.title.selectAll()
    QTest.keyClicks(writing.desk.title, "Straw")  # a moment later it is written
    note.delete()
    assert writing.desk.note is note
    assert writing.desk.editor.toPlainText() == "Dry. And sweet"
    QTest.keyClicks(writing.desk.editor, "x")
    writing.desk.record()
    assert writing.desk.editor.toPlainText() == "Dry. And sweet"
    writing.desk.notice.button.click()
    assert note.exists
    assert str(note.body) == "Dry. And sweet"
    assert note.title == "Straw"
    assert writing.desk.title.title == "Straw"


def test_what_an_input_method_composed_comes_too(writing: MainWindow, note: Any) -> None:
    binding = writing.desk.open_note.binding
    assert binding is not None
    binding.hold()
    note.body.splice(0, 0, "Very ")
    note.delete()
    binding.release()
    assert writing.desk.editor.toPlainText() == "Very Dry."
    writing.desk.notice.button.click()
    assert str(note.body) == "Very Dry."


def test_leaving_it_says_nothing_and_loses_nothing(writing: MainWindow, note: Any) -> None:
    QTest.keyClicks(writing.desk.editor, " More")
    note.delete()
    writing.commands.run("new_note")
    assert writing.desk.note is not note
    assert not writing.banner.isVisible()
    note.restore(note.history[-1]) if not note.exists else None
    assert "More" in str(note.body)
