"""All workspaces of this installation, opened: one's own first, then those that were joined.

Owns which folders are opened and the names offered to others. Invariants: every folder with a
workspace in it is opened, so that nothing that was joined can be forgotten; one that cannot be
opened is told of and hides no other; a workspace is opened once.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import Final, Self

from app.folders import JOINED, OWN, Folders
from app.settings import Settings, computer_name, person_name
from app.welcome import write_welcome
from goatcore import Database, GoatError, system_clock
from ui.engine_words import told_by
from ui.language import tr
from ui.workspaces import Names, Unsubscribe

KEYS: Final = "keys"  # the file that makes a folder a workspace
WELCOMED: Final = "welcomed"
CONFIRMED: Final = "names_confirmed"
MEMBER: Final = "member"
DEVICE: Final = "device"

Clock = Callable[[], int]


class OpenWorkspaces:
    """See `ui.workspaces.Workspaces`. Make it with `open`, inside the running loop if there is
    one; close it when done."""

    def __init__(
        self, folders: Folders, settings: Settings, clock: Clock, random: Callable[[int], bytes]
    ) -> None:
        self.folders = folders
        self.settings = settings
        self.problems: list[str] = []  # a sentence for each workspace that could not be opened
        self._databases: list[Database] = []
        self._listeners: list[Callable[[], None]] = []
        self._clock = clock
        self._random = random
        self._offered: set[Path] = set()

    @classmethod
    def open(
        cls,
        folders: Folders,
        *,
        clock: Clock = system_clock,
        random: Callable[[int], bytes] = os.urandom,
        welcome: bool = True,
    ) -> Self:
        """Open everything; a new installation gets its own workspace, with a welcome in it.

        Raises what opening one's own workspace raises, then nothing stays open.
        """
        folders.state.mkdir(parents=True, exist_ok=True)
        folders.workspaces.mkdir(parents=True, exist_ok=True)
        self = cls(folders, Settings(folders.state), clock, random)
        try:
            own = self._open(folders.own)
            self._databases.append(own)
            if welcome and not self.settings.flag(WELCOMED):
                if not own.repositories():
                    write_welcome(own, clock())
                    own.flush_now()
                self.settings.keep({WELCOMED: True})
            for folder in sorted(folders.workspaces.iterdir()):
                if folder.name != OWN and (folder / KEYS).is_file():
                    self._open_joined(folder)
        except BaseException:
            self.close()
            raise
        return self

    def _open(self, folder: Path) -> Database:
        member, device = self.names
        return Database.open(
            folder,
            home=self.folders.state,
            clock=self._clock,
            random=self._random,
            member_name=member,
            device_name=device,
        )

    def _open_joined(self, folder: Path) -> None:
        try:
            database = self._open(folder)
        except (GoatError, OSError) as error:
            sentence = tr("“{}” could not be opened. {}").format(folder.name, told_by(error))
            self.problems.append(sentence)
            return
        self._databases.append(database)

    # -- what the window asks ----------------------------------------------------------------------

    @property
    def databases(self) -> list[Database]:
        """Open databases; the first is one's own, where new notebooks are made."""
        return list(self._databases)

    def new_folder(self) -> Path:
        """Where a workspace that is being joined will be kept; nothing is there yet."""
        number = 1
        folder = self.folders.workspaces / JOINED
        while folder in self._offered or folder.exists():
            number += 1
            folder = self.folders.workspaces / f"{JOINED} {number}"
        self._offered.add(folder)
        return folder

    def add(self, database: Database) -> None:
        """Keep a workspace that was just joined; the next start finds it by its folder."""
        if database not in self._databases:
            self._databases.append(database)
            self._tell()

    @property
    def names(self) -> Names:
        """The names to offer: as given before, or else as the system knows them."""
        settings = self.settings
        return Names(
            settings.text(MEMBER) or person_name(), settings.text(DEVICE) or computer_name()
        )

    @property
    def names_confirmed(self) -> bool:
        """Whether the person has seen and confirmed the names."""
        return self.settings.flag(CONFIRMED)

    def confirm_names(self, names: Names) -> None:
        """The person chose these names; they are not asked for again."""
        self.settings.keep({MEMBER: names.member, DEVICE: names.device, CONFIRMED: True})
        for database in self._databases:
            database.rename(names.member, names.device)
        self._tell()

    def subscribe(self, callback: Callable[[], None]) -> Unsubscribe:
        """Call back when a workspace was added or names changed."""
        self._listeners.append(callback)
        return lambda: self._listeners.remove(callback) if callback in self._listeners else None

    def _tell(self) -> None:
        for callback in tuple(self._listeners):
            callback()

    def troubles(self) -> list[str]:
        """Sentences that a person should read: workspaces that could not be opened, files that were
        found damaged, disks that failed."""
        return [*self.problems, *(told_by(one.problem) for one in self._databases if one.problem)]

    # -- the end -----------------------------------------------------------------------------------

    def flush_now(self) -> None:
        """Block until everything is on disk. Raises `DiskFailed`, after all were tried."""
        failure: GoatError | None = None
        for database in self._databases:
            try:
                database.flush_now()
            except GoatError as error:
                failure = failure or error
        if failure is not None:
            raise failure

    def close(self) -> None:
        """Flush and close all. Raises the first failure, after all were tried."""
        failure: GoatError | None = None
        while self._databases:
            try:
                self._databases.pop().close()
            except GoatError as error:
                failure = failure or error
        if failure is not None:
            raise failure

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()
