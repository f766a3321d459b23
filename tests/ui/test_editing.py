"""Habits, find and replace in the window, on a real note that others edit, too."""

from __future__ import annotations

from typing import Any

import pytest
from PySide6.QtCore import QMimeData, QPoint, Qt, QUrl
from PySide6.QtGui import QDesktopServices, QTextCursor
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from ui.operations import notebooks, notes
from ui.window.main_window import MainWindow

CTRL, SHIFT = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.ShiftModifier
NO = Qt.KeyboardModifier.NoModifier
BODY = "🐐 Oats and oats.\n- [ ] buy Oats\n- [ ] sow"


@pytest.fixture
def note(workspaces: Any, clock: Any) -> Any:
    repository = notebooks.create(workspaces.databases[0], "Garden")
    notes.create(repository, "Hay", body="Nothing.", now_ms=clock.now_ms - 1000)
    return notes.create(repository, "Oats", body=BODY, now_ms=clock.now_ms)


@pytest.fixture
def writing(note: Any, window: MainWindow) -> MainWindow:
    assert window.desk.note is note
    window.desk.editor.setFocus()
    window.desk.editor.moveCursor(QTextCursor.MoveOperation.End)
    return window


def press(window: MainWindow, key: Qt.Key, modifiers: Qt.KeyboardModifier = NO) -> None:
    QTest.keyClick(QApplication.focusWidget() or window, key, modifiers)
    for _ in range(3):
        QApplication.processEvents()


def test_a_list_goes_on_and_each_key_is_one_undo(writing: MainWindow, note: Any) -> None:
    editor = writing.desk.editor
    press(writing, Qt.Key.Key_Return)
    QTest.keyClicks(editor, "reap")
    assert str(note.body) == BODY + "\n- [ ] reap"
    press(writing, Qt.Key.Key_Tab)
    assert str(note.body) == BODY + "\n  - [ ] reap"
    note.body.splice(0, 0, "Theirs. ")
    press(writing, Qt.Key.Key_Backtab, SHIFT)
    press(writing, Qt.Key.Key_Return, CTRL)
    assert str(note.body) == f"Theirs. {BODY}\n- [x] reap"
    for wanted in ("\n- [ ] reap", "\n  - [ ] reap", "\n- [ ] reap", "\n- [ ] ", ""):
        press(writing, Qt.Key.Key_Z, CTRL)
        assert str(note.body) == f"Theirs. {BODY}{wanted}"
    assert editor.toPlainText() == str(note.body)


def test_tab_and_enter_write_a_table_and_each_is_one_undo(writing: MainWindow, note: Any) -> None:
    head, tidy = "| a | b |\n| - | - |\n", "| a   | b   |\n| --- | --- |\n"
    note.body.splice(0, len(note.body), head + "| rye |")
    writing.desk.editor.moveCursor(QTextCursor.MoveOperation.End)
    press(writing, Qt.Key.Key_Backtab, SHIFT)
    assert str(note.body) == tidy + "| rye |     |"
    press(writing, Qt.Key.Key_Tab)
    press(writing, Qt.Key.Key_Tab)
    QTest.keyClicks(writing.desk.editor, "5")
    assert str(note.body) == tidy + "| rye | 5    |"
    press(writing, Qt.Key.Key_Return)
    assert str(note.body) == tidy + "| rye | 5   |\n|     |     |"
    press(writing, Qt.Key.Key_Return)
    assert str(note.body) == tidy + "| rye | 5   |\n"
    press(writing, Qt.Key.Key_Z, CTRL)
    assert str(note.body) == tidy + "| rye | 5   |\n|     |     |"


def test_enter_in_an_empty_item_ends_the_list(writing: MainWindow, note: Any) -> None:
    press(writing, Qt.Key.Key_Return)
    press(writing, Qt.Key.Key_Return)
    assert str(note.body) == BODY + "\n"


