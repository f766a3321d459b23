"""The help pages in the application."""

from __future__ import annotations

import re
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from ui.commands.catalogue import COMMANDS, plain
from ui.dialogs.help import HelpDialog
from ui.reading.help_pages import help_pages
from ui.window.main_window import MainWindow


def test_f1_opens_the_help_beside_the_window(window: MainWindow) -> None:
    QTest.keyClick(window, Qt.Key.Key_F1)
    (dialog,) = window.findChildren(HelpDialog)
    assert dialog.isVisible()
    assert not dialog.isModal()
    assert dialog.list.count() == len(help_pages())
    assert dialog.view.toPlainText().startswith(help_pages()[0].title)
    dialog.list.setCurrentRow(1)
    assert dialog.view.toPlainText().startswith("Writing")
    dialog.close()


def test_a_link_in_a_page_leads_to_the_page_of_that_title(window: MainWindow) -> None:
    window.show_help()
    (dialog,) = window.findChildren(HelpDialog)
    dialog.view.note_wanted.emit("Finding notes")
    assert dialog.view.toPlainText().startswith("Finding notes")
    dialog.view.note_wanted.emit("There is none")
    assert dialog.view.toPlainText().startswith("Finding notes")
    dialog.close()


def test_the_links_of_the_pages_lead_to_pages() -> None:
    titles = {page.title for page in help_pages()}
    linked = {
        title for page in help_pages() for title in re.findall(r"\[\[([^\]]+)\]\]", page.body)
    }
    assert "Writing" in linked
    assert linked <= titles | {"Another note"}


def test_every_page_has_a_title_and_a_body() -> None:
    pages = help_pages()
    assert len(pages) >= 7
    assert all(page.title and len(page.body) > 200 for page in pages)
    assert len({page.title for page in pages}) == len(pages)


def test_commands_that_the_help_names_are_there(qapp: Any) -> None:
    words = {plain(command.words).rstrip("…") for command in COMMANDS}
    text = "".join(page.body for page in help_pages())
    named = (
        "Keep this search",
        "New notebook in this one",
        "Begin as a template",
        "Restore this version",
    )
    assert [name for name in named if f"*{name}*" not in text] == []
    assert [name for name in named[:3] if name not in words] == []
