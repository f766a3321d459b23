"""Days as people say them, in the language that is spoken. Pure.

Owns the names of days and months: the system's own follow the system's language, not ours.
Must never import Qt.
"""

from __future__ import annotations

from datetime import date, datetime

from ui.language import mark, tr

WEEKDAYS = (
    mark("Monday"), mark("Tuesday"), mark("Wednesday"), mark("Thursday"), mark("Friday"),
    mark("Saturday"), mark("Sunday"),
)  # fmt: skip
MONTHS = (
    mark("January"), mark("February"), mark("March"), mark("April"), mark("May"), mark("June"),
    mark("July"), mark("August"), mark("September"), mark("October"), mark("November"),
    mark("December"),
)  # fmt: skip


def weekday_words(day: date) -> str:
    """`Monday`."""
    return tr(WEEKDAYS[day.weekday()])


def day_words(day: date, today: date) -> str:
    """`12 March`, in another year `12 March 2023`."""
    month = tr(MONTHS[day.month - 1])
    if day.year == today.year:
        return tr("{day} {month}").format(day=day.day, month=month)
    return tr("{day} {month} {year}").format(day=day.day, month=month, year=day.year)


def short_day_words(day: date, today: date) -> str:
    """`12 Mar`, in another year `12 Mar 2023`: a month by its first three letters."""
    month = tr(MONTHS[day.month - 1])[:3]
    if day.year == today.year:
        return tr("{day} {month}", "short").format(day=day.day, month=month)
    return tr("{day} {month} {year}", "short").format(day=day.day, month=month, year=day.year)


def long_day_words(day: date) -> str:
    """`Friday, 21 November 2025`."""
    month = tr(MONTHS[day.month - 1])
    words = tr("{weekday}, {day} {month} {year}")
    return words.format(weekday=weekday_words(day), day=day.day, month=month, year=day.year)


def time_words(time: datetime) -> str:
    """The time of day: `9:05`."""
    return tr("{hour}:{minute}").format(hour=time.hour, minute=f"{time.minute:02}")
