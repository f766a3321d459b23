"""Commands, their keys, the palette and the quick switcher."""

from __future__ import annotations

from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QKeySequence
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from ui.commands.catalogue import COMMANDS
from ui.commands.keymap import sequences
from ui.models.switching import HITS_MAX, Recent, Titles
from ui.operations import notebooks, notes
from ui.window.main_window import MainWindow

CTRL, SHIFT = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.ShiftModifier
NO = Qt.KeyboardModifier.NoModifier


@pytest.fixture
def garden(workspaces: Any, clock: Any) -> Any:
    repository = notebooks.create(workspaces.databases[0], "Garden")
    for age, title in enumerate(("Apples", "Beans", "Carrots")):
        notes.create(repository, title, body="Text.", now_ms=clock.now_ms - age * 1000)
    return repository


def press(window: MainWindow, key: Qt.Key, modifiers: Qt.KeyboardModifier = NO) -> None:
    QTest.keyClick(QApplication.focusWidget() or window, key, modifiers)
    for _ in range(3):
        QApplication.processEvents()


def shown(window: MainWindow) -> list[str]:
    return [choice.words for choice in window.going.chooser.choices]


def test_no_two_commands_share_a_key_or_an_id(qapp: QApplication) -> None:
    keys = [
        sequence.toString(QKeySequence.SequenceFormat.PortableText)
        for command in COMMANDS
        for written in command.keys
        for sequence in sequences(written)
    ]
    assert sorted(set(keys)) == sorted(keys)
    assert len({command.id for command in COMMANDS}) == len(COMMANDS)
    assert len({command.words for command in COMMANDS}) == len(COMMANDS)


def test_the_palette_lists_every_command_with_its_keys(garden: Any, window: MainWindow) -> None:
    press(window, Qt.Key.Key_P, CTRL | SHIFT)
    chooser = window.going.chooser
    assert chooser.line.hasFocus()
    assert [choice.target for choice in chooser.choices] == [command.id for command in COMMANDS]
    assert all(choice.words and "&" not in choice.words for choice in chooser.choices)
    new = next(choice for choice in chooser.choices if choice.target == "new_notebook")
    assert (new.words, new.detail, new.aside) == ("New notebook", "Notebook", "Ctrl+Shift+N")


def test_a_command_is_found_by_its_words_and_given_by_enter(
    garden: Any, window: MainWindow
) -> None:
    window.desk.editor.setFocus()
    press(window, Qt.Key.Key_P, CTRL | SHIFT)
    QTest.keyClicks(window.going.chooser.line, "new note")
    assert shown(window)[:2] == ["New note", "New notebook"]
    press(window, Qt.Key.Key_Return)
    assert window.going.chooser.isHidden()
    assert window.desk.note.title == ""
    assert len(window.list.model.rows) == 4


def test_a_command_is_also_found_by_its_menu_but_later(garden: Any, window: MainWindow) -> None:
    press(window, Qt.Key.Key_P, CTRL | SHIFT)
    QTest.keyClicks(window.going.chooser.line, "note")
    words = shown(window)
    assert words.index("Delete note") < words.index("Close window")
    current = window.going.chooser.current
    assert current is not None
    assert (current.words, current.enabled) == ("New note", True)


def test_what_cannot_be_done_now_is_listed_but_not_given(garden: Any, window: MainWindow) -> None:
    assert not window.commands["rename_notebook"].isEnabled()  # all notes have no name to change
    press(window, Qt.Key.Key_P, CTRL | SHIFT)
    QTest.keyClicks(window.going.chooser.line, "rename")
    assert [choice.enabled for choice in window.going.chooser.choices] == [False]
    press(window, Qt.Key.Key_Return)
    assert window.going.chooser.isVisible()
    press(window, Qt.Key.Key_Escape)
    window.sidebar.choose(window.shelf.places[1])
    assert window.commands["rename_notebook"].isEnabled()


