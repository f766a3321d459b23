"""What `goat peers` says of a device."""

from __future__ import annotations

import re

import pytest

from app.commands.peers import _state
from goatcore import DeviceStatus

AWAY = DeviceStatus(b"d" * 32, b"m" * 16, False, False, "10.0.0.2", None, None, None)


@pytest.mark.parametrize(
    ("status", "words"),
    [
        (AWAY._replace(here=True), "this computer"),
        (AWAY._replace(connected=True), r"connected, at 10\.0\.0\.2"),
        (
            AWAY._replace(connected=True, missing=1_200),
            r"connected, at 10\.0\.0\.2; changes to come: 1,200",
        ),
        (AWAY, "not in reach, and never was"),
        (
            AWAY._replace(seen_ms=1_763_700_000_000, missing=3),
            r"not in reach since 2025-11-2\d \d\d:\d\d; changes to come: 3",
        ),
    ],
)
def test_it_says_where_a_device_is_and_what_it_lacks(status, words):
    assert re.fullmatch(words, _state(status))
