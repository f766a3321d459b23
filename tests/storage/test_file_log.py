from __future__ import annotations

import errno
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from goatcore.errors import Damaged, DiskFailed, NewerFormat, NotAGoatFile
from goatcore.ids import RepositoryId
from goatcore.storage import file_mending
from goatcore.storage.file_disk import FileDisk
from goatcore.storage.file_log import FileLog, log_path
from goatcore.storage.framing import AFTER_GAP, FileHeader, encode_file_start, encode_record

OpenLog = Callable[..., FileLog]
BODIES = [b"first", b"second" * 9, b"", b"fourth"]
STARTS = [4160, 4197, 4283, 4315, 4353]  # of the four records, and the end


@pytest.fixture
def whole(salt: bytes, repository: RepositoryId) -> bytes:
    """A small log's bytes."""
    records = b"".join(encode_record(salt, 1, 0, body) for body in BODIES)
    return encode_file_start(FileHeader(repository, salt)) + records


def _contents(log: FileLog) -> list[tuple[int, bytes]]:
    return [(record.flags, record.body) for record in log.records()]


# -- as the format says


def test_a_new_file_is_made_as_the_format_says(
    disk: Any, path: Path, open_log: OpenLog, whole: bytes
) -> None:
    log = open_log(disk)
    assert disk.data(path) == whole[:4160]
    log.append([(1, 0, body) for body in BODIES])
    assert disk.data(path) == whole
    assert list(disk.names) == [path]


def test_a_file_gets_its_name_only_when_it_is_whole(disk: Any, open_log: OpenLog) -> None:
    open_log(disk)
    begin = ["open", "create", "write", "sync", "rename", "sync folder"]
    assert disk.calls[: len(begin)] == begin


def test_a_batch_is_one_write_and_a_sync_of_nothing_is_none(disk: Any, open_log: OpenLog) -> None:
    log = open_log(disk)
    disk.calls.clear()
    log.append([(1, 0, body) for body in BODIES])
    log.sync()
    log.sync()
    log.append([])
    assert disk.calls == ["write", "sync"]


def test_a_log_is_named_by_its_repository(repository: RepositoryId) -> None:
    assert log_path(Path("/w"), repository) == Path("/w/7265706f7369746f7279206964203136.goat")


