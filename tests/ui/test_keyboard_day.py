"""A day without a pointer: every step is a key, sent to whatever has the focus."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from ui.operations import searches
from ui.operations.schemas import NOTE
from ui.window.main_window import MainWindow

CTRL, SHIFT = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.ShiftModifier
NO = Qt.KeyboardModifier.NoModifier
HOUR_MS = 3_600_000
ENTER, KEY = Qt.Key.Key_Return, Qt.Key


class Keyboard:
    """Presses keys where the focus is."""

    def __init__(self, window: MainWindow) -> None:
        self._window = window

    def press(self, key: Qt.Key, modifiers: Qt.KeyboardModifier = NO) -> None:
        QTest.keyClick(QApplication.focusWidget() or self._window, key, modifiers)
        self.settle()

    def type(self, words: str) -> None:
        QTest.keyClicks(QApplication.focusWidget(), words)
        self.settle()

    def command(self, words: str) -> None:
        self.press(KEY.Key_P, CTRL | SHIFT)
        self.type(words)
        self.press(ENTER)

    @staticmethod
    def settle() -> None:
        for _ in range(3):
            QApplication.processEvents()


def test_a_day_without_a_pointer(
    window: MainWindow, workspaces: Any, clock: Any, qtbot: Any
) -> None:
    keys, desk = Keyboard(window), window.desk

    keys.press(KEY.Key_N, CTRL | SHIFT)  # a notebook
    keys.press(KEY.Key_A, CTRL)
    keys.type("Farm")
    keys.press(ENTER)
    assert window.place.name == "Farm"

    keys.press(KEY.Key_N, CTRL)  # a note with a list
    keys.type("Monday")
    keys.press(ENTER)
    keys.type("- [ ] feed the goats")
    keys.press(ENTER)
    keys.type("mend the fence")
    keys.press(KEY.Key_Tab)
    keys.press(ENTER, CTRL)
    assert str(desk.note.body) == "- [ ] feed the goats\n  - [x] mend the fence"
    monday = desk.note
    qtbot.waitUntil(lambda: monday.title == "Monday")

    window.record()  # as a pause does
    clock.now_ms += HOUR_MS
    keys.press(KEY.Key_P, CTRL)  # another one, by its name
    keys.type("Tuesday")
    keys.press(ENTER)
    keys.type("See [[Monday]]")
    assert desk.note.title == "Tuesday"
    keys.press(KEY.Key_Left)
    keys.press(ENTER, Qt.KeyboardModifier.AltModifier)  # along the link
    assert desk.note is monday

    keys.press(KEY.Key_H, CTRL)  # goats become sheep
    keys.type("goats")
    keys.press(KEY.Key_Tab)
    while QApplication.focusWidget() is not desk.find_bar.other:
        keys.press(KEY.Key_Tab)
    keys.type("sheep")
    keys.press(ENTER)
    keys.press(KEY.Key_Escape)
    assert str(monday.body).startswith("- [ ] feed the sheep\n")
    assert desk.editor.hasFocus()

    keys.press(KEY.Key_H, CTRL | SHIFT)  # and goats again
    keys.press(KEY.Key_Left)
    assert desk.past.strip.count.text() == "1 of 2"
    keys.command("restore the version")
    assert str(monday.body).startswith("- [ ] feed the goats\n")
    assert not desk.shows_past

    keys.press(KEY.Key_Backspace, CTRL | SHIFT)  # into the trash and out of it
    assert not monday.exists
    keys.command("go to the trash")
    assert desk.note is monday
    keys.command("restore deleted")
    assert monday.exists

    keys.press(KEY.Key_P, CTRL)  # back to it, to the top of the list, found by what it says
    keys.type("mond")
    keys.press(ENTER)
    keys.press(KEY.Key_I, CTRL | SHIFT)
    assert monday.pinned
    keys.press(KEY.Key_F, CTRL | Qt.KeyboardModifier.AltModifier)
    keys.type("fence")
    keys.press(KEY.Key_Down)
    assert [note.title for note in window.list.model.rows] == ["Monday"]
    keys.press(ENTER)
    assert desk.editor.hasFocus()

    keys.press(KEY.Key_F, CTRL | SHIFT)  # and wherever it is
    keys.type("title:mon goats")
    keys.press(ENTER)
    assert desk.note is monday
    assert desk.editor.textCursor().selectedText() == "goats"
    keys.press(KEY.Key_Escape)  # no more to be found
    keys.press(KEY.Key_Escape)
    assert window.list.view.hasFocus()

    (farm,) = [
        workspaces.databases[0].repository(info.path)
        for info in workspaces.databases[0].repositories()
        if info.path.startswith("/notes/")
    ]
    assert sorted(note.title for note in farm.items(NOTE)) == ["Monday", "Tuesday"]


def test_an_evening_of_tags_links_and_searches_without_a_pointer(
    window: MainWindow, workspaces: Any
) -> None:
    keys, desk = Keyboard(window), window.desk

    keys.press(KEY.Key_P, CTRL)
    keys.type("Goats")
    keys.press(ENTER)
    keys.type("Three of them. #farm/animals")
    goats = desk.note
    keys.press(KEY.Key_P, CTRL)
    keys.type("Evening")
    keys.press(ENTER)
    evening = desk.note
    keys.press(KEY.Key_F, CTRL | SHIFT)  # the tags are read now
    keys.type("goats")
    keys.press(KEY.Key_Escape)
    assert desk.editor.hasFocus()

    keys.type("Milk the [[goa")  # a link and a tag, each by the first letters
    keys.press(KEY.Key_Tab)
    keys.type(". #fa")
    keys.press(ENTER)
    assert str(evening.body) == "Milk the [[Goats]]. #farm/animals "
    keys.press(KEY.Key_Home)
    for _ in range(len("Milk the [[G")):
        keys.press(KEY.Key_Right)
    keys.press(ENTER, Qt.KeyboardModifier.AltModifier)
    assert desk.note is goats

    keys.press(KEY.Key_F, CTRL | SHIFT)  # searched everywhere, and kept
    keys.type("tag:farm milk")
    keys.command("keep this search")
    assert window.place.words == "tag:farm milk"
    assert window.list.model.rows == [evening]
    assert desk.note is evening

    keys.press(KEY.Key_Backspace, CTRL | SHIFT)
    assert not evening.exists
    keys.command("go to the trash")
    assert desk.note is evening
    keys.command("restore deleted")
    assert evening.exists
    assert [item.words for item in searches.kept(workspaces.databases[0])] == ["tag:farm milk"]
