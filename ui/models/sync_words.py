"""What the sync light says. Pure.

Owns the eight sentences; the light says exactly one of them. Must never import Qt.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

QUIET, BUSY, GOOD, WAITING, ATTENTION = "faint", "accent", "good", "warn", "danger"  # shades


class SyncWords(NamedTuple):
    """What the light says, and the name of the shade it shines in."""

    words: str
    shade: str


def sync_words(status: Any | None, others: Sequence[str]) -> SyncWords:
    """The sentence for a workspace's SyncStatus; None: there is no network. `others` are the names
    of those it is shared with: other people, or one's own other devices."""
    if status is not None and status.problem:
        return SyncWords(f"Needs attention: {status.problem}", ATTENTION)
    if not others:
        return SyncWords("On this computer only", QUIET)
    if status is None:
        return SyncWords("Offline, everything is saved here", QUIET)
    if status.connected:
        if status.sending:
            return SyncWords(f"Sending {counted(status.sending, 'change')}", BUSY)
        if status.saved_on:  # others; this computer has it too
            return SyncWords(f"Saved on {counted(status.saved_on + 1, 'device')}", GOOD)
        return SyncWords(f"Connected to {status.connected}", GOOD)
    if status.sending:
        verb = "waits" if status.sending == 1 else "wait"
        return SyncWords(f"{counted(status.sending, 'change')} {verb} for {named(others)}", WAITING)
    if status.looking:
        return SyncWords("Looking for devices", QUIET)
    return SyncWords("Offline, everything is saved here", QUIET)


def counted(number: int, noun: str) -> str:
    """`1 change`, `2 changes`."""
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


def named(names: Sequence[str]) -> str:
    """`X`, `X and Y`, `X and 3 others`."""
    match names:
        case [one]:
            return one
        case [one, other]:
            return f"{one} and {other}"
        case [one, *rest]:
            return f"{one} and {len(rest)} others"
    return "others"