def test_pieces_do_not_show(
    disk: Any, open_log: OpenLog, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    bodies = [bytes([n]) * (n * 37 % 300) for n in range(200)]
    log = open_log(disk)
    log.append([(1, 0, body) for body in bodies])
    log.close()
    monkeypatch.setattr(file_mending, "RECORD_SIZE_MAX", 400)
    for size in (401, 777, 5000):
        monkeypatch.setattr(file_mending, "PIECE_SIZE", size)
        log = open_log(disk)
        assert [record.body for record in log.records()] == bodies
    broken = bytearray(disk.data(path))
    broken[9000:13000] = bytes(4000)  # longer than several pieces
    disk.put(path, bytes(broken))
    monkeypatch.setattr(file_mending, "PIECE_SIZE", 450)
    found = [record.body for record in open_log(disk).records()]
    size, ends = 4160, []
    for body in bodies:
        size += 32 + len(body)
        ends.append(size)
    hit = [n for n, end in enumerate(ends) if end > 9000 and end - 32 - len(bodies[n]) < 13000]
    assert found == bodies[: hit[0]] + bodies[hit[-1] + 1 :]


# -- torn


def test_a_log_cut_at_any_byte_opens_with_the_records_before(
    disk: Any, path: Path, open_log: OpenLog, whole: bytes
) -> None:
    for size in [*range(64, 4096, 37), *range(4096, len(whole))]:
        disk = type(disk)()
        disk.put(path, whole[:size])
        log = open_log(disk)
        kept = sum(start <= size for start in STARTS[1:])
        assert _contents(log) == [(0, body) for body in BODIES[:kept]]
        assert log.synced == log.end == STARTS[kept]
        assert (log.report is None) == (size in STARTS)
        log.append([(1, 0, b"next")])
        log.close()
        again = open_log(disk)
        assert _contents(again) == [(0, body) for body in [*BODIES[:kept], b"next"]]
        assert again.report is None


def test_a_log_cut_inside_its_first_header_is_left_as_it_is(
    disk: Any, path: Path, open_log: OpenLog, whole: bytes
) -> None:
    for size in range(64):
        disk.put(path, whole[:size])
        with pytest.raises(NotAGoatFile if size < 8 else Damaged):
            open_log(disk)
        assert disk.data(path) == whole[:size]
        assert list(disk.names) == [path]


def test_a_torn_end_is_kept_aside(disk: Any, path: Path, open_log: OpenLog, whole: bytes) -> None:
    disk.put(path, whole[:-2])
    log = open_log(disk)
    [aside] = [name for name in disk.names if name.parent.name == "lost"]
    assert aside.name.startswith("notes.goat.")
    assert aside.name.endswith(".torn")
    assert disk.data(aside) == whole[STARTS[3] : -2]
    assert disk.data(path) == whole[: STARTS[3]]
    assert log.report == (
        "“notes.goat” was cut off while it was written: the incomplete 36 bytes at its end are "
        f"kept in “lost/{aside.name}”, 3 records could be read."
    )


def test_two_torn_ends_are_both_kept(
    disk: Any, path: Path, open_log: OpenLog, whole: bytes
) -> None:
    for size in (len(whole) - 1, len(whole) - 2, len(whole) - 1):
        disk.put(path, whole[:size])
        open_log(disk).close()
    asides = {disk.data(name) for name in disk.names if name.parent.name == "lost"}
    assert asides == {whole[STARTS[3] : -1], whole[STARTS[3] : -2]}


# -- damaged


@pytest.mark.parametrize("mask", [0x01, 0xFF])
def test_any_flipped_byte_is_put_right(
    disk: Any, path: Path, open_log: OpenLog, whole: bytes, mask: int
) -> None:
    at = [*range(64), *range(64, 4096, 101), *range(4096, len(whole))]
    for position in at:
        flipped = bytearray(whole)
        flipped[position] ^= mask
        disk = type(disk)()
        disk.put(path, bytes(flipped))
        log = open_log(disk)
        expected = [(0, body) for body in BODIES]
        assert _contents(log) == expected
        meaningless = 60 <= position < 4096 or 4156 <= position < 4160
        assert (log.report is None) == meaningless
        log.close()
        if not meaningless:
            kept = [disk.data(name) for name in disk.names if name.parent.name == "lost"]
            assert any(data in bytes(flipped) and len(data) >= 32 for data in kept)
            assert disk.data(path) == whole
        again = open_log(disk)
        assert (_contents(again), again.report) == (expected, None)


@pytest.mark.parametrize("places", [(0, 1), (33, 36), (9, 33), (28, 29)])
def test_two_wrong_bytes_cost_one_record_and_invent_nothing(
    disk: Any, path: Path, open_log: OpenLog, whole: bytes, places: tuple[int, int]
) -> None:
    for hit in (0, 1, 3):
        broken = bytearray(whole)
        for place in places:
            broken[STARTS[hit] + place] ^= 0x55
        disk = type(disk)()
        disk.put(path, bytes(broken))
        log = open_log(disk)
        expected = [(0, body) for body in BODIES]
        del expected[hit]
        if hit < 3:
            expected[hit] = (AFTER_GAP, BODIES[hit + 1])
        assert _contents(log) == expected
        assert log.report is not None
        log.close()
        kept = [disk.data(name) for name in disk.names if name.parent.name == "lost"]
        assert any(data in bytes(broken) and len(data) >= 32 for data in kept)
        again = open_log(disk)
        assert (_contents(again), again.report) == (expected, None)


def test_damaged_neighbours_are_put_right(
    disk: Any, path: Path, open_log: OpenLog, whole: bytes
) -> None:
    broken = bytearray(whole)
    for hit in (0, 1, 3):
        broken[STARTS[hit] + 33 * (hit != 1)] ^= 0x40
    disk.put(path, bytes(broken))
    log = open_log(disk)
    [aside] = [name for name in disk.names if name.parent.name == "lost"]
    assert disk.data(aside) == broken
    assert log.report == (
        "The disk had changed 3 records of “notes.goat”. They could be put right, nothing is lost; "
        f"the file as it was found is kept in “lost/{aside.name}”."
    )
    assert disk.data(path) == whole


def test_a_read_only_log_is_read_as_it_was_written(
    disk: Any, path: Path, open_log: OpenLog, whole: bytes
) -> None:
    broken = bytearray(whole)
    broken[STARTS[0] + 33] ^= 0x40
    disk.put(path, bytes(broken))
    log = open_log(disk, read_only=True)
    assert _contents(log) == [(0, body) for body in BODIES]
    assert log.record_at(STARTS[0]).body == b"first"
    assert disk.data(path) == broken


def test_damage_in_the_middle_loses_nothing_else(
    disk: Any, path: Path, open_log: OpenLog, whole: bytes
) -> None:
    broken = whole[: STARTS[1] + 40] + b"noise" + whole[STARTS[1] + 41 :] + b"torn"
    disk.put(path, broken)
    log = open_log(disk)
    assert _contents(log) == [(0, b"first"), (AFTER_GAP, b""), (0, b"fourth")]
    [aside] = [name for name in disk.names if name.parent.name == "lost"]
    assert disk.data(aside) == broken
    assert log.report == (
        "“notes.goat” was damaged in 1 place, 94 bytes cannot be read: 3 records could be saved, "
        f"the damaged file is kept in “lost/{aside.name}”, and what is missing comes back from "
        "your other devices."
    )
    log.append([(1, 0, b"fifth")])
    log.sync()
    later = open_log(disk.after_power_cut())
    assert [body for _, body in _contents(later)] == [b"first", b"", b"fourth", b"fifth"]


def test_a_mended_header_is_whole_again(
    disk: Any, path: Path, open_log: OpenLog, whole: bytes
) -> None:
    for copy in (0, 4096):
        disk.put(path, whole[: copy + 20] + b"?" + whole[copy + 21 :])
        log = open_log(disk)
        assert str(log.report).startswith("The beginning of “notes.goat” was damaged: 4 records")
        assert disk.data(path) == whole


@pytest.mark.parametrize(
    ("call", "suffix"),
    [
        ("create", ".torn"),
        ("write", ".torn"),
        ("sync", ".torn"),
        ("sync folder", "lost"),
        ("truncate", ""),
    ],
)
def test_a_torn_end_that_cannot_be_set_aside_is_set_aside_when_there_is_room(
    disk: Any, path: Path, open_log: OpenLog, whole: bytes, call: str, suffix: str
) -> None:
    disk.put(path, whole[:-1])
    disk.fail(call, errno.ENOSPC, suffix=suffix)
    log = open_log(disk)
    assert [body for _, body in _contents(log)] == BODIES[:3]
    assert "left where it is" in str(log.report)
    assert "The disk is full" in str(log.report)
    for _ in range(2):
        with pytest.raises(DiskFailed, match="The disk is full"):
            log.append([(1, 0, b"no")])
        assert log.record_at(STARTS[2]).body == BODIES[2]
    disk.work()
    log.append([(1, 0, b"new")])
    log.sync()
    later = disk.after_power_cut()
    assert [body for _, body in _contents(open_log(later))] == [*BODIES[:3], b"new"]
    [torn] = [data for at, data in later.files().items() if at.parent.name == "lost"]
    assert torn == whole[STARTS[3] : -1]


def test_a_file_that_does_not_sync_when_it_is_opened_is_copied(
    disk: Any, path: Path, open_log: OpenLog, whole: bytes
) -> None:
    disk.put(path, whole)
    disk.fail("sync", errno.EIO, times=1)
    log = open_log(disk)
    assert (log.read_only, log.report) == (False, None)
    log.append([(1, 0, b"new")])
    log.sync()
    assert [body for _, body in _contents(open_log(disk.after_power_cut()))] == [*BODIES, b"new"]


def test_a_file_that_can_be_neither_synced_nor_copied_is_opened_to_read(
    disk: Any, path: Path, open_log: OpenLog, whole: bytes
) -> None:
    disk.put(path, whole)
    disk.fail("sync", errno.EIO)
    log = open_log(disk)
    assert [body for _, body in _contents(log)] == BODIES
    assert log.report == (
        "The disk failed on “notes.goat” (Input/output error). What was saved before is safe; "
        "check that the disk is connected and sound, then open it again."
    )
    with pytest.raises(DiskFailed, match="open for reading only"):
        log.append([(1, 0, b"no")])


@pytest.mark.parametrize("call", ["create", "write", "sync", "rename"])
def test_damage_that_cannot_be_mended_is_left_as_it_is(
    disk: Any, path: Path, open_log: OpenLog, whole: bytes, call: str
) -> None:
    broken = whole[: STARTS[1]] + b"!!" + whole[STARTS[1] + 2 :]
    disk.put(path, broken)
    disk.fail(call, errno.EIO)
    log = open_log(disk)
    assert log.read_only
    assert _contents(log) == [(0, b"first"), (AFTER_GAP, b""), (0, b"fourth")]
    assert disk.data(path) == broken


# -- not ours to write


def test_reading_only_writes_nothing(
    disk: Any, path: Path, open_log: OpenLog, whole: bytes
) -> None:
    broken = whole[: STARTS[1]] + b"!!" + whole[STARTS[1] + 2 : -3]
    disk.put(path, broken)
    log = open_log(disk, read_only=True)
    assert _contents(log) == [(0, b"first"), (AFTER_GAP, b"")]
    assert "left where it is" in str(log.report)
    assert log.record_at(STARTS[2]).body == b""
    assert log.sync() == log.end
    log.close()
    assert set(disk.calls) == {"open to read", "size", "read"}


def test_media_that_cannot_be_written_open_to_read(
    disk: Any, path: Path, open_log: OpenLog, whole: bytes
) -> None:
    disk.put(path, whole)
    for code in (errno.EROFS, errno.EACCES):
        disk.fail("open", code)
        log = open_log(disk)
        assert log.read_only
        assert [body for _, body in _contents(log)] == BODIES


def test_a_folder_without_permission_stays_untouched(
    tmp_path: Path, repository: RepositoryId, whole: bytes
) -> None:
    class ReadOnlyMedia(FileDisk):
        def open(self, path: Path, *, write: bool = False, create: bool = False):  # type: ignore[no-untyped-def]
            if write or create:
                raise OSError(errno.EROFS, os.strerror(errno.EROFS))
            return super().open(path)

    (tmp_path / "notes.goat").write_bytes(whole[:-1])
    before = (tmp_path / "notes.goat").stat()
    log = FileLog.open(tmp_path / "notes.goat", repository, ReadOnlyMedia(), os.urandom)
    assert [record.body for record in log.records()] == BODIES[:3]
    log.close()
    assert os.listdir(tmp_path) == ["notes.goat"]
    assert (tmp_path / "notes.goat").stat().st_mtime_ns == before.st_mtime_ns


def test_a_file_that_is_not_there_is_not_made_to_be_read(disk: Any, open_log: OpenLog) -> None:
    with pytest.raises(DiskFailed, match="“notes.goat” is not there"):
        open_log(disk, read_only=True)
    assert disk.names == {}


@pytest.mark.parametrize(
    ("header", "error"),
    [
        (FileHeader(RepositoryId(bytes(16)), bytes(16)), NotAGoatFile),
        (FileHeader(RepositoryId(b"repository id 16"), bytes(16), version=9), NewerFormat),
        (FileHeader(RepositoryId(b"repository id 16"), bytes(16), incompat=1), NewerFormat),
        (None, NotAGoatFile),
    ],
)
def test_what_cannot_be_opened_is_left_as_it_is(
    disk: Any, path: Path, open_log: OpenLog, header: FileHeader | None, error: type[Exception]
) -> None:
    data = b"%PDF-1.7" * 1000 if header is None else encode_file_start(header) + b"unknown records"
    disk.put(path, data)
    with pytest.raises(error, match="“notes.goat”.*it is left as it is"):
        open_log(disk)
    assert (list(disk.names), disk.data(path)) == ([path], data)
    assert not {"write", "truncate", "create", "rename"} & set(disk.calls)


def test_an_unknown_read_only_bit_opens_to_read(
    disk: Any, path: Path, open_log: OpenLog, salt: bytes, repository: RepositoryId
) -> None:
    data = encode_file_start(FileHeader(repository, salt, read_only_compat=2))
    data += encode_record(salt, 1, 0, b"kept") + b"torn"
    disk.put(path, data)
    log = open_log(disk)
    assert log.read_only
    assert _contents(log) == [(0, b"kept")]
    assert "a newer version" in str(log.report)
    assert disk.data(path) == data


def test_unknown_compat_bits_and_record_types_survive_a_rewrite(
    disk: Any, path: Path, open_log: OpenLog, salt: bytes, repository: RepositoryId
) -> None:
    start = encode_file_start(FileHeader(repository, salt, compat=6))
    first, lost, last = (encode_record(salt, 99, 32, body) for body in (b"a", b"b", b"c"))
    disk.put(path, start + first + lost[1:] + last)
    log = open_log(disk)
    assert [tuple(record)[1:] for record in log.records()] == [(99, 32, b"a"), (99, 33, b"c")]
    assert disk.data(path) == start + first + encode_record(salt, 99, 33, b"c")


# -- bad sectors and others' hands


def test_a_record_that_went_bad_while_open_is_not_given_out(
    disk: Any, path: Path, open_log: OpenLog, whole: bytes
) -> None:
    disk.put(path, whole)
    log = open_log(disk)
    disk.names[path].live[STARTS[1] + 40] ^= 1
    assert log.record_at(STARTS[1]).body == BODIES[1]
    disk.names[path].live[STARTS[1] + 41] ^= 1
    with pytest.raises(Damaged, match="no sound record at byte 4,197"):
        log.record_at(STARTS[1])
    assert log.record_at(STARTS[3]).body == b"fourth"


def test_a_log_that_shrank_while_open_says_so(
    disk: Any, path: Path, open_log: OpenLog, whole: bytes
) -> None:
    disk.put(path, whole)
    log = open_log(disk)
    disk.names[path].live[STARTS[1] :] = bytes(len(whole) - STARTS[1])
    records = log.records()
    assert next(records).body == b"first"
    with pytest.raises(Damaged, match="changed by another program"):
        next(records)
    del disk.names[path].live[STARTS[1] :]
    with pytest.raises(DiskFailed, match="shorter than it was"):
        next(log.records())


@pytest.mark.parametrize("call", ["open", "size", "read", "sync folder"])
def test_a_disk_that_fails_at_open_is_one_sentence(
    disk: Any, path: Path, open_log: OpenLog, whole: bytes, call: str
) -> None:
    disk.put(path, whole)
    disk.fail(call, errno.EIO)
    with pytest.raises(
        DiskFailed, match="The disk failed on “notes.goat” \\(Input/output error\\)"
    ):
        open_log(disk)
    assert disk.data(path) == whole


def test_a_read_in_parts_is_put_together(
    disk: Any, path: Path, open_log: OpenLog, whole: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    disk.put(path, whole)
    file = type(disk.open(path))
    read = file.read_at
    monkeypatch.setattr(file, "read_at", lambda self, at, length: read(self, at, min(length, 50)))
    assert [body for _, body in _contents(open_log(disk))] == BODIES


def test_what_a_crash_left_of_a_fresh_file_is_removed(
    disk: Any, path: Path, open_log: OpenLog, whole: bytes
) -> None:
    disk.put(path, whole)
    disk.put(path.with_name("notes.goat.new"), whole[:5000])
    open_log(disk)
    assert list(disk.names) == [path]
