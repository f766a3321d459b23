"""Who wrote what, on the open note."""

from __future__ import annotations

from typing import Any

import pytest
from PySide6.QtCore import QPoint
from PySide6.QtGui import QHelpEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QToolTip

from ui.editing.authors import AuthorRun, joined
from ui.operations import notebooks, notes
from ui.window.main_window import MainWindow


def test_neighbours_of_one_author_are_one_run() -> None:
    runs = [(2, "a", 5), (3, "a", 4), (1, "b", 6), (4, "a", 7)]
    assert joined(runs) == [
        AuthorRun(0, 5, "a", 5),
        AuthorRun(5, 6, "b", 6),
        AuthorRun(6, 10, "a", 7),
    ]
    assert joined([]) == []


@pytest.fixture
def open_note(workspaces: Any, clock: Any, open_window: Any) -> MainWindow:
    repository = notebooks.create(workspaces.databases[0], "Garden")
    notes.create(repository, "Plan", body="🐐 goats", now_ms=clock.now_ms)
    window: MainWindow = open_window()
    window.commands.run("authors")
    return window


def grounds(window: MainWindow) -> list[str]:
    return [
        one.cursor.selectedText()  # type: ignore[attr-defined]
        for one in window.desk.editor.extraSelections()
    ]


def test_letters_are_on_the_ground_of_their_author(open_note: MainWindow) -> None:
    assert grounds(open_note) == ["🐐 goats"]
    assert "Host" in open_note.desk.legend.text()
    assert open_note.desk.legend.isVisible()
    assert open_note.commands["authors"].isChecked()


def test_what_is_typed_is_told_at_the_pause(open_note: MainWindow, qtbot: Any) -> None:
    QTest.keyClicks(open_note.desk.editor, "Our ")
    qtbot.waitUntil(lambda: grounds(open_note) == ["Our 🐐 goats"])


def test_the_pointer_tells_name_and_moment(open_note: MainWindow, qtbot: Any) -> None:
    viewport = open_note.desk.editor.viewport()
    place = open_note.desk.editor.cursorRect().center() + QPoint(30, 0)
    event = QHelpEvent(QHelpEvent.Type.ToolTip, place, viewport.mapToGlobal(place))
    QApplication.sendEvent(viewport, event)
    assert QToolTip.text().startswith("Host · Today, ")


def test_it_goes_away_when_asked_and_with_the_note(open_note: MainWindow) -> None:
    open_note.flow.open(None)
    assert not open_note.desk.legend.isVisible()
    open_note.list.choose_first()
    open_note.flow.open(open_note.list.current)
    assert grounds(open_note) == ["🐐 goats"]
    open_note.commands.run("authors")
    assert grounds(open_note) == []
    assert not open_note.desk.legend.isVisible()


def test_finding_and_authors_are_shown_together(open_note: MainWindow) -> None:
    open_note.commands.run("find")
    open_note.desk.find_bar.line.setText("o")
    assert "🐐 goats" in grounds(open_note)
    open_note.desk.finder.leave()
    assert grounds(open_note) == ["🐐 goats"]
