"""Notes that begin in a way of their own: the note of a day, notes from a template. No Qt."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime
from typing import Final

from goatcore import Item, Repository
from ui.operations import notes
from ui.operations.schemas import NOTE

TEMPLATE: Final = "template"  # the tag of notes that others begin as
_TEMPLATE_TAG: Final = re.compile(r"(?<![\w#&/])#template\b[ \t]*\n?", re.IGNORECASE)
_DATE, _TIME = "{date}", "{time}"


def note_of(repository: Repository, day: date) -> Item:
    """The note of a day; made if there is none. Two devices that make it before they meet make the
    same one: its key and its first change follow from the day alone."""
    key = f"day-{day:%Y-%m-%d}"
    repository.register(NOTE)
    note = repository.item(key)
    if note is None:
        midnight = datetime(day.year, day.month, day.day, tzinfo=UTC)
        began_ms = int(midnight.timestamp() * 1000)
        return repository.create(
            NOTE, key, title=f"{day:%Y-%m-%d}", created=began_ms, edited=began_ms
        )
    if not note.exists:
        note.restore()
    return note


def is_template(note: Item) -> bool:
    """Whether others begin as this note: it has the tag `#template`."""
    return _TEMPLATE_TAG.search(str(note.body)) is not None


def from_template(
    template: Item, repository: Repository, *, notebook: str = "", now_ms: int
) -> Item:
    """A new note that begins as another one; `{date}` and `{time}` are filled in."""
    now = datetime.fromtimestamp(now_ms / 1000)

    def filled(text: str) -> str:
        return text.replace(_DATE, f"{now:%Y-%m-%d}").replace(_TIME, f"{now:%H:%M}")

    body = filled(_TEMPLATE_TAG.sub("", str(template.body)))
    title = filled(template.title)
    return notes.create(repository, title, body=body, notebook=notebook, now_ms=now_ms)
