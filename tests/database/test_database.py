"""A workspace's folder, opened after all that can have happened to it."""

from __future__ import annotations

import asyncio
import errno
import os
import re
import shutil

import pytest

from goatcore.errors import (
    Closed,
    Damaged,
    DiskFailed,
    InUse,
    NewerFormat,
    NotAGoatFile,
    Refused,
    TransactionMisuse,
)
from tests.storage.fault_disk import FaultDisk


def titles(database, note, path="/notes/home"):
    return sorted(item.title for item in database.repository(path).items(note))


def log_of(database, path="/notes/home"):
    return database.folder / f"{database.repository_id(path).hex()}.goat"


def filled(opened, note, count=5, **more):
    database = opened(**more)
    repository = database.repository("/notes/home")
    for n in range(count):
        repository.create(note, f"{n}", title=f"{n}", body="some text of a note")
    database.flush_now()
    return database


# -- opening ---------------------------------------------------------------------------------------


def test_a_second_opener_is_refused_and_the_first_goes_on(opened, note):
    first = filled(opened, note)
    with pytest.raises(InUse, match="already open"):
        opened()
    assert titles(first, note) == ["0", "1", "2", "3", "4"]
    first.close()
    assert titles(opened(), note) == ["0", "1", "2", "3", "4"]


def test_closing_twice_is_nothing_and_a_closed_one_says_so(opened, note):
    database = filled(opened, note)
    repository = database.repository("/notes/home")
    database.close()
    database.close()
    with pytest.raises(Closed):
        database.repository("/notes/home")
    with pytest.raises(Refused, match="closed"):
        repository.create(note)


def test_a_listener_that_asks_for_a_notebook_while_closing_opens_nothing(opened, note):
    database = filled(opened, note)
    database.subscribe(lambda: database.closed or database.repository("/notes/home"))
    database.close()
    assert database.opened() == []


def test_a_crash_between_device_and_keys_leaves_a_folder_that_opens(opened, note, tmp_path):
    filled(opened, note).close()
    for path in (tmp_path / "w").iterdir():
        shutil.rmtree(path) if path.is_dir() else path.unlink()
    database = opened()
    assert [member.name for member in database.members()] == ["Ann"]
    assert titles(database, note) == []


def test_a_crash_between_keys_and_the_first_record_is_finished_at_the_next_open(
    opened, note, tmp_path
):
    first = opened()
    id_, device = first.id, first.device.author
    first.close()
    for log in (tmp_path / "w").glob("*.goat"):
        log.unlink()
    shutil.rmtree(tmp_path / "home" / "marks")  # nothing was sent yet
    again = opened()
    assert (again.id, again.device.author) == (id_, device)
    assert [member.name for member in again.members()] == ["Ann"]
    again.repository("/notes/home").create(note, title="x")
    again.close()
    assert titles(opened(), note) == ["x"]


