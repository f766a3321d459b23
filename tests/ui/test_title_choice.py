"""Titles that were written at the same time are shown, and the one that is chosen is written."""

from __future__ import annotations

from typing import Any

import pytest
from PySide6.QtWidgets import QLabel

from ui.operations import notebooks, notes
from ui.window.main_window import MainWindow


@pytest.fixture
def note(workspaces: Any, clock: Any) -> Any:
    repository = notebooks.create(workspaces.databases[0], "Garden")
    note = notes.create(repository, "Oats", body="Two rows.", now_ms=clock.now_ms)
    repository.record_drafts()
    return note


def compete(note: Any, *titles: str) -> None:
    """Each of the titles is written by somebody who has not seen the others."""
    branches = [note.branch(f"branch {number}") for number in range(len(titles))]
    for branch, title in zip(branches, titles, strict=True):
        branch.item(note.key).title = title
        branch.record_drafts()
    for branch in branches:
        branch.merge()
    assert sorted(note.alternatives("title")) == sorted(titles)


def shown(window: MainWindow) -> list[str]:
    labels = window.desk.title_choice.findChildren(QLabel)[1:]
    return [label.text() for label in labels if not label.isHidden()]


def test_three_titles_are_shown_the_one_of_now_first(note: Any, window: MainWindow) -> None:
    compete(note, "Rye", "Hay", "שיבולת שועל")
    choice = window.desk.title_choice
    assert choice.isVisible()
    assert sorted(shown(window)) == ["Hay", "Rye", "שיבולת שועל"]
    assert shown(window)[0] == note.title == window.desk.title.title
    last = shown(window)[2]
    choice.buttons[2].click()
    assert note.title == window.desk.title.title == last
    assert note.alternatives("title") == [last]
    assert choice.isHidden()


def test_long_titles_that_begin_alike_are_told_apart(note: Any, window: MainWindow) -> None:
    titles = ["long " * 1999 + ending for ending in ("rye", "hay")]
    compete(note, *titles, "short")
    told = shown(window)
    assert sorted(title[-3:] for title in told) == ["hay", "ort", "rye"]
    assert max(map(len, told)) < 100
    assert window.desk.title_choice.height() < window.desk.height() // 2
    rye = next(at for at, title in enumerate(told) if title.endswith("rye"))
    window.desk.title_choice.buttons[rye].click()
    assert note.title == titles[0]


def test_a_title_that_was_taken_away_is_one_of_the_choices(note: Any, window: MainWindow) -> None:
    compete(note, "Rye", "")
    assert sorted(shown(window)) == ["No title", "Rye"]


def test_more_titles_than_there_is_room_for_are_counted(note: Any, window: MainWindow) -> None:
    compete(note, *(f"Title {number}" for number in range(7)))
    assert len(shown(window)) == 4
    words = window.desk.title_choice.findChildren(QLabel)[0].text()
    assert words.endswith("Which one stays? 3 more are not shown.")
    window.desk.title_choice.buttons[3].click()
    assert len(note.alternatives("title")) == 1
