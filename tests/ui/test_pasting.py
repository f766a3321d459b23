"""Pasting into a real note: formatted text, plain text, far too much of it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from PySide6.QtCore import QMimeData, Qt
from PySide6.QtGui import QGuiApplication, QTextCursor
from PySide6.QtTest import QTest

from ui.editing import pasting
from ui.editing.pasting import LETTERS_MAX
from ui.operations import notebooks, notes
from ui.window.main_window import MainWindow

CTRL, SHIFT = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.ShiftModifier
LIST = "<ul><li>one</li><li><b>two</b></li></ul>"


@pytest.fixture
def note(workspaces: Any, clock: Any) -> Any:
    repository = notebooks.create(workspaces.databases[0], "Garden")
    return notes.create(repository, "Hay", body="Dry.", now_ms=clock.now_ms)


@pytest.fixture
def writing(note: Any, window: MainWindow) -> Iterator[MainWindow]:
    assert window.desk.note is note
    window.desk.editor.setFocus()
    window.desk.editor.moveCursor(QTextCursor.MoveOperation.End)
    yield window
    QGuiApplication.clipboard().clear()


def copied(html: str = "", words: str = "") -> QMimeData:
    data = QMimeData()
    if html:
        data.setHtml(html)
    if words:
        data.setText(words)
    return data


def paste(window: MainWindow, html: str = "", words: str = "", keys: Any = CTRL) -> None:
    QGuiApplication.clipboard().setMimeData(copied(html, words))
    QTest.keyClick(window.desk.editor, Qt.Key.Key_V, keys)


def test_formatted_text_comes_as_markdown_in_one_step_of_undo(
    writing: MainWindow, note: Any
) -> None:
    paste(writing, LIST, "one\ntwo")
    assert str(note.body) == "Dry.\n\n- one\n- **two**"
    assert writing.desk.editor.toPlainText() == str(note.body)
    QTest.keyClick(writing.desk.editor, Qt.Key.Key_Z, CTRL)
    assert str(note.body) == "Dry."


def test_bold_words_come_into_a_sentence(writing: MainWindow, note: Any) -> None:
    writing.desk.editor.moveCursor(QTextCursor.MoveOperation.Left)
    paste(writing, " and <b>sweet</b>", " and sweet")
    assert str(note.body) == "Dryand **sweet**."


def test_markup_that_says_nothing_gives_way_to_the_words(writing: MainWindow, note: Any) -> None:
    paste(writing, "<p>some <span style='color:red'>red</span> words</p>", "  some red words")
    assert str(note.body) == "Dry.  some red words"


def test_markup_alone_comes_too(writing: MainWindow, note: Any) -> None:
    paste(writing, "<p>only here</p>")
    assert str(note.body) == "Dry.only here"


def test_the_words_alone_come_by_their_own_key(writing: MainWindow, note: Any) -> None:
    QGuiApplication.clipboard().setMimeData(copied(LIST, "one\ntwo"))
    writing.commands.run("paste_words")
    assert str(note.body) == "Dry.one\ntwo"


def test_in_a_program_the_words_come(writing: MainWindow, note: Any) -> None:
    note.body = "```\n\n```"
    cursor = writing.desk.editor.textCursor()
    cursor.setPosition(4)
    writing.desk.editor.setTextCursor(cursor)
    paste(writing, "<b>x</b>", "x")
    assert str(note.body) == "```\nx\n```"


def test_what_is_pasted_takes_the_place_of_what_is_chosen(writing: MainWindow, note: Any) -> None:
    writing.desk.editor.selectAll()
    paste(writing, LIST, "one\ntwo")
    assert str(note.body) == "- one\n- **two**"


def test_nothing_that_could_run_or_call_home_comes(writing: MainWindow, note: Any) -> None:
    page = (
        "<script>steal()</script><img src='x' onerror='steal()'><iframe src='https://e.org'>"
        "</iframe><a href='javascript:steal()'>there</a> <b>x</b>"
    )
    paste(writing, page, "there x")
    assert str(note.body) == "Dry.there **x**"


def test_what_is_far_too_long_is_refused_and_nothing_is_lost(
    writing: MainWindow, note: Any
) -> None:
    writing.desk.editor.selectAll()
    paste(writing, words="hay " * (50_000_000 // 4))
    assert str(note.body) == "Dry."
    assert writing.banner.isVisible()
    assert "50,000,000" in writing.banner.words
    assert f"{LETTERS_MAX:,}" in writing.banner.words
    paste(writing, "<b>hay</b> " * 5_000_000, "hay " * (50_000_000 // 4))
    assert str(note.body) == "Dry."


def test_long_formatted_text_comes_without_its_looks_and_says_so(
    writing: MainWindow, note: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pasting, "FORMATTED_S_MAX", 0.0)
    paste(writing, "<b>hay</b> " * 5_000, "hay " * 5_000)
    assert str(note.body) == "Dry." + "hay " * 5_000
    assert "without their looks" in writing.toast.words


def test_a_long_paste_is_whole_and_one_step_of_undo(writing: MainWindow, note: Any) -> None:
    words = "".join(f"line {n} 🐐\n" for n in range(60_000))
    paste(writing, words=words)
    writing.desk.record()
    assert str(note.body) == "Dry." + words
    QTest.keyClick(writing.desk.editor, Qt.Key.Key_Z, CTRL)
    writing.desk.record()
    assert str(note.body) == "Dry."
    QTest.keyClick(writing.desk.editor, Qt.Key.Key_Z, CTRL | SHIFT)
    writing.desk.record()
    assert str(note.body) == "Dry." + words
    assert writing.desk.editor.document().blockCount() == 60_001
