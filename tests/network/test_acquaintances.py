"""What is remembered of other devices, and that nothing depends on it."""

from __future__ import annotations

import os
import stat

import pytest

from goatcore.ids import AuthorKey, RepositoryId, WorkspaceId
from goatcore.network.acquaintances import FILE_BYTES_MAX, Acquaintances, Place

WORKSPACE = WorkspaceId(b"w" * 32)
MINE, PHONE, OTHER = AuthorKey(b"m" * 32), AuthorKey(b"p" * 32), AuthorKey(b"o" * 32)
GARDEN = RepositoryId(b"g" * 16)


@pytest.fixture
def met(tmp_path):
    def make() -> Acquaintances:
        made = Acquaintances(tmp_path, WORKSPACE)
        made.met_by(MINE)
        return made

    return make


def kept(tmp_path):
    return tmp_path / "met" / f"{WORKSPACE.hex()}.met"


def test_who_was_met_is_known_after_the_next_start(met):
    first = met()
    first.seen([PHONE], 1_000)
    first.reached(PHONE, Place("192.168.1.20", 4628))
    first.acknowledged(PHONE, GARDEN, 7)
    first.acknowledged(PHONE, GARDEN, 5)  # what was held is held
    first.save()
    again = met()
    assert PHONE in again
    assert OTHER not in again
    assert again.seen_ms(PHONE) == 1_000
    assert again.place(PHONE) == Place("192.168.1.20", 4628)
    assert again.held(PHONE, GARDEN) == 7
    assert (again.seen_ms(OTHER), again.place(OTHER), again.held(OTHER, GARDEN)) == (None, None, 0)


def test_another_device_of_ones_own_begins_with_nothing_held(met):
    first = met()
    first.seen([PHONE], 1_000)
    first.acknowledged(PHONE, GARDEN, 7)
    first.save()
    again = met()
    again.met_by(OTHER)
    assert again.held(PHONE, GARDEN) == 0
    assert again.seen_ms(PHONE) == 1_000


def test_nothing_new_is_not_written(met, tmp_path):
    one = met()
    one.save()
    assert not kept(tmp_path).exists()
    one.seen([PHONE], 1_000)
    one.save()
    kept(tmp_path).unlink()
    one.acknowledged(PHONE, GARDEN, 0)
    one.save()
    assert not kept(tmp_path).exists()


@pytest.mark.skipif(os.name == "nt", reason="modes of POSIX")
def test_nobody_else_may_read_it(met, tmp_path):
    one = met()
    one.seen([PHONE], 1_000)
    one.save()
    assert stat.S_IMODE(kept(tmp_path).stat().st_mode) == 0o600


@pytest.mark.parametrize(
    "data",
    [b"", b"goat met 2\n\x92", b"goat met 1\n", b"goat met 1\n\x92\xc4\x00\x81", b"x" * 100,
     b"goat met 1\n" + b"\xc1" * FILE_BYTES_MAX],
)  # fmt: skip
def test_a_damaged_file_is_as_none(met, tmp_path, data):
    kept(tmp_path).parent.mkdir()
    kept(tmp_path).write_bytes(data)
    one = met()
    assert PHONE not in one
    one.seen([PHONE], 1_000)
    one.save()
    assert met().seen_ms(PHONE) == 1_000


def test_a_folder_that_cannot_be_written_costs_the_memory_only(met, tmp_path):
    (tmp_path / "met").write_text("a file is in the way")
    one = met()
    one.seen([PHONE], 1_000)
    one.save()
    assert one.seen_ms(PHONE) == 1_000
    assert PHONE not in met()
