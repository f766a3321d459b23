"""The rows to choose from, as Qt's own tester demands of a model."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtTest import QAbstractItemModelTester
from PySide6.QtWidgets import QWidget

from ui.theme.theme import Theme
from ui.widgets.choice_list import Choice, ChoiceList


def test_its_rows_are_a_model_that_keeps_to_the_rules(theme: Theme, qtbot: Any) -> None:
    window = QWidget()
    qtbot.addWidget(window)
    view = ChoiceList(theme, 5, window)
    model = view.model()
    tester = QAbstractItemModelTester(model, QAbstractItemModelTester.FailureReportingMode.Fatal)
    view.show_choices([Choice("Oats", 1), Choice("Hay", 2, "to eat", "barn", enabled=False)])
    assert model.rowCount() == 2
    assert model.index(1, 0).data(Qt.ItemDataRole.AccessibleTextRole) == "Hay, to eat, barn"
    assert not model.flags(model.index(1, 0)) & Qt.ItemFlag.ItemIsEnabled
    view.show_choices([])
    assert model.rowCount() == 0
    assert tester.model() is model
