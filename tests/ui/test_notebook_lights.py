"""Each notebook's people and light in the sidebar: what is said, read aloud, and its form."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QImage, QPainter

from ui.models import places
from ui.models.places_model import LIGHT_ROLE
from ui.models.sync_words import ATTENTION, BUSY, GOOD, QUIET, WAITING, SyncWords
from ui.operations import notebooks
from ui.theme.theme import Theme
from ui.widgets.mark import MARK_PX, paint_mark
from ui.window.main_window import MainWindow

TIP = int(Qt.ItemDataRole.ToolTipRole)
SPOKEN = int(Qt.ItemDataRole.AccessibleTextRole)


@pytest.fixture
def window(
    workspaces: Any, open_window: Callable[[], MainWindow], monkeypatch: pytest.MonkeyPatch
) -> MainWindow:
    """Garden is shared with the neighbour, Work with nobody."""
    (own,) = workspaces.databases
    garden = notebooks.create(own, "Garden")
    notebooks.nested(garden, "House")
    notebooks.create(own, "Work")
    shared = next(info.group for info in own.repositories() if info.path == garden.path)
    monkeypatch.setattr(
        places, "others_of", lambda _database, group: ("Neighbour",) if group == shared else ()
    )
    return open_window()


def row(window: MainWindow, name: str) -> Any:
    place = next(one for one in window.shelf.places if one.name == name)
    return window.sidebar.model.index_of_place(place)


@pytest.mark.parametrize(
    ("status", "words", "shade"),
    [
        ({"looking": True}, "Looking for devices", QUIET),
        ({"connected": 2}, "Connected to 2", GOOD),
        ({"connected": 1, "sending": 3}, "Sending 3 changes", BUSY),
        ({"connected": 1, "saved_on": 1}, "Saved on 2 devices", GOOD),
        ({"sending": 3}, "3 changes wait for Neighbour", WAITING),
        ({}, "Offline, everything is saved here", QUIET),
        ({"problem": "The disk is full."}, "Needs attention: The disk is full.", ATTENTION),
    ],
)
def test_a_shared_notebook_says_one_of_the_sentences(
    window: MainWindow, network: Any, status: dict[str, Any], words: str, shade: str
) -> None:
    garden = window.shelf.places[1]
    assert garden.name == "Garden"
    network.statuses[garden.path] = type(network.the_status)(**status)
    network.tell()
    index = row(window, "Garden")
    assert index.data(LIGHT_ROLE) == SyncWords(words, shade)
    assert index.data(TIP) == f"Garden: shared with Neighbour\n{words}"
    assert index.data(SPOKEN) == f"Garden, {words}, shared with Neighbour"


def test_one_that_is_not_shared_is_on_this_computer_only(window: MainWindow) -> None:
    index = row(window, "Work")
    assert index.data(TIP) == "Work\nOn this computer only"
    assert index.data(SPOKEN) == "Work, On this computer only"


def test_what_is_nested_has_the_light_of_its_notebook_only(window: MainWindow) -> None:
    index = row(window, "House")
    assert index.data(LIGHT_ROLE) is None
    assert index.data(TIP) is None


def test_only_what_changed_is_drawn_anew(window: MainWindow, network: Any) -> None:
    drawn: list[str] = []
    window.sidebar.model.dataChanged.connect(
        lambda first, _last: drawn.append(first.data(int(Qt.ItemDataRole.DisplayRole)))
    )
    network.tell()
    assert drawn == []
    network.statuses[window.shelf.places[1].path] = type(network.the_status)(connected=1)
    network.tell()
    assert drawn == ["Garden"]


def test_a_name_with_signs_of_html_is_shown_as_it_is(window: MainWindow, workspaces: Any) -> None:
    notebooks.create(workspaces.databases[0], "<img src=x>")
    window.shelf.refresh()
    window.flow.show_sync()
    assert row(window, "<img src=x>").data(TIP).startswith("&lt;img src=x&gt;<br>")


def test_the_light_of_the_desk_is_of_the_open_notes_notebook(
    window: MainWindow, network: Any
) -> None:
    network.statuses[window.shelf.places[1].path] = type(network.the_status)(connected=4)
    window.sidebar.choose(window.shelf.places[1])
    window.chosen.new()
    assert window.desk.light.words == "Connected to 4"


def test_every_shade_has_a_form_of_its_own(theme: Theme) -> None:
    forms = set()
    for shade in (QUIET, BUSY, GOOD, WAITING, ATTENTION):
        image = QImage(MARK_PX + 3, MARK_PX + 3, QImage.Format.Format_ARGB32)
        image.fill(Qt.GlobalColor.transparent)
        painter = QPainter(image)
        paint_mark(painter, theme, shade, QPointF((MARK_PX + 3) / 2, (MARK_PX + 3) / 2))
        painter.end()
        covered = image.convertToFormat(QImage.Format.Format_Alpha8)
        forms.add(bytes(covered.constBits()))
    assert len(forms) == 5
