"""The past of a note in the window: moments, what each changed, and the way back."""

from __future__ import annotations

from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from ui.operations import notebooks, notes
from ui.window.main_window import MainWindow

CTRL, SHIFT = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.ShiftModifier
NO = Qt.KeyboardModifier.NoModifier
HOUR = 3_600_000


@pytest.fixture
def note(workspaces: Any, clock: Any) -> Any:
    """Written, changed an hour later, given another title two hours later."""
    repository = notebooks.create(workspaces.databases[0], "Garden")
    note = notes.create(repository, "Oats", body="Sow 🐐 two rows.", now_ms=clock.now_ms)
    clock.now_ms += HOUR
    note.body.splice(6, 3, "three")
    repository.record_drafts()
    clock.now_ms += HOUR
    note.title = "Oats and hay"
    repository.record_drafts()
    return note


@pytest.fixture
def past(note: Any, window: MainWindow) -> Any:
    assert window.desk.note is note
    window.desk.editor.setFocus()
    press(window, Qt.Key.Key_H, CTRL | SHIFT)
    return window.desk.past


def press(window: MainWindow, key: Qt.Key, modifiers: Qt.KeyboardModifier = NO) -> None:
    QTest.keyClick(QApplication.focusWidget() or window, key, modifiers)
    for _ in range(3):
        QApplication.processEvents()


def coloured(past: Any) -> list[str]:
    return [one.cursor.selectedText() for one in past.text.extraSelections()]


def test_the_slider_goes_through_the_moments(past: Any, window: MainWindow) -> None:
    assert past.slider.hasFocus()
    assert past.count.text() == "3 of 3"
    assert past.what.text() == "another title"
    assert past.title.text() == "Oats and hay"
    assert not past.restore.isEnabled()  # this is how it is
    press(window, Qt.Key.Key_Left)
    assert past.count.text() == "2 of 3"
    assert past.what.text() == "+5 −3 letters"
    assert past.who.text().startswith("Host · ")
    assert past.title.text() == "Oats"
    assert past.text.toPlainText() == "Sow 🐐 twothree rows."
    assert coloured(past) == ["two", "three"]
    past.changes.click()
    assert past.text.toPlainText() == "Sow 🐐 three rows."
    assert coloured(past) == []
    press(window, Qt.Key.Key_Left)
    past.slider.setFocus()
    press(window, Qt.Key.Key_Home)
    assert past.what.text() == "written"
    assert past.text.toPlainText() == "Sow 🐐 two rows."


def test_the_version_before_stands_on_the_left(past: Any, window: MainWindow) -> None:
    assert past.before.isHidden()
    past.beside.click()
    past.slider.setValue(1)
    assert past.before.isVisible()
    assert past.before.toPlainText() == "Sow 🐐 two rows."
    assert past.text.toPlainText() == "Sow 🐐 three rows."
    assert [one.cursor.selectedText() for one in past.before.extraSelections()] == ["two"]
    assert coloured(past) == ["three"]
    past.changes.click()
    assert past.before.toPlainText() == "Sow 🐐 two rows."
    assert (past.before.extraSelections(), coloured(past)) == ([], [])
    past.slider.setValue(0)  # nothing is before it
    assert past.before.toPlainText() == ""
    assert past.text.toPlainText() == "Sow 🐐 two rows."
    past.beside.click()
    assert past.before.isHidden()


def test_both_versions_are_scrolled_together(note: Any, window: MainWindow, clock: Any) -> None:
    for text in ("".join(f"line {number}\n" for number in range(300)), "new\n" * 50):
        clock.now_ms += HOUR
        note.body.splice(0, 0, text)
        note.repository.record_drafts()
    window.commands.run("history")
    past = window.desk.past
    past.beside.click()
    QApplication.processEvents()
    after, before = past.text.verticalScrollBar(), past.before.verticalScrollBar()
    after.setValue(150)
    assert before.value() == 100
    before.setValue(120)
    assert after.value() == 170
    after.setValue(20)  # in what was not there before
    assert before.value() == 0
    after.setValue(after.maximum())
    assert before.value() == before.maximum()


def test_a_version_is_restored_and_that_is_taken_back(
    past: Any, window: MainWindow, note: Any
) -> None:
    past.slider.setValue(0)
    past.restore.click()
    assert not window.desk.shows_past
    assert (note.title, str(note.body)) == ("Oats", "Sow 🐐 two rows.")
    assert window.desk.editor.toPlainText() == "Sow 🐐 two rows."
    assert window.desk.title.title == "Oats"
    assert window.toast.words.startswith("Restored “Oats” as it was: ")
    assert len(note.history) == 4  # nothing of the past is lost
    window.toast.button.click()
    assert (note.title, str(note.body)) == ("Oats and hay", "Sow 🐐 three rows.")


def test_escape_leads_back_to_the_note(past: Any, window: MainWindow) -> None:
    press(window, Qt.Key.Key_Escape)
    assert not window.desk.shows_past
    assert window.desk.editor.hasFocus()
    assert past.moments == []


def test_what_is_typed_belongs_to_the_past_at_once(
    note: Any, window: MainWindow, clock: Any
) -> None:
    clock.now_ms += HOUR
    window.desk.editor.setFocus()
    QTest.keyClicks(window.desk.editor, "Now. ")
    window.commands.run("history")
    assert window.desk.past.count.text() == "4 of 4"
    assert window.desk.past.what.text() == "+5 letters"


def test_what_others_write_meanwhile_comes_in(
    past: Any, window: MainWindow, note: Any, clock: Any, qtbot: Any
) -> None:
    clock.now_ms += HOUR
    note.body.splice(0, 0, "New. ")
    note.repository.record_drafts()
    qtbot.waitUntil(lambda: past.count.text() == "4 of 4")
    past.slider.setValue(1)
    clock.now_ms += HOUR
    note.body.splice(0, 0, "More. ")
    note.repository.record_drafts()
    qtbot.waitUntil(lambda: past.count.text() == "2 of 5")  # whoever looks back is left there


def test_another_note_is_opened_as_it_is_now(
    past: Any, window: MainWindow, note: Any, clock: Any
) -> None:
    other = notes.create(note.repository, "Rye", now_ms=clock.now_ms + 5)
    window.list.choose(other)
    assert not window.desk.shows_past
    assert past.moments == []
    assert len(note._listeners) == 0


def test_the_past_plays(past: Any, window: MainWindow) -> None:
    past.play.click()
    assert past.count.text() == "1 of 3"
    past._next_frame()
    past._next_frame()
    assert past.count.text() == "3 of 3"
    assert past._film.isActive()
    past._next_frame()
    assert not past._film.isActive()


def test_a_deleted_note_has_its_past(note: Any, window: MainWindow, clock: Any) -> None:
    clock.now_ms += HOUR
    window.chosen.delete()
    window.commands.run("trash")
    window.commands.run("history")
    assert window.desk.past.what.text() == "deleted"
    window.desk.past.slider.setValue(1)
    window.desk.past.restore.click()
    assert note.exists
    assert note.title == "Oats"
