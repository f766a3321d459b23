"""A database: one workspace's folder, opened.

Owns the finding of its folder; all else is done by the parts in `goatcore.workspace`, which this
stands in front of. Invariant: one `Database` at a time has a folder open for writing; when `flush`
or `close` is done, everything recorded is on disk.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Self

from goatcore.clock import Clock, system_clock
from goatcore.errors import Closed, LocalMisuse
from goatcore.founding import Opened, open_secrets
from goatcore.ids import GroupId, MemberId, RepositoryId, WorkspaceId
from goatcore.members import Member
from goatcore.repository.repository import Repository
from goatcore.storage.disk import Disk, disk_failed
from goatcore.storage.file_disk import FileDisk
from goatcore.storage.file_mending import make_folder
from goatcore.storage.lock import FolderLock
from goatcore.trust.keystore import WorkspaceKeys
from goatcore.trust.records import Role
from goatcore.trust.sealing import Keyring
from goatcore.trust.signing import DeviceKeys
from goatcore.workspace.repositories import RepositoryInfo
from goatcore.workspace.workspace import Workspace

if TYPE_CHECKING:
    from goatcore.repository.compacting import Compacted, Progress

Random = Callable[[int], bytes]
Unsubscribe = Callable[[], None]


class Database:
    """One workspace. Make it with `Database.open`; use it on one thread."""

    def __init__(
        self,
        folder: Path,
        home: Path,
        opened: Opened,
        lock: FolderLock,
        disk: Disk,
        clock: Clock,
        random: Random,
        names: tuple[str | None, str | None],
        language: str,
    ) -> None:
        self.folder = folder
        self.home = home
        self.clock = clock
        self.random = random
        self.language = language
        self._workspace = Workspace(
            folder, home, opened, lock, disk, clock, random, names, language
        )
        self.members_here = self._workspace.members

    @classmethod
    def open(
        cls,
        folder: Path,
        *,
        home: Path,
        clock: Clock = system_clock,
        random: Random = os.urandom,
        member_name: str | None = None,
        device_name: str | None = None,
        disk: Disk | None = None,
        language: str | None = None,
    ) -> Self:
        """Open the workspace in `folder`; a new folder becomes a new workspace.

        `home` is this installation's state folder, where the device's keys are. `language` is the
        one whose order of letters queries have, a tag such as "sv"; None: as the surroundings say,
        which is common to all languages but those with letters of their own. Raises `InUse`,
        `NotAGoatFile`, `NewerFormat`, `Damaged`, `DiskFailed` or `NotAMember`, each with a sentence
        that says what to do, and then leaves the folder as it was.
        """
        disk = disk or FileDisk()
        try:
            make_folder(disk, folder)
        except OSError as error:
            raise disk_failed(str(folder), error) from error
        lock = FolderLock.acquire(folder, disk)
        try:
            opened = open_secrets(folder, home, clock, random)
            names = (member_name, device_name)
            return cls(
                folder, home, opened, lock, disk, clock, random, names, language or _language()
            )
        except BaseException:
            lock.release()
            raise

    # -- the workspace -----------------------------------------------------------------------------

    @property
    def closed(self) -> bool:
        """Whether the folder was let go of."""
        return self._workspace.closed

    @property
    def id(self) -> WorkspaceId:
        return self.keys.workspace

    @property
    def keys(self) -> WorkspaceKeys:
        """The workspace's secrets; they leave this computer only to members."""
        return self._workspace.keys.keys

    @property
    def keyring(self) -> Keyring:
        """The keys of all groups that this device belongs to."""
        return self._workspace.keys.keyring

    def add_keys(self, epochs: list[tuple[GroupId, bytes]]) -> bool:
        """Take group keys from another member; on disk when this returns. False if all were
        known."""
        if not self._workspace.keys.add(epochs):
            return False
        self.members_here.keys_changed()
        return True

    @property
    def problem(self) -> str | None:
        """What a person should know; None where all is well."""
        return self._workspace.problems.sentence

    @problem.setter
    def problem(self, sentence: str) -> None:
        self._workspace.problems.sentence = sentence

    def on_error(self, error: Exception) -> None:
        """Note a fault as what a person should know."""
        self._workspace.problems.on_error(error)

    def subscribe(self, callback: Callable[[], None]) -> Unsubscribe:
        """Call back when members, roles or the list of repositories changed."""
        return self._workspace.problems.subscribe(callback)

    # -- members and devices -----------------------------------------------------------------------

    def members(self) -> list[Member]:
        """Everybody in the workspace, oneself first."""
        return self.members_here.listing()

    @property
    def device(self) -> DeviceKeys:
        """The keys of this installation in this workspace."""
        return self._workspace.device.keys

    @property
    def link_device(self) -> DeviceKeys:
        """The keys that others know this installation by, to link with."""
        return self._workspace.device.link_keys

    @property
    def names_here(self) -> tuple[str, str]:
        """The names of the member and the device, as this computer calls them."""
        return self._workspace.device.names

    def rename(self, member_name: str, device_name: str) -> None:
        """Call oneself and this device by other names, for all members. Raises `InvalidValue` for
        a name that is empty or not on one line."""
        self._workspace.device.rename(member_name, device_name)

    def roles_to_give(self, path: str, member: MemberId) -> tuple[Role, ...]:
        """The roles at a repository's path, the highest first, that one may give to a member."""
        return self.members_here.roles_to_give(member, self.repository_id(path))

    def grant(self, path: str, member: MemberId, role: Role) -> None:
        """Give a member of the workspace a role in a repository: another one, or the first. Raises
        `Refused`. Nobody can be removed yet."""
        self._check_open()
        self.members_here.grant(member, self.repository_id(path), role)

    def known(self) -> None:
        """Somebody else holds all membership records: this device is known by its own keys. Raises
        `DiskFailed`."""
        self._workspace.device.known()

    # -- repositories ------------------------------------------------------------------------------

    def repository_id(self, path: str) -> RepositoryId:
        """The id of the repository at a path."""
        return self._workspace.keys.repository_id(path)

    def repositories(self) -> list[RepositoryInfo]:
        """All repositories that this device may read, by path."""
        return self._workspace.repositories.listing()

    def opened(self) -> list[Repository]:
        """The repositories that are open now."""
        return list(self._workspace.opened.values())

    def repository(self, path: str) -> Repository:
        """The repository at a path such as `/notes/home`; opened once, made if it is new.

        Raises `NotAMember` if it is another group's, and what opening a file raises.
        """
        self._check_open()
        return self._workspace.repositories.open(path)

    def close_repository(self, path: str) -> None:
        """Close a repository: its file is let go of and its memory freed. Raises `DiskFailed` if
        that failed to write what was edited last; closed it is all the same."""
        self._workspace.repositories.close(path)

    async def compact(self, path: str, on_progress: Progress | None = None) -> Compacted:
        """Write a repository's file anew, as short as can be, while it is in use. Nothing that is
        in it is lost, however this ends; cancelling it leaves the file as it was. `on_progress` is
        told how far it is, 0 … 1. Raises `Damaged`, `DiskFailed`, `Closed`.
        """
        return await self._workspace.compactions.compact(self.repository(path), on_progress)

    def compact_now(self, path: str, on_progress: Progress | None = None) -> Compacted:
        """As `compact`, for scripts: blocks."""
        from goatcore.repository.compacting import compact_now

        self._check_open()
        if self._workspace.scheduler.loop() is not None:
            raise LocalMisuse("Where a loop runs, await compact instead.")
        return compact_now(self.repository(path).store, self.random, self.flush_now, on_progress)

    # -- end ---------------------------------------------------------------------------------------

    async def flush(self) -> None:
        """Wait until everything that was edited so far is on disk. Raises `DiskFailed`; what the
        disk refused is kept and tried again."""
        self._check_open()
        await self._workspace.flushing.flush()

    def flush_now(self) -> None:
        """Block until everything that was edited so far is on disk. Raises `DiskFailed`."""
        self._check_open()
        self._workspace.flushing.flush_now()

    def close(self) -> None:
        """Flush, close every repository, let go of the folder. Again is nothing. Raises
        `DiskFailed` if something could not be written; closed it is all the same."""
        self._workspace.close()

    def _check_open(self) -> None:
        if self.closed:
            raise Closed("This workspace is closed.")

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def _language() -> str:
    """The language that the surroundings sort in, as POSIX says it."""
    settings = (os.environ.get(name) for name in ("LC_ALL", "LC_COLLATE", "LANG"))
    return next(filter(None, settings), "").split(".")[0]
