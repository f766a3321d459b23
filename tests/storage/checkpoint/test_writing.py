"""Writing: aside, with what did not change copied, and never half of it in place."""

from __future__ import annotations

import errno
from collections.abc import Callable
from typing import Any

import pytest

from goatcore.errors import CheckpointDamaged, DiskFailed
from goatcore.storage.checkpoint.contents import Draft, FixedDraft, LookupDraft, RowsDraft
from goatcore.storage.checkpoint.layout import Entry
from goatcore.storage.checkpoint.reading import Checkpoint
from goatcore.storage.checkpoint.tables import Table
from goatcore.storage.checkpoint.writing import install, remove, write
from goatcore.values import pack

ROWS = [pack([number, "words " * (number % 5)]) for number in range(1000)]
IDS = b"".join(number.to_bytes(32, "big") for number in range(2000))
KEYS = [b"%d" % number for number in range(5000)]
FIRST: tuple[Draft, ...] = (
    RowsDraft("rows", ROWS),
    FixedDraft("ids", 32, IDS),
    LookupDraft("keys", KEYS),
)


def blocks(checkpoint: Checkpoint, name: str, data: bytes) -> dict[bytes, bytes]:
    """A section's sealed blocks by their nonces."""
    entries: list[Entry] = list(
        Table(checkpoint._blocks, checkpoint.directory.sections[name].entries)
    )
    return {entry.nonce: data[entry.at : entry.at + entry.size] for entry in entries}


def test_blocks_without_changes_are_copied_byte_for_byte(place: Any) -> None:
    before = place.write(*FIRST)
    old = {name: blocks(before, name, place.data()) for name in ("rows", "ids", "keys")}
    after = place.write(
        RowsDraft("rows", [b"new"], {200: pack("changed")}),
        FixedDraft("ids", 32, bytes(32), {0: bytes(32)}),
        LookupDraft("keys", [b"new"]),
        previous=before,
    )
    new = {name: blocks(after, name, place.data()) for name in ("rows", "ids", "keys")}
    fresh = {name: len(new[name].keys() - old[name].keys()) for name in new}
    assert fresh == {"rows": 2, "ids": 2, "keys": 1}  # what changed, and the end
    for name, found in new.items():
        assert len(found) == len(old[name])
        for nonce in found.keys() & old[name].keys():
            assert found[nonce] == old[name][nonce]
    rows = [*ROWS, b"new"]
    rows[200] = pack("changed")
    assert list(after.rows("rows")) == rows
    assert after.fixed("ids").slice() == bytes(32) + IDS[32:] + bytes(32)
    assert after.lookup("keys").candidates(b"new") == [5000]


def test_every_block_that_is_sealed_has_a_nonce_of_its_own(place: Any) -> None:
    checkpoint = place.write(*FIRST)
    nonces: list[bytes] = []
    for turn in range(3):
        for name in ("rows", "ids", "keys"):
            nonces += blocks(checkpoint, name, place.data())
            nonces += [entry.nonce for entry in checkpoint.directory.sections[name].entries]
        nonces.append(checkpoint.header.directory_nonce)
        drafts = [draft._replace(fresh=True) for draft in FIRST]
        checkpoint = place.write(*drafts, previous=checkpoint)
        assert checkpoint.generation == turn + 2
    assert len(set(nonces)) == len(nonces)


def test_sections_without_a_draft_are_left_out(place: Any) -> None:
    checkpoint = place.write(*FIRST)
    checkpoint = place.write(FixedDraft("ids", 32), previous=checkpoint)
    assert list(checkpoint.directory.sections) == ["ids"]
    assert checkpoint.fixed("ids").slice() == IDS


def test_a_section_that_becomes_another_kind_begins_anew(place: Any) -> None:
    checkpoint = place.write(*FIRST)
    checkpoint = place.write(
        RowsDraft("ids", [b"a"]), FixedDraft("rows", 1, b"b"), previous=checkpoint
    )
    assert (list(checkpoint.rows("ids")), checkpoint.fixed("rows").slice()) == ([b"a"], b"b")
    checkpoint = place.write(FixedDraft("rows", 2, b"cc"), previous=checkpoint)
    assert checkpoint.fixed("rows").slice() == b"cc"


