"""A repository opened from a checkpoint, whatever became of that, is one rebuilt from the log.

Two devices of one workspace edit, and learn of each other's work; each closes and opens again with
the index as it was left, an older one, a damaged one, or none. The model is a third opening of the
same log, without any index.
"""

from __future__ import annotations

import gc
import random
import shutil
import tempfile
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule, run_state_machine_as_test

from goatcore.repository import checkpointing, shelved_items
from goatcore.repository.checkpointing import Index
from goatcore.repository.environment import Environment
from goatcore.repository.repository import Repository
from goatcore.schema import Registry, Schema, counter, mapping, string, tags, text
from goatcore.storage.checkpoint.index_file import IndexFile
from goatcore.storage.file_disk import FileDisk
from goatcore.storage.file_log import FileLog
from goatcore.storage.group_commit import GroupCommit, inline
from goatcore.trust.sealing import Keyring
from goatcore.trust.signing import DeviceKeys, verify

PLANT = Schema(
    "plant", 1, name=string(), note=text(), labels=tags(), facts=mapping(), seen=counter()
)
STONE = Schema("stone", 1, name=string())
KEYS = [f"key {number}" for number in range(6)]
WHO = st.integers(0, 1)


class Device:
    """One device's folder, and the repository that is open in it."""

    def __init__(self, folder: Path, number: int, peers: Any) -> None:
        self.folder = folder
        self.number = number
        self.keys = DeviceKeys(bytes([number]) * 32, bytes([number + 100]) * 32)
        self.peers = peers
        self.barred: set[bytes] = set()
        self.now_ms = 1_700_000_000_000
        self.open()

    @property
    def log(self) -> Path:
        return self.folder / "notes.goat"

    @property
    def index(self) -> Path:
        return self.folder / "notes.index"

    def open(self, log: Path | None = None, *, indexed: bool = True) -> Repository:
        """Open the repository; `log`: another one instead, which is given back."""
        peers, path = self.peers, log or self.log
        key = self.keys.local_key(peers.REPOSITORY)
        file = IndexFile(FileDisk(), path.with_suffix(".index"), key, peers.REPOSITORY, chance)
        present = file.open() if indexed else None
        mark = None if present is None else present.mark
        opened = FileLog.open(path, peers.REPOSITORY, FileDisk(), chance, known=mark)
        if mark is not None and not opened.holds(mark):
            file.remove()

        def synced(position: int) -> None:
            store.synced(position)

        membership = peers.OpenMembership()
        membership.barred = set(self.barred)
        group = GroupCommit(opened, inline, synced, fail)
        store = peers.Store(peers.REPOSITORY, opened, group, membership, verify, lambda _auth: True)
        keyring = Keyring([(peers.GROUP, b"k" * 32)])
        repository = Repository(
            "/notes/test",
            store,
            peers.GroupSealer(keyring, peers.REPOSITORY, lambda: peers.GROUP),
            membership,
            Registry(),
            Environment(
                self.keys,
                lambda: self.now_ms,
                random.Random(self.number).randbytes,
                self._later,
                lambda: 0.0,
                fail,
            ),
            Index(file, _now) if indexed else None,
        )
        repository.register(PLANT)
        repository.register(STONE)
        if log is None:
            self.repository, self.membership = repository, membership
        return repository

    def _later(self, _delay_ms, callback):
        waiting.append(callback)
        return lambda: waiting.remove(callback) if callback in waiting else None

    def rebuilt(self) -> Repository:
        """The same log, opened without an index."""
        copy = self.folder / "copy.goat"
        shutil.copy(self.log, copy)
        return self.open(copy, indexed=False)


waiting: list[Any] = []


def chance(size: int) -> bytes:
    return random.randbytes(size)


def fail(error: Exception) -> None:
    raise error


def _now(work, done) -> None:
    try:
        work()
    except Exception as error:
        done(error)
    else:
        done(None)


def shown(repository: Repository) -> Any:
    """All there is to see, and all that others go by."""
    found = {}
    for item in repository.known_items():
        values = {name: getattr(item, name) for name in item.schema.fields}
        found[item.key] = (
            item.schema.name,
            item.exists,
            {
                name: str(v) if name == "note" else sorted(v.items()) if name == "facts" else v
                for name, v in values.items()
            },
            {name: item.alternatives(name) for name in item.schema.fields},
            item.created_ms,
            item.edited_ms,
            item.author,
            item.version.heads,
            [(one.commit, one.summary, one.name) for one in item.history],
        )
    listed = [
        {item.key for item in repository.items(schema, deleted=deleted)}
        for schema in (PLANT, STONE)
        for deleted in (False, True)
    ]
    store = repository.store
    state = (repository.digest, repository.count, repository.quarantined, set(store.tips()))
    return found, listed, state, sorted(repository._items.stamps())


