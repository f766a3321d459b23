"""Back and forward in a window."""

from __future__ import annotations

from typing import Any

import pytest
from PySide6.QtCore import QEvent, QPointF, Qt
from PySide6.QtGui import QMouseEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from ui.models.trail import PASSING_MS
from ui.operations import notebooks, notes
from ui.window.main_window import MainWindow

ALT = Qt.KeyboardModifier.AltModifier


@pytest.fixture
def three(workspaces: Any, clock: Any) -> list[Any]:
    database = workspaces.databases[0]
    garden, kitchen = notebooks.create(database, "Garden"), notebooks.create(database, "Kitchen")
    return [
        notes.create(garden, "Apples", body="See [[Bread]].", now_ms=clock.now_ms),
        notes.create(kitchen, "Bread", body="Rye.", now_ms=clock.now_ms - 1),
        notes.create(garden, "Compost", body="No lemons.", now_ms=clock.now_ms - 2),
    ]


def go(window: MainWindow, key: Qt.Key) -> None:
    QTest.keyClick(QApplication.focusWidget() or window, key, ALT)
    QApplication.processEvents()


def stay(clock: Any) -> None:
    clock.now_ms += PASSING_MS


def test_back_leads_to_the_note_and_the_place_before(
    three: list[Any], window: MainWindow, clock: Any
) -> None:
    apples, bread, compost = three
    garden = next(place for place in window.shelf.places if place.name == "Garden")
    window.flow.choose_place(garden)
    window.flow.go_to(apples)
    stay(clock)
    window.flow.go_to(bread)
    assert window.place.name == "Kitchen"
    stay(clock)
    window.flow.go_to(compost)
    stay(clock)
    go(window, Qt.Key.Key_Left)
    assert (window.desk.note, window.place.name) == (bread, "Kitchen")
    go(window, Qt.Key.Key_Left)
    assert (window.desk.note, window.place.name) == (apples, "Garden")
    go(window, Qt.Key.Key_Right)
    assert window.desk.note is bread
    go(window, Qt.Key.Key_Right)
    assert window.desk.note is compost
    assert not window.back.can(1)


def test_a_note_deleted_meanwhile_is_shown_in_the_trash(
    three: list[Any], window: MainWindow, clock: Any
) -> None:
    apples, bread, _ = three
    window.flow.go_to(apples)
    stay(clock)
    window.flow.go_to(bread)
    stay(clock)
    apples.delete()
    QApplication.processEvents()
    window.back.go(-1)
    assert window.desk.note is apples
    assert window.place.name == "Trash"


def test_the_buttons_of_a_mouse_go_too(three: list[Any], window: MainWindow, clock: Any) -> None:
    apples, bread, _ = three
    window.flow.go_to(apples)
    stay(clock)
    window.flow.go_to(bread)
    stay(clock)
    for button, shown in (
        (Qt.MouseButton.BackButton, apples),
        (Qt.MouseButton.ForwardButton, bread),
    ):
        place = QPointF(5, 5)
        press = QMouseEvent(
            QEvent.Type.MouseButtonPress, place, place, button, button, Qt.KeyboardModifier(0)
        )
        QApplication.sendEvent(window.desk.editor.viewport(), press)
        assert window.desk.note is shown