def test_the_stamp_is_what_was_given(place: Any) -> None:
    checkpoint = place.write(*FIRST)
    assert (checkpoint.mark, checkpoint.membership, checkpoint.generation) == (
        place.mark,
        place.membership,
        1,
    )


# -- failures


def writing(place: Any, drafts: tuple[Draft, ...], previous: Checkpoint | None) -> None:
    contents = place.contents(*drafts)
    for _ in write(place.disk, place.path, contents, place.random, previous):
        pass
    install(place.disk, place.path, previous)


SECOND: tuple[Draft, ...] = (
    RowsDraft("rows", [b"new"], {3: b"changed"}),
    FixedDraft("ids", 32, bytes(32)),
    LookupDraft("keys", [b"new"]),
)


@pytest.mark.parametrize("again", [False, True])
def test_killed_or_without_power_at_any_call_one_of_both_is_there(
    new_place: Callable[[], Any], power_cut: type[BaseException], again: bool
) -> None:
    outcomes = []
    for stop in range(10**6):
        place = new_place()
        previous = place.write(*FIRST) if again else None
        calls = 0

        def before(call: str, path: Any, stop: int = stop) -> int | None:
            nonlocal calls
            calls += 1
            if calls > stop:
                raise power_cut
            return None

        place.disk.before = before
        try:
            writing(place, SECOND if again else FIRST, previous)
            finished = True
        except power_cut:
            finished = False
        place.disk.work()
        for disk in (place.disk, place.disk.after_power_cut()):
            place.disk = disk
            opened = place.try_open()
            if isinstance(opened, str):
                assert opened == "there is none"
                outcomes.append(0)
            else:
                outcomes.append(opened.generation)
                expected = {1: IDS, 2: IDS + bytes(32)}[opened.generation]
                assert opened.fixed("ids").slice() == expected
                assert len(list(opened.rows("rows"))) == 999 + opened.generation
        if finished:
            break
    assert set(outcomes) == ({1, 2} if again else {0, 1})
    assert outcomes[-2:] == [1 + again] * 2
    assert len(outcomes) > 12


@pytest.mark.parametrize("call", ["create", "write", "sync", "rename", "sync folder"])
def test_a_full_disk_leaves_the_previous_one_in_use(place: Any, disk: Any, call: str) -> None:
    previous = place.write(*FIRST)
    disk.fail(call, errno.ENOSPC)
    with pytest.raises(DiskFailed, match="full"):
        writing(place, SECOND, previous)
    disk.work()
    if call in {"create", "write", "sync"}:
        assert list(disk.names) == [place.path]
    if call != "sync folder":
        assert list(previous.rows("rows")) == ROWS
        writing(place, SECOND, previous)
    assert place.open().rows("rows").raw(3) == b"changed"


def test_who_stops_half_way_leaves_nothing(place: Any, disk: Any) -> None:
    previous = place.write(*FIRST)
    steps = write(disk, place.path, place.contents(*SECOND), place.random, previous)
    next(steps)
    next(steps)
    steps.close()
    assert list(disk.names) == [place.path]
    assert list(previous.rows("rows")) == ROWS


def test_damage_in_what_is_made_anew_is_told(place: Any, disk: Any) -> None:
    place.write(*FIRST)
    data = bytearray(place.data())
    data[4096] ^= 1
    place.put(bytes(data))
    previous = place.open()
    with pytest.raises(CheckpointDamaged):
        writing(place, SECOND, previous)
    assert list(disk.names) == [place.path]


def test_readers_go_on_while_the_next_one_is_written(place: Any, disk: Any) -> None:
    previous = place.write(*FIRST)
    rows = previous.rows("rows")
    for number, _ in enumerate(
        write(disk, place.path, place.contents(*SECOND), place.random, previous)
    ):
        assert rows.raw(number * 37 % 1000) == ROWS[number * 37 % 1000]
    install(disk, place.path, previous)
    assert place.open().rows("rows").raw(3) == b"changed"


def test_a_useless_checkpoint_is_removed(place: Any, disk: Any) -> None:
    place.write(*FIRST)
    remove(disk, place.path)
    remove(disk, place.path)
    assert list(disk.names) == []
