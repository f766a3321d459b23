"""What the sync light says. Pure.

Owns the eight sentences; the light says exactly one of them. Must never import Qt.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

from ui.engine_words import told_by
from ui.language import counted, digits, tr

QUIET, BUSY, GOOD, WAITING, ATTENTION = "faint", "accent", "good", "warn", "danger"  # shades


class SyncWords(NamedTuple):
    """What the light says, and the name of the shade it shines in."""

    words: str
    shade: str


def sync_words(status: Any | None, others: Sequence[str]) -> SyncWords:
    """The sentence for a SyncStatus; None: there is no network. `others` are the names
    of those it is shared with: other people, or one's own other devices."""
    if status is not None and status.problem:
        return SyncWords(tr("Needs attention: {}").format(told_by(status.problem)), ATTENTION)
    if not others:
        return SyncWords(tr("On this computer only"), QUIET)
    if status is None:
        return SyncWords(tr("Offline, everything is saved here"), QUIET)
    if status.connected:
        if status.sending:
            words = counted("Sending {n} change", "Sending {n} changes", status.sending)
            return SyncWords(words, BUSY)
        if status.saved_on:  # others; this computer has it too
            words = counted("Saved on {n} device", "Saved on {n} devices", status.saved_on + 1)
            return SyncWords(words, GOOD)
        return SyncWords(tr("Connected to {}").format(digits(status.connected)), GOOD)
    if status.sending:
        words = counted(
            "{n} change waits for {who}",
            "{n} changes wait for {who}",
            status.sending,
            who=named(others),
        )
        return SyncWords(words, WAITING)
    if status.looking:
        return SyncWords(tr("Looking for devices"), QUIET)
    return SyncWords(tr("Offline, everything is saved here"), QUIET)


def coming_words(status: Any | None) -> str:
    """How far the notes of a notebook have come that is being received; "" if none is."""
    if status is None or not status.arrived:
        return ""
    if status.expected > status.arrived:
        words = tr("Notes are coming: {} of {} changes")
        return words.format(digits(status.arrived), digits(status.expected))
    return counted(
        "Notes are coming: {n} change so far",
        "Notes are coming: {n} changes so far",
        status.arrived,
    )


def named(names: Sequence[str]) -> str:
    """`X`, `X and Y`, `X and 3 others`."""
    match names:
        case [one]:
            return one
        case [one, other]:
            return tr("{} and {}").format(one, other)
        case [one, *rest]:
            return counted("{who} and {n} other", "{who} and {n} others", len(rest), who=one)
    return tr("others")
