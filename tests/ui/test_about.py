"""Beside a note: its length, its headings, who links to it; titles that links follow."""

from __future__ import annotations

from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QListWidget

from ui.operations import notebooks, notes
from ui.window.main_window import MainWindow


@pytest.fixture
def pages(workspaces: Any, clock: Any) -> dict[str, Any]:
    repository = notebooks.create(workspaces.databases[0], "Garden")
    texts = {
        "Plan": "intro 🐐\n\n## First\n\ntext\n\n### Deeper\n",
        "Diary": "Today [[Plan]].",
        "Other": "Nothing.",
    }
    return {
        title: notes.create(repository, title, body=body, now_ms=clock.now_ms - at * 1000)
        for at, (title, body) in enumerate(texts.items())
    }


@pytest.fixture
def beside(pages: dict[str, Any], window: MainWindow) -> MainWindow:
    window.list.choose(pages["Plan"])
    window.commands.run("about")
    return window


def rows(of: QListWidget) -> list[str]:
    return [of.item(at).text() for at in range(of.count())]


def test_length_headings_and_links_are_shown(beside: MainWindow) -> None:
    about = beside.desk.about
    assert about.isVisible()
    assert about.length.text() == "4 words · 1 min to read"
    assert rows(about.outline) == ["First", "   Deeper"]
    assert rows(about.links) == ["Diary"]
    assert about.links.item(0).toolTip() == "Today Plan."


def test_a_heading_leads_to_its_line(beside: MainWindow) -> None:
    about = beside.desk.about
    about.outline.itemClicked.emit(about.outline.item(1))
    cursor = beside.desk.editor.textCursor()
    assert cursor.block().text() == "### Deeper"
    assert beside.desk.editor.hasFocus()


def test_a_link_leads_to_its_note(beside: MainWindow, pages: dict[str, Any]) -> None:
    about = beside.desk.about
    about.links.itemClicked.emit(about.links.item(0))
    assert beside.desk.note is pages["Diary"]
    assert rows(about.outline) == []
    assert not about.outline.isVisible()


def test_the_outline_follows_the_typing(beside: MainWindow, qtbot: Any) -> None:
    beside.desk.editor.setFocus()
    beside.desk.editor.moveCursor(beside.desk.editor.textCursor().MoveOperation.Start)
    QTest.keyClicks(beside.desk.editor, "# New")
    QTest.keyClick(beside.desk.editor, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: rows(beside.desk.about.outline) == ["New", "   First", "      Deeper"])


def test_links_follow_a_new_title_when_asked(window: MainWindow, pages: dict[str, Any]) -> None:
    window.list.choose(pages["Plan"])
    window.desk.title.select_title()
    QTest.keyClicks(window.desk.title, "Big plan")
    window.desk.editor.setFocus()
    assert pages["Plan"].title == "Big plan"
    assert window.toast.words == "1 note links to “Plan”"
    assert window.toast.button.text() == "Update links"
    window.toast.button.click()
    assert str(pages["Diary"].body) == "Today [[Big plan]]."
    assert window.toast.button.text() == "Undo"
    window.toast.button.click()
    assert str(pages["Diary"].body) == "Today [[Plan]]."


def test_a_title_that_nobody_links_to_changes_without_a_word(
    window: MainWindow, pages: dict[str, Any]
) -> None:
    window.list.choose(pages["Other"])
    window.desk.title.select_title()
    QTest.keyClicks(window.desk.title, "Else")
    window.desk.editor.setFocus()
    assert not window.toast.isVisible()
