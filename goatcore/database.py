"""A database: one workspace's folder, opened.

Composes the rooms: keys, members, logs, repositories, timers. Decides nothing that a room could
decide. Invariant: one `Database` at a time has a folder open for writing; when `flush` or `close`
is done, everything recorded is on disk.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from time import perf_counter, sleep
from typing import TYPE_CHECKING, Final, NamedTuple, Self

from goatcore.clock import Clock, system_clock
from goatcore.errors import (
    Closed,
    Damaged,
    DiskFailed,
    InvalidValue,
    LocalMisuse,
    NotAMember,
    Refused,
    WorldFailed,
)
from goatcore.founding import Opened, first_record, open_secrets, successor
from goatcore.ids import (
    MEMBERS_PATH,
    WORKSPACE_GROUP,
    GroupId,
    RepositoryId,
    WorkspaceId,
    repository_id,
)
from goatcore.journaling import DraftJournal
from goatcore.marking import HighWaterMarks
from goatcore.members import Gate, Member, Members
from goatcore.repository.checkpointing import Index
from goatcore.repository.environment import Environment
from goatcore.repository.repository import Repository
from goatcore.repository.sealer import GroupSealer
from goatcore.repository.store import Auth, Signing, Store
from goatcore.scheduling import Scheduler
from goatcore.schema import Registry
from goatcore.storage.checkpoint.blocks import BlockCache
from goatcore.storage.checkpoint.index_file import IndexFile
from goatcore.storage.checkpoint.reading import checkpoint_path
from goatcore.storage.disk import Disk, disk_failed
from goatcore.storage.file_disk import FileDisk
from goatcore.storage.file_log import FileLog, log_path
from goatcore.storage.file_mending import make_folder
from goatcore.storage.group_commit import GroupCommit
from goatcore.storage.lock import FolderLock
from goatcore.trust.keystore import (
    DeviceSecrets,
    WorkspaceKeys,
    write_device,
    write_workspace_keys,
)
from goatcore.trust.purges import Purged
from goatcore.trust.records import GroupOf, Rename, Role, founded_group
from goatcore.trust.sealing import Keyring, seal_name
from goatcore.trust.signing import DeviceKeys, Signer, verify

if TYPE_CHECKING:
    import asyncio

    from goatcore.repository.compacting import Compacted, Compacting, Progress

Random = Callable[[int], bytes]
Unsubscribe = Callable[[], None]

OLDER_FOLDER: Final = (
    "This folder is older than what this computer had written in it: it is a backup, or was "
    "damaged. What is missing comes back from your other devices."
)
COPIED: Final = (
    "Another computer writes as this one: the folder was copied together with its keys. Nothing is "
    "lost."
)
UNTIL_THEN: Final = "Until then it can only be read here."
GOES_ON: Final = "From now on this computer is a new device in it."
DROP_S: Final = 0.5
RETRY_MS: Final = 1_000


class RepositoryInfo(NamedTuple):
    """A repository that this device may read."""

    path: str
    id: RepositoryId
    group: GroupId
    role: Role
    opened: bool


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
        self.closed = False
        self.problem: str | None = None  # what a person should know; None where all is well
        self._names = names
        self._lock = lock
        self._disk = disk
        self._keys = opened.keys
        self._signer = Signer(opened.device)
        self._earlier = opened.earlier
        self._member = opened.member
        self._distrusted: str | None = None  # why nothing is signed with this device's key
        self.keyring = Keyring(opened.keys.epochs)
        self._registry = Registry()
        self._scheduler = Scheduler()
        self._blocks = BlockCache()  # of all checkpoints
        self._listeners: list[Callable[[], None]] = []
        self._flushing: set[asyncio.Future[None]] = set()
        self._repositories: dict[str, Repository] = {}
        self._journal = self._open_journal() if lock.writable else None
        self._marks = self._open_marks() if lock.writable else None
        self._compacting: dict[str, list[Compacting]] = {}
        self._dropping: dict[str, Purged] = {}  # purges whose bodies go, or went
        self._drops: set[asyncio.Task[None]] = set()
        gate = self._gate = Gate(self.id)
        self.members_here = Members(
            self.id, self._store(self.repository_id(MEMBERS_PATH), gate), gate,
            self._signer, self.keyring, clock, opened.keys.naming,
        )  # fmt: skip
        self._tell_of_lost(self.members_here.store)
        known = self.device.author in self.members_here.evaluation.devices
        store = self.members_here.store
        if store.is_behind:
            self._distrust(OLDER_FOLDER)
            self._go_on_as_another()
        elif not known and not store.read_only and not store.lost:
            self._enter(opened)
        self.members_here.subscribe(self._members_changed)
        self.members_here.store.on_durable(self._release)

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

    @property
    def id(self) -> WorkspaceId:
        return self._keys.workspace

    @property
    def names_here(self) -> tuple[str, str]:
        """The names of the member and the device, as this computer calls them."""
        member_name, device_name = self._names
        return member_name or _user_name(), device_name or _device_name()

    @property
    def keys(self) -> WorkspaceKeys:
        """The workspace's secrets; they leave this computer only to members."""
        return self._keys

    # -- members -----------------------------------------------------------------------------------

    def members(self) -> list[Member]:
        """Everybody in the workspace, oneself first."""
        return self.members_here.listing()

    def subscribe(self, callback: Callable[[], None]) -> Unsubscribe:
        """Call back when members, roles or the list of repositories changed."""
        self._listeners.append(callback)
        return lambda: self._listeners.remove(callback) if callback in self._listeners else None

    def rename(self, member_name: str, device_name: str) -> None:
        """Call oneself and this device by other names, for all members. Raises `InvalidValue` for
        a name that is empty or not on one line."""
        from goatcore.trust.join_messages import is_name

        if not (is_name(member_name) and is_name(device_name)):
            raise InvalidValue("A name is one line of 1 to 255 bytes.")
        epoch = self.keyring.newest(WORKSPACE_GROUP)
        assert epoch is not None
        self._names = (member_name, device_name)
        author, members = self.device.author, self.members_here
        if self.names_here == (members.name_of(author), members.device_name(author)):
            return
        sealed = [seal_name(name, epoch.key, self.random(12)) for name in self.names_here]
        self.members_here.record([Rename(*sealed)])

    def _enter(self, opened: Opened) -> None:
        record = first_record(opened, self.names_here, self.keyring, self.random)
        if record is None:
            return  # a device that has joined: its admission arrives with the members' records
        self.members_here.record([record])
        self.members_here.store.flush_now()

    # -- another device ----------------------------------------------------------------------------

    @property
    def device(self) -> DeviceKeys:
        """The keys of this installation in this workspace."""
        return self._signer.keys

    @property
    def link_device(self) -> DeviceKeys:
        """The keys that others know this installation by, to link with."""
        return self._earlier or self.device

    def known(self) -> None:
        """Somebody else holds all membership records: this device is known by its own keys. Raises
        `DiskFailed`."""
        if self._earlier is not None:
            device = self.device
            secrets = DeviceSecrets(device.sign_seed, device.box_private, self._member)
            write_device(self.home, self.id, secrets)
            self._earlier = None

    def _elsewhere(self) -> None:
        """Somebody else signed with this device's key."""
        self._distrust(COPIED)
        self._scheduler.later(0, self._go_on_as_another)

    def _distrust(self, why: str) -> None:
        """Sign nothing with this device's key from now on: what it signed elsewhere is not known
        here, so its chain would fork."""
        self._distrusted = why
        self.members_here.hindrance = f"{why} {UNTIL_THEN}"

    def _go_on_as_another(self) -> None:
        """A new device of the same member takes the place of one whose key is distrusted, as soon
        as the member is known here."""
        members, old, why = self.members_here, self.device, self._distrusted
        epoch = self.keyring.newest(WORKSPACE_GROUP)
        member = members.evaluation.member_of(old.author)
        if why is None:
            return
        if member is None or epoch is None or members.store.read_only:
            self._say(f"{why} {UNTIL_THEN}")
            return
        sealed = seal_name(self.names_here[1], epoch.key, self.random(12))
        secrets, record = successor(self.id, member.id, old, sealed, self.random)
        try:
            self._signer.keys = DeviceKeys(secrets.sign, secrets.box)
            self._distrusted = members.hindrance = None
            members.record([record])
            members.store.flush_now()
            write_device(self.home, self.id, secrets)
            self._earlier, self._member = old, member.id
            if self._journal is not None:
                self._journal.hand_over(self.device)
        except DiskFailed as error:
            self._signer.keys = old
            self._distrust(why)
            self.on_error(error)
            return
        self._say(f"{why} {GOES_ON}")

    def _say(self, sentence: str) -> None:
        """Tell of something, besides what was told."""
        if self.problem is None or sentence not in self.problem:
            self.problem = sentence if self.problem is None else f"{self.problem} {sentence}"
            self._tell()

    def _members_changed(self) -> None:
        if self._distrusted is not None:
            self._scheduler.later(0, self._go_on_as_another)
        for repository in self._repositories.values():
            repository.membership_changed()
        self._tell()
        for path in self._repositories:
            self._drop_later(path)

    def _tell(self) -> None:
        for callback in tuple(self._listeners):
            callback()

    def add_keys(self, epochs: list[tuple[GroupId, bytes]]) -> bool:
        """Take group keys from another member; on disk when this returns. False if all were
        known."""
        fresh = [(group, key) for group, key in epochs if self.keyring.add(group, key)]
        if not fresh:
            return False
        self._keys = self._keys._replace(epochs=(*self._keys.epochs, *fresh))
        write_workspace_keys(self.folder, self._keys)
        self.members_here.keys_changed()
        return True

    # -- repositories ------------------------------------------------------------------------------

    def repository_id(self, path: str) -> RepositoryId:
        """The id of the repository at a path."""
        return repository_id(self._keys.naming, path)

    def repositories(self) -> list[RepositoryInfo]:
        """All repositories that this device may read, by path."""
        members = self.members_here
        found = []
        for id_, (group, _) in members.evaluation.repositories.items():
            role = members.evaluation.role(self.device.author, group)
            path = members.names.paths.get(id_)
            if role is not None and path is not None:
                found.append(RepositoryInfo(path, id_, group, role, path in self._repositories))
        return sorted(found)

    def repository(self, path: str) -> Repository:
        """The repository at a path such as `/notes/home`; opened once, made if it is new.

        Raises `NotAMember` if it is another group's, and what opening a file raises.
        """
        self._check_open()
        repository = self._repositories.get(path)
        if repository is not None:
            return repository
        if not path.startswith("/") or path.startswith("/sys/") or len(path.encode()) > 255:
            raise LocalMisuse(f"{path} cannot be a repository's path; it is like /notes/home.")
        id_ = self.repository_id(path)
        members = self.members_here
        group = members.group_of(id_)
        if group is None:
            self._found_group(path, id_)
            if path in self._repositories:  # somebody who heard of it was faster
                return self._repositories[path]
        elif members.evaluation.role(self.device.author, group) is None:
            raise NotAMember(f"This device does not belong to the group of {path}.")
        index = self._index(id_)
        repository = Repository(
            path,
            self._store(id_, self._gate, index.file),
            GroupSealer(self.keyring, id_, lambda: members.group_of(id_)),
            members,
            self._registry,
            Environment(
                self._signer,
                self.clock,
                self.random,
                self._scheduler.later,
                _elapsed_ms,
                self.on_error,
                self.language,
                self._journal,
            ),
            index,
        )
        self._repositories[path] = repository
        self._tell_of_lost(repository.store)
        if repository.store.is_behind:
            self._distrust(OLDER_FOLDER)
            self._go_on_as_another()
        else:
            repository.replay_notes()
        self._tell()
        self._drop_later(path)
        return repository

    def close_repository(self, path: str) -> None:
        """Close a repository: its file is let go of and its memory freed. Raises `DiskFailed` if
        that failed to write what was edited last; closed it is all the same."""
        repository = self._repositories.pop(path, None)
        self._dropping.pop(path, None)
        for compacting in self._compacting.pop(path, []):
            compacting.cancel()
        if repository is not None:
            try:
                self._flush_members()  # what its commits stand on
                repository.flush_now()
                self._scheduler.run_deferred()
                self._flush_marks()
                repository.store.release()
            finally:
                try:
                    repository.close()
                finally:
                    self._tell()

    def opened(self) -> list[Repository]:
        """The repositories that are open now."""
        return list(self._repositories.values())

    def _found_group(self, path: str, id_: RepositoryId) -> None:
        if self.members_here.me is None:
            raise Refused("Only members can make notebooks here.")
        group = founded_group(self.device.author, id_)
        key = self.random(32)
        self.keyring.add(group, key)
        self._keys = self._keys._replace(epochs=(*self._keys.epochs, (group, key)))
        write_workspace_keys(self.folder, self._keys)
        sealed = seal_name(path, key, self.random(12))
        self.members_here.record([GroupOf(id_, group, sealed)])

    def _open_journal(self) -> DraftJournal | None:
        """None where it cannot be used; then what is typed last may be lost in a crash."""
        try:
            return DraftJournal(
                self.folder, self.id, self.device, self._disk, self.random, self._scheduler,
                self.on_error,
            )  # fmt: skip
        except WorldFailed as error:
            self.problem = str(error)
            return None

    def _open_marks(self) -> HighWaterMarks:
        return HighWaterMarks(
            self.home, self.id, self._disk, self.random, self._scheduler, self._marked,
            self._marking_failed,
        )  # fmt: skip

    def _marked(self) -> None:
        self.members_here.store.release()
        self._release()

    def _flush_members(self) -> None:
        self.members_here.store.flush_now()
        self._flush_marks()
        self.members_here.store.release()

    def _flush_marks(self) -> None:
        """In rounds: what stands on membership is released, and marked, after that."""
        if self._marks is not None:
            self._marked()
            self._marks.flush_now()
            self._marks.flush_now()

    def _marking_failed(self, error: Exception) -> None:
        assert self._marks is not None
        self.on_error(error)
        self._scheduler.later(RETRY_MS, self._marks.retry)

    def _index(self, id_: RepositoryId) -> Index:
        path = checkpoint_path(log_path(self.folder, id_))
        key = self.device.local_key(id_)
        file = IndexFile(self._disk, path, key, id_, self.random, self._blocks)
        return Index(file, self._scheduler.offload)

    def _store(self, id_: RepositoryId, gate: Gate, index: IndexFile | None = None) -> Store:
        present = None if index is None else index.open()
        mark = None if present is None else present.mark
        log = FileLog.open(log_path(self.folder, id_), id_, self._disk, self.random, known=mark)
        if index is not None and mark is not None and not log.holds(mark):
            index.remove()  # it is another log's
        if log.report:
            self.problem = log.report

        def synced(position: int) -> None:
            store.synced(position)

        def failed(error: Exception) -> None:
            self._sync_failed(group_commit, error)

        group_commit = GroupCommit(log, self._scheduler.offload, synced, failed)
        members = id_ == self.repository_id(MEMBERS_PATH)
        store = Store(
            id_, log, group_commit, gate, verify, _always if members else self._auth_durable
        )
        if self._marks is not None:
            store.signing = Signing(lambda: self._signer.author, self._marks, self._elsewhere)
        return store

    def _auth_durable(self, auth: Auth) -> bool:
        return self.members_here.holds_auth_durably(auth)

    def _release(self) -> None:
        for repository in self._repositories.values():
            repository.store.release()

    # -- compaction --------------------------------------------------------------------------------

    def _drop_later(self, path: str) -> None:
        """Where bodies that are purged are still here, write the file anew without them, in a
        while; without a loop, by whoever calls `compact_now`."""
        loop = self._scheduler.loop()
        repository = self._repositories[path]
        purged = self.members_here.purged(repository.id)
        if loop is None or not purged.commits or self._dropping.get(path) == purged:
            return
        self._dropping[path] = purged

        from asyncio import sleep as wait  # a loop runs, so it is loaded

        async def drop() -> None:
            await wait(DROP_S)
            if self._repositories.get(path) is repository and repository.store.has_bodies(
                purged.commits
            ):
                try:
                    await self.compact(path)
                except Closed:
                    self._dropping.pop(path, None)
                except (Damaged, DiskFailed) as error:
                    self._dropping.pop(path, None)
                    self.on_error(error)

        task = loop.create_task(drop())
        self._drops.add(task)
        task.add_done_callback(self._drops.discard)

    async def compact(self, path: str, on_progress: Progress | None = None) -> Compacted:
        """Write a repository's file anew, as short as can be, while it is in use. Nothing that is
        in it is lost, however this ends; cancelling it leaves the file as it was. `on_progress` is
        told how far it is, 0 … 1. Raises `Damaged`, `DiskFailed`, `Closed`.
        """
        from goatcore.repository.compacting import Compacting

        self._check_open()
        store = self.repository(path).store
        loop = self._scheduler.loop()
        assert loop is not None
        done: asyncio.Future[Compacted] = loop.create_future()

        def ended(result: Compacted | Exception) -> None:
            if done.done():
                return
            if isinstance(result, Exception):
                done.set_exception(result)
            else:
                done.set_result(result)

        offload, later = self._scheduler.offload, self._scheduler.later
        compacting = Compacting(store, self.random, offload, later, sleep, on_progress, ended)
        self._compacting.setdefault(path, []).append(compacting)
        compacting.go_on()
        try:
            return await done
        finally:
            compacting.cancel()
            under_way = self._compacting.get(path, [])
            if compacting in under_way:
                under_way.remove(compacting)

    def compact_now(self, path: str, on_progress: Progress | None = None) -> Compacted:
        """As `compact`, for scripts: blocks."""
        from goatcore.repository.compacting import compact_now

        self._check_open()
        if self._scheduler.loop() is not None:
            raise LocalMisuse("Where a loop runs, await compact instead.")
        return compact_now(self.repository(path).store, self.random, self.flush_now, on_progress)

    # -- trouble -----------------------------------------------------------------------------------

    def _sync_failed(self, group_commit: GroupCommit, error: Exception) -> None:
        for future in self._flushing:
            if not future.done():
                future.set_exception(error)
        self.on_error(error)
        self._scheduler.later(RETRY_MS, group_commit.retry)

    def on_error(self, error: Exception) -> None:
        """Note a fault as what a person should know."""
        self.problem = str(error)
        self._tell()

    def _tell_of_lost(self, store: Store) -> None:
        """Of records that a damaged file still has, but nobody can read: known once it is read."""
        if store.lost and store.report:
            self.problem = store.report
        if store.lost:
            ends: list[Unsubscribe] = []

            def look() -> None:
                if not store.lost:
                    self.problem = "What was damaged came back: nothing is missing any more."
                    ends[0]()
                    self._tell()

            ends.append(store.on_durable(look))

    def _check_open(self) -> None:
        if self.closed:
            raise Closed("This workspace is closed.")

    # -- end ---------------------------------------------------------------------------------------

    async def flush(self) -> None:
        """Wait until everything that was edited so far is on disk. Raises `DiskFailed`; what the
        disk refused is kept and tried again."""
        self._check_open()
        loop = self._scheduler.loop()
        assert loop is not None
        done: asyncio.Future[None] = loop.create_future()
        failure = self._record_drafts()
        counts = [(store, len(store)) for store in self._stores()]

        def look() -> None:
            if not done.done() and all(store.on_disk >= count for store, count in counts):
                done.set_result(None)

        ends = [store.on_durable(look) for store, _ in counts]
        self._flushing.add(done)
        try:
            self._scheduler.run_deferred()
            look()
            await done
        finally:
            self._flushing.discard(done)
            for end in ends:
                end()
        if failure is not None:
            raise failure

    def flush_now(self) -> None:
        """Block until everything that was edited so far is on disk. Raises `DiskFailed`."""
        self._check_open()
        failure = self._record_drafts()
        for store in self._stores():
            store.flush_now()
        self._scheduler.run_deferred()
        self._release()
        self._flush_marks()
        if failure is not None:
            raise failure

    def _record_drafts(self) -> DiskFailed | None:
        """Of every repository, even if the disk fails on one."""
        failure = None
        for repository in self._repositories.values():
            try:
                repository.record_drafts()
            except DiskFailed as error:
                failure = error
        return failure

    def _stores(self) -> list[Store]:
        opened = [repository.store for repository in self._repositories.values()]
        return [self.members_here.store, *opened]

    def close(self) -> None:
        """Flush, close every repository, let go of the folder. Again is nothing. Raises
        `DiskFailed` if something could not be written; closed it is all the same."""
        if self.closed:
            return
        self.closed = True  # nobody who hears of it may open anything anew
        failure: DiskFailed | None = None
        for task in tuple(self._drops):
            task.cancel()
        for path in list(self._repositories):
            try:
                self.close_repository(path)
            except DiskFailed as error:
                failure = error
        try:
            self.members_here.close()
            self._scheduler.run_deferred()
        finally:
            self._scheduler.close()
            if self._journal is not None:
                self._journal.close()
            if self._marks is not None:
                self._marks.close()
            self._lock.release()
        if failure is not None:
            raise failure

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def _always(auth: Auth) -> bool:
    return True


def _language() -> str:
    """The language that the surroundings sort in, as POSIX says it."""
    settings = (os.environ.get(name) for name in ("LC_ALL", "LC_COLLATE", "LANG"))
    return next(filter(None, settings), "").split(".")[0]


def _elapsed_ms() -> float:
    return perf_counter() * 1000


def _user_name() -> str:
    import getpass

    try:
        return getpass.getuser() or "Me"
    except (KeyError, OSError):  # no such user, or no environment
        return "Me"


def _device_name() -> str:
    import platform

    return platform.node() or "This computer"
