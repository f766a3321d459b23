"""The way back from a backup: what is missing in an open workspace is taken in, as from a peer.

Owns which notebooks are looked at. Invariant: every commit passes the same admission as one from a
peer, so a backup can add what was lost and nothing else; what is here stays.
"""

from __future__ import annotations

from pathlib import Path

from goatcore.backup.backup import keys_of, logs_in, repository_of
from goatcore.backup.log_copy import commits_of
from goatcore.checking.frames import Frames
from goatcore.database import Database
from goatcore.errors import NotAGoatFile
from goatcore.history.commit import Commit
from goatcore.ids import RepositoryId
from goatcore.storage.disk import Disk, disk_failed
from goatcore.storage.file_disk import FileDisk
from goatcore.storage.file_log import log_path


def bring_back(database: Database, folder: Path, disk: Disk | None = None) -> int:
    """Take in from the backup in a folder whatever is missing; how many commits that were. All of
    it is on disk when this returns.

    Raises `NotAGoatFile` for a folder without a backup or one of other notes, `Damaged`,
    `DiskFailed`.
    """
    disk, keys = disk or FileDisk(), keys_of(folder)
    if keys.workspace != database.id:
        raise NotAGoatFile(f"“{folder}” is a backup of other notes.")
    database.add_keys(list(keys.epochs))
    members, gained = database.members_here, 0
    for name in reversed(logs_in(disk, folder, keys)):  # the members first
        id_ = repository_of(name)
        if id_ == members.store.repository:
            before = len(members.store)
            members.admit(_commits(disk, folder, id_))
            gained += len(members.store) - before
        elif members.may_read(database.device.author, id_) and id_ in members.names.paths:
            repository = database.repository(members.names.paths[id_])
            gained += repository.admit(_commits(disk, folder, id_)).held
    database.flush_now()
    return gained


def _commits(disk: Disk, folder: Path, repository: RepositoryId) -> list[Commit]:
    path = log_path(folder, repository)
    try:
        file = disk.open(path)
        try:
            return list(commits_of(Frames(path.name, file, _no_pause), repository))
        finally:
            file.close()
    except OSError as error:
        raise disk_failed(str(path), error) from error


def _no_pause() -> None:
    """What a backup lacks at its end is there the next time."""
