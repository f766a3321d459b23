"""Links that name one note for ever: `goat://open/<workspace>/<repository>/<item>`.

The ids stand in base 32 without padding, in small letters (52 and 26 of them), the key of the item
as in a web address. They are the same for everybody who shares the notebook, whatever the note is
called. Invariant: whatever stands in a link, reading one only ever finds a note of a notebook that
is here; nothing is made, changed or fetched. Free of Qt.
"""

from __future__ import annotations

from base64 import b32decode, b32encode
from collections.abc import Iterable
from typing import Final, NamedTuple
from urllib.parse import quote, unquote

from goatcore import Database, Item
from ui.language import tr
from ui.operations.notes import shown_title
from ui.operations.schemas import NOTE, NOTES_PATH

OPEN: Final = "goat://open/"
LETTERS_MAX: Final = 400
WORKSPACE_BYTES, REPOSITORY_BYTES = 32, 16


class NoteLink(NamedTuple):
    """What a link names."""

    workspace: bytes  # 32
    repository: bytes  # 16
    key: str


class Led(NamedTuple):
    """Where a link led: a note, if it is here, and a sentence if that is not all there is to it."""

    note: Item | None
    words: str = ""


def link_to(database: Database, note: Item) -> str:
    """The link to a note of a workspace."""
    parts = (_written(bytes(database.id)), _written(bytes(note.repository.id)))
    return OPEN + "/".join((*parts, quote(note.key, safe="")))


def read_link(text: str) -> NoteLink | None:
    """What a link names; None for whatever is not exactly such a link."""
    text = text.strip()
    if len(text) > LETTERS_MAX or text[: len(OPEN)].lower() != OPEN:
        return None
    parts = text[len(OPEN) :].split("/")
    if len(parts) != 3 or not text.isascii() or not text.isprintable():
        return None
    workspace = _read(parts[0], WORKSPACE_BYTES)
    repository = _read(parts[1], REPOSITORY_BYTES)
    try:
        key = unquote(parts[2], errors="strict")
    except UnicodeDecodeError:
        return None
    if workspace is None or repository is None or not key or quote(key, safe="") != parts[2]:
        return None
    return NoteLink(workspace, repository, key)


def follow_link(databases: Iterable[Database], text: str) -> Led:
    """The note that a link names, a deleted one too, or why there is none to be shown."""
    link = read_link(text)
    if link is None:
        return Led(None, tr("That is not a link to a note. Perhaps it was cut off."))
    database = next((one for one in databases if one.id == link.workspace), None)
    if database is None:
        return Led(
            None,
            tr(
                "The link leads to a notebook that is not on this computer. Ask who sent it to "
                "share the notebook with you."
            ),
        )
    for info in database.repositories():
        if info.id == link.repository and info.path.startswith(NOTES_PATH):
            repository = database.repository(info.path)
            repository.register(NOTE)
            if repository.is_purged(link.key):
                return Led(None, tr("The note that the link leads to was deleted for good."))
            note = repository.item(link.key)
            if note is None or note.schema.name != NOTE.name:
                return Led(None, tr("The note that the link leads to has not come here yet."))
            if not note.exists:
                words = tr("“{}” was deleted: it is in the trash")
                return Led(note, words.format(shown_title(note)))
            return Led(note)
    return Led(None, tr("The link leads to a notebook that is not shared with you."))


def _written(id_: bytes) -> str:
    return b32encode(id_).decode("ascii").rstrip("=").lower()


def _read(text: str, count: int) -> bytes | None:
    try:
        read = b32decode(text.upper() + "=" * (-len(text) % 8))
    except ValueError:  # not base 32, or not so many letters
        return None
    return read if len(read) == count and _written(read) == text.lower() else None
