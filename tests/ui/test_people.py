"""The people panel: who has a notebook, who is here, what they lack, what one may change."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel, QMessageBox, QPushButton

from goatcore import LocalMisuse, Refused, Role
from ui.models.people import fingerprint, people_view, seen_words
from ui.models.places import ALL_NOTES
from ui.operations import notebooks
from ui.window.main_window import MainWindow

HOSTILE = "\u202eevil <b>" + "x" * 10_000


class Device(NamedTuple):
    key: bytes
    name: str


class Member(NamedTuple):
    id: bytes
    name: str
    roles: dict[bytes, Role]
    devices: tuple[Device, ...]
    me: bool


class Shared:
    """A workspace whose other members are played; the rest is real."""

    def __init__(self, real: Any) -> None:
        self._real = real
        self.others: list[Member] = []
        self.given: list[tuple[str, bytes, Role]] = []
        self.gives: dict[bytes, tuple[Role, ...]] = {}
        self.refusal: Exception | None = None

    def __getattr__(self, name: str) -> Any:
        return getattr(self._real, name)

    def members(self) -> list[Any]:
        return [*self._real.members(), *self.others]

    def roles_to_give(self, _path: str, member: bytes) -> tuple[Role, ...]:
        return self.gives.get(member, ())

    def grant(self, path: str, member: bytes, role: Role) -> None:
        if self.refusal is not None:
            raise self.refusal
        self.given.append((path, member, role))


@pytest.fixture
def shared(workspaces: Any) -> Shared:
    garden = notebooks.create(workspaces.databases[0], "Garden")
    notebooks.create(workspaces.databases[0], "Work")
    made = Shared(workspaces.databases[0])
    group = next(i.group for i in made.repositories() if i.path == garden.path)
    made.others = [
        Member(b"n" * 16, "Neighbour", {group: Role.editor}, (Device(b"t" * 32, "tablet"),), False),
    ]
    workspaces.databases[0] = made
    return made


@pytest.fixture
def shown(shared: Shared, open_window: Callable[[], MainWindow]) -> MainWindow:
    window = open_window()
    window.sidebar.choose(next(p for p in window.shelf.places if p.name == "Garden"))
    window.people.open()
    return window


def said(window: MainWindow) -> list[str]:
    """Every line of the panel, from the top down."""
    return [one.text() for one in window.people.panel._scroll.widget().findChildren(QLabel)]


def test_members_are_listed_with_role_devices_and_how_they_stand(
    shown: MainWindow, network: Any, stands: Any
) -> None:
    stands(connected=True, address="192.168.1.20", missing=0)
    network.tell()
    people = shown.people.panel.view.people
    assert [(p.name, p.me, p.does) for p in people] == [
        ("Host", True, "Owner"),
        ("Neighbour", False, "Can read and write"),
    ]
    assert people[0].devices[0].seen == "This computer"
    tablet = people[1].devices[0]
    assert (tablet.name, tablet.seen, tablet.held) == ("tablet", "Here now", "Has everything")
    assert tablet.detail.splitlines() == [
        "Linked directly, and encrypted, at 192.168.1.20",
        f"Fingerprint of its key: {fingerprint(b't' * 32)}",
    ]
    assert {"Host (you)", "Neighbour", "tablet", "Here now · Has everything"} <= set(said(shown))


def test_who_is_away_is_said_with_when_what_waits_and_why(
    shown: MainWindow, network: Any, clock: Any, stands: Any
) -> None:
    stands(seen_ms=clock.now_ms - 5 * 60_000, missing=3, problem="Nobody answers there.")
    network.tell()
    lines = said(shown)
    assert "Last here: 5 min · 3 changes to come" in lines
    assert "Nobody answers there." in lines
    assert "Nobody is nearby" in lines
    assert any(line.startswith("None of their devices is found in this network.") for line in lines)


@pytest.mark.parametrize(
    ("ago_ms", "words"),
    [
        (None, "Not met yet"),
        (10_000, "Was here just now"),
        (3 * 3_600_000, "Last here: 3 h"),
        (-30_000, "Was here just now"),
    ],
)
def test_when_a_device_was_here(ago_ms: int | None, words: str) -> None:
    now_ms = 1_763_722_800_000
    assert seen_words(None if ago_ms is None else now_ms - ago_ms, now_ms) == words


def test_the_ways_that_failed_are_told(
    shown: MainWindow, network: Any, way: Any, stands: Any
) -> None:
    stands()
    network.problem = "This computer is in no network."
    network.ways = [way("10.0.0.9", True, "It refuses."), way("10.0.0.7:4628", False, None)]
    network.tell()
    assert shown.people.panel.view.ways == (
        "This computer is in no network.",
        "A computer nearby, 10.0.0.9, could not be linked: It refuses.",
        "Trying 10.0.0.7:4628…",
    )


def test_a_typed_address_is_dialled(shown: MainWindow, network: Any, stands: Any) -> None:
    stands()
    network.tell()
    panel = shown.people.panel
    panel.by_address.click()
    QTest.keyClicks(panel.address, "192.168.1.20")
    QTest.keyClick(panel.address, Qt.Key.Key_Return)
    assert network.reached == ["192.168.1.20"]
    assert (panel.address.text(), panel.problem.isHidden()) == ("", True)
    network.refusal = LocalMisuse("“?” is not an address.")
    QTest.keyClicks(panel.address, "?")
    panel.connect_button.click()
    assert panel.problem.text() == "“?” is not an address."
    assert panel.address.text() == "?"


def test_alone_there_is_one_thing_to_do(open_window: Callable[[], MainWindow]) -> None:
    window = open_window()
    window.chosen_place.new_notebook()
    window.people.open()
    panel = window.people.panel
    assert "Nobody else has this yet. Everything is on this computer only." in said(window)
    assert panel.share_button.isVisible()
    assert panel.join_button.isVisible()
    assert not panel.by_address.isVisible()
    panel.share_button.click()
    assert any(dialog.windowTitle().startswith("Share") for dialog in window.children()
               if hasattr(dialog, "windowTitle"))  # fmt: skip


def test_a_higher_role_is_given_at_once(shown: MainWindow, shared: Shared, network: Any) -> None:
    shared.gives[b"n" * 16] = (Role.owner, Role.admin, Role.viewer)
    network.tell()
    panel = shown.people.panel
    person = panel.view.people[1]
    menu = panel.role_menu(person)
    assert [(a.text(), a.isChecked()) for a in menu.actions()] == [
        ("Owner", False),
        ("Can also invite others", False),
        ("Can read and write", True),
        ("Can read", False),
    ]
    menu.actions()[2].trigger()
    assert shared.given == []
    menu.actions()[1].trigger()
    assert shared.given == [(shown.place.path, b"n" * 16, Role.admin)]
    assert shown.toast.words == "Neighbour in “Garden”: Can also invite others"


@pytest.mark.parametrize(("row", "role"), [(0, Role.owner), (3, Role.viewer)])
def test_a_lower_role_and_an_owner_are_asked_about(
    shown: MainWindow, shared: Shared, network: Any, row: int, role: Role
) -> None:
    shared.gives[b"n" * 16] = (Role.owner, Role.admin, Role.viewer)
    network.tell()
    panel = shown.people.panel
    panel.role_menu(panel.view.people[1]).actions()[row].trigger()
    box = shown.findChild(QMessageBox)
    assert shared.given == []
    assert box.defaultButton() is box.button(QMessageBox.StandardButton.Cancel)
    next(b for b in box.buttons() if b.text() == "Change it").click()
    assert shared.given == [(shown.place.path, b"n" * 16, role)]


def test_a_refused_change_is_said_in_the_banner(
    shown: MainWindow, shared: Shared, network: Any
) -> None:
    shared.gives[b"n" * 16] = (Role.admin,)
    shared.refusal = Refused("Only owners may.")
    network.tell()
    shown.people.panel.role_wanted.emit(b"n" * 16, "Neighbour", Role.admin)
    assert shown.banner.words == "Only owners may."


def test_somebody_of_the_workspace_gets_another_notebook(
    shown: MainWindow, shared: Shared, network: Any
) -> None:
    shared.gives[b"n" * 16] = (Role.editor, Role.viewer)
    shown.sidebar.choose(next(p for p in shown.shelf.places if p.name == "Work"))
    panel = shown.people.panel
    assert [p.name for p in panel.view.people] == ["Host"]
    (neighbour,) = panel.view.addable
    assert "Also in your workspace" in said(shown)
    assert panel._scroll.widget().findChild(QPushButton, f"role {(b'n' * 16).hex()}").isVisible()
    panel.role_menu(neighbour).actions()[1].trigger()
    assert shared.given == [(shown.place.path, b"n" * 16, Role.viewer)]


def test_that_nobody_can_be_removed_is_said_and_no_button_is_dead(shown: MainWindow) -> None:
    panel = shown.people.panel
    assert "Nobody can be removed from a notebook yet" in panel._note.text()
    assert not any("emove" in one.text() for one in panel.findChildren(QPushButton))


def test_hostile_names_are_shown_harmlessly(
    shown: MainWindow, shared: Shared, network: Any, stands: Any
) -> None:
    (other,) = shared.others
    shared.others = [other._replace(name=HOSTILE, devices=(Device(b"t" * 32, ""),))]
    stands(connected=True, address="10.0.0.2", missing=0)
    network.tell()
    person = shown.people.panel.view.people[1]
    assert person.name.startswith("evil <b>xxx")
    assert len(person.name) <= 60
    assert person.devices[0].name == "A device without a name"
    label = next(one for one in shown.people.panel._scroll.widget().findChildren(QLabel)
                 if one.text() == person.name)  # fmt: skip
    assert label.textFormat() == Qt.TextFormat.PlainText
    assert "<b>" not in label.toolTip()
    assert shown.people.panel.width() == 300


def test_all_notes_show_everybody_with_their_notebooks(shared: Shared, network: Any) -> None:
    view = people_view([shared], network, ALL_NOTES, 0)
    assert [(p.name, p.does) for p in view.people] == [
        ("Host", "Garden, Work"),
        ("Neighbour", "Garden"),
    ]
    assert (view.can_share, view.can_reach, view.addable) == (False, False, ())


def test_without_a_network_it_says_so(shared: Shared, shown: MainWindow) -> None:
    view = people_view([shared], None, shown.place, 0)
    assert view.people[1].devices[0].seen == "There is no network now"
    assert view.ways == ("There is no network now.",)
    assert not view.can_share


def test_the_panel_opens_by_command_and_light_and_closes_by_escape(
    open_window: Callable[[], MainWindow],
) -> None:
    window = open_window()
    panel = window.people.panel
    window.commands.run("people")
    assert panel.isVisible()
    panel._close.setFocus()
    QTest.keyClick(panel._close, Qt.Key.Key_Escape)
    assert panel.isHidden()
    QTest.mouseClick(window.desk.light, Qt.MouseButton.LeftButton)
    assert panel.isVisible()
    window.sidebar.people_button.click()
    assert panel.isHidden()


def test_a_focused_button_keeps_the_focus_when_others_move(
    shown: MainWindow, shared: Shared, network: Any, stands: Any
) -> None:
    shared.gives[b"n" * 16] = (Role.admin,)
    network.tell()
    panel = shown.people.panel
    name = f"role {(b'n' * 16).hex()}"
    panel._scroll.widget().findChild(QPushButton, name).setFocus()
    stands(connected=True, address="10.0.0.2", missing=0)
    network.tell()
    assert shown.focusWidget().objectName() == name
