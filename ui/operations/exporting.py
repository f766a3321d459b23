"""Exporting a notebook as a folder of Markdown, again and again.

Owns the names of files and what a further export does. Invariants: the same notes give the same
files, byte by byte; importing them gives the same notes; a file that was edited since it was
exported is never overwritten or removed (import it first), and no other file is touched. A file is
replaced as a whole or not at all.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Final, Literal, NamedTuple

from goatcore import Item, Repository
from ui.language import tr
from ui.operations.importing import fingerprint
from ui.operations.markdown_file import (
    FILE_BYTES_MAX,
    MarkdownFile,
    NotText,
    parse,
    plain_ends,
    write,
)
from ui.operations.notebooks import Listed
from ui.operations.notes import shown_title
from ui.operations.schemas import NOTE, NOTEBOOK, NOTEBOOK_KEY

ENDING: Final = ".md"
NAME_BYTES_MAX: Final = 120
_UNFIT: Final = re.compile(r'[<>:"/\\|?*\x00-\x1f\x7f]+')
_RESERVED: Final = re.compile(r"(?i)(con|prn|aux|nul|com\d|lpt\d)(\..*)?$")

Verdict = Literal["new", "updated", "unchanged", "kept", "removed", "failed"]


class Exported(NamedTuple):
    """What became of one file. `kept`: edited there since the last export, so left as it is."""

    path: str
    verdict: Verdict
    reason: str = ""


def export_notes(repository: Repository, folder: Path) -> Iterator[Exported]:
    """Export file by file; to stop iterating is to stop. Raises `OSError` if the folder cannot be
    made; a file that cannot be written is a result of its own, and the others go on."""
    repository.register(NOTE)
    repository.register(NOTEBOOK)
    folder.mkdir(parents=True, exist_ok=True)
    before = dict(_exported(folder))  # by path
    kept = {path for path, file in before.items() if _is_ahead(file, repository)}
    keys = {before[path].key for path in kept}
    written: set[Path] = set()
    for path, note in _places(repository, folder):
        written.add(path)
        if note.key in keys or path in kept:
            yield Exported(path.relative_to(folder).as_posix(), "kept")
        else:
            yield _export(note, path, folder, new=path not in before)
    for path, file in before.items():
        if path in written or repository.item(file.key) is None:
            continue
        if path not in kept:
            yield _remove(path, folder)
        elif file.key not in {note.key for note in repository.items(NOTE)}:
            yield Exported(path.relative_to(folder).as_posix(), "kept")


def folders_for(listed: Iterable[Listed], folder: Path) -> list[tuple[Path, Listed]]:
    """Where each of some notebooks goes below a folder: the same names each time, none twice."""
    taken: set[str] = set()
    ordered = sorted(listed, key=lambda one: (one.name, one.path))
    return [(_free(folder, book.name, "", taken), book) for book in ordered]


def file_name(title: str) -> str:
    """A name that every file system takes, as near to a title as may be; without an ending."""
    name = _UNFIT.sub("-", title).strip(" .")
    while len(name.encode("utf-8", "replace")) > NAME_BYTES_MAX:
        name = name[:-1].rstrip(" .")
    if not name or name.startswith("."):
        name = "note"
    return f"_{name}" if _RESERVED.match(name) else name


# -- places ----------------------------------------------------------------------------------------


def _places(repository: Repository, folder: Path) -> list[tuple[Path, Item]]:
    """Where each note goes. Names do not depend on case alone, and the oldest has the plain one."""
    folders: dict[str, Path] = {"": folder}
    taken: set[str] = set()
    nested = sorted(repository.items(NOTEBOOK), key=lambda one: (str(one.name), one.key))
    below: dict[str, list[Item]] = {}
    for notebook in nested:
        if notebook.key != NOTEBOOK_KEY:
            below.setdefault(str(notebook.parent), []).append(notebook)
    look = [""]
    while look:
        parent = look.pop()
        for notebook in below.get(parent, ()):
            if notebook.key not in folders:
                folders[notebook.key] = _free(folders[parent], str(notebook.name), "", taken)
                look.append(notebook.key)
    notes = sorted(repository.items(NOTE), key=lambda one: (one.created or 0, one.key))
    return [
        (_free(folders.get(str(note.notebook), folder), shown_title(note), ENDING, taken), note)
        for note in notes
    ]


def _free(folder: Path, title: str, ending: str, taken: set[str]) -> Path:
    name, number = file_name(title), 1
    path = folder / (name + ending)
    while str(path).casefold() in taken:
        number += 1
        path = folder / f"{name} {number}{ending}"
    taken.add(str(path).casefold())
    return path


# -- one file --------------------------------------------------------------------------------------


def _export(note: Item, path: Path, folder: Path, *, new: bool) -> Exported:
    shown = path.relative_to(folder).as_posix()
    body = plain_ends(str(note.body))
    file = MarkdownFile(
        note.title, body, note.created, note.edited, note.key,
        fingerprint(note.title, body), bool(note.pinned),
    )  # fmt: skip
    data = write(file)
    try:
        if path.exists():
            if path.read_bytes() == data:
                return Exported(shown, "unchanged")
            if new:  # somebody else's
                return Exported(shown, "kept")
        path.parent.mkdir(parents=True, exist_ok=True)
        fresh = path.with_name(f".{path.name}.new")
        fresh.write_bytes(data)
        os.replace(fresh, path)
    except OSError as error:
        return Exported(
            shown, "failed", tr("It cannot be written: {}.").format(error.strerror or error)
        )
    return Exported(shown, "new" if new else "updated")


def _remove(path: Path, folder: Path) -> Exported:
    """A note was renamed, moved or deleted since its file was written."""
    shown = path.relative_to(folder).as_posix()
    try:
        path.unlink()
        with suppress(OSError):  # other files are in it
            while path.parent != folder:
                path = path.parent
                path.rmdir()
    except OSError as error:
        return Exported(
            shown, "failed", tr("It cannot be removed: {}.").format(error.strerror or error)
        )
    return Exported(shown, "removed")


def _exported(folder: Path) -> Iterator[tuple[Path, MarkdownFile]]:
    """The files of earlier exports that are in a folder."""
    for top, folders, names in os.walk(folder):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        for name in sorted(names):
            path = Path(top) / name
            if not name.endswith(ENDING) or name.startswith("."):
                continue
            with suppress(OSError, NotText):
                if path.stat().st_size <= FILE_BYTES_MAX:
                    file = parse(path.read_bytes(), path.stem)
                    if file.key:
                        yield path, file


def _is_ahead(file: MarkdownFile, repository: Repository) -> bool:
    """Whether a file was edited since it was exported, and the note does not say the same."""
    here = fingerprint(file.title, file.body)
    note = repository.item(file.key)
    if here == file.mark or note is None or note.schema.name != NOTE.name:
        return here != file.mark
    return not note.exists or here != fingerprint(note.title, plain_ends(str(note.body)))
