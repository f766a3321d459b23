from __future__ import annotations

import mmap
import random
import zlib
from hashlib import blake2b
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from goatcore.errors import Damaged, GoatError, NewerFormat, NotAGoatFile
from goatcore.ids import RepositoryId
from goatcore.storage.framing import (
    AFTER_GAP,
    BODY_SIZE_MAX,
    RECORD_HEADER_SIZE,
    FileHeader,
    Record,
    body_length,
    encode_file_start,
    encode_record,
    parse_file_start,
    parse_record,
    scan,
    walk,
    with_flags,
)

VECTORS = Path(__file__).parent.parent / "formats"
HEADER = FileHeader(RepositoryId(bytes(range(0x10, 0x20))), bytes(range(0xA0, 0xB0)))
SALT = HEADER.salt
BODIES = [b"one", b"", b"three" * 20, b"GOAR", b"\x00" * 40]


def _vector(name: str) -> bytes:
    return bytes.fromhex((VECTORS / name).read_text())


def _log(bodies: list[bytes] = BODIES, salt: bytes = SALT) -> bytes:
    return b"".join(encode_record(salt, 1, 0, body) for body in bodies)


def _found(data: bytes) -> list[bytes]:
    return [record.body for record in scan(data, SALT, 0)]


# -- the file header


def test_the_header_is_the_frozen_one() -> None:
    vector = _vector("log_header.hex")
    assert encode_file_start(HEADER) == vector + bytes(4096 - 64) + vector
    assert parse_file_start(vector + bytes(4096 - 64) + vector, "x") == (HEADER, True)


@pytest.mark.parametrize("broken", [range(64), range(4096, 4160)], ids=["first", "second"])
def test_either_copy_of_the_header_is_enough(broken: range) -> None:
    start = bytearray(encode_file_start(HEADER))
    start[broken.start : broken.stop] = bytes(64)
    assert parse_file_start(bytes(start), "x") == (HEADER, False)


def test_every_flipped_byte_of_a_header_copy_is_noticed_or_without_meaning() -> None:
    start = encode_file_start(HEADER)
    for at in range(64):
        flipped = bytearray(start)
        flipped[at] ^= 0x41
        assert parse_file_start(bytes(flipped), "x") == (HEADER, at >= 60)


def test_a_file_cut_before_the_second_copy_still_has_its_header() -> None:
    assert parse_file_start(encode_file_start(HEADER)[:64], "x") == (HEADER, False)


def test_a_foreign_file_is_named_and_refused() -> None:
    for start in (b"", b"SQLite format 3\0" + bytes(5000), b"\x89PNG\r\n\x1a\n" + bytes(4200)):
        with pytest.raises(NotAGoatFile, match=r"“diary\.goat” is not a Goat Notes file"):
            parse_file_start(start, "diary.goat")


def test_a_header_with_both_copies_broken_is_damaged() -> None:
    start = bytearray(encode_file_start(HEADER))
    start[30] ^= 1
    start[4096 + 30] ^= 1
    with pytest.raises(Damaged, match="“x” is damaged beyond repair"):
        parse_file_start(bytes(start), "x")
    with pytest.raises(Damaged):
        parse_file_start(encode_file_start(HEADER)[:50], "x")


@pytest.mark.parametrize("newer", [HEADER._replace(version=2), HEADER._replace(incompat=1 << 31)])
def test_a_newer_format_is_refused(newer: FileHeader) -> None:
    with pytest.raises(NewerFormat, match="“x” was written by a newer version"):
        parse_file_start(encode_file_start(newer), "x")


def test_a_newer_format_is_told_from_damage_even_where_its_checksum_stands_elsewhere() -> None:
    copy = encode_file_start(HEADER._replace(version=3))[:56] + b"new check"
    with pytest.raises(NewerFormat):
        parse_file_start(copy.ljust(4096, b"\0") + copy, "x")


def test_a_version_that_never_was_is_refused() -> None:
    with pytest.raises(NotAGoatFile, match="never released"):
        parse_file_start(encode_file_start(HEADER._replace(version=0)), "x")


def test_unknown_compat_bits_are_kept() -> None:
    header = HEADER._replace(compat=0x80000001, read_only_compat=4)
    assert parse_file_start(encode_file_start(header), "x") == (header, True)


@given(st.binary(max_size=300))
def test_no_bytes_make_the_header_parser_fail_in_another_way(start: bytes) -> None:
    for data in (start, encode_file_start(HEADER)[:8] + start):
        with pytest.raises(GoatError, match="“x”"):
            parse_file_start(data, "x")


# -- records


def test_a_record_is_the_frozen_one() -> None:
    vector = _vector("log_record.hex")
    assert encode_record(SALT, 2, 0, b"a commit's bytes") == vector
    assert parse_record(vector, SALT, 0) == (0, 2, 0, b"a commit's bytes")


@given(st.lists(st.tuples(st.integers(1, 255), st.integers(0, 255), st.binary(max_size=80))))
def test_a_scan_gives_back_what_was_encoded(entries: list[tuple[int, int, bytes]]) -> None:
    data = b"".join(encode_record(SALT, *entry) for entry in entries)
    records = list(scan(data, SALT, 0, base=4160))
    assert [(record.type, record.flags, record.body) for record in records] == entries
    assert [record.offset for record in records] == [4160, *(r.end for r in records)][
        : len(records)
    ]
    assert list(walk(data, 0, 4160)) == records


