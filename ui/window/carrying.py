"""Folders of Markdown, into notebooks and out of them, beside whatever else one does.

Owns what is under way, and how far it is. Invariants: no turn of the loop is held for longer than a
few notes take; stopping keeps what is done; nothing in a folder that is imported is written. What
is done to notes and files, the operations decide.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Callable, Coroutine, Iterator, Sequence
from pathlib import Path
from time import perf_counter
from typing import Any, Final

from PySide6.QtCore import QObject, QStandardPaths
from PySide6.QtWidgets import QFileDialog, QWidget

from goatcore import GoatError
from ui.engine_words import told_by
from ui.language import counted
from ui.models.places import Place
from ui.operations import notebooks
from ui.operations.exporting import export_notes, folders_for
from ui.operations.importing import (
    MARKDOWN,
    Scan,
    import_files,
    known_home,
    known_key,
    scan,
)
from ui.operations.notebooks import Listed
from ui.operations.schemas import NOTE
from ui.widgets.banner import Banner
from ui.window.shelf import Shelf

SLICE_S: Final = 0.008
TOLD_MAX: Final = 3  # files that went wrong, by name
_THERE: Final = ("new", "updated", "unchanged")

Fail = Callable[[str], None]
Work = Callable[[], Coroutine[Any, Any, None]]


class Carrying(QObject):
    """The imports and exports of a window, one at a time; `banner` says how far it is."""

    def __init__(self, window: QWidget, shelf: Shelf, banner: Banner, fail: Fail) -> None:
        super().__init__(window)
        self._window = window
        self._shelf = shelf
        self._banner = banner
        self._fail = fail
        self._stopped = False
        self.task: asyncio.Task[None] | None = None
        banner.acted.connect(self.stop)

    @property
    def busy(self) -> bool:
        """Whether something is under way."""
        return self.task is not None and not self.task.done()

    def ask_import(self) -> None:
        """Asks for the folder to import."""
        self._ask(self.tr("Import a folder of Markdown"), self.bring_in)

    def ask_export(self, place: Place) -> None:
        """Asks for the folder that this notebook, or all of them, are written into, a folder
        each."""
        words = self.tr("Export as Markdown: choose a folder")
        self._ask(words, lambda folder: self.write(place, folder))

    def bring_in(self, folder: Path) -> None:
        """Imports a folder into the notebook that it came into before, or into a new one."""
        self._begin(lambda: self._import(folder), folder)

    def write(self, place: Place, folder: Path) -> None:
        """Exports a notebook, or all of them, into folders below this one."""
        databases = self._shelf.databases
        if place.is_notebook:
            databases = [one for one in databases if one.id == place.workspace]
        listed = [one for database in databases for one in notebooks.listing(database)]
        if place.is_notebook:
            listed = [one for one in listed if one.path == place.path]
        self._begin(lambda: self._export(listed, folder), folder)

    def stop(self) -> None:
        """Stops after the note that is under way."""
        self._stopped = True

    def close(self) -> None:
        """The window goes; what is under way ends here."""
        if self.task is not None:
            self.task.cancel()

    # -- inside --------------------------------------------------------------------------------

    def _ask(self, words: str, then: Callable[[Path], None]) -> None:
        if self.busy:
            self._fail(self.tr("Something is imported or exported already. Stop it, or wait."))
            return
        place = QStandardPaths.writableLocation(QStandardPaths.StandardLocation.DocumentsLocation)
        dialog = QFileDialog(self._window, words, place)
        dialog.setFileMode(QFileDialog.FileMode.Directory)
        dialog.setOption(QFileDialog.Option.ShowDirsOnly)
        dialog.fileSelected.connect(lambda chosen: then(Path(chosen)))
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()

    def _begin(self, work: Work, folder: Path) -> None:
        self._stopped = False
        self.task = asyncio.ensure_future(self._guarded(work, folder))

    async def _guarded(self, work: Work, folder: Path) -> None:
        try:
            await work()
        except GoatError as error:
            self._banner.hide()
            self._fail(told_by(error))
        except OSError as error:
            self._banner.hide()
            sentence = self.tr("The folder “{}” cannot be used: {}. Choose another one.")
            self._fail(sentence.format(folder.name, error.strerror or error))

    async def _import(self, folder: Path) -> None:
        self._banner.tell(self.tr("Looking through “{}”").format(folder.name), self.tr("Stop"))
        found, keys = await asyncio.to_thread(_look, folder)
        if not found.files:
            self._banner.hide()
            self._fail(self.tr("There are no Markdown files in “{}”.").format(folder.name))
            return
        if self._stopped:
            self._banner.hide()
            return
        databases = self._shelf.databases
        listed = [one for database in databases for one in notebooks.listing(database)]
        home = known_home(listed, keys)
        name = home.name if home else found.folder.name or self.tr("Imported")
        repository = home.repository if home else notebooks.create(databases[0], name)
        if not repository.writable:
            self._banner.hide()
            self._fail(self.tr("You can read “{}”, not write in it.").format(name))
            return
        self._shelf.refresh()
        counts: Counter[str] = Counter()
        wrong = [f"{path}: {reason}" for path, reason in found.problems]
        wrong += await self._run(
            self.tr("Importing into “{}”").format(name),
            import_files(repository, found),
            len(found.files),
            counts,
        )
        self._tell_end(
            counted("{n} note is in “{name}”", "{n} notes are in “{name}”", _done(counts),
                    name=name),
            wrong,
        )  # fmt: skip

    async def _export(self, listed: Sequence[Listed], folder: Path) -> None:
        counts: Counter[str] = Counter()
        wrong: list[str] = []
        for target, book in folders_for(listed, folder):
            total = sum(1 for _ in book.repository.items(NOTE))
            words = self.tr("Exporting “{}”").format(book.name)
            results = export_notes(book.repository, target)
            wrong += await self._run(words, results, total, counts)
            if self._stopped:
                break
        self._tell_end(
            counted("{n} note is in the folder “{name}”", "{n} notes are in the folder “{name}”",
                    _done(counts), name=folder.name),
            wrong,
        )  # fmt: skip

    async def _run(
        self, words: str, results: Iterator[Any], total: int, counts: Counter[str]
    ) -> list[str]:
        """Goes on until the end, or until it is stopped; what went wrong, a sentence a file."""
        wrong: list[str] = []
        began = perf_counter()
        for number, (path, verdict, reason) in enumerate(results, 1):
            counts[verdict] += 1
            if verdict == "failed":
                wrong.append(f"{path}: {reason}")
            elif verdict == "kept":
                wrong.append(self.tr("{}: it was edited since, and is left as it is.").format(path))
            if perf_counter() - began > SLICE_S:
                done = self.tr("{}: {} of {}").format(words, number, max(total, number))
                self._banner.tell(done, self.tr("Stop"))
                await asyncio.sleep(0)
                began = perf_counter()
            if self._stopped:
                break
        return wrong

    def _tell_end(self, done: str, wrong: Sequence[str]) -> None:
        sentences = [self.tr("Stopped: {}.").format(done) if self._stopped else f"{done}."]
        sentences += wrong[:TOLD_MAX]
        if len(wrong) > TOLD_MAX:
            more = len(wrong) - TOLD_MAX
            sentences.append(
                counted("{n} more file is like that.", "{n} more are like that.", more)
            )
        self._banner.tell("\n".join(sentences))


def _look(folder: Path) -> tuple[Scan, list[str]]:
    """Reads the folder; away from the loop, since it may be large, or far away."""
    found = scan(folder, MARKDOWN)
    return found, [known_key(file) for file in found.files if file.path.is_file()]


def _done(counts: Counter[str]) -> int:
    return sum(counts[verdict] for verdict in _THERE)
