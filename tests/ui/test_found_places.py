"""Tags, kept searches and today: places whose notes come and go by themselves."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

import pytest
from PySide6.QtCore import Qt, QUrl
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLineEdit

from ui.bridge.loop import Loop
from ui.models.places import TAG, TAGS_PLACE, TODAY_PLACE, Place, search_places, tag_places
from ui.operations import notebooks, notes, searches
from ui.window.main_window import MainWindow

DAY_MS = 86_400_000


def test_tags_are_below_the_tags_they_begin_with() -> None:
    places = tag_places({"garden/beds": 2, "Work": 1, "garden": 3, "a/b/c": 4})
    assert places[0] == TAGS_PLACE
    assert [(p.name, p.depth, p.key, p.count) for p in places[1:]] == [
        ("a", 1, "a", 0),
        ("b", 2, "a/b", 0),
        ("c", 3, "a/b/c", 4),
        ("garden", 1, "garden", 3),
        ("beds", 2, "garden/beds", 2),
        ("Work", 1, "Work", 1),
    ]
    assert places[1].words == 'tag:"a"'
    assert len({p.identity for p in places}) == len(places)
    assert tag_places({}) == []


@pytest.fixture
def garden(workspaces: Any, clock: Any) -> Any:
    repository = notebooks.create(workspaces.databases[0], "Garden")
    for age, (title, body) in enumerate(
        (("Beans", "#garden sow"), ("Plan", "#garden/beds dig"), ("Work", "nothing"))
    ):
        notes.create(repository, title, body=body, now_ms=clock.now_ms - age * DAY_MS)
    return repository


def titles(window: MainWindow) -> list[str]:
    return [note.title for note in window.list.model.rows]


def tag(window: MainWindow, key: str) -> Place:
    return next(p for p in window.sidebar.model.places if p.kind == TAG and p.key == key)


def has_tags(window: MainWindow, *wanted: tuple[str, int]) -> Callable[[], bool]:
    return lambda: (
        tuple((p.key, p.count) for p in window.sidebar.model.places if p.kind == TAG) == wanted
    )


async def until(condition: Callable[[], object]) -> None:
    """Waits for what the index's thread brings."""
    async with asyncio.timeout(60):
        while not condition():
            await asyncio.sleep(0.01)


async def tags_of_the_garden(window: MainWindow) -> None:
    window.searching.begin()
    await until(has_tags(window, ("garden", 1), ("garden/beds", 1)))


async def test_a_tag_shows_its_notes_and_those_of_the_tags_below(
    loop: Loop, garden: Any, window: MainWindow
) -> None:
    await tags_of_the_garden(window)
    window.sidebar.choose(tag(window, "garden"))
    await until(lambda: titles(window) == ["Beans", "Plan"])
    window.sidebar.choose(tag(window, "garden/beds"))
    await until(lambda: titles(window) == ["Plan"])
    window.sidebar.choose(TAGS_PLACE)
    await until(lambda: titles(window) == ["Beans", "Plan"])


async def test_tags_follow_what_is_written(loop: Loop, garden: Any, window: MainWindow) -> None:
    await tags_of_the_garden(window)
    window.sidebar.choose(tag(window, "garden"))
    await until(lambda: len(titles(window)) == 2)
    work = next(n for n in garden.items(notes.NOTE) if n.title == "Work")
    work.body = "now #garden and #winter"
    await until(has_tags(window, ("garden", 2), ("garden/beds", 1), ("winter", 1)))
    await until(lambda: sorted(titles(window)) == ["Beans", "Plan", "Work"])
    work.delete()
    await until(has_tags(window, ("garden", 1), ("garden/beds", 1)))
    await until(lambda: sorted(titles(window)) == ["Beans", "Plan"])


async def test_a_tag_on_a_page_leads_to_its_notes(
    loop: Loop, garden: Any, window: MainWindow
) -> None:
    await tags_of_the_garden(window)
    window.commands.run("read")
    window.desk.reader.view.anchorClicked.emit(QUrl("tag:Garden/Beds"))
    assert window.place.key == "garden/beds"


async def test_a_note_made_in_a_tag_has_it(loop: Loop, garden: Any, window: MainWindow) -> None:
    await tags_of_the_garden(window)
    window.sidebar.choose(tag(window, "garden/beds"))
    window.commands.run("new_note")
    assert str(window.desk.note.body) == "#garden/beds "


async def test_tags_are_offered_while_one_types(
    loop: Loop, garden: Any, window: MainWindow
) -> None:
    await tags_of_the_garden(window)
    editor = window.desk.editor
    editor.setFocus()
    editor.moveCursor(editor.textCursor().MoveOperation.End)
    QTest.keyClicks(editor, " #gar")
    choices = window.desk.completing.list.choices
    assert [(c.words, c.aside) for c in choices] == [("#garden", "1"), ("#garden/beds", "1")]


def test_today_has_what_was_edited_today(garden: Any, window: MainWindow, clock: Any) -> None:
    window.sidebar.choose(TODAY_PLACE)
    assert titles(window) == ["Beans"]
    plan = next(n for n in garden.items(notes.NOTE) if n.title == "Plan")
    notes.touch(plan, clock.now_ms + 1)
    assert titles(window) == ["Plan", "Beans"]
    window.commands.run("new_note")
    assert len(titles(window)) == 3


def test_a_search_is_kept_named_and_removed(garden: Any, window: MainWindow, qtbot: Any) -> None:
    window.commands.run("search")
    window.searching.panel.line.setText("tag:garden  -dig")
    window.commands.run("keep_search")
    assert window.searching.panel.isHidden()
    assert window.place.name == "tag:garden -dig"
    qtbot.waitUntil(lambda: titles(window) == ["Beans"], timeout=10_000)
    window.commands.run("rename_notebook")
    editor = window.sidebar.view.findChild(QLineEdit, "rename")
    QTest.keyClicks(editor, "To sow")
    QTest.keyClick(editor, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: [p.name for p in window.shelf.searches] == ["To sow"])
    assert window.place.name == "To sow"
    window.commands.run("remove_search")
    qtbot.waitUntil(lambda: window.shelf.searches == [])
    assert window.toast.words == "Removed the search “To sow”"
    window.toast.button.click()
    qtbot.waitUntil(lambda: [p.name for p in window.shelf.searches] == ["To sow"])


def test_a_kept_search_is_there_once_and_after_the_next_start(
    garden: Any, workspaces: Any, open_window: Callable[[], MainWindow]
) -> None:
    own = workspaces.databases[0]
    first = searches.keep(own, " has:todo  after:2026 ")
    assert searches.keep(own, "has:todo after:2026") is first
    assert [(p.name, p.words) for p in search_places([own])] == [
        ("has:todo after:2026", "has:todo after:2026")
    ]
    window = open_window()
    assert "has:todo after:2026" in [p.name for p in window.sidebar.model.places]


def test_there_is_nothing_to_keep_without_words(garden: Any, window: MainWindow) -> None:
    window.commands.refresh()
    assert not window.commands["keep_search"].isEnabled()
    assert not window.commands["remove_search"].isEnabled()
