"""Importing a folder of Markdown into a notebook, again and again without doubles.

Owns which files are taken, the keys of the items they become, and what a second import does.
Invariants: a file's content becomes a note in one commit (a very long one in several, and a stopped
one is finished by the next import); nothing in the folder is written; a note that was edited or
deleted here since it was imported is never overwritten. The same folder gives the same keys and
the same first change on every computer, whatever its dates there, so that two that import it before
they meet have each note, and its text, once.
"""

from __future__ import annotations

import os
import stat
import unicodedata
from collections.abc import Callable, Iterator, Sequence
from hashlib import blake2b
from pathlib import Path
from typing import Final, Literal, NamedTuple

from goatcore import InvalidValue, Item, Repository, TransactionTooLarge
from ui.language import tr
from ui.operations import notebooks
from ui.operations.markdown_file import (
    EXPORTED,
    FILE_BYTES_MAX,
    MarkdownFile,
    NotText,
    front_matter,
    parse,
    plain_ends,
)
from ui.operations.notebooks import Listed
from ui.operations.one_line import one_line
from ui.operations.schemas import NOTE, NOTEBOOK

MARKDOWN: Final = (".md", ".markdown", ".mdown", ".mkd")
HEAD_BYTES: Final = 4096  # of a file, in which an export's front matter is
ONE_COMMIT_LETTERS: Final = 100_000  # a longer body is recorded in several commits

Verdict = Literal["new", "updated", "unchanged", "kept", "deleted", "failed"]
Opener = Callable[[Path], bytes]


class Problem(NamedTuple):
    """What could not be imported, and why."""

    path: str
    reason: str


class Found(NamedTuple):
    """A file to import: where it is, and its place in the folder, folder's name first."""

    path: Path
    place: tuple[str, ...]

    @property
    def shown(self) -> str:
        """Its place in the folder, for people."""
        return _readable("/".join(self.place[1:]))


class Scan(NamedTuple):
    """What a folder holds."""

    folder: Path
    files: Sequence[Found]
    attachments: int  # other files; they stay where they are
    links: Sequence[str]  # to folders; they are not followed
    problems: Sequence[Problem]


class Result(NamedTuple):
    """What became of one file. `kept`: edited here since, so left as it is here. `deleted`: it was
    deleted here since, and stays so."""

    path: str
    verdict: Verdict
    reason: str = ""


def scan(folder: Path, endings: Sequence[str] = MARKDOWN) -> Scan:
    """Look through a folder. Links to folders are not followed, hidden files and folders are not
    looked at. Raises `OSError` if the folder itself cannot be read."""
    folder = folder.resolve()
    os.listdir(folder)  # walk() would be silent
    files: list[Found] = []
    links: list[str] = []
    problems: list[Problem] = []
    attachments = 0

    def unreadable(error: OSError) -> None:
        place = Path(error.filename or folder)
        problems.append(Problem(_shown(place, folder), _why(error)))

    for top, folders, names in os.walk(folder, onerror=unreadable):
        here = Path(top)
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        links.extend(_shown(here / name, folder) for name in folders if (here / name).is_symlink())
        for name in sorted(names):
            if name.startswith("."):
                continue
            path = here / name
            if not name.lower().endswith(tuple(endings)):
                attachments += 1
            else:
                place = (folder.name, *path.relative_to(folder).parts)
                files.append(Found(path, place))
    return Scan(folder, files, attachments, links, problems)


def note_key(place: Sequence[str]) -> str:
    """The key of the note that the file at a place becomes."""
    return "file-" + _hash("/".join(place))


def known_key(file: Found) -> str:
    """The key of the note that a file becomes, or of the note that it was exported from."""
    try:
        with file.path.open("rb") as opened:
            head = opened.read(HEAD_BYTES)
    except OSError:
        return note_key(file.place)
    matter, _ = front_matter(plain_ends(head.decode("utf-8", "replace")))
    return matter.get(EXPORTED, "").partition(" ")[0] or note_key(file.place)


def known_home(listed: Sequence[Listed], keys: Sequence[str]) -> Listed | None:
    """The notebook into which most of the files with these keys came before."""
    known = [(sum(one.repository.item(key) is not None for key in keys), one) for one in listed]
    count, best = max(known, key=lambda entry: entry[0], default=(0, None))
    return best if count else None


def notebook_key(place: Sequence[str]) -> str:
    """The key of the nested notebook that the folder at a place becomes."""
    return "folder-" + _hash("/".join(place))


def import_files(
    repository: Repository, found: Scan, *, read: Opener | None = None
) -> Iterator[Result]:
    """Import file by file; each result is recorded when it is yielded, and to stop iterating is to
    cancel. Raises what writing raises (`Refused`, `DiskFailed`); a file that cannot be read or
    taken is a result of its own, and the others go on."""
    repository.register(NOTE)
    repository.register(NOTEBOOK)
    for file in found.files:
        try:
            data, changed_ms = (read or _read)(file.path), _changed_ms(file.path)
            markdown = parse(data, _readable(file.path.stem))
            yield Result(file.shown, _take(repository, file.place, markdown, changed_ms))
        except NotText as error:
            yield Result(file.shown, "failed", str(error))
        except OSError as error:
            yield Result(file.shown, "failed", _why(error))
        except (InvalidValue, TransactionTooLarge) as error:
            yield Result(file.shown, "failed", str(error))


