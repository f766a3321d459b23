"""Links that name a note for ever: copied, followed, strange ones."""

from __future__ import annotations

import string
from collections.abc import Callable
from typing import Any

import pytest
from PySide6.QtCore import Qt, QUrl
from PySide6.QtGui import QGuiApplication, QTextCursor
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from goatcore import Database
from ui.operations import notebooks, notes, searches
from ui.operations.note_links import LETTERS_MAX, NoteLink, follow_link, link_to, read_link
from ui.window.main_window import MainWindow


@pytest.fixture
def database(workspaces: Any) -> Database:
    return workspaces.databases[0]


@pytest.fixture
def garden(database: Database) -> Any:
    return notebooks.create(database, "Garden")


@pytest.fixture
def apples(garden: Any, clock: Any) -> Any:
    return notes.create(garden, "Apples", body="Boskoop.", now_ms=clock.now_ms)


@pytest.fixture
def link(database: Database, apples: Any) -> str:
    return link_to(database, apples)


def test_a_link_is_plain_letters_and_leads_back(database: Database, apples: Any, link: str) -> None:
    assert link.startswith("goat://open/")
    assert set(link) <= set(string.ascii_letters + string.digits + ":/-_.~%")
    assert read_link(link) == NoteLink(bytes(database.id), bytes(apples.repository.id), apples.key)
    assert follow_link([database], link) == (apples, "")


def test_it_leads_there_whatever_the_note_is_called_then(
    database: Database, apples: Any, link: str
) -> None:
    apples.title = "Pears"
    assert follow_link([database], link).note is apples


def test_signs_in_a_key_survive(database: Database, garden: Any, clock: Any) -> None:
    note = garden.create(notes.NOTE, "a/b c%ü?#", title="Odd", edited=clock.now_ms)
    link = link_to(database, note)
    assert link.count("/") == 5
    assert follow_link([database], link).note is note


def strange(link: str) -> list[str]:
    workspace, repository, key = link.removeprefix("goat://open/").split("/")
    return [
        "",
        "goat:",
        "goat://",
        "goat://open/",
        "goat://delete/" + "/".join((workspace, repository, key)),
        f"goat://open/{workspace}/{repository}",
        f"goat://open/{workspace}/{repository}/",
        f"goat://open/{workspace}/{repository}/{key}/more",
        f"goat://open/{workspace}/{repository}/{key}?run=1",
        f"goat://open/{workspace}/{repository}/{key}#x",
        f"goat://open/{workspace[:-1]}/{repository}/{key}",
        f"goat://open/{workspace}aa/{repository}/{key}",
        f"goat://open/{repository}/{workspace}/{key}",
        f"goat://open/{workspace}/{repository}/%ff",
        f"goat://open/{workspace}/{repository}/..%2f..",
        f"goat://open/{workspace}/{repository}/{key}\nrm",
        f"goat://open/{workspace}/../{key}",
        f"goat://open/{workspace}/{repository}/{'a' * LETTERS_MAX}",
        f"http://open/{workspace}/{repository}/{key}",
        link.replace("a", "а"),  # one from another alphabet
        "x" * 100_000,
        "\0",
    ]


@pytest.mark.parametrize("number", range(22))
def test_whatever_is_not_exactly_a_link_is_told_and_opens_nothing(
    database: Database, link: str, number: int
) -> None:
    text = strange(link)[number]
    if text == link:  # it has no such letter
        return
    led = follow_link([database], text)
    assert led.note is None
    assert led.words.startswith("That is not a link to a note.")


def test_where_it_leads_nowhere_is_said(database: Database, apples: Any, link: str) -> None:
    workspace, repository, key = link.removeprefix("goat://open/").split("/")
    elsewhere = f"goat://open/{'a' * 52}/{repository}/{key}"
    assert "not on this computer" in follow_link([database], elsewhere).words
    unshared = f"goat://open/{workspace}/{'a' * 26}/{key}"
    assert "not shared with you" in follow_link([database], unshared).words
    coming = f"goat://open/{workspace}/{repository}/nobody"
    assert "not come here yet" in follow_link([database], coming).words
    notebook = f"goat://open/{workspace}/{repository}/notebook"  # an item, but no note
    assert follow_link([database], notebook).note is None


def test_a_deleted_note_is_shown_as_such_and_a_purged_one_told(
    database: Database, apples: Any, link: str
) -> None:
    notes.delete([apples])
    assert follow_link([database], link) == (apples, "“Apples” was deleted: it is in the trash")
    notes.purge([apples])
    led = follow_link([database], link)
    assert (led.note, led.words) == (
        None,
        "The note that the link leads to was deleted for good.",
    )


def test_what_is_no_notebook_is_not_opened(database: Database) -> None:
    search = searches.keep(database, "frost")
    led = follow_link([database], link_to(database, search))
    assert led.note is None
    assert "not shared with you" in led.words


# -- in the window -------------------------------------------------------------------------------


@pytest.fixture
def shown(apples: Any, garden: Any, clock: Any, open_window: Callable[[], MainWindow]) -> Any:
    notes.create(garden, "Beans", body="", now_ms=clock.now_ms + 1_000)
    window = open_window()
    assert window.desk.note.title == "Beans"
    return window


def test_a_link_to_the_open_note_is_copied_and_said(shown: MainWindow, database: Database) -> None:
    shown.commands.run("copy_link")
    assert QGuiApplication.clipboard().text() == link_to(database, shown.desk.note)
    assert shown.toast.words == "The link to this note is copied"


def test_one_in_a_text_is_followed_by_alt_and_return(shown: MainWindow, link: str) -> None:
    shown.desk.editor.setFocus()
    shown.desk.editor.insertPlainText(f"see {link}")
    shown.desk.editor.moveCursor(QTextCursor.MoveOperation.PreviousWord)
    shown.commands.run("follow")
    assert shown.desk.note.title == "Apples"


def test_one_in_a_page_is_followed_by_a_click(shown: MainWindow, link: str) -> None:
    shown.desk.editor.insertPlainText(f"[that one]({link}) and {link}")
    shown.commands.run("read")
    html = shown.desk.reader.html()
    assert html.count(f'href="{link}"') == 2
    shown.desk.reader.view.anchorClicked.emit(QUrl(link))
    assert shown.desk.note.title == "Apples"


def test_one_that_leads_nowhere_is_told_and_the_open_note_stays(shown: MainWindow) -> None:
    shown.links.open("goat://open/rubbish")
    assert shown.desk.note.title == "Beans"
    assert shown.banner.words.startswith("That is not a link to a note.")


def test_one_to_a_deleted_note_opens_it_in_the_trash(
    shown: MainWindow, apples: Any, link: str
) -> None:
    notes.delete([apples])
    QApplication.processEvents()
    shown.links.open(link)
    assert (shown.place.kind, shown.desk.note) == ("trash", apples)
    assert "in the trash" in shown.toast.words


def test_its_keys_do_nothing_without_a_note(open_window: Callable[[], MainWindow]) -> None:
    window = open_window()
    QGuiApplication.clipboard().setText("before")
    QTest.keyClick(
        window,
        Qt.Key.Key_L,
        Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier,
    )
    assert QGuiApplication.clipboard().text() == "before"
