"""Searching all notes in the window."""

from __future__ import annotations

from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from ui.operations import notebooks, notes
from ui.panels.search_panel import title_of
from ui.widgets.search_help import EXAMPLES
from ui.window.main_window import MainWindow

CTRL, SHIFT = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.ShiftModifier
KEY = Qt.Key
MINUTE_MS = 60_000


@pytest.fixture
def garden(workspaces: Any, clock: Any) -> Any:
    """A notebook of four notes."""
    notebook = notebooks.create(workspaces.databases[0], "Garden")
    written = (
        ("Oats", "Sow in March.\n- [ ] buy seed"),
        ("Beans", "Along the wall.\nOats beside them, oats behind. #bed"),
        ("", "A line without a title: 日本 🐐 sheep"),
        ("Fence", "Mend it before the sheep come."),
    )
    for number, (title, body) in enumerate(written):
        notes.create(notebook, title, body=body, now_ms=clock() - number * MINUTE_MS)
    return notebook


def search(window: MainWindow, words: str) -> list[str]:
    """Types words into the search; the titles of what it shows."""
    window.searching.ask()
    window.searching.panel.line.setText(words)
    return [title_of(hit)[0] for hit in window.searching.panel.model.rows]


def press(window: MainWindow, key: Qt.Key, modifiers: Any = Qt.KeyboardModifier.NoModifier) -> None:
    QTest.keyClick(QApplication.focusWidget() or window, key, modifiers)
    QApplication.processEvents()


def test_every_note_is_found_while_one_types(garden: Any, window: MainWindow) -> None:
    press(window, KEY.Key_F, CTRL | SHIFT)
    panel = window.searching.panel
    assert panel.isVisible()
    assert panel.line.hasFocus()
    assert panel.help.isVisible()
    assert not panel.view.isVisible()
    QTest.keyClicks(panel.line, "oat")
    assert [title_of(hit) for hit in panel.model.rows] == [("Oats", ((0, 4),)), ("Beans", ())]
    assert not panel.help.isVisible()
    assert panel.view.isVisible()
    assert panel.state.text() == "2 notes"
    shown = panel.model.rows[1].snippet
    assert shown.text == "Oats beside them, oats behind. #bed"
    assert shown.ranges == ((0, 4), (18, 22))
    QTest.keyClicks(panel.line, "s beh")
    assert [title_of(hit)[0] for hit in panel.model.rows] == ["Beans"]
    assert panel.state.text() == "1 note"


def test_enter_opens_the_note_where_the_words_are(garden: Any, window: MainWindow) -> None:
    assert search(window, "oat wall") == ["Beans"]
    press(window, KEY.Key_Return)
    assert not window.searching.panel.isVisible()
    assert window.desk.note.title == "Beans"
    assert window.desk.editor.hasFocus()
    assert window.desk.finder.active
    assert window.desk.editor.textCursor().selectedText() == "wall"
    assert search(window, "behind") == ["Beans"]
    press(window, KEY.Key_Return)
    assert window.desk.editor.textCursor().selectedText() == "behind"


def test_the_place_is_found_whatever_stands_before_it(garden: Any, window: MainWindow) -> None:
    body = "oats 🐐🐐\n" * 3 + "here are oats and wheat\noats"
    notes.create(garden, "Long", body=body, now_ms=1)
    assert search(window, "title:long oats wheat") == ["Long"]
    press(window, KEY.Key_Return)
    assert window.desk.note.title == "Long"
    cursor = window.desk.editor.textCursor()
    assert cursor.selectedText() == "oats"
    assert cursor.block().text() == "here are oats and wheat"


def test_a_note_that_is_found_by_its_title_opens_as_ever(garden: Any, window: MainWindow) -> None:
    assert search(window, "fence") == ["Fence"]
    press(window, KEY.Key_Return)
    assert window.desk.note.title == "Fence"
    assert not window.desk.finder.active
    assert window.desk.editor.hasFocus()


def test_arrows_mark_and_escape_goes_back(garden: Any, window: MainWindow) -> None:
    window.desk.editor.setFocus()
    search(window, "sheep OR oats")
    panel = window.searching.panel
    assert len(panel.model.rows) == 4
    rows = panel.model.rows
    assert panel.current is rows[0]
    for key, row in ((KEY.Key_Down, 1), (KEY.Key_Up, 0), (KEY.Key_Up, 3), (KEY.Key_Down, 0),
                     (KEY.Key_PageDown, 3), (KEY.Key_PageUp, 0), (KEY.Key_Tab, 1)):  # fmt: skip
        press(window, key)
        assert panel.current is rows[row]
    assert panel.line.accessibleDescription().startswith(title_of(rows[1])[0])
    press(window, KEY.Key_Escape)
    assert not panel.isVisible()
    assert window.desk.editor.hasFocus()
    window.searching.ask()
    assert panel.line.selectedText() == "sheep OR oats"
    assert len(panel.model.rows) == 4


