"""Typing into a repository over logs and a crash journal on the fault suite's disk."""

from __future__ import annotations

import random
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any, cast

from goatcore.errors import CheckpointDamaged, Damaged, DiskFailed, Refused
from goatcore.history.commit import Commit
from goatcore.ids import CommitId, GroupId, RepositoryId
from goatcore.repository.checkpointing import Index
from goatcore.repository.compacting import compact_now
from goatcore.repository.environment import Environment
from goatcore.repository.noting import read_note
from goatcore.repository.repository import Repository
from goatcore.repository.sealer import GroupSealer
from goatcore.repository.store import Store
from goatcore.schema import Registry, Schema, string, text
from goatcore.storage.checkpoint.index_file import IndexFile
from goatcore.storage.checkpoint.reading import checkpoint_path
from goatcore.storage.file_log import FileLog
from goatcore.storage.group_commit import GroupCommit
from goatcore.storage.journal import Journal
from goatcore.trust.purges import NOTHING_PURGED
from goatcore.trust.sealing import Keyring, open_note, seal_note
from goatcore.trust.signing import DeviceKeys, verify
from tests.storage.fault_disk import FaultDisk, Files
from tests.storage.fault_suite import Violation
from tests.storage.log_workloads import HeldBack

FOLDER = Path("/workspace")
LOG, JOURNAL = FOLDER / "notes.goat", FOLDER / "drafts.journal"
REPOSITORY = RepositoryId(b"repository id 16")
GROUP = GroupId(b"g" * 16)
DEVICE = DeviceKeys(b"d" * 32, b"x" * 32)
NOTE = Schema("note", 1, title=string(), body=text())
KEYS = ("first", "second")
KEY = b"k" * 32


class Everybody:
    """A membership in which this device may do all."""

    def heads(self) -> tuple[CommitId, ...]:
        return (CommitId(b"a" * 32),)

    def may_write(self, author: bytes, auth: object, repository: bytes) -> bool:
        return True

    def role(self, repository: bytes) -> int:
        return 4

    def obstacle(self, repository: bytes) -> None:
        return None

    def name_of(self, author: bytes) -> str:
        return "me"

    device_name = name_of

    def named(self, commit: Commit) -> bool:
        return True

    holds_auth = named

    def purged(self, where: object) -> object:
        return NOTHING_PURGED if isinstance(where, bytes) else False

    droppable = purged


class Notes:
    """The journal, written when the workload says so."""

    def __init__(self, journal: Journal) -> None:
        self.journal = journal
        self.put, self.drop = journal.put, journal.drop

    @property
    def notes(self) -> list[bytes]:
        return self.journal.notes

    def soon(self) -> None:
        pass


class Desk:
    """One process that has the repository open."""

    def __init__(self, disk: FaultDisk, seed: int = 1, *, indexed: bool = False) -> None:
        self._disk = disk
        self.now_ms = 1_700_000_000_000 + 60_000 * seed  # a process starts later than another
        self._due: list[tuple[float, Callable[[], None]]] = []
        self.errors: list[Exception] = []
        self._written: list[bytes] = []  # notes that are on disk
        chance = random.Random(seed).randbytes
        self.journal = Journal(
            JOURNAL,
            REPOSITORY,
            disk,
            chance,
            lambda note: seal_note(note, KEY, chance(12)),
            lambda sealed: open_note(sealed, KEY),
        )
        index = IndexFile(disk, checkpoint_path(LOG), KEY, REPOSITORY, chance) if indexed else None
        present = None if index is None else index.open()
        mark = None if present is None else present.mark
        log = FileLog.open(LOG, REPOSITORY, disk, chance, known=mark)
        if index is not None and mark is not None and not log.holds(mark):
            index.remove()
        self.random = chance
        self.offload = HeldBack()
        self.group = GroupCommit(log, self.offload, self._synced, self.errors.append)
        everybody = Everybody()
        self.store = Store(REPOSITORY, log, self.group, everybody, verify, lambda auth: True)
        sealer = GroupSealer(Keyring([(GROUP, b"k" * 32)]), REPOSITORY, lambda: GROUP)
        environment = Environment(
            DEVICE,
            lambda: self.now_ms,
            chance,
            self._later,
            lambda: 0.0,
            self.errors.append,
            journal=Notes(self.journal),
        )
        self.repository = Repository(
            "/notes/here",
            self.store,
            sealer,
            everybody,
            Registry(),
            environment,
            None if index is None else Index(index, inline),
        )
        self.repository.register(NOTE)
        self.repository.replay_notes()

    def _synced(self, position: int) -> None:
        self.store.synced(position)

    def _later(self, delay_ms: float, callback: Callable[[], None]) -> Callable[[], None]:
        entry = (self.now_ms + delay_ms, callback)
        self._due.append(entry)
        return lambda: self._due.remove(entry) if entry in self._due else None

    def advance(self, ms: int) -> None:
        self.now_ms += ms
        while due := [entry for entry in self._due if entry[0] <= self.now_ms]:
            entry = min(due, key=lambda entry: entry[0])
            self._due.remove(entry)
            entry[1]()

    def body(self, key: str) -> str:
        item = self.repository.item(key)
        return "" if item is None else str(item.body)  # type: ignore[attr-defined]

    def type(self, key: str, letters: str) -> None:
        item = self.repository.item(key) or self.repository.create(NOTE, key)
        body = item.body  # type: ignore[attr-defined]
        body.splice(len(str(body)), 0, letters)
        self._disk.note(("typed", key, self.body(key)))

    def write(self) -> None:
        """Time goes on: drafts are noted, and the scheduler has the journal written."""
        self.advance(500)
        with suppress(DiskFailed):
            self.journal.write()
            self._written = self.journal.notes
            for key in KEYS:
                if self._noted(key):
                    self._disk.note(("acknowledged", key, self.body(key)))

    def _noted(self, key: str) -> bool:
        """Whether all that an item shows is durable, in the log or in the journal."""
        record = self.repository.items_here.find(key)
        if record is None or record.draft is None:
            return record is not None and all(map(self.store.contains, record.state.heads))
        operations = tuple(record.draft.operations)
        notes = {note.name: note for note in map(read_note, self._written) if note}
        found = [n for n in notes.values() if n.key == key and n.operations == operations]
        note = found[-1] if found else None
        while note is not None:
            if all(map(self.store.contains, note.parents)):
                return True
            note = notes.get(note.before[0]) if note.before else None
        return False

    def sync(self) -> None:
        self.offload.run()
        for key in KEYS:
            if self._noted(key):
                self._disk.note(("acknowledged", key, self.body(key)))

    def record(self) -> None:
        with suppress(DiskFailed):
            self.repository.record_drafts()

    def close(self) -> None:
        self.repository.close()
        self.journal.close()


