"""A backup of a workspace: a folder that is a workspace itself, and only ever gets more.

Owns the order of copying. While the application writes, a commit is in its notebook's log only
after the membership it stands on, and after the key it is sealed with is in `keys`: so notebooks go
first, then the members, then the keys, and what was copied can always be opened and checked.
Invariant: takes no lock, writes nothing in the workspace, deletes nothing in the backup.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterator
from pathlib import Path
from typing import Final, NamedTuple

from goatcore.backup.log_copy import LogCopy
from goatcore.checking.findings import Progress
from goatcore.errors import LocalMisuse, NotAGoatFile
from goatcore.ids import MEMBERS_PATH, RepositoryId, repository_id
from goatcore.storage.disk import Disk, disk_failed
from goatcore.storage.file_disk import FileDisk
from goatcore.storage.file_log import LOG_SUFFIX, log_path
from goatcore.storage.file_mending import (
    LOST_FOLDER,
    fresh_path,
    make_folder,
    pieces,
    write_fresh,
)
from goatcore.trust.keystore import WorkspaceKeys, read_workspace_keys, write_workspace_keys

ADDED_ONLY: Final = (LOST_FOLDER,)  # folders of files whose names say what is in them

Pause = Callable[[], None]


class BackedUp(NamedTuple):
    """What a backup did. `damaged` names logs that are not as they were written: all that is sound
    of them is in the backup, with what the backup had of them before."""

    files: int
    bytes_written: int
    damaged: tuple[str, ...]


class Backup:
    """Copies the workspace in one folder into another. `pause` waits a moment."""

    def __init__(
        self, folder: Path, target: Path, *, disk: Disk | None = None, pause: Pause
    ) -> None:
        """Raises `NotAGoatFile` where there is no workspace, or a backup of another one."""
        self._folder, self._target = folder, target
        self._disk = disk or FileDisk()
        self._pause = pause
        self._keys = keys_of(folder)
        if target.resolve().is_relative_to(folder.resolve()):
            raise LocalMisuse("A backup cannot be kept inside of what it is a backup of.")
        before = read_workspace_keys(target)
        if before is not None and before.workspace != self._keys.workspace:
            raise NotAGoatFile(
                f"“{target}” holds a backup of other notes; it is left as it is. Choose another "
                "folder."
            )
        if before is None and any(target.glob("*" + LOG_SUFFIX)):
            raise NotAGoatFile(
                f"“{target}” holds notes without their file “keys”; it is left as it is."
            )

    def run(self) -> Generator[Progress, None, BackedUp]:
        """Copy step by step; to stop iterating is to stop, and the next run goes on. Raises
        `DiskFailed`, and what opening a log raises."""
        try:
            return (yield from self._run())
        except OSError as error:
            raise disk_failed(str(error.filename or self._target), error) from error

    def _run(self) -> Generator[Progress, None, BackedUp]:
        folder, target, disk = self._folder, self._target, self._disk
        make_folder(disk, target)
        self._copy_keys()  # so that it is a backup from the beginning
        names = logs_in(disk, folder, self._keys)
        total = sum((folder / name).stat().st_size for name in names)
        written, done = 0, 0
        damaged = []
        for name in names:
            copy = LogCopy(disk, folder / name, target / name, repository_of(name), self._pause)
            for position in copy.steps():
                yield Progress(done + position, total, name)
            done += (folder / name).stat().st_size
            written += copy.bytes_written
            if copy.damaged:
                damaged.append(name)
        for place in self._added():
            written += self._add(place)
        self._copy_keys()
        return BackedUp(len(names), written, tuple(damaged))

    def _copy_keys(self) -> None:
        """The newest keys; those that only the backup has stay."""
        keys, before = keys_of(self._folder), read_workspace_keys(self._target)
        if before is not None:
            only = tuple(epoch for epoch in before.epochs if epoch not in keys.epochs)
            links = tuple(link for link in before.links if link not in keys.links)
            keys = keys._replace(
                epochs=(*only, *keys.epochs),
                links=(*links, *keys.links)[-8:],
                root=keys.root or before.root,
            )
        if keys != before:
            write_workspace_keys(self._target, keys)

    def _added(self) -> Iterator[Path]:
        for name in ADDED_ONLY:
            if (self._folder / name).is_dir():
                for path in sorted((self._folder / name).iterdir()):
                    yield path.relative_to(self._folder)

    def _add(self, place: Path) -> int:
        source, target = self._folder / place, self._target / place
        if target.exists() or not source.is_file():
            return 0
        make_folder(self._disk, target.parent)
        file = self._disk.open(source)
        try:
            size = file.size()
            fresh = fresh_path(target)
            write_fresh(self._disk, fresh, pieces(file, 0, size))
        finally:
            file.close()
        self._disk.rename(fresh, target)
        self._disk.sync_folder(target.parent)
        return size


def logs_in(disk: Disk, folder: Path, keys: WorkspaceKeys) -> list[str]:
    """The names of all logs in a folder, that of the members last."""
    members = log_path(folder, repository_id(keys.naming, MEMBERS_PATH)).name
    names = [name for name in disk.listdir(folder) if name.endswith(LOG_SUFFIX)]
    return sorted(names, key=lambda name: (name == members, name))


def repository_of(name: str) -> RepositoryId:
    """The repository of a log, by its name. Raises `NotAGoatFile`."""
    try:
        return RepositoryId(bytes.fromhex(name.removesuffix(LOG_SUFFIX)))
    except ValueError:
        raise NotAGoatFile(
            f"“{name}” is not a Goat Notes file; take it out of the folder."
        ) from None


def keys_of(folder: Path) -> WorkspaceKeys:
    """The keys in a folder. Raises `NotAGoatFile` where there are none."""
    keys = read_workspace_keys(folder)
    if keys is None:
        raise NotAGoatFile(f"“{folder}” has no notes of Goat Notes in it.")
    return keys