def machine(peers: Any) -> type[RuleBasedStateMachine]:
    class Checkpoints(RuleBasedStateMachine):
        @initialize()
        def begin(self) -> None:
            waiting.clear()
            self.folder = Path(tempfile.mkdtemp(prefix="goat-"))
            self.devices = []
            for number in (1, 2):
                (self.folder / str(number)).mkdir()
                self.devices.append(Device(self.folder / str(number), number, peers))
            for device in self.devices:
                for key in KEYS[device.number :: 2]:
                    device.repository.create(PLANT, key, name="rose", note="red")

        @rule(who=WHO, key=st.sampled_from(KEYS), name=st.sampled_from("abc"), stone=st.booleans())
        def make(self, who: int, key: str, name: str, stone: bool) -> None:
            repository = self.devices[who].repository
            if repository.item(key) is None:
                if stone:
                    repository.create(STONE, key, name=name)
                else:
                    repository.create(PLANT, key, name=name, note="red rose", labels={"x"})

        @rule(
            who=WHO,
            key=st.sampled_from(KEYS),
            deed=st.sampled_from(["name", "note", "label", "fact", "see", "delete", "restore"]),
            at=st.integers(0, 8),
            ms=st.integers(0, 2),
        )
        def edit(self, who: int, key: str, deed: str, at: int, ms: int) -> None:
            device = self.devices[who]
            device.now_ms += ms
            item = device.repository.item(key)
            if item is None:
                return
            if deed == "name":
                item.name = f"name {at}"
            elif deed == "delete":
                item.delete()
            elif deed == "restore":
                item.restore()
            elif item.schema is PLANT:
                if deed == "note":
                    at = min(at, len(item.note))
                    item.note.splice(at, min(at % 3, len(item.note) - at), f"<{at}>")
                elif deed == "label":
                    item.labels.add(f"label {at}")
                elif deed == "fact":
                    item.facts["size"] = at
                else:
                    item.seen.add(at)
            if at % 2:
                device.repository.record_drafts()

        @rule(who=WHO, share=st.sampled_from([0.5, 1.0]), seed=st.integers(0, 99))
        def learn(self, who: int, share: float, seed: int) -> None:
            """Some of the other's commits arrive."""
            dice = random.Random(seed)
            one, other = self.devices[who], self.devices[1 - who]
            other.repository.record_drafts()
            one.repository.admit(
                [commit for commit in other.repository.store.commits() if dice.random() < share]
            )

        @rule(who=WHO, of=WHO, on=st.booleans())
        def bar(self, who: int, of: int, on: bool) -> None:
            """The right to write of a device ends, or is given back."""
            device, author = self.devices[who], self.devices[of].keys.author
            device.barred = device.barred | {author} if on else device.barred - {author}
            device.repository.record_drafts()
            device.membership.barred = set(device.barred)
            device.repository.membership_changed()

        @rule(ran=st.integers(1, 3))
        def timers_run(self, ran: int) -> None:
            for _ in range(ran):
                due, waiting[:] = list(waiting), []
                for callback in due:
                    callback()

        @rule()
        def nobody_looks(self) -> None:
            for device in self.devices:
                device.repository._items.put_all_away()
            gc.collect()

        @rule(
            who=WHO,
            index=st.sampled_from([*["kept"] * 6, "older", "damaged", "cut", "none", "others"]),
            at=st.floats(0, 0.999),
            news=st.sampled_from([False, False, False, True]),
        )
        def open_again(self, who: int, index: str, at: float, news: bool) -> None:
            """Close and open; with `news`, rights have changed meanwhile."""
            device = self.devices[who]
            device.repository.close()
            kept = self.folder / f"older {who}"
            data = bytearray(device.index.read_bytes()) if device.index.exists() else bytearray()
            if index == "older" and kept.exists():
                shutil.copy(kept, device.index)
            elif index == "damaged" and data:
                place = int(at * min(len(data), 4096 + 64))
                data[place] ^= 0xFF
                device.index.write_bytes(data)
            elif index == "cut" and data:
                device.index.write_bytes(data[: int(at * len(data))])
            elif index == "none" and data:
                device.index.unlink()
            elif index == "others" and self.devices[1 - who].index.exists():
                shutil.copy(self.devices[1 - who].index, device.index)
            if data and index in {"kept", "older"} and not kept.exists():
                shutil.copy(device.index, kept)
            if news:
                device.barred = device.barred ^ {self.devices[1 - who].keys.author}
            device.open()
            self._is_as_rebuilt(device)

        def _is_as_rebuilt(self, device: Device) -> None:
            device.repository.record_drafts()
            rebuilt = device.rebuilt()
            here, anew = shown(device.repository), shown(rebuilt)
            assert here[0].keys() == anew[0].keys()
            for key, item in here[0].items():
                assert item == anew[0][key], key
            assert here[1:] == anew[1:]
            rebuilt.close()

        def teardown(self) -> None:
            if hasattr(self, "devices"):
                for device in self.devices:
                    self._is_as_rebuilt(device)
                    device.repository.close()
                shutil.rmtree(self.folder)

    return Checkpoints


@pytest.mark.parametrize("records_kept", [4096, 1])
def test_a_checkpoint_shows_what_the_log_says(
    peers: Any, request: Any, monkeypatch: pytest.MonkeyPatch, records_kept: int
) -> None:
    monkeypatch.setattr(shelved_items, "LIVE_MAX", records_kept)
    for name, few in (("TAIL_MAX", 3), ("WORTH", 1), ("FIRST_WORTH", 1)):
        monkeypatch.setattr(checkpointing, name, few)
    slow = request.config.getoption("--slow")
    run_state_machine_as_test(
        machine(peers),
        settings=settings(
            max_examples=400 if slow else 20,
            stateful_step_count=50 if slow else 30,
            phases=[phase for phase in Phase if slow or phase is not Phase.shrink],
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
