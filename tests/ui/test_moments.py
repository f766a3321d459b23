"""A note's past in steps that a person can follow."""

from __future__ import annotations

from datetime import datetime

from ui.models.moments import FEW, MANY, Moment, done_words, moments, when_words

MINUTE = 60_000


LONG_AGO = [("Z", (day - FEW) * 24 * 60 * MINUTE) for day in range(FEW)]


def of_a_long_past(changes: list[tuple[str, int]]) -> list[Moment]:
    """The moments of changes that come after many others, numbered as if they were the first."""
    found = moments(LONG_AGO + changes)
    assert [moment.last for moment in found[:FEW]] == list(range(FEW))
    return [it._replace(first=it.first - FEW, last=it.last - FEW) for it in found[FEW:]]


def test_writing_in_one_go_is_one_moment() -> None:
    changes = [("A", 0), ("A", MINUTE), ("A", 6 * MINUTE), ("B", 6 * MINUTE), ("A", 7 * MINUTE)]
    assert of_a_long_past(changes) == [
        Moment(0, 2, "A", 0, 6 * MINUTE),
        Moment(3, 3, "B", 6 * MINUTE, 6 * MINUTE),
        Moment(4, 4, "A", 7 * MINUTE, 7 * MINUTE),
    ]


def test_a_pause_or_a_long_time_begins_another_moment() -> None:
    assert [m.last for m in of_a_long_past([("A", 0), ("A", 5 * MINUTE + 1)])] == [0, 1]
    steady = [("A", number * 4 * MINUTE) for number in range(10)]
    assert [(m.first, m.last) for m in of_a_long_past(steady)] == [(0, 7), (8, 9)]
    assert moments([]) == []


def test_a_short_past_is_told_in_finer_moments() -> None:
    assert [m.last for m in moments([("A", 0), ("A", 5_000), ("A", 8_000)])] == [0, 2]
    minutes = [("A", number * MINUTE) for number in range(FEW)]
    assert len(moments(minutes)) == FEW
    seconds = [("A", number * 5_000) for number in range(MANY)]
    assert len(moments(seconds)) == MANY
    assert len(moments([*seconds, ("A", MANY * 5_000)])) < FEW  # too many: coarse ones again


def test_a_clock_that_went_backwards_is_no_pause() -> None:
    assert moments([("A", 10 * MINUTE), ("A", 0)]) == [Moment(0, 1, "A", 10 * MINUTE, 10 * MINUTE)]


def test_when_it_was() -> None:
    now = datetime(2025, 11, 21, 12, 0)

    def said(*then: int) -> str:
        return when_words(int(datetime(*then).timestamp() * 1000), int(now.timestamp() * 1000))

    assert said(2025, 11, 21, 9, 5) == "Today, 9:05"
    assert said(2025, 11, 20, 23, 59) == "Yesterday, 23:59"
    assert said(2025, 11, 18, 8, 0) == "Tuesday, 8:00"
    assert said(2025, 3, 2, 8, 0) == "2 March, 8:00"
    assert said(2023, 3, 2, 8, 0) == "2 March 2023, 8:00"
    assert when_words(10**18, 0) == ""


def test_what_was_done() -> None:
    plain = {"first": False, "title": False, "exists": True}
    assert done_words(12, 3, **plain) == "+12 −3 letters"
    assert done_words(1_200, 0, **(plain | {"title": True})) == "+1,200 letters, another title"
    assert done_words(0, 0, **plain) == "moved, pinned or the like"
    assert done_words(5, 0, **(plain | {"first": True})) == "written"
    assert done_words(0, 0, **(plain | {"exists": False})) == "deleted"
