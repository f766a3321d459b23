"""Titles of every odd kind: in the list, the tabs, the switcher, the search, the field."""

from __future__ import annotations

from typing import Any

import pytest
from PySide6.QtCore import QMimeData
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from ui.models.note_words import title_words
from ui.operations import notebooks, notes
from ui.operations.one_line import LETTERS_MAX, one_line, seen_line
from ui.panels.open_note import TITLE_PAUSE_MS
from ui.window.main_window import MainWindow

ODD = {
    "long": "Hay and oats " * 770,
    "one word": "H" * 10_000,
    "turned": "\u202eyah\u202c and \u2067oats",
    "unseen": "\u200b\u200d\ufeff\u2060",
    "emoji": "👩‍🌾🏳️‍🌈👨‍👩‍👧‍👦" * 40,
    "lines": "one\ntwo\r\n\u2028three\x0b",
    "controls": "a\x00b\x1b[31mc\x7f\x85",
    "marks": "Z͑ͫ̓ͪ̂ͫ̽͏̴̙̤" * 30,
    "quotes": "<b>&amp;</b> “%n” {} {0} %1 \\ [[x]] | #tag",
    "right to left": "חציר ושיבולת 3 kg",
    "variation": "\ufe0f" * 5,
}


@pytest.fixture
def garden(workspaces: Any, clock: Any) -> Any:
    repository = notebooks.create(workspaces.databases[0], "Garden")
    for at, title in enumerate(ODD.values()):
        note = notes.create(repository, "", body=f"body {at}", now_ms=clock.now_ms - at)
        note.title = title  # as another program may have written it
    repository.record_drafts()
    return repository


def test_a_list_the_tabs_and_the_field_show_each(garden: Any, window: MainWindow) -> None:
    assert len(window.list.model.rows) == len(ODD)
    for row, title in enumerate(ODD.values()):
        note = window.list.model.rows[row]
        assert note.title == title
        window.list.choose(note)
        QApplication.processEvents()
        assert window.desk.note is note
        assert "\n" not in window.desk.title.title
        shown = window.list.model.index(row, 0).data()
        assert 0 < len(shown) <= 200
        assert not set(shown) & set("\n\r\x00\x1b\u202e\u2067\u2028")
    window.grab()
    window.resize(500, 400)
    window.grab()
    for note in window.list.model.rows:  # nobody typed: what they are called is as it was
        assert note.title in ODD.values()


def test_the_switcher_finds_each(garden: Any, window: MainWindow) -> None:
    window.commands.run("switch")
    for typed in (
        "H" * 40,
        "yah",
        "חציר",
        "👩‍🌾",
        "\x00",
        "\ud800",
        "{}",
        "%1",
        "\\",
        "[[",
        "(",
        ".*",
    ):
        window.going.chooser.line.setText(typed)
        QApplication.processEvents()
    window.going.chooser.line.setText("חציר")
    assert [hit.words for hit in window.going.chooser.choices][:1] == [ODD["right to left"]]


def test_the_search_and_the_filter_take_anything(
    garden: Any, window: MainWindow, qtbot: Any
) -> None:
    window.commands.run("search")
    line = window.searching.panel.line
    for typed in (
        '"', '"hay', "tag:", "before:", "before:yesterdayish", "-", "--", "(", "OR", "AND NOT", "*",
        "title:\"", "\x00", "\ud83d", "😀", "ה", "''; DROP TABLE documents", "a" * 20_000, "hay\n",
    ):  # fmt: skip
        line.setText(typed)
        QApplication.processEvents()
    line.setText("body")
    qtbot.waitUntil(lambda: len(window.searching.panel.model.rows) == len(ODD))
    window.searching.panel.leave()
    for typed in ("\x00", "(", "[", "\ud800", "*", "a" * 20_000):
        window.list.search.setText(typed)
        window.list.flush_search()
        QApplication.processEvents()


def test_what_is_typed_as_a_title_can_be_kept(garden: Any, window: MainWindow, qtbot: Any) -> None:
    note = window.list.model.rows[0]
    window.list.choose(note)
    title = window.desk.title
    for typed, kept in (
        ("\x07bell", " bell"),
        ("H" * 20_000, "H" * LETTERS_MAX),
        ("fine 👩‍🌾 \u202eok", "fine 👩‍🌾 \u202eok"),
    ):
        title.selectAll()
        title.insertPlainText(typed)
        window.desk.record()
        assert note.title == kept
        assert not window.banner.isVisible()
        qtbot.waitUntil(lambda kept=kept: title.title == kept)
    QTest.keyClicks(title, " ")
    qtbot.wait(TITLE_PAUSE_MS // 10)
    assert title.title.endswith(" ")


def test_a_huge_paste_into_the_title_is_cut(garden: Any, window: MainWindow) -> None:
    window.list.choose(window.list.model.rows[0])
    data = QMimeData()
    data.setText("hay\n" * 12_500_000)
    window.desk.title.selectAll()
    window.desk.title.insertFromMimeData(data)
    window.desk.record()
    assert window.desk.note.title.startswith("hay hay hay")
    assert len(window.desk.note.title) <= LETTERS_MAX


def test_words_in_one_line() -> None:
    assert one_line("a\r\nb\x00\ud800 ") == "a b \ufffd "
    assert seen_line("\u202ea  b\u202c", 10) == "a b"
    assert seen_line("\u200b\u200d \ufeff", 10) == ""
    assert title_words("\u200b") == "Untitled"
    assert seen_line("👩‍🌾", 10) == "👩‍🌾"


def test_a_note_without_a_title_to_see_is_called_by_its_first_words(garden: Any) -> None:
    note = next(it for it in garden.items(notes.NOTE) if it.title == ODD["unseen"])
    assert notes.shown_title(note).startswith("body ")