def test_a_crash_between_a_notebooks_key_and_its_record(opened, note, monkeypatch):
    database = opened()
    monkeypatch.setattr(database.members_here, "record", lambda records: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        database.repository("/notes/home")
    database.close()
    assert titles(filled(opened, note, 1), note) == ["0"]


def test_logs_without_keys_are_left_as_they_are(opened, note, tmp_path):
    filled(opened, note).close()
    (tmp_path / "w" / "keys").rename(tmp_path / "keys")
    before = {p.name: p.read_bytes() for p in (tmp_path / "w").glob("*.goat")}
    with pytest.raises(NotAGoatFile, match="its file “keys” is missing"):
        opened()
    assert {p.name: p.read_bytes() for p in (tmp_path / "w").glob("*.goat")} == before
    (tmp_path / "keys").rename(tmp_path / "w" / "keys")
    assert len(titles(opened(), note)) == 5


@pytest.mark.parametrize("data", [b"", b"not ours at all " * 1000, b"goat"])
def test_a_foreign_notebook_file_is_refused_alone(opened, note, data):
    database = filled(opened, note)
    database.close()
    log_of(database).write_bytes(data)
    again = opened()
    with pytest.raises(NotAGoatFile):
        again.repository("/notes/home")
    assert log_of(database).read_bytes() == data
    again.repository("/notes/other").create(note, title="fine")
    assert titles(again, note, "/notes/other") == ["fine"]


def test_a_newer_format_is_refused_and_left_as_it_is(opened, note):
    database = filled(opened, note)
    database.close()
    path = database.folder / "keys"
    data = path.read_bytes()
    path.write_bytes(data.replace(b"goat keys 1\n", b"goat keys 2\n"))
    with pytest.raises(NewerFormat):
        opened()
    path.write_bytes(data[:-5])
    with pytest.raises(Damaged):
        opened()
    path.write_bytes(data)
    assert len(titles(opened(), note)) == 5


def test_a_damaged_middle_is_told_and_the_rest_is_there(opened, note):
    database = filled(opened, note, 200)
    database.close()
    path = log_of(database)
    data = bytearray(path.read_bytes())
    middle = len(data) // 2
    data[middle : middle + 300] = os.urandom(300)
    path.write_bytes(data)
    path.with_suffix(".index").unlink()
    again = opened()
    told = []
    again.subscribe(lambda: told.append(again.problem))
    left = titles(again, note)
    assert 50 < len(left) < 200
    assert "was damaged in 1 place" in again.problem
    assert "comes back from your other devices" in again.problem
    assert again.problem in told
    again.repository("/notes/home").create(note, title="after")
    again.close()
    assert sorted([*left, "after"]) == titles(opened(), note)


def test_records_that_stand_on_lost_ones_are_counted(opened, note):
    database = filled(opened, note, 100)
    database.close()
    path = log_of(database)
    data = bytearray(path.read_bytes())
    middle = len(data) // 2
    data[middle : middle + 300] = bytes(300)
    path.write_bytes(data)
    path.with_suffix(".index").unlink()
    again = opened()
    store = again.repository("/notes/home").store
    saved = int(re.search(r"(\d+) records could be saved", again.problem)[1])
    assert store.lost > 0
    assert store.lost + len(store) == saved
    sentence = f"{store.lost} of the saved records cannot be read without what is missing."
    assert f" {sentence}" in again.problem
    again.close()
    third = opened()
    third.repository("/notes/home")
    assert third.problem is None  # it was told when it was found


def test_damaged_members_do_not_keep_notes_from_opening(opened, note):
    database = filled(opened, note)
    for n in range(30):
        database.repository(f"/notes/{n}")
    database.close()
    path = log_of(database, "/sys/members")
    data = bytearray(path.read_bytes())
    data[9000:9100] = os.urandom(100)
    path.write_bytes(data)
    again = opened()
    assert "damaged" in again.problem
    assert [member.name for member in again.members()] == ["Ann"]
    assert len(titles(again, note)) == 5
    again.repository("/notes/home").create(note, title="after")
    again.close()
    assert len(titles(opened(), note)) == 6


# -- disks -----------------------------------------------------------------------------------------


def test_a_folder_that_can_only_be_read_shows_all_and_takes_nothing(opened, note, disk):
    filled(opened, note).close()
    disk.be_read_only()
    database = opened(disk=disk)
    assert titles(database, note) == ["0", "1", "2", "3", "4"]
    repository = database.repository("/notes/home")
    assert not repository.writable
    with pytest.raises(Refused, match="can only be read"):
        repository.item("0").title = "x"
    with pytest.raises(Refused, match="can only be read"):
        repository.create(note)
    database.flush_now()


def test_a_folder_that_cannot_be_made_is_a_sentence(opened, disk):
    disk.fails = {"mkdir": errno.EACCES}
    with pytest.raises(DiskFailed, match="does not allow"):
        opened(disk=disk)


async def test_a_full_disk_loses_nothing_and_goes_on_by_itself(opened, note, disk):
    database = filled(opened, note, disk=disk)
    repository = database.repository("/notes/home")
    disk.be_full()
    repository.item("0").title = "typed on a full disk"
    repository.create(note, "new", title="made on a full disk", body="x" * 300_000)
    with pytest.raises(DiskFailed, match="The disk is full"):
        await database.flush()
    with pytest.raises(DiskFailed), repository.transaction():
        repository.create(note, title="undone")
    assert "The disk is full" in database.problem
    assert not repository.durable
    assert titles(database, note) == ["1", "2", "3", "4", "made on a full disk",
                                      "typed on a full disk"]  # fmt: skip
    disk.fails = {}
    await database.flush()
    assert repository.durable
    database.close()
    again = opened()
    assert titles(again, note)[-2:] == ["made on a full disk", "typed on a full disk"]
    assert len(again.repository("/notes/home").item("new").body) == 300_000


async def test_a_failing_sync_is_raised_by_flush_and_mended_later(opened, note, disk):
    database = filled(opened, note, disk=disk)
    repository = database.repository("/notes/home")
    disk.fails = {"sync": errno.EIO, "create": errno.EIO}
    repository.create(note, title="unsure")
    with pytest.raises(DiskFailed, match="The disk failed"):
        await database.flush()
    with pytest.raises(DiskFailed, match="The disk failed"):
        await database.flush()
    disk.fails = {}
    await database.flush()
    database.close()
    assert "unsure" in titles(opened(), note)


async def test_what_others_sent_on_a_full_disk_is_not_held(opened, note, disk, tmp_path):
    database = filled(opened, note, disk=disk)
    shutil.copytree(tmp_path / "w", tmp_path / "copy")
    other = opened("copy", home="home2")
    other.repository("/notes/home").create(note, "far", title="far")
    other.flush_now()
    commits = list(other.repository("/notes/home").store.commits())
    database.members_here.admit(list(other.members_here.store.commits()))
    repository = database.repository("/notes/home")
    disk.be_full()
    repository.item("0").body.splice(0, 0, "draft ")
    with pytest.raises(DiskFailed):
        repository.admit(commits)
    disk.fails = {}
    assert repository.admit(commits).held == 1
    await database.flush()
    assert str(repository.item("0").body).startswith("draft ")
    assert "far" in titles(database, note)


def test_closing_on_a_full_disk_lets_go_of_everything(opened, note, disk):
    database = filled(opened, note, disk=disk)
    database.repository("/notes/other").create(note, "o", title="o")
    database.flush_now()
    database.repository("/notes/other").item("o").title = "fits"
    disk.be_full()
    disk.only = log_of(database).name
    database.repository("/notes/home").item("0").title = "lost"
    with pytest.raises(DiskFailed, match="The disk is full"):
        database.close()
    assert database.closed
    disk.fails = {}
    again = opened()
    assert titles(again, note) == ["0", "1", "2", "3", "4"]
    assert titles(again, note, "/notes/other") == ["fits"]


async def test_an_await_inside_a_transaction_is_refused_and_nothing_of_it_is_kept(opened, note):
    notes = opened().repository("/data/notes")
    item = notes.create(note, "a", title="before")
    branch = notes.branch("aside")
    for view in (notes, branch):
        with pytest.raises(TransactionMisuse, match="an await inside"), view.transaction("waits"):
            view.item("a").title = "during"
            view.create(note, "b", title="more")
            await asyncio.sleep(0)
            view.item("a").title = "after"
        assert (view.item("a").title, view.item("b")) == ("before", None)
        with view.transaction("does not"):
            view.item("a").title = "done"
        await asyncio.sleep(0)
        assert view.item("a").title == "done"
    assert item.title == "done"


async def test_a_branch_is_kept_on_disk_and_followed_by_flush(opened, note):
    database = opened()
    notes = database.repository("/data/notes")
    notes.create(note, "a", title="x")
    branch = notes.branch("aside")
    branch.item("a").title = "y"
    assert not notes.durable
    await database.flush()
    assert notes.durable
    branch.item("a").title = "z"
    database.close()
    notes = opened().repository("/data/notes")
    notes.register(note)
    (branch,) = notes.branches()
    assert (notes.item("a").title, branch.item("a").title) == ("x", "z")
    branch.merge()
    assert notes.item("a").title == "z"


# -- folders ---------------------------------------------------------------------------------------


def test_a_new_workspace_is_there_after_a_power_cut(tmp_path, opened, note):
    (tmp_path / "w").mkdir()  # the keys are on the real disk in any case
    disk = FaultDisk()
    database = filled(opened, note, disk=disk)
    after = disk.after_power_cut()
    assert {tmp_path / "w", tmp_path / "home" / "marks"} <= after.folders
    database.close()
    assert titles(opened(disk=after), note) == ["0", "1", "2", "3", "4"]


def test_every_folder_that_was_missing_is_made_durably(opened, disk, tmp_path):
    opened("a/b", disk=disk)
    folders = ["mkdir", "sync folder"]
    assert disk.calls[:5] == ["mkdir", *folders, *folders]  # b, not yet; a; b
    disk.calls.clear()
    opened("a/c", disk=disk)
    assert disk.calls[:2] == folders


def test_a_folder_whose_name_cannot_be_made_durable_is_not_used(opened, disk, tmp_path):
    disk.fails, disk.only = {"sync folder": errno.EIO}, str(tmp_path)
    with pytest.raises(DiskFailed):
        opened(disk=disk)
