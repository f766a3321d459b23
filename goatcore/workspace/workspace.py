"""One opened workspace: its parts, put together, and let go of in order.

Owns which part knows which. Invariant: a membership record changes the device first, then the
repositories, then whoever listens; what is closed has let go of its folder.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from time import perf_counter
from typing import Final

from goatcore.clock import Clock
from goatcore.errors import DiskFailed, WorldFailed
from goatcore.founding import Opened
from goatcore.ids import MEMBERS_PATH
from goatcore.journaling import DraftJournal
from goatcore.marking import HighWaterMarks
from goatcore.members import Gate, Members
from goatcore.repository.environment import Environment
from goatcore.repository.repository import Repository
from goatcore.repository.store import Auth
from goatcore.scheduling import Scheduler
from goatcore.storage.disk import Disk
from goatcore.storage.file_log import log_path
from goatcore.storage.lock import FolderLock
from goatcore.trust.signing import Signer
from goatcore.workspace.compactions import Compactions
from goatcore.workspace.flushing import Flushing
from goatcore.workspace.folder_watch import FolderWatch
from goatcore.workspace.group_keys import GroupKeys
from goatcore.workspace.own_device import OwnDevice
from goatcore.workspace.problems import Problems
from goatcore.workspace.repositories import Repositories
from goatcore.workspace.rescans import Rescans
from goatcore.workspace.stores import RETRY_MS, Stores

ONLY_READ: Final = (
    "This folder can only be read on this computer, so nothing can be changed in it. Export the "
    "notes, or copy the folder to a place where you may write."
)


class Workspace:
    """The parts of one workspace; its folder's lock is held until `close`."""

    def __init__(
        self,
        folder: Path,
        home: Path,
        opened: Opened,
        lock: FolderLock,
        disk: Disk,
        clock: Clock,
        random: Callable[[int], bytes],
        names: tuple[str | None, str | None],
        language: str,
    ) -> None:
        """Raises what opening a log does, and `InUse`."""
        self.lock = lock
        self.closed = False
        self.problems = problems = Problems()
        self.scheduler = scheduler = Scheduler()
        self.keys = keys = GroupKeys(folder, opened.keys)
        id_, signer, gate = keys.keys.workspace, Signer(opened.device), Gate(keys.keys.workspace)
        self._journal = self._marks = None
        if lock.writable:
            try:
                self._journal = DraftJournal(
                    folder, id_, signer.keys, disk, random, scheduler, problems.on_error
                )
            except WorldFailed as error:  # then what is typed last may be lost in a crash
                problems.sentence = str(error)
            self._marks = HighWaterMarks(
                home, id_, disk, random, scheduler, self._marked, self._marking_failed
            )
        self.opened: dict[str, Repository] = {}
        rescans = Rescans(self.opened, scheduler, problems)
        stores = Stores(
            folder, disk, random, gate, signer, self._marks, scheduler, problems, rescans,
            self._elsewhere, self._sync_failed,
        )  # fmt: skip
        self.members = members = Members(
            id_, stores.open(keys.repository_id(MEMBERS_PATH), _always), gate, signer,
            keys.keyring, clock, keys.keys.naming,
        )  # fmt: skip
        self.flushing = Flushing(members.store, self.opened, self._marks, scheduler, problems)
        self.compactions = Compactions(self.opened, members, scheduler, problems, random)
        self.device = OwnDevice(
            id_, home, opened, signer, names, members, keys.keyring, self._journal, scheduler,
            problems, random,
        )  # fmt: skip
        environment = Environment(
            signer, clock, random, scheduler.later, _elapsed_ms, problems.on_error, language,
            self._journal,
        )  # fmt: skip
        self.repositories = Repositories(
            self.opened, members, keys, self.device, stores, environment, self.flushing,
            self.compactions, rescans, problems,
        )  # fmt: skip
        problems.tell_of_lost(members.store)
        if not lock.writable:
            problems.say(ONLY_READ)
        always_there = log_path(folder, keys.repository_id(MEMBERS_PATH))
        self._folder_watch = FolderWatch(always_there, disk, scheduler, problems)
        self._folder_watch.begin()
        self.device.enter(opened)
        members.subscribe(self._members_changed)
        members.store.on_durable(self.flushing.release)

    def _marked(self) -> None:
        self.flushing.marked()

    def _marking_failed(self, error: Exception) -> None:
        assert self._marks is not None
        self.problems.on_error(error)
        self.scheduler.later(RETRY_MS, self._marks.retry)

    def _elsewhere(self) -> None:
        self.device.elsewhere()

    def _sync_failed(self, error: Exception) -> None:
        self.flushing.sync_failed(error)

    def _members_changed(self) -> None:
        self.device.members_changed()
        self.repositories.members_changed()

    def close(self) -> None:
        """Flush, close every repository, let go of the folder. Again is nothing. Raises
        `DiskFailed` if something could not be written; closed it is all the same."""
        if self.closed:
            return
        self.closed = True  # nobody who hears of it may open anything anew
        failure: DiskFailed | None = None
        self._folder_watch.close()
        self.compactions.close()
        for path in list(self.opened):
            try:
                self.repositories.close(path)
            except DiskFailed as error:
                failure = error
        try:
            self.members.close()
            self.scheduler.run_deferred()
        finally:
            self.scheduler.close()
            if self._journal is not None:
                self._journal.close()
            if self._marks is not None:
                self._marks.close()
            self.lock.release()
        if failure is not None:
            raise failure


def _always(auth: Auth) -> bool:
    return True


def _elapsed_ms() -> float:
    return perf_counter() * 1000
