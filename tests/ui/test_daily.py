"""The note of this day and templates, in the window."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from PySide6.QtTest import QTest

from ui.operations import notebooks, notes
from ui.window.main_window import MainWindow


def test_the_note_of_this_day_opens_also_before_there_is_a_notebook(
    window: MainWindow, clock: Any
) -> None:
    window.commands.run("note_of_today")
    today = datetime.fromtimestamp(clock.now_ms / 1000)
    note = window.desk.note
    assert note.title == f"{today:%Y-%m-%d}"
    assert window.desk.editor.hasFocus()
    QTest.keyClicks(window.desk.editor, "Rain.")
    window.commands.run("note_of_today")
    assert window.desk.note is note
    assert str(note.body) == "Rain."


def test_a_note_begins_as_a_template(workspaces: Any, clock: Any, open_window: Any) -> None:
    garden = notebooks.create(workspaces.databases[0], "Garden")
    notes.create(garden, "Visit", body="#template\n- [ ] call", now_ms=clock.now_ms)
    notes.create(garden, "Other", body="no #templates", now_ms=clock.now_ms - 1)
    window = open_window()
    window.commands.run("from_template")
    assert [row.words for row in window.going.chooser.choices] == ["Visit"]
    window.going.chooser.view.take()
    assert (window.desk.note.title, str(window.desk.note.body)) == ("Visit", "- [ ] call")
    assert len(list(garden.items(notes.NOTE))) == 3
