"""What the settings show of an installation's safekeeping: backups, and the room that notes take.

Owns how the window's wishes reach backups and compactions. Invariant: whatever is asked for here
could be asked for on the command line as well; nothing is ever deleted. Must never import Qt.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path
from typing import Final

from app.backups import BACKED_UP, OFF, PLACE, DailyBackup, named_place
from app.workspaces import OpenWorkspaces
from goatcore import Closed, GoatError

USUAL: Final = ""  # the folder of backups that nobody named


class Upkeep:
    """See `ui.installation.Upkeep`."""

    def __init__(
        self,
        workspaces: OpenWorkspaces,
        backups: DailyBackup,
        on_problem: Callable[[str], None],
    ) -> None:
        self._workspaces = workspaces
        self._backups = backups
        self._on_problem = on_problem
        self._compacting: asyncio.Task[object] | None = None  # held: a loop only looks at its tasks

    @property
    def daily(self) -> bool:
        """Whether a backup is made every day."""
        return not self._workspaces.settings.flag(OFF)

    def set_daily(self, wanted: bool) -> None:
        """Make one every day from now on, or none. Raises `OSError`."""
        self._workspaces.settings.keep({OFF: not wanted})

    @property
    def backup_folder(self) -> Path:
        """Where backups go."""
        return named_place(self._workspaces.folders, self._workspaces.settings)

    def set_backup_folder(self, folder: Path | None) -> None:
        """Put them into another folder from now on; None: the usual one. Raises `OSError`."""
        self._workspaces.settings.keep({PLACE: USUAL if folder is None else str(folder)})

    @property
    def last_backup_ms(self) -> int | None:
        """When the last one was done; None if none was."""
        last = self._workspaces.settings.text(BACKED_UP)
        return int(last) if last.isdecimal() else None

    @property
    def backing_up(self) -> bool:
        """Whether one is being made."""
        self._backups.settle()
        return self._backups.running

    def back_up(self) -> None:
        """Make one now; a problem is told as that of a daily one."""
        self._backups.begin(self.backup_folder)

    # -- room --------------------------------------------------------------------------------------

    @property
    def notes_folder(self) -> Path:
        """Where the notes are."""
        return self._workspaces.folders.workspaces

    @property
    def note_bytes(self) -> int:
        """What the notes take on the disk."""
        total = 0
        for file in self.notes_folder.rglob("*"):
            try:
                total += file.stat().st_size if file.is_file() else 0
            except OSError:  # replaced just now
                continue
        return total

    @property
    def compacting(self) -> bool:
        """Whether files are being made shorter."""
        return self._compacting is not None

    async def compact(self) -> int:
        """Make every notebook's file as short as it can be without losing a change; by how many
        bytes they got shorter. One that cannot be is told of and hides no other."""
        if self.compacting:
            return 0
        self._compacting = asyncio.current_task()
        saved = 0
        try:
            for database in self._workspaces.databases:
                for repository in database.opened():
                    try:
                        done = await database.compact(repository.path)
                        saved += max(0, done.before - done.after)
                    except Closed:
                        return saved
                    except GoatError as error:
                        self._on_problem(str(error))
        finally:
            self._compacting = None
        return saved
