"""Backups that are made by themselves, once a day while the window is open.

Owns when one is due and where it goes. Invariant: it runs in a process of its own at low priority,
so nobody waits for it; it reads the notes without a lock and only ever adds to the backup. What was
damaged here and is whole there is brought back before anybody is asked.
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Final, Protocol

from app.demo.control import command, environment
from app.folders import HOME_VARIABLE, Folders
from app.settings import Settings
from app.workspaces import OpenWorkspaces
from goatcore import GoatError, bring_back
from ui.engine_words import told_by
from ui.language import tr

EVERY_MS: Final = 24 * 3_600_000
BACKED_UP: Final = "backed_up_ms"
PLACE: Final = "backup_folder"
OFF: Final = "no_daily_backup"
LOW_PRIORITY: Final = 15


class Running(Protocol):
    """A process."""

    def poll(self) -> int | None: ...

    def terminate(self) -> None: ...


Start = Callable[[Folders, Path], Running]


def backup_place(folders: Folders, settings: Settings) -> Path | None:
    """The folder that daily backups go to; None where the person wants none."""
    if settings.flag(OFF):
        return None
    return named_place(folders, settings)


def named_place(folders: Folders, settings: Settings) -> Path:
    """The folder for backups that the person named, or the usual one."""
    named = settings.text(PLACE)
    return Path(named) if named else folders.workspaces.parent / "backups"


class DailyBackup:
    """Looks now and then whether a backup is due, and makes it. `on_problem` hears a sentence."""

    def __init__(
        self,
        workspaces: OpenWorkspaces,
        clock: Callable[[], int],
        on_problem: Callable[[str], None],
        start: Start | None = None,
    ) -> None:
        self._workspaces = workspaces
        self._clock = clock
        self._on_problem = on_problem
        self._start = start or start_backup
        self._running: Running | None = None
        self._place: Path | None = None

    def look(self) -> None:
        """Begin a backup that is due; take note of one that is done."""
        if self._running is not None:
            self.settle()
            return
        settings = self._workspaces.settings
        place = backup_place(self._workspaces.folders, settings)
        last = settings.text(BACKED_UP)
        due = not last.isdecimal() or abs(self._clock() - int(last)) >= EVERY_MS
        if place is not None and due:
            self.begin(place)

    @property
    def running(self) -> bool:
        """Whether one is being made, as far as `settle` knows."""
        return self._running is not None

    def settle(self) -> None:
        """Take note of a backup that is done."""
        code = None if self._running is None else self._running.poll()
        if code is None:
            return
        self._running = None
        if code == 0:
            self._workspaces.settings.keep({BACKED_UP: str(self._clock())})
            return
        for database in self._workspaces.databases:
            for repository in database.opened():
                repository.store.distrust()  # the next opening looks at every record
        self._on_problem(
            tr(
                "The backup into “{}” did not come about as it should. `goat backup` into that "
                "folder says why. What is damaged here is repaired at the next start."
            ).format(self._place)
        )

    def begin(self, place: Path) -> None:
        """Make one now, into this folder, unless one is being made."""
        if self._running is not None:
            return
        self._place = place
        try:
            self._running = self._start(self._workspaces.folders, place)
        except OSError as error:
            reason = error.strerror or error
            self._on_problem(tr("The backup could not be started: {}.").format(reason))

    def heal(self) -> None:
        """Bring back from the last backup what damage took away here."""
        place = backup_place(self._workspaces.folders, self._workspaces.settings)
        for database in self._workspaces.databases if place is not None else ():
            stores = [database.members_here.store, *(one.store for one in database.opened())]
            if place is not None and any(store.lost for store in stores):
                try:
                    bring_back(database, place / database.folder.name)
                except GoatError as error:
                    self._on_problem(told_by(error))

    def close(self) -> None:
        """Stop; what was copied stays, and the next one goes on."""
        if self._running is not None and self._running.poll() is None:
            self._running.terminate()
        self._running = None


def start_backup(folders: Folders, place: Path) -> subprocess.Popen[bytes]:
    """`goat backup` in a process of its own. Raises `OSError`."""
    around = environment()
    home = folders.workspaces.parent
    if folders == Folders(home / "workspaces", home / "state"):
        around[HOME_VARIABLE] = str(home)
    nothing = subprocess.DEVNULL
    process = subprocess.Popen(
        command("backup", str(place)), env=around, stdin=nothing, stdout=nothing, stderr=nothing
    )
    if sys.platform != "win32":
        with suppress(OSError):  # it is over already
            os.setpriority(os.PRIO_PROCESS, process.pid, LOW_PRIORITY)
    return process
