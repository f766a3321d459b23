"""The notes of a notebook as they were at a moment, and the days on which it changed.

Owns what is read of each note, one note a step, so that who shows them can go on in between. Reads
goatcore, writes nothing. Must never import Qt.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from goatcore import GoatError
from ui.models.note_words import (
    BOX_LETTERS_MAX,
    READ_LETTERS_MAX,
    preview_words,
    progress_words,
    title_words,
)


class NoteThen(NamedTuple):
    """A note as it was, with the words that a list shows of it."""

    version: Any
    title: str
    preview: str
    progress: str
    pinned: bool
    edited_ms: int


def then_of(note: Any, time_ms: int, notebooks: Collection[str]) -> NoteThen | None:
    """A note as it was at a moment; None if it did not show then, or was in none of `notebooks`
    (keys of nested ones; none: it may be in any)."""
    try:
        version = note.at(time_ms)
        if version is None or not version.exists:
            return None
        if notebooks and (version.notebook or "") not in notebooks:
            return None
        body = version.body
        return NoteThen(
            version,
            title_words(version.title),
            preview_words(body[:READ_LETTERS_MAX]),
            progress_words(body[:BOX_LETTERS_MAX]),
            bool(version.pinned),
            version.edited or version.time,
        )
    except GoatError:  # it stands on a change that does not count any more
        return None


def order_then(row: NoteThen) -> tuple[bool, int, str]:
    """Pinned ones first, then the newest."""
    return (not row.pinned, -row.edited_ms, str(row.version.key))


def day_ends(notes: Sequence[Any]) -> Iterator[set[int]]:
    """After each note: the last milliseconds of the days, where this computer is, on which one of
    the notes so far was changed. One set, which grows."""
    ends: set[int] = set()
    spans: list[tuple[int, int]] = []  # days that are known: most changes are in one of the last
    for note in notes:
        for at_ms in _times(note):
            if not any(start <= at_ms <= end for start, end in reversed(spans)):
                start, end = day_of(at_ms)
                spans.append((start, end))
                ends.add(end)
        yield ends


def _times(note: Any) -> list[int]:
    try:
        return [version.time for version in note.history]
    except GoatError:  # its notebook went away meanwhile
        return []


def day_of(time_ms: int) -> tuple[int, int]:
    """The first and the last millisecond of a day, where this computer is."""
    try:
        start = datetime.fromtimestamp(time_ms / 1000).replace(
            hour=0, minute=0, second=0, microsecond=0
        )
        next_day = (start + timedelta(days=1)).timestamp()
        return int(start.timestamp() * 1000), int(next_day * 1000) - 1
    except (ValueError, OverflowError, OSError):  # a clock that went wrong
        return time_ms, time_ms
