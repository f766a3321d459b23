"""Sharing and joining as a person sees them; the network is scripted."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from goatcore import Refused, Role
from ui.dialogs.join import completions, tidy_code
from ui.operations import notebooks
from ui.window.main_window import MainWindow
from ui.window.memory import WindowMemory
from ui.workspaces import Names


@pytest.fixture
def place(workspaces: Any, window: MainWindow) -> Any:
    notebooks.create(workspaces.databases[0], "Garden")
    window.shelf.refresh()
    return window.shelf.places[1]


@pytest.fixture
def share(window: MainWindow, place: Any) -> Any:
    assert window.sharing is not None
    return window.sharing.share(place)


@pytest.fixture
def join(window: MainWindow) -> Any:
    assert window.sharing is not None
    return window.sharing.join()


def test_another_person_gets_this_notebook_with_a_role(
    share: Any, network: Any, workspaces: Any, place: Any
) -> None:
    share.role.setCurrentIndex(1)
    share._names.member.setText(" The host ")
    share.show_code.click()
    assert network.asked == [(place.path, "person", Role.viewer)]
    assert workspaces.names == Names("The host", "desk")
    assert workspaces.names_confirmed
    assert share.code.text() == "7-copper-violin"
    assert share.remaining.text() == "Valid for 5:00, for one computer"


def test_my_other_device_gets_everything(share: Any, network: Any) -> None:
    share.device_choice.click()
    assert not share.role.isEnabled()
    share.show_code.click()
    assert network.asked[0][1] == "device"


def test_names_are_asked_for_once_and_have_to_be_given(
    share: Any, window: MainWindow, place: Any
) -> None:
    share._names.device.setText("  ")
    assert not share.show_code.isEnabled()
    share._names.device.setText("desk")
    share.show_code.click()
    again = window.sharing.share(place)
    assert again._names is None
    again.close()


def test_the_code_counts_down_and_can_be_copied(share: Any, clock: Any, qtbot: Any) -> None:
    share.show_code.click()
    clock.now_ms += 28_000
    share._count_down()
    assert share.remaining.text().startswith("Valid for 4:32")
    share.copy.click()
    assert QApplication.clipboard().text() == "7-copper-violin"
    assert share.copy.text() == "Copied"


def test_reject_has_the_focus_and_nothing_happens_by_itself(share: Any, network: Any) -> None:
    share.show_code.click()
    invitation = network.made[0]
    invitation.become("asking", guest=("Neighbour", "kitchen tablet"))
    assert share.page.heading.text() == "Neighbour wants to join"
    assert share.reject_button.hasFocus()
    QTest.keyClick(share, Qt.Key.Key_Return)
    assert invitation.calls == ["reject"]
    assert share.page.heading.text() == "Not shared"
    assert share.outcome.text() == "You rejected the other computer."
    share.again.click()
    assert share.show_code.isVisible()


def test_a_confirmed_guest_is_named(share: Any, network: Any, window: MainWindow) -> None:
    share.show_code.click()
    network.made[0].become("asking", guest=("Neighbour", "kitchen tablet"))
    share.confirm_button.click()
    assert network.made[0].calls == ["confirm"]
    assert share.page.heading.text() == "Neighbour has joined"
    assert window.toast.words == "Neighbour joined on “kitchen tablet”"
    share.close_button.click()
    assert network.made[0].calls == ["confirm"]


def test_closing_cancels_the_invitation(share: Any, network: Any) -> None:
    share.show_code.click()
    share.reject()
    assert network.made[0].calls == ["cancel"]


def test_a_wrong_try_is_said_while_waiting(share: Any, network: Any) -> None:
    share.show_code.click()
    network.made[0].become("waiting", problem="Somebody typed a wrong code.", tries_left=1)
    assert share.waiting.text() == "Somebody typed a wrong code."
    assert share.remaining.text().endswith("\nWrong again. One more try, then the code is worn out")
    network.made[0].become("waiting", problem=None, tries_left=2)
    assert share.remaining.text().endswith("\nA wrong code was typed. Two more tries")


def test_a_refusal_to_share_is_said_on_the_page(share: Any, network: Any) -> None:
    network.refusal = Refused("Only an owner or admin can share this notebook.")
    share.show_code.click()
    assert share._choice_problem.text() == "Only an owner or admin can share this notebook."
    assert share.show_code.isVisible()


def test_sharing_needs_a_notebook_to_share(window: MainWindow, place: Any) -> None:
    notebooks.create(window.shelf.databases[0], "Attic")
    window.shelf.refresh()
    window.chosen_place.share()
    assert window.banner.words == "Choose the notebook that you want to share."


# -- join ------------------------------------------------------------------------------------------


def test_a_code_is_understood_however_it_is_typed(join: Any, network: Any) -> None:
    assert not join.join_button.isEnabled()
    QTest.keyClicks(join.code, " 7 Copper violin")
    assert join.join_button.isEnabled()
    join.join_button.click()
    code, _folder, address, member, device = network.asked[0]
    assert (code, address, member, device) == ("7-copper-violin", None, "Host", "desk")
    assert tidy_code("12_Copper.VIOLIN ") == "12-copper-violin"


def test_what_is_wrong_with_a_code_is_said(join: Any, network: Any) -> None:
    network.refusal = Refused("“silver” is not one of the words that codes are made of.")
    QTest.keyClicks(join.code, "7 silver violin")
    join.join_button.click()
    assert join.problem.text() == "“silver” is not one of the words that codes are made of."
    assert join.code.isVisible()


def test_words_are_completed_while_typing() -> None:
    words = ("copper", "cotton", "violin")
    assert completions("7-co", words) == ["7-copper", "7-cotton"]
    assert completions("7-copper-v", words) == ["7-copper-violin"]
    assert completions("7", words) == []
    assert completions("7-", words) == []
    assert completions("7-copper", words) == []  # it is there: nothing pops up over the buttons


def test_no_button_moves_under_the_pointer_as_computers_come_and_go(
    join: Any, network: Any
) -> None:
    places = []
    for count in (0, 1, 5, 0):
        network.invites = [SimpleNamespace(number=number) for number in range(count)]
        join._look_around()
        QApplication.processEvents()
        places.append((join.size(), join.join_button.mapTo(join, QPoint())))
    assert places == [places[0]] * 4


def test_who_is_nearby_is_listed_and_chosen_by_a_click(join: Any, network: Any) -> None:
    assert join.looking.isVisible()
    network.invites = [SimpleNamespace(number=7), SimpleNamespace(number=12)]
    join._look_around()
    texts = [join.nearby_list.item(at).text() for at in range(join.nearby_list.count())]
    assert texts == ["7  ·  a computer nearby", "12  ·  a computer nearby"]
    assert not join.looking.isVisible()
    join.nearby_list.itemClicked.emit(join.nearby_list.item(1))
    assert join.code.text() == "12-"
    network.invites = [SimpleNamespace(number=12)]
    join._look_around()
    assert join.nearby_list.count() == 1


def test_an_address_can_be_given(join: Any, network: Any) -> None:
    assert not join.address.isVisible()
    join.by_address.click()
    QTest.keyClicks(join.address, "192.168.1.20")
    QTest.keyClicks(join.code, "7-copper-violin")
    join.join_button.click()
    assert network.asked[0][2] == "192.168.1.20"


def test_the_way_is_told_step_by_step(
    join: Any, network: Any, window: MainWindow, workspaces: Any
) -> None:
    QTest.keyClicks(join.code, "7-copper-violin")
    join.join_button.click()
    joining = network.made[0]
    assert join.state_words.text() == "Looking for the other computer…"
    joining.become("connecting")
    assert join.state_words.text() == "Connecting…"
    joining.become("waiting", host=("Neighbour", "kitchen tablet"))
    assert join.state_words.text() == "Waiting until Neighbour on “kitchen tablet” confirms…"
    joining.become("receiving", received=412, expected=1180)
    assert join.state_words.text() == "Receiving notes: 412 of 1,180 changes"
    assert (join.bar.value(), join.bar.maximum()) == (412, 1180)
    database = workspaces.make("the neighbour’s")
    beach = notebooks.create(database, "")
    joining.become("done", database=database)
    assert not join.isVisible()
    assert workspaces.databases[-1] is database
    assert window.place.name == "Notebook"
    assert "is here now" not in window.toast.words
    notebooks.rename(beach, "Beach")
    QApplication.processEvents()
    assert window.place.name == "Beach"
    assert window.toast.words == "“Beach” is here now"
    assert not joining.cancelled


def test_a_failure_is_a_sentence_and_one_can_try_again(join: Any, network: Any) -> None:
    QTest.keyClicks(join.code, "7-copper-violin")
    join.join_button.click()
    network.made[0].become("failed", problem="The code has expired. Ask for a new one.")
    assert join.outcome.text() == "The code has expired. Ask for a new one."
    join.again.click()
    assert join.code.isVisible()
    assert join.code.selectedText() == "7-copper-violin"
    join.join_button.click()
    assert len(network.made) == 2


def test_closing_cancels_the_joining(join: Any, network: Any) -> None:
    QTest.keyClicks(join.code, "7-copper-violin")
    join.join_button.click()
    join.reject()
    assert network.made[0].cancelled


def test_without_a_network_both_say_so(
    workspaces: Any, theme: Any, clock: Any, tmp_path: Any
) -> None:
    window = MainWindow(workspaces, None, WindowMemory(tmp_path), theme, clock)
    window.chosen_place.join()
    assert window.banner.words == "There is no network, so nothing can be joined now."
    window.chosen_place.share()
    assert window.banner.words == "There is no network, so nothing can be shared now."
    assert window.desk.light.words == "On this computer only"
    window.close()
    window.deleteLater()


HOSTILE = "\u202e<b>Evil</b>\n" + "x" * 10_000


def test_a_hostile_guest_is_named_harmlessly(share: Any, network: Any) -> None:
    share.show_code.click()
    network.made[0].become("asking", guest=(HOSTILE, ""))
    heading = share.page.heading
    assert heading.text().startswith("<b>Evil</b> xxx")
    assert heading.text().endswith("… wants to join")
    assert heading.textFormat() == Qt.TextFormat.PlainText
    assert share.guest_words.textFormat() == Qt.TextFormat.PlainText
    assert "From “Somebody”" in share.guest_words.text()
    assert share.reject_button.hasFocus()
    assert share.width() == 440


def test_a_hostile_host_is_named_harmlessly(join: Any, network: Any) -> None:
    QTest.keyClicks(join.code, "7-copper-violin")
    join.join_button.click()
    network.made[0].become("waiting", host=(HOSTILE, HOSTILE))
    assert "\u202e" not in join.state_words.text()
    assert len(join.state_words.text()) < 200
    assert join.state_words.textFormat() == Qt.TextFormat.PlainText


def test_notes_that_are_still_coming_are_counted(
    window: MainWindow, network: Any, place: Any
) -> None:
    window.sidebar.choose(place)
    status = type(network.the_status)
    network.statuses[place.path] = status(connected=1, arrived=412, expected=1_180)
    network.tell()
    words = "Notes are coming: 412 of 1,180 changes"
    assert window.list.empty._heading.text() == words
    assert window.list.empty.button.isHidden()
    assert window.sidebar.sharing.text() == words
    network.statuses[place.path] = status(connected=1, arrived=1)
    network.tell()
    assert window.sidebar.sharing.text() == "Notes are coming: 1 change so far"
    network.statuses[place.path] = status(connected=1)
    network.tell()
    assert window.sidebar.sharing.text() == "Not shared with anybody"
    assert window.list.empty._heading.text() == "An empty notebook"
