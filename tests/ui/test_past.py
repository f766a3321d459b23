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
    return [one.cursor.selectedText() for one in past.texts.after.extraSelections()]


def test_the_slider_goes_through_the_moments(past: Any, window: MainWindow) -> None:
    assert past.strip.slider.hasFocus()
    assert past.strip.count.text() == "3 of 3"
    assert past.strip.what.text() == "another title"
    assert past.texts.title.text() == "Oats and hay"
    assert not past.strip.restore.isEnabled()  # this is how it is
    press(window, Qt.Key.Key_Left)
    assert past.strip.count.text() == "2 of 3"
    assert past.strip.what.text() == "+5 −3 letters"
    assert past.strip.who.text().startswith("Host · ")
    assert past.texts.title.text() == "Oats"
    assert past.texts.after.toPlainText() == "Sow 🐐 twothree rows."
    assert coloured(past) == ["two", "three"]
    past.strip.changes.click()
    assert past.texts.after.toPlainText() == "Sow 🐐 three rows."
    assert coloured(past) == []
    press(window, Qt.Key.Key_Left)
    past.strip.slider.setFocus()
    press(window, Qt.Key.Key_Home)
    assert past.strip.what.text() == "written"
    assert past.texts.after.toPlainText() == "Sow 🐐 two rows."


def test_the_version_before_stands_on_the_left(past: Any, window: MainWindow) -> None:
    assert past.texts.before.isHidden()
    past.strip.beside.click()
    past.strip.slider.setValue(1)
    assert past.texts.before.isVisible()
    assert past.texts.before.toPlainText() == "Sow 🐐 two rows."
    assert past.texts.after.toPlainText() == "Sow 🐐 three rows."
    assert [one.cursor.selectedText() for one in past.texts.before.extraSelections()] == ["two"]
    assert coloured(past) == ["three"]
    past.strip.changes.click()
    assert past.texts.before.toPlainText() == "Sow 🐐 two rows."
    assert (past.texts.before.extraSelections(), coloured(past)) == ([], [])
    past.strip.slider.setValue(0)  # nothing is before it
    assert past.texts.before.toPlainText() == ""
    assert past.texts.after.toPlainText() == "Sow 🐐 two rows."
    past.strip.beside.click()
    assert past.texts.before.isHidden()


def test_both_versions_are_scrolled_together(note: Any, window: MainWindow, clock: Any) -> None:
    for text in ("".join(f"line {number}\n" for number in range(300)), "new\n" * 50):
        clock.now_ms += HOUR
        note.body.splice(0, 0, text)
        note.repository.record_drafts()
    window.commands.run("history")
    past = window.desk.past
    past.strip.beside.click()
    QApplication.processEvents()
    after, before = past.texts.after.verticalScrollBar(), past.texts.before.verticalScrollBar()
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
    past.strip.slider.setValue(0)
    past.strip.restore.click()
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
    assert window.desk.past.strip.count.text() == "4 of 4"
    assert window.desk.past.strip.what.text() == "+5 letters"


def test_what_others_write_meanwhile_comes_in(
    past: Any, window: MainWindow, note: Any, clock: Any, qtbot: Any
) -> None:
    clock.now_ms += HOUR
    note.body.splice(0, 0, "New. ")
    note.repository.record_drafts()
    qtbot.waitUntil(lambda: past.strip.count.text() == "4 of 4")
    past.strip.slider.setValue(1)
    clock.now_ms += HOUR
    note.body.splice(0, 0, "More. ")
    note.repository.record_drafts()
    qtbot.waitUntil(lambda: past.strip.count.text() == "2 of 5")  # whoever looks back is left there


def test_another_note_is_opened_as_it_is_now(
    past: Any, window: MainWindow, note: Any, clock: Any
) -> None:
    other = notes.create(note.repository, "Rye", now_ms=clock.now_ms + 5)
    window.list.choose(other)
    assert not window.desk.shows_past
    assert past.moments == []
    assert len(note._listeners) == 0


def test_the_past_plays(past: Any, window: MainWindow) -> None:
    past.strip.play.click()
    assert past.strip.count.text() == "1 of 3"
    past.strip.next_frame()
    past.strip.next_frame()
    assert past.strip.count.text() == "3 of 3"
    assert past.strip.film.isActive()
    past.strip.next_frame()
    assert not past.strip.film.isActive()


def test_a_deleted_note_has_its_past(note: Any, window: MainWindow, clock: Any) -> None:
    clock.now_ms += HOUR
    window.chosen.delete()
    window.commands.run("trash")
    window.commands.run("history")
    assert window.desk.past.strip.what.text() == "deleted"
    window.desk.past.strip.slider.setValue(1)
    window.desk.past.strip.restore.click()
    assert note.exists
    assert note.title == "Oats"


@pytest.fixture
def lines(note: Any, window: MainWindow, clock: Any) -> Any:
    """A note of three lines that lost the second, and whose first was written anew since."""
    note.body = "Oats here\nRye 🐐 there\nHay\n"
    note.repository.record_drafts()
    for position, deleted, inserted in ((10, 12, ""), (0, 4, "Oats and peas")):
        clock.now_ms += HOUR
        note.body.splice(position, deleted, inserted)
        note.repository.record_drafts()
    assert str(note.body) == "Oats and peas here\nHay\n"
    window.commands.run("history")
    window.desk.past.strip.slider.setValue(3)
    return note


def select(view: Any, words: str) -> None:
    cursor = view.document().find(words)
    assert cursor.hasSelection()
    view.setTextCursor(cursor)


