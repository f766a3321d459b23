"""A note's changes as a graph in the window: chosen by keys, shown, brought back."""

from __future__ import annotations

from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from ui.models.graph_model import ROW_ROLE
from ui.operations import notebooks, notes
from ui.window.main_window import MainWindow

HOUR = 3_600_000


@pytest.fixture
def note(workspaces: Any, clock: Any) -> Any:
    """Written; a branch of it and the note itself go on at once; the branch is merged."""
    repository = notebooks.create(workspaces.databases[0], "Garden")
    note = notes.create(repository, "Oats", body="Two rows.", now_ms=clock.now_ms)
    repository.record_drafts()
    clock.now_ms += HOUR
    branch = note.branch("Winter plan")
    there = branch.item(note.key)
    there.body.splice(0, 0, "In winter: ")
    branch.record_drafts()
    clock.now_ms += HOUR
    note.body.splice(0, 3, "Three")
    repository.record_drafts()
    clock.now_ms += HOUR
    branch.merge()
    clock.now_ms += HOUR
    note.title = "Oats and hay"
    repository.record_drafts()
    return note


@pytest.fixture
def graph(note: Any, window: MainWindow) -> Any:
    assert window.desk.note is note
    QTest.keyClick(
        window.desk.editor,
        Qt.Key.Key_G,
        Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier,
    )
    return window.desk.past.graph


def rows(graph: Any) -> list[Any]:
    model = graph.graph
    return [model.index(row, 0).data(ROW_ROLE) for row in range(model.rowCount())]


def test_work_at_once_stands_in_lanes_with_the_names_of_branches(graph: Any) -> None:
    assert graph.hasFocus()
    drawn = rows(graph)
    assert [(row.lanes.lane, row.what, row.label, row.merges) for row in drawn] == [
        (0, "another title", "", False),
        (0, "brought together", "", True),
        (0, "+11 letters", "Winter plan", False),
        (1, "+5 −3 letters", "", False),
        (0, "written", "", False),
    ]
    assert {row.who for row in drawn} == {"Host"}
    assert graph.currentIndex().row() == 0


def test_keys_go_from_change_to_change_and_each_is_shown(graph: Any, window: MainWindow) -> None:
    past = window.desk.past
    QTest.keyClick(graph, Qt.Key.Key_Down)
    QTest.keyClick(graph, Qt.Key.Key_Down)
    assert past.strip.what.text() == "+11 letters"
    assert past.texts.after.toPlainText() == "In winter: Two rows."  # as its author saw it
    assert past.strip.restore.isEnabled()
    QTest.keyClick(graph, Qt.Key.Key_Return)
    assert past.texts.after.hasFocus()
    QTest.keyClick(past.texts.after, Qt.Key.Key_Escape)
    assert not window.desk.shows_past


def test_a_version_of_the_graph_is_restored(graph: Any, window: MainWindow, note: Any) -> None:
    graph.selectRow(2)
    window.commands.run("restore_version")
    assert (note.title, str(note.body)) == ("Oats", "In winter: Two rows.")
    window.toast.button.click()
    assert (note.title, str(note.body)) == ("Oats and hay", "In winter: Three rows.")


def test_slider_and_graph_stand_at_the_same_change(graph: Any, window: MainWindow) -> None:
    past = window.desk.past
    past.strip.slider.setValue(0)
    assert graph.currentIndex().row() == 4
    graph.selectRow(3)
    assert past.moments[past.strip.slider.value()].last == graph.knot.last
    assert past.texts.after.toPlainText() == "TwoThree rows."


def test_a_change_that_arrives_leaves_the_chosen_one(
    graph: Any, window: MainWindow, note: Any, clock: Any, qtbot: Any
) -> None:
    graph.selectRow(2)
    clock.now_ms += HOUR
    note.body.splice(0, 0, "New. ")
    note.repository.record_drafts()
    qtbot.waitUntil(lambda: graph.graph.rowCount() == 6)
    assert graph.currentIndex().row() == 3
    assert window.desk.past.texts.after.toPlainText() == "In winter: Two rows."


def test_a_branch_that_is_not_merged_is_there_to_be_read(
    note: Any, window: MainWindow, clock: Any, qtbot: Any
) -> None:
    clock.now_ms += HOUR
    branch = note.branch("Spring plan")
    branch.item(note.key).body.splice(0, 0, "In spring: ")
    branch.record_drafts()
    window.commands.run("history_graph")
    graph, past = window.desk.past.graph, window.desk.past
    drawn = rows(graph)
    assert (drawn[0].what, drawn[0].label, len(drawn)) == ("+11 letters", "Spring plan", 6)
    QTest.keyClick(graph, Qt.Key.Key_Home, Qt.KeyboardModifier.ControlModifier)
    assert past.texts.after.toPlainText() == "In spring: In winter: Three rows."
    assert not past.strip.restore.isEnabled()  # that is what merging is for
    clock.now_ms += HOUR
    note.title = "Rye"
    note.repository.record_drafts()
    qtbot.waitUntil(lambda: graph.graph.rowCount() == 7)
    assert past.texts.after.toPlainText() == "In spring: In winter: Three rows."


def test_the_graph_goes_with_its_note(graph: Any, window: MainWindow, note: Any) -> None:
    window.desk.leave_past()
    assert graph.graph.rowCount() == 0
    window.commands.run("history")  # the graph is shown again
    assert graph.graph.rowCount() == 5
    window.desk.past.strip.graph.click()
    assert graph.isHidden()
    assert graph.graph.rowCount() == 0


@pytest.mark.parametrize(
    "direction", [Qt.LayoutDirection.LeftToRight, Qt.LayoutDirection.RightToLeft]
)
@pytest.mark.parametrize("mode", ["light", "dark"])
def test_only_rows_that_are_seen_are_painted(
    mode: str, direction: Any, note: Any, window: MainWindow, clock: Any, theme: Any, qtbot: Any
) -> None:
    theme.set_mode(mode)
    window.desk.past.graph.setLayoutDirection(direction)
    for number in range(120):
        clock.now_ms += HOUR
        note.body.splice(0, 0, f"{number} ")
        note.repository.record_drafts()
    window.commands.run("history_graph")
    graph = window.desk.past.graph
    seen: list[int] = []
    draws = graph.graph._drawn
    graph.graph._drawn = lambda row: (seen.append(row), draws(row))[1]
    graph.viewport().repaint()
    QApplication.processEvents()
    assert seen
    assert max(seen) < 30
