"""A note's past in steps that a person can follow: changes of one person in one go are one moment.

Owns where one moment ends, what it is called and what it did in a few words. Pure.
Must never import Qt or goatcore.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import NamedTuple

from ui.language import digits, mark, tr
from ui.models.dates import day_words, time_words, weekday_words

PAUSES_MS = (5 * 60_000, 60_000, 15_000, 4_000)  # a longer pause begins another moment
SESSION_PAUSES = 6  # so does writing for longer than that many pauses
FEW = 8  # a past of fewer moments is told in finer ones,
MANY = 60  # if those are no more than this
_NEAR = (mark("Today"), mark("Yesterday"))


class Moment(NamedTuple):
    """Changes `first` to `last` (numbers of versions), by one author."""

    first: int
    last: int
    author: str
    start_ms: int
    end_ms: int


class Piece(NamedTuple):
    """A piece of a text with its changes: `equal`, `insert` or `delete`."""

    kind: str
    text: str


def moments(changes: Iterable[tuple[str, int]], *, cut: int = -1) -> list[Moment]:
    """The moments of changes (author, time in ms), which are in order; one ends with number
    `cut`. A short past is told in finer moments than a long one."""
    changes = list(changes)
    found = _grouped(changes, PAUSES_MS[0], cut)
    for pause_ms in PAUSES_MS[1:]:
        if len(found) >= FEW:
            break
        finer = _grouped(changes, pause_ms, cut)
        if len(finer) > MANY:
            break
        found = finer
    return found


def _grouped(changes: Sequence[tuple[str, int]], pause_ms: int, cut: int) -> list[Moment]:
    found: list[Moment] = []
    first, writer, start_ms, end_ms = -1, "", 0, 0  # of the moment that goes on
    session_ms = SESSION_PAUSES * pause_ms
    for number, (author, at_ms) in enumerate(changes):
        if (
            author == writer
            and at_ms - end_ms <= pause_ms
            and at_ms - start_ms <= session_ms
            and number - 1 != cut
            and first >= 0
        ):
            end_ms = max(at_ms, end_ms)
            continue
        if first >= 0:
            found.append(Moment(first, number - 1, writer, start_ms, end_ms))
        first, writer, start_ms, end_ms = number, author, at_ms, at_ms
    if first >= 0:
        found.append(Moment(first, len(changes) - 1, writer, start_ms, end_ms))
    return found


def when_words(then_ms: int, now_ms: int) -> str:
    """The day and the time of day: `Today, 14:05`, `Yesterday, 9:30`, `Monday, 8:00`,
    `12 March, 8:00`, `12 March 2023, 8:00`."""
    try:
        then, now = datetime.fromtimestamp(then_ms / 1000), datetime.fromtimestamp(now_ms / 1000)
    except (ValueError, OverflowError, OSError):
        return ""
    days = (now.date() - then.date()).days
    if days in (0, 1):
        day = tr(_NEAR[days])
    elif 1 < days < 7:
        day = weekday_words(then)
    else:
        day = day_words(then, now)
    return tr("{}, {}", "day and time").format(day, time_words(then))


def done_words(inserted: int, deleted: int, *, first: bool, title: bool, exists: bool) -> str:
    """What a moment did: `written`, `+12 −3 letters, another title`, `deleted`."""
    if not exists:
        return tr("deleted")
    if first:
        return tr("written")
    letters = " ".join(
        f"{sign}{digits(count)}" for sign, count in (("+", inserted), ("−", deleted)) if count
    )
    said = [tr("{} letters").format(letters)] if letters else []
    if title:
        said.append(tr("another title"))
    return ", ".join(said) or tr("moved, pinned or the like")
