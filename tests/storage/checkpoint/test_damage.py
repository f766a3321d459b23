"""Whatever is wrong with a checkpoint: an error or the same content, never other content."""

from __future__ import annotations

from typing import Any

import pytest

from goatcore.errors import CheckpointDamaged, Closed
from goatcore.ids import RepositoryId
from goatcore.storage.checkpoint.contents import FixedDraft, LookupDraft, RowsDraft, ValueDraft
from goatcore.storage.checkpoint.layout import HEADER_SIZE, Header, encode_header
from goatcore.storage.checkpoint.reading import Checkpoint
from goatcore.storage.log import LogMark
from goatcore.values import pack

KEYS = [b"a", b"b", b"c"]
SMALL = (
    ValueDraft("tips", pack([1, "two"])),
    RowsDraft("items", [pack("short"), bytes(1500), pack("last")]),
    FixedDraft("ids", 4, b"idA.idB.idC."),
    FixedDraft("at", 8, bytes(range(24)), planes=True),
    LookupDraft("keys", KEYS),
)
CONTENT = [
    [1, "two"],
    [pack("short"), bytes(1500), pack("last")],
    pack("last"),
    b"idA.idB.idC.",
    b"idB.",
    bytes(range(24)),
    [[0], [1], [2], []],
]


def read_all(checkpoint: Checkpoint) -> list[object]:
    """Everything that is in a checkpoint of `SMALL`."""
    lookup = checkpoint.lookup("keys")
    return [
        checkpoint.value("tips"),
        list(checkpoint.rows("items")),
        checkpoint.rows("items").raw(2),
        checkpoint.fixed("ids").slice(),
        checkpoint.fixed("ids")[1],
        checkpoint.fixed("at").slice(),
        [lookup.candidates(key) for key in [*KEYS, b"d"]],
    ]


def outcome(place: Any) -> str:
    """What reading everything comes to; other content fails the test."""
    opened = place.try_open()
    if isinstance(opened, str):
        return "refused"
    try:
        found = read_all(opened)
    except CheckpointDamaged:
        return "damaged"
    finally:
        opened.close()
    assert found == CONTENT
    return "whole"


def test_a_flipped_bit_anywhere_is_found_when_it_is_touched(place: Any) -> None:
    checkpoint = place.write(*SMALL)
    directory = checkpoint.header.directory_at
    data = place.data()
    assert outcome(place) == "whole"
    for at in range(len(data)):
        flipped = bytearray(data)
        flipped[at] ^= 1 << at % 8
        place.put(bytes(flipped))
        early = at < HEADER_SIZE or at >= directory
        assert outcome(place) == ("refused" if early else "damaged"), at


def test_a_file_that_is_cut_off_anywhere_is_refused(place: Any) -> None:
    place.write(*SMALL)
    data = place.data()
    for size in [*range(200), *range(4000, len(data))]:
        place.put(data[:size])
        assert outcome(place) == "refused", size


def test_blocks_that_change_places_do_not_open(place: Any) -> None:
    ids = b"".join(number.to_bytes(4, "big") for number in range(4096 * 3))
    checkpoint = place.write(FixedDraft("ids", 4, ids))
    size = 16 * 1024 + 16
    data = place.data()
    first, second = data[4096 : 4096 + size], data[4096 + size : 4096 + 2 * size]
    place.put(data[:4096] + second + first + data[4096 + 2 * size :])
    checkpoint = place.open()
    for number in (0, 4096):
        with pytest.raises(CheckpointDamaged):
            checkpoint.fixed("ids")[number]
    assert checkpoint.fixed("ids").number(8192) == 8192


def test_an_older_block_does_not_stand_in_for_a_newer(place: Any) -> None:
    ids = bytes(4 * 4096)
    checkpoint = place.write(FixedDraft("ids", 4, ids))
    old = place.data()
    checkpoint = place.write(FixedDraft("ids", 4, b"", {7: b"new."}), previous=checkpoint)
    assert checkpoint.fixed("ids")[7] == b"new."
    size = 16 * 1024 + 16
    place.put(old[: 4096 + size] + place.data()[4096 + size :])
    assert isinstance(place.try_open(), str)  # with the older header
    new = place.data()
    place.put(place.data()[:4096] + old[4096 : 4096 + size] + new[4096 + size :])
    assert isinstance(place.try_open(), str)


