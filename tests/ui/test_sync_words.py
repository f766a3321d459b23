"""The sync light says exactly one of its sentences, and the right one."""

from __future__ import annotations

from typing import Any

import pytest

from ui.models.sync_words import ATTENTION, QUIET, WAITING, counted, named, sync_words


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
        (None, ["Mira"], "Offline, everything is saved here"),
        (Status(), ["Mira"], "Offline, everything is saved here"),
        (Status(looking=True), ["Mira"], "Looking for devices"),
        (Status(connected=1), ["Mira"], "Connected to 1"),
        (Status(connected=2), ["Mira"], "Connected to 2"),
        (Status(connected=1, saved_on=1), ["Mira"], "Saved on 2 devices"),
        (Status(connected=1, sending=1, saved_on=1), ["Mira"], "Sending 1 change"),
        (Status(connected=1, sending=1204), ["Mira"], "Sending 1,204 changes"),
        (Status(sending=1, looking=True), ["Mira"], "1 change waits for Mira"),
        (Status(sending=3), ["Mira", "Tom"], "3 changes wait for Mira and Tom"),
        (
            Status(connected=1, problem="The disk is full."),
            ["Mira"],
            "Needs attention: The disk is full.",
        ),
    ],
)
def test_the_light_says(status: Any, others: list[str], words: str) -> None:
    assert sync_words(status, others).words == words


def test_the_light_shines_accordingly() -> None:
    assert sync_words(None, []).shade == QUIET
    assert sync_words(Status(sending=1), ["Mira"]).shade == WAITING
    assert sync_words(Status(problem="x"), []).shade == ATTENTION


def test_names_and_counts_are_said_as_people_do() -> None:
    assert named(["Mira"]) == "Mira"
    assert named(["Mira", "Tom", "Ada"]) == "Mira and 2 others"
    assert named([]) == "others"
    assert counted(1, "device") == "1 device"
    assert counted(0, "change") == "0 changes"
