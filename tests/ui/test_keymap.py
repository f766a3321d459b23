"""Keys of commands: the usual ones, a person's own, and what a damaged file says of them."""

from __future__ import annotations

import logging
import random
from collections.abc import Callable
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QKeySequence
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from ui.commands.catalogue import COMMANDS
from ui.commands.keymap import OF_FIELDS, Keymap, portable, why_not
from ui.installation import KEYS, ForgottenPreferences
from ui.settings.keys import KeysPage
from ui.window.main_window import MainWindow

CTRL = Qt.KeyboardModifier.ControlModifier
IDS = [command.id for command in COMMANDS]


class Log(logging.Handler):
    """What was said in the log."""

    def __init__(self) -> None:
        super().__init__()
        self.lines: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.lines.append(record.getMessage())


def keys(text: str) -> QKeySequence:
    return QKeySequence(text)


def written(keymap: Keymap, command: str) -> list[str]:
    return [portable(each) for each in keymap.keys_of(command)]


def all_keys(keymap: Keymap) -> list[str]:
    return [each for command in IDS for each in written(keymap, command)]


@pytest.fixture
def preferences() -> ForgottenPreferences:
    return ForgottenPreferences()


@pytest.fixture
def keymap(qapp: QApplication, preferences: ForgottenPreferences) -> Keymap:
    return Keymap(preferences)


def test_new_keys_are_kept_and_told(keymap: Keymap, preferences: ForgottenPreferences) -> None:
    told: list[int] = []
    keymap.changed.connect(lambda: told.append(1))
    keymap.give("bold", keys("Ctrl+J"))
    assert written(keymap, "bold") == ["Ctrl+J"]
    assert not keymap.is_usual("bold")
    assert preferences.words(KEYS) == {"bold": "Ctrl+J"}
    assert written(Keymap(preferences), "bold") == ["Ctrl+J"]
    assert told == [1]


def test_keys_taken_from_a_command_come_back_with_the_usual_ones(keymap: Keymap) -> None:
    assert keymap.holder_of(keys("Ctrl+=")) == "larger"
    keymap.give("bold", keys("Ctrl+="))
    assert (written(keymap, "larger"), keymap.is_usual("larger")) == (["Ctrl++"], False)
    keymap.give("slanted", keys("Ctrl+="))
    assert (written(keymap, "bold"), written(keymap, "slanted")) == ([], ["Ctrl+="])
    keymap.reset("larger")
    assert written(keymap, "larger") == ["Ctrl++", "Ctrl+="]
    assert written(keymap, "slanted") == ["Ctrl+I"]
    keymap.reset_all()
    assert all(keymap.is_usual(command) for command in IDS)


def test_a_command_can_go_without_keys(keymap: Keymap) -> None:
    keymap.give("bold", QKeySequence())
    assert written(keymap, "bold") == []
    assert keymap.holder_of(keys("Ctrl+B")) is None
    keymap.reset("bold")
    assert written(keymap, "bold") == ["Ctrl+B"]


@pytest.mark.parametrize(
    ("pressed", "said"),
    [
        ("A", "a key alone"),
        ("Shift+A", "a key alone"),
        ("Esc", "a key alone"),
        ("Tab", "a key alone"),
        ("Ctrl+C", "mean something already"),
        ("Ctrl+Left", "mean something already"),
        ("Ctrl+3", "go to a tab"),
        ("Ctrl+K, Ctrl+B", "One key at a time"),
        ("", "One key at a time"),
    ],
)
def test_keys_that_one_writes_with_are_refused(qapp: QApplication, pressed: str, said: str) -> None:
    assert said in why_not(keys(pressed))


@pytest.mark.parametrize("pressed", ["F9", "Shift+F9", "Ctrl+J", "Alt+X", "Ctrl+Alt+Shift+K"])
def test_others_are_not(qapp: QApplication, pressed: str) -> None:
    assert why_not(keys(pressed)) == ""


def test_what_makes_no_sense_in_the_file_is_ignored_and_said_in_the_log(
    qapp: QApplication, preferences: ForgottenPreferences, monkeypatch: pytest.MonkeyPatch
) -> None:
    preferences.keep(
        {
            KEYS: {
                "fly": "Ctrl+J",
                "bold": "Ctrl+Dear diary",
                "slanted": "x",
                "copy": "Ctrl+J",
                "find": "Ctrl+J",
                "replace": "Ctrl+J",
                "check": "",
            }
        }
    )
    log = Log()
    monkeypatch.setattr(logging.getLogger("goat"), "handlers", [log])
    keymap = Keymap(preferences)
    assert log.lines == [
        "keys in the settings: a command that is not there",
        "keys in the settings: bold cannot have such keys",
        "keys in the settings: slanted cannot have such keys",
        "keys in the settings: copy has its keys from the system",
        "keys in the settings: replace has the keys of another command",
    ]
    assert [written(keymap, it) for it in ("bold", "find", "replace", "check")] == [
        ["Ctrl+B"],
        ["Ctrl+J"],
        ["Ctrl+H"],
        [],
    ]