# -- one file --------------------------------------------------------------------------------------


def _take(
    repository: Repository, place: tuple[str, ...], file: MarkdownFile, changed_ms: int
) -> Verdict:
    file = file._replace(title=one_line(file.title))
    key = file.key or note_key(place)
    if repository.is_purged(key):
        return "deleted"
    note = repository.item(key)
    if note is None:
        _create(repository, place, file, changed_ms)
        return "new"
    if not note.exists:
        return "deleted"
    new, here = fingerprint(file.title, file.body), fingerprint(note.title, str(note.body))
    unfinished = not note.imported and file.body.startswith(str(note.body))
    if here == new:
        if note.imported != new:
            _update(repository, note, file, new, None)
        elif note.edited is None:  # the last import was stopped before it got here
            _date(repository, note, file, changed_ms)
        return "unchanged"
    if here in {note.imported, file.mark} or unfinished or _is_repeated(str(note.body), file.body):
        _update(repository, note, file, new, file.edited_ms or changed_ms)
        return "updated"
    return "unchanged" if new in {note.imported, file.mark} else "kept"


def _create(
    repository: Repository, place: tuple[str, ...], file: MarkdownFile, changed_ms: int
) -> None:
    mark = fingerprint(file.title, file.body)
    long = len(file.body) > ONE_COMMIT_LETTERS
    with repository.transaction("import"):
        parent = _notebook(repository, place[:-1])
        note = repository.create(
            NOTE,
            file.key or note_key(place),
            title=file.title,
            body="" if long else file.body,
            notebook=parent,
            source=_readable("/".join(place)),
            imported="" if long else mark,
            pinned=file.pinned,
        )
    if long:
        _update(repository, note, file, mark, None)
    _date(repository, note, file, changed_ms)


def _date(repository: Repository, note: Item, file: MarkdownFile, changed_ms: int) -> None:
    """Dates have a change of their own: those of a file differ from one computer to the next."""
    edited_ms = file.edited_ms or changed_ms
    with repository.transaction("import"):
        note.created = min(file.created_ms or edited_ms, edited_ms)
        note.edited = edited_ms


def _update(
    repository: Repository, note: Item, file: MarkdownFile, mark: str, edited_ms: int | None
) -> None:
    """The body goes first, the mark last: whoever stops in between leaves a note that the next
    import goes on with."""
    if len(file.body) > ONE_COMMIT_LETTERS:
        note.body = file.body
        repository.record_drafts()
    with repository.transaction("import"):
        note.body = file.body
        note.title = file.title
        note.imported = mark
        if edited_ms is not None:
            note.edited = edited_ms


def _notebook(repository: Repository, place: tuple[str, ...]) -> str:
    """The key of the nested notebook for a folder; "" for the imported folder itself."""
    if len(place) == 1:
        return ""
    key = notebook_key(place)
    known = repository.item(key)
    if known is None:
        parent = _notebook(repository, place[:-1])
        notebooks.nested(repository, _readable(place[-1]), parent, key)
    elif not known.exists:
        _notebook(repository, place[:-1])
        known.restore()
    return key


def fingerprint(title: str, body: str) -> str:
    """What tells whether a note still is as it was imported."""
    return blake2b(f"{title}\0{body}".encode(), digest_size=16).hexdigest()


def _is_repeated(body: str, once: str) -> bool:
    """Two computers that import a very long file before they meet both insert its text."""
    times, rest = divmod(len(body), max(len(once), 1))
    return times > 1 and not rest and len(once.strip()) > 1 and body == once * times


# -- the folder ------------------------------------------------------------------------------------


def _read(path: Path) -> bytes:
    """The bytes of a plain file. Never waits for a pipe, never reads more than the limit."""
    status = path.stat()
    if not stat.S_ISREG(status.st_mode):
        raise NotText(tr("It is not a file with text in it."))
    if status.st_size > FILE_BYTES_MAX:
        raise NotText(tr("It is larger than 8 MB."))
    with path.open("rb") as file:
        return file.read(FILE_BYTES_MAX + 1)


def _changed_ms(path: Path) -> int:
    return path.stat().st_mtime_ns // 1_000_000


def _hash(place: str) -> str:
    normal = unicodedata.normalize("NFC", place)  # file systems differ in how they write umlauts
    return blake2b(normal.encode("utf-8", "surrogateescape"), digest_size=12).hexdigest()


def _readable(name: str) -> str:
    """A file's name that can be stored and shown, whatever its bytes are."""
    return name.encode("utf-8", "surrogateescape").decode("utf-8", "replace")


def _shown(path: Path, folder: Path) -> str:
    try:
        return _readable(path.relative_to(folder).as_posix())
    except ValueError:
        return _readable(str(path))


def _why(error: OSError) -> str:
    match error:
        case FileNotFoundError():
            return tr("It is not there (a link that leads nowhere, or it was just moved).")
        case PermissionError():
            return tr("This account may not read it.")
    return tr("It cannot be read: {}.").format(error.strerror or error)
