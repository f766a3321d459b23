"""A note that is too long to be laid out opens at its beginning, is found, and loses nothing."""

from __future__ import annotations

from typing import Any

import pytest
from PySide6.QtTest import QTest

from ui.bridge import beginning
from ui.operations import notebooks, notes
from ui.window.main_window import MainWindow

LINES = "".join(f"line {n} of the long one\n" for n in range(2_000))


@pytest.fixture
def long_note(workspaces: Any, clock: Any, monkeypatch: pytest.MonkeyPatch) -> Any:
    monkeypatch.setattr(beginning, "LETTERS_MAX", 40_000)
    monkeypatch.setattr(beginning, "BEGINNING_LETTERS", 1_000)
    repository = notebooks.create(workspaces.databases[0], "Garden")
    notes.create(repository, "Short", body="hay", now_ms=clock.now_ms - 1)
    return notes.create(repository, "Long", body=LINES, now_ms=clock.now_ms)


def test_its_beginning_is_shown_to_read_and_why_is_said(long_note: Any, window: MainWindow) -> None:
    editor = window.desk.editor
    shown = editor.toPlainText()
    assert len(LINES) > 40_000
    assert 900 < len(shown) <= 1_000
    assert LINES.startswith(shown)
    assert shown.endswith("\n")
    assert editor.isReadOnly()
    assert not window.desk.title.isReadOnly()
    assert "too long" in window.desk.notice.words
    assert f"{len(LINES):,}" in window.desk.notice.words
    QTest.keyClicks(editor, "x")
    assert str(long_note.body) == LINES


def test_what_others_write_there_shows(long_note: Any, window: MainWindow) -> None:
    long_note.body.splice(0, 0, "New. ")
    assert window.desk.editor.toPlainText().startswith("New. line 0")
    long_note.body.splice(len(LINES), 0, "far behind")
    assert str(long_note.body).count("far behind") == 1


def test_its_past_and_its_authors_are_not_asked_for(long_note: Any, window: MainWindow) -> None:
    window.commands.run("history")
    assert not window.desk.shows_past
    assert "too long" in window.banner.words
    window.commands.run("authors")
    assert window.desk.authors.runs == []


def test_another_note_is_written_in_as_ever(long_note: Any, window: MainWindow) -> None:
    window.list.choose(window.list.model.rows[1])
    assert not window.desk.editor.isReadOnly()
    assert not window.desk.notice.isVisible()
    window.commands.run("history")
    assert window.desk.shows_past
    window.desk.leave_past()
    window.list.choose(long_note)
    assert window.desk.editor.isReadOnly()


def test_when_it_is_short_again_it_is_whole(long_note: Any, window: MainWindow) -> None:
    window.list.choose(window.list.model.rows[1])
    long_note.body.splice(500, len(LINES) - 500, "")
    window.list.choose(long_note)
    assert window.desk.editor.toPlainText() == LINES[:500]
    assert not window.desk.editor.isReadOnly()