def inline(work: Callable[[], object], done: Callable[[Any], None]) -> None:
    """An offload that does the work here and now."""
    try:
        result: object = work()
    except Exception as error:
        result = error
    done(result)


class TypedFacts:
    def __init__(self) -> None:
        self.typed = dict.fromkeys(KEYS, "")
        self.acknowledged = dict.fromkeys(KEYS, "")

    def take(self, note: object) -> None:
        what, key, letters = cast("tuple[str, str, str]", note)
        if what == "typed":
            self.typed[key] = letters
        else:
            self.acknowledged[key] = max(self.acknowledged[key], letters, key=len)

    def key(self) -> bytes:
        return repr((self.typed, self.acknowledged)).encode()


class JournalWorkload:
    """Typing in two notes. `sync_late`: the log's syncs come long after the journal's."""

    indexed = False

    def __init__(self, name: str, sync_late: bool) -> None:
        self.name = name
        self._sync_late = sync_late

    def files(self) -> Files:
        return {}

    def run(self, disk: FaultDisk) -> Callable[[], None]:
        desk: Desk | None = None
        with suppress(DiskFailed, Refused, Damaged, CheckpointDamaged):  # as a program ends
            desk = Desk(disk, indexed=self.indexed)
            desk = self._type(desk, disk)

        def go_on() -> None:
            anew = desk is None or desk.store.read_only or desk.repository.closed
            now = Desk(disk, 2, indexed=self.indexed) if anew else desk
            assert now is not None
            now.group.retry()
            now.sync()
            now.record()
            now.sync()
            assert now.store.all_durable
            now.close()

        return go_on

    def _type(self, desk: Desk, disk: FaultDisk) -> Desk:
        desk.type("first", "one ")
        desk.type("second", "eins ")
        desk.sync()
        for turn in range(3):
            desk.type("first", f"{turn} two ")
            desk.write()
            desk.type("first", f"{turn} three ")
            desk.type("second", f"{turn} zwei ")
            desk.write()
            desk.record()
            if not self._sync_late or turn == 2:
                desk.sync()
            desk.type("first", f"{turn} four ")
            desk.write()
            desk.type("second", f"{turn} drei ")
        desk.write()
        return desk

    def facts(self) -> TypedFacts:
        return TypedFacts()

    def check(self, disk: FaultDisk, facts: TypedFacts) -> None:
        desk = Desk(disk, 3, indexed=self.indexed)
        found = {key: desk.body(key) for key in KEYS}
        for key in KEYS:
            if not facts.typed[key].startswith(found[key]):
                raise Violation(f"“{facts.typed[key]}” was typed, “{found[key]}” is there")
            if len(found[key]) < len(facts.acknowledged[key]):
                raise Violation(
                    f"“{facts.acknowledged[key]}” was acknowledged, “{found[key]}” is there"
                )
        # killed now, with the replay in the log as the system has it, or lost with the power
        for later in (disk.after_kill(), disk.after_power_cut()):
            again = Desk(later, 4, indexed=self.indexed)
            for key in KEYS:
                if again.body(key) != found[key]:
                    raise Violation(f"“{found[key]}” was there, then “{again.body(key)}”")
        for path, data in disk.files().items():
            if path.suffix == ".journal" and any(
                word in data for word in (b"zwei", b"three", b"second", b"note")
            ):
                raise Violation("the journal can be read without the key")


class RewritingWorkload(JournalWorkload):
    """A checkpoint is written at close, the log anew, another checkpoint behind that."""

    indexed = True

    def __init__(self) -> None:
        super().__init__("checkpoint and compaction", sync_late=False)

    def _type(self, desk: Desk, disk: FaultDisk) -> Desk:
        for turn in range(3):
            for key in KEYS:
                desk.type(key, f"{turn} {key} ")
                desk.record()
            desk.sync()
            if turn:
                compact_now(desk.store, desk.random, desk.store.flush_now, None)
                desk.type("first", f"{turn} after ")
                desk.record()
                desk.sync()
            desk.close()
            desk = Desk(disk, 5 + turn, indexed=True)
        return desk


def journal_workloads() -> list[JournalWorkload]:
    return [
        JournalWorkload("crash journal", sync_late=False),
        JournalWorkload("crash journal, log synced late", sync_late=True),
    ]