def test_code_is_left_alone(writing: MainWindow, note: Any) -> None:
    note.body.splice(0, len(note.body), "```\n- a")
    writing.desk.editor.moveCursor(QTextCursor.MoveOperation.End)
    press(writing, Qt.Key.Key_Return)
    assert str(note.body) == "```\n- a\n"


def test_a_click_checks_a_box_and_leaves_the_caret(writing: MainWindow, note: Any) -> None:
    editor = writing.desk.editor
    place = editor.textCursor().position()
    cursor = QTextCursor(editor.document().findBlockByNumber(1))
    cursor.movePosition(QTextCursor.MoveOperation.Right, QTextCursor.MoveMode.MoveAnchor, 3)
    middle = editor.cursorRect(cursor).center() + QPoint(3, 0)
    QTest.mouseMove(editor.viewport(), middle)
    QTest.mouseClick(editor.viewport(), Qt.MouseButton.LeftButton, NO, middle)
    assert str(note.body) == BODY.replace("[ ] buy", "[x] buy")
    assert editor.textCursor().position() == place
    cursor.movePosition(QTextCursor.MoveOperation.Right, QTextCursor.MoveMode.MoveAnchor, 7)
    beside = editor.cursorRect(cursor).center()
    QTest.mouseClick(editor.viewport(), Qt.MouseButton.LeftButton, NO, beside)
    assert str(note.body) == BODY.replace("[ ] buy", "[x] buy")
    assert editor.textCursor().position() != place


def test_bold_of_a_word_and_back(writing: MainWindow, note: Any) -> None:
    press(writing, Qt.Key.Key_B, CTRL)
    assert str(note.body).endswith("- [ ] **sow**")
    press(writing, Qt.Key.Key_I, CTRL)
    assert str(note.body).endswith("- [ ] ***sow***")
    press(writing, Qt.Key.Key_B, CTRL)
    assert str(note.body).endswith("- [ ] *sow*")


def test_marks_are_for_the_text_only(writing: MainWindow, note: Any) -> None:
    writing.desk.title.setFocus()
    press(writing, Qt.Key.Key_B, CTRL)
    assert str(note.body) == BODY


def test_an_address_pasted_over_a_word_is_a_link(writing: MainWindow, note: Any) -> None:
    editor = writing.desk.editor
    editor.moveCursor(QTextCursor.MoveOperation.StartOfWord, QTextCursor.MoveMode.KeepAnchor)
    pasted = QMimeData()
    pasted.setText("https://example.org")
    editor.insertFromMimeData(pasted)
    assert str(note.body).endswith("- [ ] [sow](https://example.org)")
    editor.insertFromMimeData(pasted)
    assert str(note.body).endswith("(https://example.org)https://example.org")


