"""What a person does with notes."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Final

from goatcore import Item, Repository, Version
from ui.language import counted, tr
from ui.operations.one_line import LETTERS_MAX, one_line, seen_line
from ui.operations.schemas import NOTE
from ui.operations.undo import Undo

READ_LETTERS_MAX: Final = 4_000  # of a body, to find its first words
FIRST_LETTERS_MAX: Final = 200  # of those


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

    many = counted("Deleted {n} note", "Deleted {n} notes", len(notes))
    return Undo(_label(notes, tr("Deleted “{}”"), many), undo)


def pin(notes: Sequence[Item], pinned: bool) -> Undo:
    """Keep notes at the top of every list they are in, or let them go from there."""
    changed = [note for note in notes if bool(note.pinned) != pinned]

    def write(value: bool) -> None:
        for note in changed:
            note.pinned = value

    write(pinned)
    if pinned:
        many = counted("Pinned {n} note", "Pinned {n} notes", len(notes))
        label = _label(notes, tr("Pinned “{}”"), many)
    else:
        many = counted("{n} note not pinned any more", "{n} notes not pinned any more", len(notes))
        label = _label(notes, tr("“{}” not pinned any more"), many)
    return Undo(label, lambda: write(not pinned))


def move(notes: Sequence[Item], target: Repository, notebook: str = "") -> Undo:
    """Put notes of one repository into a notebook (`notebook` is the key of a nested one). In
    another repository they begin anew, as they are now; what they were stays behind, deleted.

    Raises `Refused` where this device may not write.
    """
    assert notes
    source = notes[0].repository
    undo = (
        _move_within(notes, notebook) if source is target else _move_across(notes, target, notebook)
    )
    many = counted("Moved {n} note", "Moved {n} notes", len(notes))
    return Undo(_label(notes, tr("Moved “{}”"), many), undo)


def _move_within(notes: Sequence[Item], notebook: str) -> Callable[[], None]:
    repository = notes[0].repository
    before = [(note, note.notebook) for note in notes]
    with repository.transaction("move"):
        for note in notes:
            note.notebook = notebook

    def undo() -> None:
        with repository.transaction("undo move"):
            for note, key in before:
                note.notebook = key

    return undo


def _move_across(notes: Sequence[Item], target: Repository, notebook: str) -> Callable[[], None]:
    """First the copies, then the deletion: a failure in between loses nothing."""
    source = notes[0].repository
    kept = [name for name in NOTE.fields if name not in ("body", "notebook")]
    with target.transaction("move here"):
        copies = [
            target.create(
                NOTE,
                body=str(note.body),
                notebook=notebook,
                **{name: getattr(note, name) for name in kept},
            )
            for note in notes
        ]
    with source.transaction("move away"):
        for note in notes:
            note.delete()

    def undo() -> None:
        with source.transaction("undo move"):
            for note in notes:
                note.restore()
        with target.transaction("undo move"):
            for copy in copies:
                copy.delete()

    return undo


def purge(notes: Sequence[Item]) -> str:
    """Delete notes of one repository for good: there is no way back. What was done, in words.

    Raises `Refused` for who is not an owner or admin of the notebook.
    """
    assert notes
    many = counted("Deleted {n} note for good", "Deleted {n} notes for good", len(notes))
    label = _label(notes, tr("Deleted “{}” for good"), many)
    notes[0].repository.purge(notes)
    return label


def restore(notes: Sequence[Item]) -> Undo:
    """Bring deleted notes of one repository back, in one step."""
    assert notes
    repository = notes[0].repository
    with repository.transaction("restore"):
        for note in notes:
            note.restore()

    def undo() -> None:
        with repository.transaction("undo restore"):
            for note in notes:
                note.delete()

    many = counted("Restored {n} note", "Restored {n} notes", len(notes))
    return Undo(_label(notes, tr("Restored “{}”"), many), undo)


def restore_version(note: Item, version: Version) -> Undo:
    """Bring a note back to what it was, as one more change: nothing of its past is lost.

    Raises `Refused` where this device may not write.
    """
    note.repository.record_drafts()
    before = note.history[-1]
    note.restore(version)
    return Undo(tr("Restored “{}”").format(shown_title(note)), lambda: note.restore(before))


def settle_title(note: Item, title: str, now_ms: int) -> None:
    """Choose one of several titles that were written at the same time."""
    note.title = one_line(title)
    note.edited = now_ms


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


def _label(notes: Sequence[Item], one: str, many: str) -> str:
    """What was done, with the title if it was done with one note."""
    return one.format(shown_title(notes[0])) if len(notes) == 1 else many


def shown_title(note: Item) -> str:
    """What a note is called where it is listed: its title, else its first line."""
    if title := seen_line(note.title, LETTERS_MAX):
        return title
    for line in str(note.body[:READ_LETTERS_MAX]).splitlines():
        if words := seen_line(line.strip("#*->[] \t"), FIRST_LETTERS_MAX):
            return words
    return tr("Untitled")
