"""The page of the settings for backups, and for the room that notes take on the disk.

Owns what is said of them; while something is being done it looks twice a second.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from functools import partial
from pathlib import Path

from PySide6.QtCore import QTimer
from PySide6.QtGui import QHideEvent, QShowEvent
from PySide6.QtWidgets import QFileDialog, QLabel, QWidget

from ui.dialogs.pages import button
from ui.installation import Upkeep
from ui.language import digits
from ui.models.moments import when_words
from ui.settings.form import SettingsPage
from ui.theme.theme import Theme
from ui.widgets.switch import Switch

LOOK_MS = 500


class SafekeepingPage(SettingsPage):
    """What `upkeep` knows, and what it can be asked for."""

    def __init__(
        self, theme: Theme, upkeep: Upkeep, clock: Callable[[], int], parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._upkeep = upkeep
        self._clock = clock
        self._task: asyncio.Task[int] | None = None
        self._compacted = ""
        self.entitle(self.tr("Backups and room"))
        self.section(self.tr("Backups"))
        self.daily = Switch(theme, self.tr("Every day, while Goat Notes is open"), self.sheet)
        self.daily.clicked.connect(self._on_daily)
        self.where = self._path(self.tr("The folder of the backups"))
        self.choose = button(self.tr("Choose another folder…"), self.sheet)
        self.choose.clicked.connect(self._ask_folder)
        self.last = QLabel(self.sheet)
        self.last.setObjectName("soft")
        self.now = button(self.tr("Back up now"), self.sheet)
        self.now.clicked.connect(self._on_now)
        self.add(self.daily, self.where)
        self.side_by_side(self.choose, self.now)
        self.add(self.last)
        self.say(self.tr("A backup only ever gets more: nothing is taken out of it."))
        self.section(self.tr("Room on the disk"))
        self.room = self._path(self.tr("Where your notes are"))
        self.compact = button(self.tr("Make the files shorter"), self.sheet)
        self.compact.clicked.connect(self._on_compact)
        self.saved = QLabel(self.sheet)
        self.saved.setObjectName("soft")
        self.add(self.room)
        self.side_by_side(self.compact, self.saved)
        self.say(self.tr("No change of the past is lost by it. Long files get it by themselves."))
        self.body.addStretch(1)
        self._look = QTimer(self)
        self._look.setInterval(LOOK_MS)
        self._look.timeout.connect(self.show_now)
        self.show_now()

    def _path(self, name: str) -> QLabel:
        shown = QLabel(self.sheet)
        shown.setObjectName("soft")
        shown.setWordWrap(True)
        shown.setAccessibleName(name)
        return shown

    def showEvent(self, event: QShowEvent) -> None:
        self.show_now()
        self._look.start()
        if self._task is not None:
            self._task.add_done_callback(self._on_compacted)
        super().showEvent(event)

    def hideEvent(self, event: QHideEvent) -> None:
        self._look.stop()
        if self._task is not None:  # it goes on; this page may be gone by its end
            self._task.remove_done_callback(self._on_compacted)
        super().hideEvent(event)

    def show_now(self) -> None:
        """Shows how things stand."""
        upkeep = self._upkeep
        busy = upkeep.backing_up
        self.daily.setChecked(upkeep.daily)
        self.where.setText(self.tr("Into {}").format(breakable(upkeep.backup_folder)))
        self.now.setEnabled(not busy)
        self.last.setText(self._last_words(busy))
        used = megabytes(upkeep.note_bytes)
        words = self.tr("Your notes and their past take {} MB in {}")
        self.room.setText(words.format(used, breakable(upkeep.notes_folder)))
        self.compact.setEnabled(not upkeep.compacting)
        self.saved.setText(self.tr("Working…") if upkeep.compacting else self._compacted)

    def _last_words(self, busy: bool) -> str:
        if busy:
            return self.tr("A backup is being made…")
        last = self._upkeep.last_backup_ms
        if last is None:
            return self.tr("There is no backup yet.")
        return self.tr("The last backup: {}").format(when_words(last, self._clock()))

    def _on_daily(self, wanted: bool) -> None:
        self.attempt(partial(self._upkeep.set_daily, wanted))
        self.show_now()

    def _ask_folder(self) -> None:
        dialog = QFileDialog(self, self.tr("A folder for the backups"))
        dialog.setFileMode(QFileDialog.FileMode.Directory)
        dialog.setOption(QFileDialog.Option.ShowDirsOnly)
        dialog.setDirectory(str(self._upkeep.backup_folder.parent))
        dialog.fileSelected.connect(lambda folder: self.set_folder(Path(folder)))
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()

    def set_folder(self, folder: Path) -> None:
        """Backups go there from now on."""
        inside = self._upkeep.notes_folder
        if folder == inside or inside in folder.parents:
            self.failed.emit(self.tr("A backup cannot be kept among the notes themselves."))
        else:
            self.attempt(partial(self._upkeep.set_backup_folder, folder))
        self.show_now()

    def _on_now(self) -> None:
        self._upkeep.back_up()
        self.show_now()

    def _on_compact(self) -> None:
        if self._task is None:
            self._task = asyncio.ensure_future(self._upkeep.compact())
            self._task.add_done_callback(self._on_compacted)
            self.compact.setEnabled(False)
            self.saved.setText(self.tr("Working…"))

    def _on_compacted(self, task: asyncio.Task[int]) -> None:
        self._task = None
        if not task.cancelled() and task.exception() is None:
            self._compacted = self.tr("{} MB shorter").format(megabytes(task.result()))
        self.show_now()


def megabytes(count: int) -> str:
    """Bytes as millions of them, with one digit after the point."""
    return digits(count / 1_000_000, 1)


def breakable(path: Path) -> str:
    """A path that a narrow label can break after each of its folders."""
    return str(path).replace("/", "/\u200b").replace("\\", "\\\u200b")