def test_links_open_with_ctrl_click(
    writing: MainWindow, note: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened: list[str] = []
    monkeypatch.setattr(QDesktopServices, "openUrl", lambda url: opened.append(url.toString()))
    editor = writing.desk.editor
    note.body.splice(0, len(note.body), "https://example.org and [[hay]] and [[gone]]")

    def at(column: int) -> QPoint:
        cursor = QTextCursor(editor.document())
        cursor.setPosition(column)
        return editor.cursorRect(cursor).center()

    QTest.mouseClick(editor.viewport(), Qt.MouseButton.LeftButton, NO, at(5))
    assert opened == []
    QTest.mouseClick(editor.viewport(), Qt.MouseButton.LeftButton, CTRL, at(5))
    assert opened == [QUrl("https://example.org").toString()]
    QTest.mouseClick(editor.viewport(), Qt.MouseButton.LeftButton, CTRL, at(40))
    assert writing.toast.words == "No note is called “gone”"
    QTest.mouseClick(editor.viewport(), Qt.MouseButton.LeftButton, CTRL, at(27))
    assert writing.desk.note.title == "Hay"


def test_what_is_found_is_counted_and_stepped_through(writing: MainWindow) -> None:
    finder, bar = writing.desk.finder, writing.desk.find_bar
    press(writing, Qt.Key.Key_F, CTRL)
    assert bar.line.hasFocus()
    assert bar.other.isHidden()
    QTest.keyClicks(bar.line, "oats")
    assert finder.found == [(2, 6), (11, 15), (27, 31)]
    assert bar.count.text() == "1 of 3"
    press(writing, Qt.Key.Key_F3)
    assert bar.count.text() == "2 of 3"
    assert writing.desk.editor.textCursor().selectedText() == "oats"
    press(writing, Qt.Key.Key_Return, SHIFT)
    press(writing, Qt.Key.Key_F3, SHIFT)
    assert bar.count.text() == "3 of 3"
    bar.case.click()
    assert finder.found == [(11, 15)]
    press(writing, Qt.Key.Key_Escape)
    assert bar.isHidden()
    assert writing.desk.editor.hasFocus()
    assert writing.desk.editor.extraSelections() == []
    press(writing, Qt.Key.Key_F, CTRL)
    QTest.keyClicks(bar.line, "pineapple")
    assert bar.count.text() == "Nothing found"
    assert not bar.one.isEnabled()


def test_what_others_write_is_found_at_once(writing: MainWindow, note: Any) -> None:
    press(writing, Qt.Key.Key_F, CTRL)
    QTest.keyClicks(writing.desk.find_bar.line, "oats")
    note.body.splice(0, 0, "Oats! ")
    QApplication.processEvents()
    assert len(writing.desk.finder.found) == 4
    assert writing.desk.finder.found[0] == (0, 4)


def test_replacing_is_one_undo_step_and_spares_what_others_wrote(
    writing: MainWindow, note: Any
) -> None:
    bar = writing.desk.find_bar
    press(writing, Qt.Key.Key_H, CTRL)
    QTest.keyClicks(bar.line, "oats")
    bar.other.setText("hay 🌾")
    bar.one.click()
    assert str(note.body) == BODY.replace("Oats and", "hay 🌾 and")
    assert bar.count.text() == "1 of 2"
    bar.all.click()
    replaced = "🐐 hay 🌾 and hay 🌾.\n- [ ] buy hay 🌾\n- [ ] sow"
    assert str(note.body) == writing.desk.editor.toPlainText() == replaced
    assert bar.count.text() == "2 replaced"
    note.body.splice(len(note.body), 0, " Theirs.")
    writing.desk.undo()
    assert str(note.body) == BODY.replace("Oats and", "hay 🌾 and") + " Theirs."
    writing.desk.undo()
    assert str(note.body) == BODY + " Theirs."
    writing.desk.redo()
    writing.desk.redo()
    assert str(note.body) == replaced + " Theirs."


def test_another_note_is_searched_when_it_is_opened(writing: MainWindow) -> None:
    press(writing, Qt.Key.Key_F, CTRL)
    QTest.keyClicks(writing.desk.find_bar.line, "nothing")
    assert writing.desk.finder.found == []
    writing.list.choose(writing.list.model.rows[1])
    assert writing.desk.finder.found == [(0, 7)]


def test_text_grows_and_shrinks_and_the_size_is_remembered(writing: MainWindow, theme: Any) -> None:
    editor = writing.desk.editor
    usual = editor.font().pixelSize()
    line = editor.blockBoundingRect(editor.firstVisibleBlock()).height()
    press(writing, Qt.Key.Key_Plus, CTRL)
    press(writing, Qt.Key.Key_Equal, CTRL)
    assert theme.zoom_percent == 125
    assert editor.font().pixelSize() > usual
    assert editor.blockBoundingRect(editor.firstVisibleBlock()).height() > line
    assert writing._memory.text_of("zoom") == "125"
    press(writing, Qt.Key.Key_Minus, CTRL)
    assert theme.zoom_percent == 110
    press(writing, Qt.Key.Key_0, CTRL)
    assert editor.font().pixelSize() == usual
    assert editor.blockBoundingRect(editor.firstVisibleBlock()).height() == line
    for _ in range(20):
        theme.zoom(-1)
    assert theme.zoom_percent == 70
    theme.zoom(0)
