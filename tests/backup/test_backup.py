"""A backup opens as a workspace, only gets more, and gives back what was lost."""

from __future__ import annotations

import os
import random
import shutil
import threading

import pytest

from goatcore import Backup, Database, NotAGoatFile, Schema, WorkspaceCheck, bring_back, string
from goatcore.errors import DiskFailed, LocalMisuse
from goatcore.storage.checkpoint.reading import SUFFIX
from goatcore.storage.file_disk import FileDisk

NOTE = Schema("note", 1, title=string())
PATH = "/notes/home"


def to_end(steps):
    while True:
        try:
            next(steps)
        except StopIteration as end:
            return end.value


def no_pause():
    pass


@pytest.fixture
def place(tmp_path):
    """The workspace's folder, and where backups of it go."""
    return tmp_path / "w", tmp_path / "elsewhere" / "backup"


@pytest.fixture
def open_(tmp_path):
    made = []

    def open_now(name="w", home="home"):
        database = Database.open(
            tmp_path / name, home=tmp_path / home, member_name="Ann", device_name="Desk"
        )
        database.repository(PATH).register(NOTE)
        made.append(database)
        return database

    yield open_now
    for database in made:
        database.close()


def add(database, *titles, path=PATH):
    for title in titles:
        database.repository(path).create(NOTE, title=title)
    database.flush_now()


def titles(database, path=PATH):
    return sorted(item.title for item in database.repository(path).items(NOTE))


def checked(folder):
    return to_end(WorkspaceCheck(folder, pause=no_pause).run())


def backed_up(place):
    return to_end(Backup(*place, pause=no_pause).run())


def log_of(folder, database, path=PATH):
    return folder / f"{database.repository_id(path).hex()}.goat"


def test_a_backup_is_a_workspace_with_everything(open_, place, tmp_path):
    database = open_()
    add(database, "a", "b")
    done = backed_up(place)
    assert (done.files, done.damaged) == (2, ())
    assert checked(place[1]).findings == []
    shutil.copytree(place[1], tmp_path / "opened")
    assert titles(open_("opened", "another home")) == ["a", "b"]


def test_the_next_run_copies_only_what_is_new(open_, place):
    database = open_()
    add(database, *map(str, range(100)))
    first = backed_up(place)
    assert first.bytes_written > 10_000
    assert backed_up(place).bytes_written == 0
    before = log_of(place[0], database).stat().st_size
    add(database, "new")
    grown = log_of(place[0], database).stat().st_size - before
    assert backed_up(place).bytes_written == grown
    assert log_of(place[1], database).read_bytes() == log_of(place[0], database).read_bytes()
    assert checked(place[1]).findings == []


def test_while_the_application_writes_every_backup_is_whole(open_, place, tmp_path):
    database = open_()
    add(database, "0")
    stop, failures, runs = threading.Event(), [], []

    def back_up():
        try:
            while not stop.is_set():
                backed_up(place)
                runs.append(checked(place[1]).findings)
        except Exception as error:
            failures.append(error)

    worker = threading.Thread(target=back_up)
    worker.start()
    made = 0
    while len(runs) < 5 and worker.is_alive() and made < 100_000:
        made += 1
        add(database, str(made))
        if made % 50 == 0:
            database.repository(f"/notes/{made}")
    stop.set()
    worker.join()
    assert failures == []
    assert len(runs) >= 5
    assert all(found == [] for found in runs)


def test_an_emptied_or_lost_log_takes_nothing_out_of_the_backup(open_, place, tmp_path):
    database = open_()
    add(database, "a", "b")
    backed_up(place)
    database.close()
    log_of(place[0], database).unlink()
    again = open_()
    add(again, "c")
    backed_up(place)
    assert checked(place[1]).sound
    shutil.copytree(place[1], tmp_path / "opened")
    assert titles(open_("opened", "another home")) == ["a", "b", "c"]
    assert backed_up(place).bytes_written == 0


def test_a_damaged_log_does_not_spoil_its_backup(open_, place):
    database = open_()
    add(database, *map(str, range(40)))
    backed_up(place)
    whole = log_of(place[1], database).read_bytes()
    database.close()
    path = log_of(place[0], database)
    data = bytearray(path.read_bytes())
    data[6000:6050] = bytes(50)
    path.write_bytes(data)
    done = backed_up(place)
    assert (done.damaged, done.bytes_written) == ((path.name,), 0)
    assert log_of(place[1], database).read_bytes() == whole