def test_what_is_selected_comes_back_where_it_stood(lines: Any, window: MainWindow) -> None:
    past = window.desk.past
    assert past.strip.passage.isHidden()
    select(past.texts.after, "Rye 🐐 there")
    assert past.strip.passage.isVisible()
    past.strip.passage.click()
    assert not window.desk.shows_past
    assert str(lines.body) == "Oats and peas here\nRye 🐐 there\nHay\n"
    editor = window.desk.editor
    assert editor.toPlainText() == str(lines.body)
    assert editor.textCursor().selectedText().strip("\u2029") == "Rye 🐐 there"
    assert window.toast.words == "Brought back into “Oats and hay”"


@pytest.mark.parametrize("way", ["toast", "undo"])
def test_bringing_back_is_taken_back_in_one_step(way: str, lines: Any, window: MainWindow) -> None:
    editor = window.desk.editor
    select(window.desk.past.texts.after, "Rye 🐐 there")
    window.commands.run("bring_back")
    editor.moveCursor(editor.textCursor().MoveOperation.End)
    if way == "toast":  # what was typed since stays
        QTest.keyClicks(editor, "More")
        window.toast.button.click()
        assert str(lines.body) == "Oats and peas here\nHay\nMore"
    else:
        window.commands.run("undo")
        assert str(lines.body) == "Oats and peas here\nHay\n"
    assert editor.toPlainText() == str(lines.body)


def test_a_line_comes_back_from_its_menu(lines: Any, window: MainWindow) -> None:
    texts = window.desk.past.texts
    cursor = texts.after.document().find("Rye")
    menu = texts.after.menu_at(cursor)
    assert [a.text() for a in menu.actions() if a.text()] == [
        "Bring this back", "Copy", "Select all"
    ]  # fmt: skip
    menu.actions()[0].trigger()
    assert str(lines.body) == "Oats and peas here\nRye 🐐 there\nHay\n"


def test_what_went_and_what_came_can_both_come_back(
    note: Any, window: MainWindow, clock: Any
) -> None:
    clock.now_ms += HOUR
    note.body.splice(6, 5, "many")
    note.repository.record_drafts()
    window.commands.run("history")
    window.desk.past.strip.slider.setValue(1)  # two became three
    texts = window.desk.past.texts
    menu = texts.after.menu_at(texts.after.document().find("rows"))
    assert [a.text() for a in menu.actions() if a.text()][:2] == [
        "Bring back what stood here before", "Bring this back"
    ]  # fmt: skip
    menu.actions()[0].trigger()
    assert str(note.body) == "Sow 🐐 two rows."


def test_the_newest_version_has_only_what_went_to_bring_back(
    lines: Any, window: MainWindow
) -> None:
    past = window.desk.past
    past.strip.slider.setValue(past.strip.slider.maximum())
    select(past.texts.after, "and peas")
    assert past.strip.passage.isHidden()
    past.strip.beside.click()
    select(past.texts.before, "Oats")
    past.texts.before.setFocus()
    assert past.strip.passage.isVisible()
    window.commands.run("bring_back")
    assert window.toast.words == "This stands in the note as it was"


def test_words_of_the_past_are_copied(lines: Any, window: MainWindow) -> None:
    texts = window.desk.past.texts
    select(texts.after, "Rye 🐐 there")
    menu = texts.after.menu_at(texts.after.textCursor())
    next(action for action in menu.actions() if action.text() == "Copy").trigger()
    assert QApplication.clipboard().text() == "Rye 🐐 there"


def test_a_passage_of_a_deleted_note_stays_in_the_past(note: Any, window: MainWindow) -> None:
    window.chosen.delete()
    window.commands.run("trash")
    window.commands.run("history")
    past = window.desk.past
    past.strip.slider.setValue(1)
    past.texts.after.selectAll()
    assert past.strip.passage.isHidden()


def test_words_are_found_where_they_came_and_went(
    lines: Any, window: MainWindow, qtbot: Any
) -> None:
    past = window.desk.past
    press(window, Qt.Key.Key_F, CTRL)
    assert past.find_bar.line.hasFocus()
    past.find_bar.line.setText("rye 🐐")
    qtbot.waitUntil(lambda: not past.search.reads)
    assert past.search.found == [3, 2]  # it went, and had come
    assert past.find_bar.count.text() == "1 of 2"
    assert past.strip.slider.value() == 3
    lit = [one.cursor.selectedText() for one in past.texts.after.extraSelections()]
    assert lit[-1] == "Rye 🐐"
    assert past.texts.after.extraSelections()[-1].format.fontStrikeOut()  # it went
    QTest.keyClick(past.find_bar.line, Qt.Key.Key_Return)
    assert (past.strip.slider.value(), past.find_bar.count.text()) == (2, "2 of 2")
    press(window, Qt.Key.Key_F3, SHIFT)
    assert past.strip.slider.value() == 3
    assert past.find_bar.line.hasFocus()
    past.find_bar.case.click()
    qtbot.waitUntil(lambda: not past.search.reads)
    assert past.find_bar.count.text() == "At no time"
    QTest.keyClick(past.find_bar.line, Qt.Key.Key_Escape)
    assert past.find_bar.isHidden()
    assert window.desk.shows_past  # the first Escape closes the bar
    assert past.strip.slider.hasFocus()


def test_what_arrives_while_one_searches_is_searched(
    lines: Any, window: MainWindow, clock: Any, qtbot: Any
) -> None:
    window.commands.run("find_in_past")
    past = window.desk.past
    past.find_bar.line.setText("straw")
    qtbot.waitUntil(lambda: not past.search.reads)
    assert past.search.found == []
    shown = past.strip.slider.value()
    clock.now_ms += HOUR
    lines.body.splice(0, 0, "Straw. ")
    lines.repository.record_drafts()
    qtbot.waitUntil(lambda: past.search.found == [5])
    assert past.strip.slider.value() == shown  # whoever looks at something is left there
    window.desk.leave_past()
    assert not past.search.reads