def test_escape_gives_the_focus_back(garden: Any, window: MainWindow) -> None:
    window.desk.title.setFocus()
    press(window, Qt.Key.Key_P, CTRL)
    press(window, Qt.Key.Key_Escape)
    assert window.going.chooser.isHidden()
    assert window.desk.title.hasFocus()


def test_what_is_called_like_nothing_else_can_be_made(garden: Any, window: MainWindow) -> None:
    window.sidebar.choose(window.shelf.places[1])
    press(window, Qt.Key.Key_P, CTRL)
    QTest.keyClicks(window.going.chooser.line, "apples")
    assert shown(window) == ["Apples"]
    QTest.keyClicks(window.going.chooser.line, " and pears")
    assert shown(window) == ["New note “apples and pears”"]
    press(window, Qt.Key.Key_Return)
    assert window.desk.note.title == "apples and pears"
    assert window.desk.note.repository is garden
    assert window.desk.editor.hasFocus()


def test_nothing_found_is_said(garden: Any, window: MainWindow) -> None:
    press(window, Qt.Key.Key_P, CTRL | SHIFT)
    QTest.keyClicks(window.going.chooser.line, "zzz")
    chooser = window.going.chooser
    assert chooser.empty.isVisible()
    assert chooser.empty.text() == "No command is called so."
    assert chooser.line.accessibleDescription() == chooser.empty.text()
    press(window, Qt.Key.Key_Return)
    assert chooser.isVisible()


def test_the_switcher_offers_what_was_open_last_first(garden: Any, window: MainWindow) -> None:
    for row in (2, 0):
        window.list.choose(window.list.model.rows[row])
    press(window, Qt.Key.Key_P, CTRL)
    assert shown(window) == ["Apples", "Carrots", "Beans", "Garden"]
    press(window, Qt.Key.Key_Down)
    assert window.going.chooser.line.accessibleDescription() == "Carrots, Garden"
    press(window, Qt.Key.Key_Return)
    assert window.desk.note.title == "Carrots"
    assert window.list.current is window.desk.note
    assert window.desk.editor.hasFocus()


def test_the_switcher_goes_to_notes_of_other_notebooks_and_to_notebooks(
    garden: Any, window: MainWindow, workspaces: Any
) -> None:
    attic = notebooks.create(workspaces.databases[0], "Attic")
    notes.create(attic, "Boxes", now_ms=1)
    window.shelf.refresh()
    window.sidebar.choose(window.shelf.places[2])
    assert window.place.name == "Garden"
    press(window, Qt.Key.Key_P, CTRL)
    QTest.keyClicks(window.going.chooser.line, "box")
    press(window, Qt.Key.Key_Return)
    assert (window.place.name, window.desk.note.title) == ("Attic", "Boxes")
    press(window, Qt.Key.Key_P, CTRL)
    QTest.keyClicks(window.going.chooser.line, "gard")
    press(window, Qt.Key.Key_Return)
    assert window.place.name == "Garden"
    assert window.list.view.hasFocus()


def test_hits_are_few_and_the_best_come_first(garden: Any, clock: Any) -> None:
    for number in range(HITS_MAX + 20):
        notes.create(garden, f"About beans {number}", now_ms=clock.now_ms - 10_000 - number)
    titles = Titles([garden], [], Recent())
    hits = titles.hits("beans")
    assert len(hits) == HITS_MAX
    assert [hit.words for hit in hits[:3]] == ["Beans", "About beans 0", "About beans 1"]


def test_a_click_beside_the_chooser_closes_it(garden: Any, window: MainWindow) -> None:
    press(window, Qt.Key.Key_P, CTRL)
    QTest.mouseClick(
        window.desk.editor.viewport(), Qt.MouseButton.LeftButton, NO, window.rect().center()
    )
    window.desk.editor.setFocus(Qt.FocusReason.MouseFocusReason)
    assert window.going.chooser.isHidden()
    assert window.desk.editor.hasFocus()
