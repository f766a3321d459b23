"""Opening logs: from a repository's id to the store of its commits, and the index beside it.

Owns how a log, its group commit, its checkpoint and this device's marks are put together.
Invariant: an index is one of this log, or is removed; what the disk refused is tried again.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Final

from goatcore.ids import RepositoryId
from goatcore.marking import HighWaterMarks
from goatcore.members import Gate
from goatcore.repository.checkpointing import Index
from goatcore.repository.store import Auth, Signing, Store
from goatcore.scheduling import Scheduler
from goatcore.storage.checkpoint.blocks import BlockCache
from goatcore.storage.checkpoint.index_file import IndexFile
from goatcore.storage.checkpoint.reading import checkpoint_path
from goatcore.storage.disk import Disk
from goatcore.storage.file_log import FileLog, log_path
from goatcore.storage.group_commit import GroupCommit
from goatcore.trust.signing import Signer, verify
from goatcore.workspace.problems import Problems
from goatcore.workspace.rescans import Rescans

RETRY_MS: Final = 1_000


class Stores:
    """What opens the stores of one workspace."""

    def __init__(
        self,
        folder: Path,
        disk: Disk,
        random: Callable[[int], bytes],
        gate: Gate,
        signer: Signer,
        marks: HighWaterMarks | None,
        scheduler: Scheduler,
        problems: Problems,
        rescans: Rescans,
        on_elsewhere: Callable[[], None],
        on_sync_failed: Callable[[Exception], None],
    ) -> None:
        self._folder = folder
        self._disk = disk
        self._random = random
        self._gate = gate
        self._signer = signer
        self._marks = marks
        self._scheduler = scheduler
        self._problems = problems
        self._rescans = rescans
        self._on_elsewhere = on_elsewhere  # somebody else signs with this device's key
        self._on_sync_failed = on_sync_failed
        self._blocks = BlockCache()  # of all checkpoints

    def index(self, id_: RepositoryId) -> Index:
        """The index beside a repository's log."""
        path = checkpoint_path(log_path(self._folder, id_))
        key = self._signer.keys.local_key(id_)
        file = IndexFile(self._disk, path, key, id_, self._random, self._blocks)
        return Index(file, self._scheduler.offload)

    def open(
        self,
        id_: RepositoryId,
        auth_durable: Callable[[Auth], bool],
        index: IndexFile | None = None,
    ) -> Store:
        """The store of a repository's commits, its log made if missing. Raises what opening a log
        does."""
        present = None if index is None else index.open()
        mark = None if present is None else present.mark
        path = log_path(self._folder, id_)
        log = FileLog.open(path, id_, self._disk, self._random, known=mark)
        if index is not None and mark is not None and not log.holds(mark):
            index.remove()  # it is another log's
        if log.report:
            self._problems.sentence = log.report

        def synced(position: int) -> None:
            store.synced(position)
            self._problems.disk_works()

        def failed(error: Exception) -> None:
            self._on_sync_failed(error)
            self._scheduler.later(RETRY_MS, group_commit.retry)

        group_commit = GroupCommit(log, self._scheduler.offload, synced, failed)
        store = Store(id_, log, group_commit, self._gate, verify, auth_durable)
        if self._marks is not None:
            store.signing = Signing(lambda: self._signer.author, self._marks, self._on_elsewhere)
        if mark is not None and log.unseen is not None:
            self._rescans.begin(store, log.unseen, mark)
        return store