def test_a_mapped_file_is_scanned_as_bytes_are(tmp_path: Path) -> None:
    (tmp_path / "log").write_bytes(encode_file_start(HEADER) + _log())
    with (
        open(tmp_path / "log", "rb") as file,
        mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as data,
    ):
        assert [record.body for record in scan(data, SALT)] == BODIES


def test_a_log_cut_at_any_byte_gives_the_records_before() -> None:
    data = _log()
    ends = [record.end for record in scan(data, SALT, 0)]
    for size in range(len(data) + 1):
        assert _found(data[:size]) == BODIES[: sum(end <= size for end in ends)]


@pytest.mark.parametrize("mask", [0x01, 0x80, 0xFF])
def test_any_flipped_byte_costs_one_record_and_invents_nothing(mask: int) -> None:
    data = _log()
    records = list(scan(data, SALT, 0))
    for at in range(len(data)):
        flipped = bytearray(data)
        flipped[at] ^= mask
        hit = next(n for n, record in enumerate(records) if at < record.end)
        assert list(scan(bytes(flipped), SALT, 0)) == records[:hit] + records[hit + 1 :]


@given(st.binary(min_size=1, max_size=200), st.integers(0, len(BODIES)))
def test_inserted_bytes_are_passed_over(noise: bytes, place: int) -> None:
    assert _found(_log(BODIES[:place]) + noise + _log(BODIES[place:])) == BODIES


@given(st.randoms(use_true_random=False), st.integers(1, 6))
def test_any_damage_leaves_a_subsequence(chance: random.Random, wounds: int) -> None:
    bodies = [bytes([n]) * chance.randrange(60) for n in range(12)]
    data = bytearray(_log(bodies))
    for _ in range(wounds):
        start = chance.randrange(len(data))
        data[start : start + chance.randrange(40)] = chance.randbytes(chance.randrange(40))
    sound = list(scan(_log(bodies), SALT, 0))
    found = _found(bytes(data))
    remaining = iter([record.body for record in sound])
    assert all(body in remaining for body in found)


def test_a_record_forged_inside_a_body_never_parses() -> None:
    forged = encode_record(b"not the file's s", 1, 0, b"forged")
    stale = bytearray(_log([b"before", forged * 3, b"after"]))
    assert _found(bytes(stale)) == [b"before", forged * 3, b"after"]
    stale[38 + 12] ^= 1  # the second record's header: now its inside is searched
    assert _found(bytes(stale)) == [b"before", b"after"]


def test_only_the_salt_keeps_a_forged_record_out() -> None:
    known = encode_record(SALT, 1, 0, b"forged")
    data = bytearray(_log([b"before", known, b"after"]))
    data[38 + 12] ^= 1
    assert _found(bytes(data)) == [b"before", b"forged", b"after"]


def test_the_inside_of_a_record_whose_header_is_sound_is_not_searched() -> None:
    known = encode_record(SALT, 1, 0, b"inner")
    data = bytearray(_log([b"before", known + b"!", b"after"]))
    data[38 + 32 + len(known)] ^= 1
    assert _found(bytes(data)) == [b"before", b"after"]


def _unsound(length: int = 0, reserved: int = 0, body: bytes = b"") -> bytes:
    fields = b"GOAR\x01\x00" + reserved.to_bytes(2, "big") + length.to_bytes(4, "big")
    fields += blake2b(body, digest_size=16, key=SALT).digest()
    return fields + zlib.crc32(fields).to_bytes(4, "big") + body


def test_lengths_are_checked_before_the_body_is_touched() -> None:
    class Watched(bytes):
        asked = 0

        def __getitem__(self, key):  # type: ignore[no-untyped-def, override]
            Watched.asked = max(Watched.asked, key.stop - key.start)
            return super().__getitem__(key)

    for length in (BODY_SIZE_MAX + 1, 0xFFFFFFFF, 5):
        assert parse_record(Watched(_unsound(length)), SALT, 0) is None
    assert Watched.asked == RECORD_HEADER_SIZE
    assert body_length(_unsound(BODY_SIZE_MAX)) == BODY_SIZE_MAX
    assert body_length(_unsound(BODY_SIZE_MAX + 1)) is None
    assert body_length(_unsound()[:31]) is None


def test_the_largest_record_parses() -> None:
    body = bytes(BODY_SIZE_MAX)
    assert parse_record(encode_record(SALT, 1, 0, body), SALT, 0) == Record(0, 1, 0, body)


def test_a_record_with_reserved_bits_is_none() -> None:
    assert parse_record(_unsound(), SALT, 0) == (0, 1, 0, b"")
    assert parse_record(_unsound(reserved=1), SALT, 0) is None


def test_flags_are_added_and_the_record_stays_sound() -> None:
    record = encode_record(SALT, 2, 4, b"body")
    marked = with_flags(record[:32], AFTER_GAP) + record[32:]
    assert parse_record(marked, SALT, 0) == (0, 2, 4 | AFTER_GAP, b"body")


def test_a_walk_ends_at_what_is_no_record() -> None:
    data = _log()
    assert [r.body for r in walk(data[:-1], 0)] == BODIES[:-1]
    assert [r.body for r in walk(_log(BODIES[:2]) + b"x" * 100, 0)] == BODIES[:2]