def test_operators_and_their_mistakes_are_told(garden: Any, window: MainWindow) -> None:
    panel = window.searching.panel
    assert search(window, "has:todo") == ["Oats"]
    assert search(window, "tag:bed") == ["Beans"]
    assert search(window, "notebook:garden -oats -sheep") == []
    assert panel.nothing.text() == "No note has “notebook:garden -oats -sheep”."
    assert panel.nothing.isVisible()
    assert search(window, "oats before:soon") == ["Oats", "Beans"]
    assert panel.problems.text() == (
        "“before:soon” is not a date; write 2026, 2026-05 or 2026-05-01."
    )
    assert search(window, 'fence "') == ["Fence"]
    assert search(window, "") == []
    assert not panel.problems.isVisible()
    assert panel.help.isVisible()


def test_an_example_can_be_taken(garden: Any, window: MainWindow) -> None:
    search(window, "")
    panel = window.searching.panel
    QTest.mouseClick(panel.help._examples[8], Qt.MouseButton.LeftButton)
    assert panel.line.text() == EXAMPLES[8][0] == "has:todo"
    assert [title_of(hit)[0] for hit in panel.model.rows] == ["Oats"]


def test_notes_without_a_title_and_other_scripts_are_found(garden: Any, window: Any) -> None:
    line = "A line without a title: 日本 🐐 sheep"
    for words in ("日", "日本", "🐐", "without title"):
        assert search(window, words) == [line]
    hit = window.searching.panel.model.rows[0]
    assert [hit.snippet.text[a:b] for a, b in hit.snippet.ranges] == ["without", "title"]
    window.grab()  # it can be drawn


def test_what_is_found_follows_the_notes(garden: Any, window: MainWindow, clock: Any) -> None:
    assert search(window, "oats") == ["Oats", "Beans"]
    oats = window.searching.panel.model.rows[0].item
    press(window, KEY.Key_Down)
    oats.delete()
    notes.create(garden, "Oats again", now_ms=clock())
    window.searching.panel.line.setText("oats ")  # without a loop nothing comes by itself
    rows = window.searching.panel.model.rows
    assert [title_of(hit)[0] for hit in rows] == ["Oats again", "Beans"]


def test_a_joined_workspace_is_searched_too(
    garden: Any, window: MainWindow, workspaces: Any, clock: Any, qtbot: Any
) -> None:
    assert search(window, "oats") == ["Oats", "Beans"]
    other = workspaces.make("other")
    notes.create(notebooks.create(other, "Farm"), "Oats", now_ms=clock() - 500 * MINUTE_MS)
    workspaces.add(other)
    qtbot.waitUntil(lambda: len(window.searching.panel.model.rows) == 3)
    places = {window.shelf.place_of(hit.item).name for hit in window.searching.panel.model.rows}
    assert places == {"Farm", "Garden"}


def test_a_click_elsewhere_closes_it_and_a_small_window_fits_it(
    garden: Any, window: MainWindow
) -> None:
    search(window, "oats")
    panel = window.searching.panel
    window.resize(500, 420)
    QApplication.processEvents()
    assert panel.geometry().right() < window.width()
    assert panel.geometry().bottom() <= window.height()
    QTest.mouseClick(panel.view.viewport(), Qt.MouseButton.LeftButton,
                     pos=panel.view.visualRect(panel.model.index(1, 0)).center())  # fmt: skip
    assert window.desk.note.title == "Beans"
    search(window, "oats")
    window.list.search.setFocus(Qt.FocusReason.MouseFocusReason)
    assert not panel.isVisible()


async def test_on_a_loop_answers_come_without_holding_it(
    loop: Any, garden: Any, open_window: Any
) -> None:
    window = open_window()
    window.searching.ask()
    panel, found = window.searching.panel, window.searching.found
    for searching in window.searching._searches.values():
        await searching.wait_settled()
    for words in ("o", "oa", "oats"):
        panel.line.setText(words)
    for live in found._lives:
        await live.ready()
    assert [title_of(hit)[0] for hit in panel.model.rows] == ["Oats", "Beans"]
    assert panel.current is panel.model.rows[0]
    panel.line.setText("fence")
    for live in found._lives:
        await live.ready()
    assert [title_of(hit)[0] for hit in panel.model.rows] == ["Fence"]
    panel.model.rows[0].item.body = "It is mended."
    for searching in window.searching._searches.values():
        await searching.wait_settled()
    for live in found._lives:
        await live.ready()
    assert panel.model.rows[0].snippet.text == "It is mended."
    window.close()
