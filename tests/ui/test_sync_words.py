"""The sync light says exactly one of its sentences, and the right one."""

from __future__ import annotations

from typing import Any

import pytest

from ui.models.sync_words import ATTENTION, QUIET, WAITING, named, sync_words


class Status:
    """A network's word on a workspace."""

    def __init__(self, **values: Any) -> None:
        self.connected = values.get("connected", 0)
        self.looking = values.get("looking", False)
        self.sending = values.get("sending", 0)
        self.saved_on = values.get("saved_on", 0)
        self.problem = values.get("problem")


@pytest.mark.parametrize(
    ("status", "others", "words"),
    [
        (None, [], "On this computer only"),
        (Status(looking=True), [], "On this computer only"),
        (None, ["Neighbour"], "Offline, everything is saved here"),
        (Status(), ["Neighbour"], "Offline, everything is saved here"),
        (Status(looking=True), ["Neighbour"], "Looking for devices"),
        (Status(connected=1), ["Neighbour"], "Connected to 1"),
        (Status(connected=2), ["Neighbour"], "Connected to 2"),
        (Status(connected=1, saved_on=1), ["Neighbour"], "Saved on 2 devices"),
        (Status(connected=1, sending=1, saved_on=1), ["Neighbour"], "Sending 1 change"),
        (Status(connected=1, sending=1204), ["Neighbour"], "Sending 1,204 changes"),
        (Status(sending=1, looking=True), ["Neighbour"], "1 change waits for Neighbour"),
        (Status(sending=3), ["Neighbour", "Guest"], "3 changes wait for Neighbour and Guest"),
        (
            Status(connected=1, problem="The disk is full."),
            ["Neighbour"],
            "Needs attention: The disk is full.",
        ),
    ],
)
def test_the_light_says(status: Any, others: list[str], words: str) -> None:
    assert sync_words(status, others).words == words


def test_the_light_shines_accordingly() -> None:
    assert sync_words(None, []).shade == QUIET
    assert sync_words(Status(sending=1), ["Neighbour"]).shade == WAITING
    assert sync_words(Status(problem="x"), []).shade == ATTENTION


def test_names_and_counts_are_said_as_people_do() -> None:
    assert named(["Neighbour"]) == "Neighbour"
    assert named(["Neighbour", "Guest", "Host"]) == "Neighbour and 2 others"
    assert named([]) == "others"
