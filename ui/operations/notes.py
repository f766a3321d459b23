"""What a person does with notes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from goatcore import Item, Repository
from ui.operations.schemas import NOTE
from ui.operations.undo import Undo

UNTITLED: Final = "Untitled"
TITLE_LETTERS_MAX: Final = 10_000


def create(
    repository: Repository, title: str = "", *, notebook: str = "", body: str = "", now_ms: int
) -> Item:
    """A new note."""
    return repository.create(
        NOTE,
        title=one_line(title),
        body=body,
        notebook=notebook,
        created=now_ms,
        edited=now_ms,
    )


def delete(notes: Sequence[Item]) -> Undo:
    """Delete notes of one repository, in one step."""
    assert notes
    repository = notes[0].repository
    with repository.transaction("delete"):
        for note in notes:
            note.delete()

    def undo() -> None:
        with repository.transaction("undo delete"):
            for note in notes:
                note.restore()

    label = (
        f"Deleted “{shown_title(notes[0])}”" if len(notes) == 1 else f"Deleted {len(notes)} notes"
    )
    return Undo(label, undo)


def set_title(note: Item, title: str, now_ms: int) -> None:
    """Give a note another title."""
    title = one_line(title)
    if title != note.title:
        note.title = title
        note.edited = now_ms


def touch(note: Item, now_ms: int) -> None:
    """A note was edited now; written at most once a minute, so that typing stays small."""
    if note.edited is None or abs(now_ms - note.edited) > 60_000:
        note.edited = now_ms


def one_line(title: str) -> str:
    """A title without line breaks, of at most 10,000 letters."""
    return (
        " ".join(title.split())[:TITLE_LETTERS_MAX]
        if "\n" in title or "\r" in title
        else title[:TITLE_LETTERS_MAX]
    )


def shown_title(note: Item) -> str:
    """What a note is called where it is listed: its title, else its first line."""
    if note.title:
        return str(note.title)
    for line in str(note.body).splitlines():
        if line.strip("#*->[] \t"):
            return line.strip("#*->[] \t")[:200]
    return UNTITLED
