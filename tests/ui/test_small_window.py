"""A window on a small screen, or made small: what gives way, and what never does."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from PySide6.QtCore import QSize
from PySide6.QtWidgets import QApplication

from ui.operations import notebooks, notes
from ui.window.layout import fitting
from ui.window.main_window import MainWindow

NARROW, WIDE = (800, 500), (1300, 700)


@pytest.fixture
def window(workspaces: Any, clock: Any, open_window: Callable[[], MainWindow]) -> MainWindow:
    repository = notebooks.create(workspaces.databases[0], "Garden")
    notes.create(repository, "Apples", body="# One\n\ntwo", now_ms=clock.now_ms)
    return open_window()


def resize(window: MainWindow, size: tuple[int, int]) -> None:
    window.resize(*size)
    for _ in range(4):
        QApplication.processEvents()


def test_a_window_is_never_larger_than_its_screen() -> None:
    assert fitting(QSize(1180, 760), QSize(1920, 1040)) == QSize(1180, 760)
    assert fitting(QSize(1180, 760), QSize(1280, 680)) == QSize(1180, 644)
    assert fitting(QSize(1180, 760), QSize(853, 440)) == QSize(853, 404)


def test_it_can_be_as_small_as_that(window: MainWindow) -> None:
    resize(window, NARROW)
    assert (window.width(), window.height()) == NARROW


def test_the_sidebar_makes_room_for_the_outline_and_comes_back(window: MainWindow) -> None:
    resize(window, NARROW)
    for command in ("about", "read_beside"):
        window.commands.run(command)
        assert window.sidebar.isHidden()
        window.commands.run(command)
        assert not window.sidebar.isHidden()


def test_in_a_wide_window_it_stays(window: MainWindow) -> None:
    resize(window, WIDE)
    window.commands.run("about")
    assert not window.sidebar.isHidden()


def test_one_that_made_room_is_there_again_at_the_next_start(
    window: MainWindow, open_window: Callable[[], MainWindow]
) -> None:
    resize(window, NARROW)
    window.commands.run("about")
    window.close()
    assert not open_window().sidebar.isHidden()


def test_in_a_narrow_window_there_is_room_for_what_is_searched(window: MainWindow) -> None:
    resize(window, NARROW)
    window.commands.run("replace")
    resize(window, NARROW)
    bar = window.desk.find_bar
    assert bar.line.width() > bar.width() * 0.35
    assert bar.one.y() > bar.other.y()
    resize(window, WIDE)
    assert bar.one.geometry().center().y() - bar.other.geometry().center().y() in range(-2, 3)
    assert bar.count.y() < bar.one.y()