def test_the_block_of_an_older_generation_does_not_open(place: Any) -> None:
    checkpoint = place.write(FixedDraft("ids", 4, bytes(4 * 4096)))
    old = place.data()
    place.write(FixedDraft("ids", 4, b"", {7: b"new."}), previous=checkpoint)
    new = place.data()
    place.put(new[:4096] + old[4096 : 4096 + 16 * 1024 + 16] + new[4096 + 16 * 1024 + 16 :])
    with pytest.raises(CheckpointDamaged):
        place.open().fixed("ids")[7]


def test_another_repositorys_or_another_keys_is_refused(place: Any) -> None:
    place.write(*SMALL)
    assert place.try_open(repository=RepositoryId(bytes(16))) == "it is another repository's"
    assert "damaged" in place.try_open(key=bytes(32))


def test_the_header_is_what_the_directory_was_sealed_with(place: Any) -> None:
    header = place.write(*SMALL).header
    data = place.data()
    for other in (
        header._replace(mark=LogMark(header.mark.position + 1, *header.mark[1:])),
        header._replace(mark=LogMark(*header.mark[:2], bytes(16))),
        header._replace(generation=2),
        header._replace(directory_at=header.directory_at - 1),
        header._replace(directory_nonce=bytes(12)),
    ):
        place.put(encode_header(other) + data[HEADER_SIZE:])
        assert outcome(place) == "refused"


@pytest.mark.parametrize("version", [0, 2, 2**32 - 1])
def test_another_format_is_refused_by_its_number(place: Any, version: int) -> None:
    place.write(*SMALL)
    data = place.data()
    place.put(data[:8] + version.to_bytes(4, "big") + data[12:])
    assert place.try_open() == f"it has format {version}"


def test_a_missing_or_a_foreign_file_is_refused(place: Any) -> None:
    assert place.try_open() == "there is none"
    for data in (b"", b"GIF89a", bytes(9000)):
        place.put(data)
        assert place.try_open() == "it is not a checkpoint"


def test_impossible_lengths_are_refused_before_they_are_read(place: Any, disk: Any) -> None:
    header: Header = place.write(*SMALL).header
    data = place.data()
    for at, size in ((0, 100), (1 << 60, 100), (4096, 1 << 31), (len(data) - 10, 100), (4096, 3)):
        changed = header._replace(directory_at=at, directory_size=size)
        place.put(encode_header(changed) + data[HEADER_SIZE:])
        disk.calls.clear()
        assert place.try_open() == "it is cut off"
        assert disk.calls.count("read") == 1


def test_a_disk_that_gives_nothing_is_damage_for_who_reads(place: Any, disk: Any) -> None:
    checkpoint = place.write(*SMALL)
    disk.fail("read", 5)
    with pytest.raises(CheckpointDamaged, match="cannot be read"):
        checkpoint.rows("items").raw(0)
    assert "cannot be read" in place.try_open()
    disk.fail("open to read", 5)
    assert "cannot be read" in place.try_open()
    disk.work()
    assert read_all(checkpoint) == CONTENT


def test_what_was_read_stays_readable_within_the_cache(place: Any, disk: Any) -> None:
    checkpoint = place.write(*SMALL)
    rows = checkpoint.rows("items")
    assert [rows.raw(0), rows.raw(1)] == [pack("short"), bytes(1500)]
    assert read_all(checkpoint) == CONTENT
    disk.fail("read", 5)
    assert [rows.raw(0), checkpoint.rows("items").raw(1)] == [pack("short"), bytes(1500)]
    assert checkpoint.fixed("ids")[1] == b"idB."
    assert checkpoint.lookup("keys").candidates(b"b") == [1]


def test_a_closed_checkpoint_says_so(place: Any) -> None:
    checkpoint = place.write(*SMALL)
    checkpoint.close()
    checkpoint.close()
    with pytest.raises(Closed):
        checkpoint.value("tips")
