"""Completion: what could be meant at the caret, and the list that offers it."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from ui.bridge.edits import apply
from ui.editing.blocks import FIXED, matching
from ui.editing.completing import Suggested
from ui.editing.completion import BLOCK, NOTE, TAG, Wanted, completed, wanted_at
from ui.operations import notebooks, notes
from ui.window.main_window import MainWindow


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("see [[", Wanted(NOTE, "", 4)),
        ("🐐 [[Gar den", Wanted(NOTE, "Gar den", 2)),
        ("![[a", Wanted(NOTE, "a", 1)),
        ("[[a]] b", None),
        ("[[a|b", None),
        ("[[" + "a" * 81, None),
        ("[[a\nb", None),
        ("a #b", Wanted(TAG, "b", 2)),
        ("#b/c", Wanted(TAG, "b/c", 0)),
        ("# b", None),
        ("a#b", None),
        ("#1", None),
        ("/", Wanted(BLOCK, "", 0)),
        ("x\n  /ta", Wanted(BLOCK, "ta", 4)),
        ("and/or", None),
        ("a /b", None),
    ],
)
def test_what_is_begun_at_the_caret(text: str, wanted: Wanted | None) -> None:
    assert wanted_at(text, len(text)) == wanted


def test_a_choice_takes_the_place_of_what_was_typed() -> None:
    text = "see [[ga]] now"
    done = completed(text, 8, Wanted(NOTE, "ga", 4), "[[Garden]]")
    assert apply(done.edit, text) == "see [[Garden]] now"
    assert (done.anchor, done.caret) == (14, 14)
    text = "/ta"
    done = completed(text, 3, Wanted(BLOCK, "ta", 0), "abc", back=2)
    assert (apply(done.edit, text), done.caret) == ("abc", 1)


def test_blocks_are_found_by_the_beginning_of_any_of_their_words() -> None:
    assert [block.words for block in matching("h", 0)][:1] == ["Heading"]
    assert [block.words for block in matching("todo", 0)] == ["Check box"]
    assert [block.words for block in matching("zzz", 0)] == []
    assert len(matching("", 0)) == len(FIXED) + 2


def test_dates_are_those_of_now() -> None:
    now = datetime(2026, 5, 4, 3, 2)
    [today, clock] = [b.text for b in matching("now", int(now.timestamp() * 1000))]
    assert (today, clock) == ("2026-05-04 ", "2026-05-04 03:02 ")


@pytest.fixture
def writing(workspaces: Any, clock: Any, open_window: Any) -> MainWindow:
    repository = notebooks.create(workspaces.databases[0], "Garden")
    for age, title in enumerate(("Garden diary", "Greenhouse", "Work")):
        notes.create(repository, title, now_ms=clock.now_ms - age * 1000)
    notes.create(repository, "Draft", now_ms=clock.now_ms + 5)
    window: MainWindow = open_window()
    window.desk.editor.setFocus()
    return window


def type_on(window: MainWindow, words: str) -> None:
    QTest.keyClicks(window.desk.editor, words)


def press(window: MainWindow, key: Qt.Key) -> None:
    QTest.keyClick(window.desk.editor, key)


def offered(window: MainWindow) -> list[str]:
    completing = window.desk.completing
    return [c.words for c in completing.list.choices] if completing.isVisible() else []


def text(window: MainWindow) -> str:
    return str(window.desk.note.body)


def test_a_link_is_completed_by_keys(writing: MainWindow) -> None:
    type_on(writing, "see [[g")
    assert offered(writing) == ["Garden diary", "Greenhouse"]
    press(writing, Qt.Key.Key_Down)
    press(writing, Qt.Key.Key_Return)
    assert text(writing) == "see [[Greenhouse]]"
    assert offered(writing) == []
    type_on(writing, "!")
    assert text(writing) == "see [[Greenhouse]]!"
    writing.desk.undo()
    writing.desk.undo()
    assert text(writing) == "see [[g"  # the choice is one step


def test_a_note_deleted_elsewhere_is_not_offered_when_a_link_begins(writing: MainWindow) -> None:
    repository = writing.desk.note.repository
    next(n for n in repository.items(notes.NOTE) if n.title == "Greenhouse").delete()
    type_on(writing, "[[gr")
    assert "Greenhouse" not in offered(writing)


def test_escape_closes_the_list_and_it_stays_closed_for_this_link(writing: MainWindow) -> None:
    type_on(writing, "[[g")
    press(writing, Qt.Key.Key_Escape)
    type_on(writing, "a")
    assert offered(writing) == []
    assert writing.desk.editor.hasFocus()
    type_on(writing, " [[w")
    assert offered(writing)[0] == "Work"


def test_a_slash_at_the_beginning_of_a_line_offers_blocks(writing: MainWindow) -> None:
    type_on(writing, "/tab")
    assert offered(writing) == ["Table"]
    press(writing, Qt.Key.Key_Tab)
    assert text(writing).startswith("|   |   |\n| --- |")
    type_on(writing, "x")
    assert text(writing).startswith("| x  |   |\n")


def test_a_chosen_link_block_goes_on_to_the_notes(writing: MainWindow) -> None:
    type_on(writing, "/wiki")
    press(writing, Qt.Key.Key_Return)
    assert text(writing) == "[["
    assert "Garden diary" in offered(writing)


def test_tags_are_offered(writing: MainWindow) -> None:
    writing.desk.completing.tags = lambda words: [
        Suggested(name, "3") for name in ("spring", "sprouts") if name.startswith(words)
    ]
    type_on(writing, "#spr")
    assert offered(writing) == ["#spring", "#sprouts"]
    press(writing, Qt.Key.Key_Return)
    assert text(writing) == "#spring "


def test_nothing_is_offered_in_a_program_or_after_a_click_elsewhere(writing: MainWindow) -> None:
    type_on(writing, "/head")
    assert offered(writing) != []
    writing.desk.editor.moveCursor(writing.desk.editor.textCursor().MoveOperation.Start)
    assert offered(writing) == []
    writing.desk.editor.selectAll()
    type_on(writing, "```")
    press(writing, Qt.Key.Key_Return)
    type_on(writing, "/head")
    assert offered(writing) == []


def test_the_list_closes_when_the_keys_go_elsewhere(writing: MainWindow) -> None:
    type_on(writing, "/")
    assert offered(writing) != []
    writing.desk.title.setFocus()
    QApplication.processEvents()
    assert offered(writing) == []


def test_typing_in_the_last_line_of_a_long_note_scrolls_and_offers(writing: MainWindow) -> None:
    editor = writing.desk.editor
    editor.insertPlainText("line\n" * 200)
    editor.moveCursor(editor.textCursor().MoveOperation.Start)
    editor.moveCursor(editor.textCursor().MoveOperation.End)
    editor.verticalScrollBar().setValue(0)
    type_on(writing, "/")
    assert "Heading" in offered(writing)
    QApplication.processEvents()
    assert "Heading" in offered(writing)
    editor.verticalScrollBar().setValue(0)
    assert offered(writing) == []