@pytest.mark.parametrize("seed", range(20))
def test_no_two_commands_share_a_key_whatever_is_done(qapp: QApplication, seed: int) -> None:
    chance = random.Random(seed)
    preferences = ForgottenPreferences()
    some = [*IDS[:12], "fly"]
    few = ["Ctrl+B", "Ctrl+N", "Ctrl+J", "Ctrl+W", "F9", "", "rubbish"]
    preferences.keep({KEYS: {chance.choice(some): chance.choice(few) for _ in range(8)}})
    keymap = Keymap(preferences)
    for _ in range(30):
        command = chance.choice(IDS[:12])
        deed = chance.randrange(4)
        if deed:
            keymap.give(command, keys(chance.choice(few[:6])))
        else:
            keymap.reset(command)
            assert keymap.is_usual(command)
        assert len(set(all_keys(keymap))) == len(all_keys(keymap))
        assert all_keys(Keymap(preferences)) == all_keys(keymap)


# -- the page ----------------------------------------------------------------------------------


@pytest.fixture
def window(open_window: Callable[[], MainWindow]) -> MainWindow:
    return open_window()


@pytest.fixture
def page(window: MainWindow) -> KeysPage:
    dialog = window.settings.open()
    dialog.choose(KeysPage)
    page = dialog.stack.currentWidget()
    assert isinstance(page, KeysPage)
    return page


def press(widget: Any, key: Qt.Key, held: Qt.KeyboardModifier = CTRL) -> None:
    QTest.keyClick(widget, key, held)


def give(page: KeysPage, command: str, key: Qt.Key, held: Qt.KeyboardModifier = CTRL) -> None:
    page.search.setText(page._commands.words_of(command))
    assert page.current == command
    press(page.pressed, key, held)
    page.pressed.editingFinished.emit()  # which waits a moment for more


def test_every_command_is_listed_found_by_words_and_shown_with_its_keys(page: KeysPage) -> None:
    assert [choice.target for choice in page.list.choices] == IDS
    page.search.setText("bold")
    assert page.current == "bold"
    assert page.chosen.text() == "Bold"
    assert portable(page.pressed.keySequence()) == "Ctrl+B"
    page.search.setText("zzz")
    assert (page.current, page.nothing.isHidden(), page.pressed.isEnabled()) == (None, False, False)


def test_new_keys_apply_at_once_in_menus_tool_tips_and_palette(
    page: KeysPage, window: MainWindow
) -> None:
    assert window.list.new_button.toolTip() == "New note (Ctrl+N)"
    give(page, "new_note", Qt.Key.Key_J)
    assert portable(window.commands["new_note"].shortcut()) == "Ctrl+J"
    assert window.list.new_button.toolTip() == "New note (Ctrl+J)"
    listed = next(it for it in window.commands.listing() if it.id == "new_note")
    assert listed.keys == "Ctrl+J"
    window.settings.open().close()
    window.activateWindow()
    assert QTest.qWaitForWindowActive(window)
    press(window, Qt.Key.Key_J)
    assert window.desk.note is not None


def test_keys_of_another_command_are_taken_only_if_the_person_says_so(
    page: KeysPage, window: MainWindow
) -> None:
    give(page, "bold", Qt.Key.Key_P)
    assert page.said.text() == "Ctrl+P is for “Go to a note or notebook…” now."
    assert not page.take.isHidden()
    assert portable(window.commands["bold"].shortcut()) == "Ctrl+B"
    page.take.click()
    assert portable(window.commands["bold"].shortcut()) == "Ctrl+P"
    assert window.commands["switch"].shortcut().isEmpty()
    page.search.setText("Go to a note")
    page.usual.click()
    assert portable(window.commands["switch"].shortcut()) == "Ctrl+P"
    assert portable(window.commands["bold"].shortcut()) == "Ctrl+B"


def test_keys_that_cannot_be_are_told_and_the_old_ones_stay(page: KeysPage) -> None:
    give(page, "bold", Qt.Key.Key_A, Qt.KeyboardModifier.NoModifier)
    assert "a key alone" in page.said.text()
    assert portable(page.pressed.keySequence()) == "Ctrl+B"
    assert page.take.isHidden()


def test_all_of_it_by_keys_alone(page: KeysPage) -> None:
    page.search.setFocus()
    press(page.search, Qt.Key.Key_Down, Qt.KeyboardModifier.NoModifier)
    assert page.current == IDS[1]
    press(page.search, Qt.Key.Key_Return, Qt.KeyboardModifier.NoModifier)
    dialog = page.window()
    assert page.pressed.isAncestorOf(dialog.focusWidget()) or dialog.focusWidget() is page.pressed
    press(page.pressed, Qt.Key.Key_Escape, Qt.KeyboardModifier.NoModifier)
    assert dialog.focusWidget() is page.search
    assert page.usual.isEnabled() is False
    press(page.search, Qt.Key.Key_Escape, Qt.KeyboardModifier.NoModifier)
    assert not dialog.isVisible()


def test_what_fields_answer_to_themselves_cannot_be_changed(page: KeysPage) -> None:
    for command in OF_FIELDS:
        page.search.setText(page._commands.words_of(command))
        assert (page.current, page.pressed.isEnabled(), page.none.isEnabled()) == (
            command,
            False,
            False,
        )


def test_all_usual_keys_come_back_at_once(page: KeysPage, window: MainWindow) -> None:
    give(page, "bold", Qt.Key.Key_J)
    page.search.clear()
    page.none.click()
    assert window.commands["new_note"].shortcut().isEmpty()
    page.all_usual.click()
    assert all(window.commands.keymap.is_usual(command) for command in IDS)
