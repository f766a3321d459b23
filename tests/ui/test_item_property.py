"""A field and a widget show the same, whoever changes it."""

from __future__ import annotations

from typing import Any

import pytest
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QCheckBox, QLineEdit, QSpinBox

from goatcore import Database, Schema, choice, flag, number, string
from ui.bridge.item_property import ItemProperty

TASK = Schema("task", 1, title=string(), done=flag(), hours=number(), size=choice("small", "large"))


@pytest.fixture
def task(workspaces: Any) -> Any:
    database: Database = workspaces.databases[0]
    return database.repository("/data/tasks").create(TASK, title="Dig", hours=2)


def test_a_line_shows_and_writes_a_field(task: Any, qtbot: Any) -> None:
    line = QLineEdit()
    qtbot.addWidget(line)
    bound = ItemProperty(task, "title")
    bound.bind(line)
    assert line.text() == "Dig"
    QTest.keyClicks(line, "!")
    assert task.title == "Dig!"
    told: list[Any] = []
    bound.changed.connect(told.append)
    task.title = "Sow"
    assert (line.text(), told) == ("Sow", ["Sow"])


def test_boxes_and_numbers_are_bound_alike(task: Any, qtbot: Any) -> None:
    box, spin = QCheckBox(), QSpinBox()
    for widget, name in ((box, "done"), (spin, "hours")):
        qtbot.addWidget(widget)
        ItemProperty(task, name, widget).bind(widget)
    box.click()
    assert task.done is True
    assert spin.value() == 2
    spin.setValue(5)
    assert task.hours == 5
    task.hours = 3
    task.done = False
    assert (spin.value(), box.isChecked()) == (3, False)


def test_what_the_item_refuses_is_said_and_does_not_stay(task: Any, qtbot: Any) -> None:
    line = QLineEdit()
    qtbot.addWidget(line)
    bound = ItemProperty(task, "size")
    failures: list[str] = []
    bound.failed.connect(failures.append)
    bound.bind(line)
    before = task.size
    line.setText("medium")
    assert (task.size, line.text()) == (before, before)
    assert len(failures) == 1
    assert failures[0].startswith("size")


def test_a_closed_binding_leaves_both_alone(task: Any, qtbot: Any) -> None:
    line = QLineEdit()
    qtbot.addWidget(line)
    bound = ItemProperty(task, "title")
    bound.bind(line)
    bound.close()
    QTest.keyClicks(line, "?")
    assert task.title == "Dig"
    task.title = "Else"
    assert line.text() == "Dig?"
