"""The window as a person uses it, on a real database."""

from __future__ import annotations

from PySide6.QtTest import QTest

from ui.window.main_window import MainWindow


def test_a_first_note_is_written_and_listed(window: MainWindow) -> None:
    assert window.list.empty.isVisible()
    window.list.empty.button.click()
    QTest.keyClicks(window.desk.title, "Oats")
    assert window.desk.note is not None
    assert window.shelf.places[1].name == "Notes"
