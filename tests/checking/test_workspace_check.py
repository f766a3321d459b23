"""What is wrong is found and named; what is right is not blamed; nothing is written."""

from __future__ import annotations

import os
import shutil

import pytest

from goatcore import NotAGoatFile, WorkspaceCheck
from goatcore.checking.frames import Frames
from goatcore.checking.log_check import LogCheck
from goatcore.history.commit import build, parse
from goatcore.storage.framing import (
    RECORDS_BEGIN,
    WHOLE_COMMIT,
    encode_record,
    parse_file_start,
    scan,
)
from goatcore.trust.sealing import Keyring
from goatcore.trust.signing import DeviceKeys

PATH = "/notes/home"


class MemoryFile:
    """A file that is these bytes."""

    def __init__(self, data: bytes) -> None:
        self.data = data

    def size(self):
        return len(self.data)

    def read_at(self, position, length):
        return self.data[position : position + length]

    def close(self):
        pass


def records_of(path):
    data = path.read_bytes()
    salt = parse_file_start(data[:RECORDS_BEGIN], "x")[0].salt
    return data, salt, list(scan(data, salt))


def pictures(folder):
    """Every file with its bytes and times."""
    return {p: (p.read_bytes(), p.stat().st_mtime_ns) for p in folder.rglob("*") if p.is_file()}


def test_a_sound_workspace_is_sound_and_stays_as_it_is(filled, check, tmp_path):
    filled(70)
    before = pictures(tmp_path)
    found = check()
    assert (found.sound, found.findings, found.files, found.locked) == (True, [], 2, 0)
    assert found.commits == found.signatures == 70 + 2  # and genesis, and the notebook's group
    assert found.bytes == sum(p.stat().st_size for p in (tmp_path / "w").glob("*.goat"))
    assert pictures(tmp_path) == before


def test_every_flipped_bit_of_a_log_is_found_and_the_commit_named(filled, log_of):
    database, _ = filled(4)
    data, _, records = records_of(log_of(database))
    keyring = Keyring(database.keys.epochs)
    repository = database.repository_id(PATH)

    def checked(broken):
        frames = Frames("x", MemoryFile(bytes(broken)), lambda: None)
        log = LogCheck("x", repository, frames, keyring, members=False)
        assert all(True for _ in log.steps())
        return log

    ids = list(checked(data).seen)
    for position in [*range(64), *range(64, 4096, 13), *range(4096, len(data))]:
        broken = bytearray(data)
        broken[position] ^= 1 << position % 8
        [finding] = checked(broken).findings
        assert finding.grave
        number = sum(record.end <= position for record in records)
        if position < RECORDS_BEGIN:
            assert finding.offset == position
        else:
            assert (finding.offset, finding.whose.commit) == (records[number].offset, ids[number])
            assert finding.items == (f"note {number}",)


@pytest.mark.parametrize("mask", [0xFF, 0x81])
def test_any_wrong_byte_is_found(filled, check, log_of, mask):
    database, _ = filled(3)
    path = log_of(database)
    data, _, records = records_of(path)
    for position in range(records[1].offset, records[1].end, 41):
        broken = bytearray(data)
        broken[position] ^= mask
        path.write_bytes(broken)
        [finding] = check().findings
        assert (finding.offset, finding.whose.seq) == (records[1].offset, 2)
        assert (finding.whose.member, finding.whose.device) == ("Ann", "Desk")
        assert finding.path == PATH


def test_what_a_hole_takes_with_it_is_named(filled, check, log_of):
    database, home = filled(70)
    path = log_of(database)
    data, _, records = records_of(path)
    ids = [commit.id for commit in WholeLog(path, home.store.repository)]
    broken = bytearray(data)
    middle = records[63]  # the one before the next whole one
    broken[middle.offset + 40 : middle.offset + 60] = os.urandom(20)
    path.write_bytes(broken)
    hole, missing = check().findings
    assert (hole.offset, hole.grave) == (middle.offset, True)
    assert hole.what == f"{middle.end - middle.offset:,} bytes cannot be read"
    assert missing.whose.commit == ids[63]
    assert (missing.whose.seq, missing.whose.member) == (64, "Ann")
    assert "6 records from here on cannot be used" in missing.what


class WholeLog(list):
    """The commits of a sound log."""

    def __init__(self, path, repository):
        log = LogCheck(
            "x", repository, Frames("x", MemoryFile(path.read_bytes()), lambda: None),
            Keyring(()), members=True,
        )  # fmt: skip
        assert all(True for _ in log.steps())
        super().__init__(log.membership)


def append(path, commit):
    data, salt, _ = records_of(path)
    path.write_bytes(data + encode_record(salt, WHOLE_COMMIT, 0, commit.raw))


def test_a_forged_commit_is_named(filled, check, log_of):
    database, home = filled(3)
    path = log_of(database)
    last = WholeLog(path, home.store.repository)[-1]
    header = last.header._replace(seq=4, deps=(last.id,), auth=None)
    append(path, build(header, last.sealed, lambda message: bytes(64)))
    found = check()
    assert [f.what for f in found.findings if f.grave] == ["its signature is not its author's"]
    assert found.findings[0].what == "its body was not sealed with its key, so it changes nothing"
    assert not found.sound