def test_a_damaged_backup_is_made_whole_by_the_next_run(open_, place):
    database = open_()
    add(database, *map(str, range(40)))
    backed_up(place)
    path = log_of(place[1], database)
    whole = path.read_bytes()
    chance = random.Random(0)
    for damage in (whole[:-7], whole[:6000] + os.urandom(60) + whole[6060:], whole[:4170]):
        path.write_bytes(damage)
        backed_up(place)
        assert checked(place[1]).findings == []
    broken = bytearray(whole)
    broken[chance.randrange(4160, len(whole))] ^= 4
    path.write_bytes(broken)
    backed_up(place)
    assert checked(place[1]).findings == []


def test_what_was_damaged_comes_back_from_the_backup(open_, place):
    database = open_()
    add(database, *map(str, range(100)))
    backed_up(place)
    add(database, "after the backup")
    digest = database.repository(PATH).digest
    database.close()
    path = log_of(place[0], database)
    data = bytearray(path.read_bytes())
    data[6000:6400] = os.urandom(400)
    path.write_bytes(data)
    path.with_suffix(SUFFIX).unlink()  # so that every record is looked at
    again = open_()
    assert again.repository(PATH).store.lost > 0
    assert bring_back(again, place[1]) > 0
    assert again.problem == "What was damaged came back: nothing is missing any more."
    assert again.repository(PATH).digest == digest
    assert "after the backup" in titles(again)
    assert bring_back(again, place[1]) == 0
    again.close()
    assert checked(place[0]).sound


@pytest.mark.parametrize("offset", [4200, 4700])
def test_damaged_members_come_back_from_the_backup(open_, place, offset):
    database = open_()
    for n in range(5):
        database.repository(f"/notes/{n}")
    add(database, "a")
    backed_up(place)
    digest = database.members_here.store.digest()
    database.close()
    path = log_of(place[0], database, "/sys/members")
    data = bytearray(path.read_bytes())
    data[offset : offset + 20] = os.urandom(20)
    path.write_bytes(data)
    again = Database.open(place[0], home=place[0].parent / "home")
    bring_back(again, place[1])
    assert again.members_here.store.digest() == digest
    again.repository(PATH).register(NOTE)
    assert titles(again) == ["a"]
    again.close()


def test_a_run_that_was_stopped_is_gone_on_with(open_, place):
    database = open_()
    add(database, *map(str, range(50)))
    for steps in range(1, 30):
        run = Backup(*place, pause=no_pause).run()
        for _ in range(steps):
            if next(run, None) is None:
                break
        run.close()
    backed_up(place)
    assert checked(place[1]).findings == []
    assert not list(place[1].glob("*.new"))


def test_a_backup_of_other_notes_is_left_as_it_is(open_, place, tmp_path):
    database = open_()
    add(database, "a")
    other = open_("other")
    add(other, "b")
    backed_up((tmp_path / "other", place[1]))
    before = {path.name: path.read_bytes() for path in place[1].iterdir()}
    with pytest.raises(NotAGoatFile, match="a backup of other notes"):
        Backup(*place, pause=no_pause)
    with pytest.raises(NotAGoatFile, match="a backup of other notes"):
        bring_back(database, place[1])
    assert {path.name: path.read_bytes() for path in place[1].iterdir()} == before
    with pytest.raises(NotAGoatFile, match="has no notes"):
        Backup(tmp_path / "elsewhere", place[1], pause=no_pause)
    with pytest.raises(LocalMisuse, match="inside"):
        Backup(place[0], place[0] / "backup", pause=no_pause)


class LyingFile:
    def __init__(self, file):
        self._file = file

    def __getattr__(self, name):
        return getattr(self._file, name)

    def read_at(self, position, length):
        data = bytearray(self._file.read_at(position, length))
        if position + length > 4300:
            data[-1] ^= 1
        return bytes(data)


class LyingDisk(FileDisk):
    """What is read from the backup is not what was written."""

    def open(self, path, *, write=False, create=False):
        file = super().open(path, write=write, create=create)
        return LyingFile(file) if path.name.endswith(".new") and not create else file


def test_a_disk_that_does_not_keep_what_is_written_is_told_of(open_, place):
    add(open_(), "a")
    with pytest.raises(DiskFailed, match="does not read as it was written"):
        to_end(Backup(*place, disk=LyingDisk(), pause=no_pause).run())


def test_a_full_disk_is_a_sentence(open_, place):
    add(open_(), "a")

    class FullDisk(FileDisk):
        def open(self, path, *, write=False, create=False):
            if create:
                raise OSError(28, "No space left on device", str(path))
            return super().open(path, write=write)

    with pytest.raises(DiskFailed, match="The disk is full"):
        to_end(Backup(*place, disk=FullDisk(), pause=no_pause).run())