def test_a_stranger_s_commit_and_one_with_a_broken_chain_are_named(filled, check, log_of):
    database, home = filled(3)
    path = log_of(database)
    commits = WholeLog(path, home.store.repository)
    stranger = DeviceKeys(b"s" * 32, b"b" * 32)
    header = commits[0].header
    append(path, build(header._replace(author=stranger.author), b"?" * 40, stranger.sign))
    jump = build(
        commits[2].header._replace(seq=9, deps=(commits[2].id,)), b"?" * 40, database.device.sign
    )
    append(path, jump)
    alone = build(
        header._replace(auth=(b"m" * 32,), deps=(commits[2].id, b"d" * 32), seq=4),
        b"?" * 40,
        database.device.sign,
    )
    append(path, alone)
    grave = [finding.what for finding in check().findings if finding.grave]
    assert grave == [
        "it does not follow its author's commit before it",
        f"it stands on commit {(b'd' * 6).hex()}, which is not here",
        "no membership record names its author",
        "the membership that it names is not here",
    ]


def test_a_fork_is_worth_knowing_and_nothing_is_wrong(filled, check, log_of):
    database, home = filled(3)
    path = log_of(database)
    second = WholeLog(path, home.store.repository)[1]
    append(path, build(second.header._replace(time=7), second.sealed, database.device.sign))
    found = check()
    assert found.sound
    assert ["two commits with number 2" in f.what for f in found.findings] == [True, False]


def test_a_log_cut_off_is_told(filled, check, log_of):
    database, _ = filled(3)
    path = log_of(database)
    data, _, records = records_of(path)
    path.write_bytes(data[:-5])
    [finding] = check().findings
    assert finding.offset == records[2].offset
    assert finding.what.startswith("the last ")


def test_a_write_in_progress_is_waited_for(filled, check, log_of):
    database, _ = filled(3)
    path = log_of(database)
    data = path.read_bytes()
    path.write_bytes(data[:-5])
    pauses = []

    def pause():
        pauses.append(None)
        if len(pauses) == 1:
            path.write_bytes(data[:-2])
        else:
            path.write_bytes(data)

    assert check(pause=pause).findings == []
    assert len(pauses) == 2


def test_it_runs_beside_the_application(open_, check, note):
    database = open_()
    home = database.repository(PATH)
    for n in range(10):
        home.create(note, title=str(n))
        database.flush_now()
        found = check()
        assert (found.findings, found.commits) == ([], n + 3)


def test_membership_that_came_meanwhile_is_read_again(open_, tmp_path, note):
    database = open_()
    home = database.repository(PATH)
    home.create(note, title="before")
    database.flush_now()
    steps = WorkspaceCheck(tmp_path / "w", pause=lambda: None).run()
    next(steps)  # the members were read
    database.rename("Anna", "Desk")
    home.create(note, title="after")
    database.flush_now()
    with pytest.raises(StopIteration) as end:
        while True:
            next(steps)
    assert end.value.value.findings == []


def test_without_keys_all_but_bodies_is_checked(filled, check, log_of, tmp_path):
    database, _ = filled(3)
    (tmp_path / "w" / "keys").unlink()
    found = check()
    assert [finding.what for finding in found.findings] == [
        "the file is missing, so the notes cannot be read"
    ]
    assert (found.locked, found.signatures) == (3, 5)
    path = log_of(database)
    append(path, parse(records_of(path)[2][0].body))
    assert len(check().findings) == 1  # a record that stands there twice is nothing


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"", "is not a Goat Notes file"),
        (b"Dear diary, " * 500, "is not a Goat Notes file"),
        (b"\x89GOAT\r\n\x1a", "is damaged beyond repair"),
    ],
)
def test_foreign_files_are_told_of_and_stay(filled, check, tmp_path, content, sentence):
    filled(2)
    path = tmp_path / "w" / f"{'ab' * 16}.goat"
    path.write_bytes(content)
    [finding] = check().findings
    assert sentence in finding.what
    assert path.read_bytes() == content


def test_a_newer_format_and_another_repository_are_told(filled, check, log_of, tmp_path):
    database, _ = filled(2)
    path = log_of(database)
    other = tmp_path / "w" / f"{'cd' * 16}.goat"
    shutil.copy(path, other)
    [finding] = check().findings
    assert finding.what == f"“{other.name}” holds another repository than its name says"
    other.unlink()
    data = bytearray(path.read_bytes())
    for at in (8, 4104):
        data[at : at + 4] = (9).to_bytes(4, "big")
    path.write_bytes(data)
    [finding] = check().findings
    assert "newer version" in finding.what


def test_a_folder_without_notes_is_told(tmp_path, check):
    (tmp_path / "empty").mkdir()
    with pytest.raises(NotAGoatFile, match="has no notebooks"):
        check(tmp_path / "empty")


def test_one_file_alone_can_be_checked(filled, check, log_of):
    database, _ = filled(3)
    found = check(only=[log_of(database)])
    assert (found.files, found.commits) == (1, 3)


def test_damaged_members_are_named(filled, check, log_of):
    database, _ = filled(3)
    path = log_of(database, "/sys/members")
    data, _, records = records_of(path)
    broken = bytearray(data)
    broken[records[0].offset + 50] ^= 1
    broken[records[0].offset + 51] ^= 1
    path.write_bytes(broken)
    whats = [finding.what for finding in check().findings if finding.grave]
    assert "the workspace’s first record is missing" in whats
    assert "no membership record names its author" in whats
