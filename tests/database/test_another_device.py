"""A folder that is not what this device wrote last: its key is not signed with again."""

from __future__ import annotations

import shutil

import pytest

from goatcore.errors import InUse, NotAGoatFile, Refused
from goatcore.workspace.own_device import COPIED, GOES_ON, OLDER_FOLDER, UNTIL_THEN


def write(database, note, *titles):
    repository = database.repository("/notes/home")
    for title in titles:
        repository.create(note, title=title)
    database.flush_now()
    return repository


def titles(database, note):
    return sorted(item.title for item in database.repository("/notes/home").items(note))


def meet(a, b):
    """What both would send each other: durable commits, members first."""
    for _ in range(2):
        for one, other in ((a, b), (b, a)):
            one.members_here.admit(list(other.members_here.store.commits()))
            one._workspace.device.go_on_as_another()  # what the loop does in its next turn
    for one, other in ((a, b), (b, a)):
        there = other.repository("/notes/home").store
        one.repository("/notes/home").admit(
            [commit for commit in there.commits() if there.contains(commit.id)]
        )
        one._workspace.device.go_on_as_another()
    a.flush_now()
    b.flush_now()


def chains(database):
    """How many commits each device has, and how many seqs: fewer where a chain forked."""
    commits = list(database.repository("/notes/home").store.commits())
    return len(commits), len({(commit.author, commit.seq) for commit in commits})


@pytest.fixture
def pair(opened, note, tmp_path):
    """Two devices of one member, with the same notes."""
    a = opened("a", "home-a")
    write(a, note, "one")
    a.close()
    shutil.copytree(tmp_path / "a", tmp_path / "b")
    a, b = opened("a", "home-a"), opened("b", "home-b")
    meet(a, b)
    assert a.device.author != b.device.author
    assert titles(a, note) == titles(b, note) == ["one"]
    return a, b


def test_a_folder_from_a_backup_ends_as_another_device(pair, opened, note, tmp_path):
    a, b = pair
    a.close()
    shutil.copytree(tmp_path / "a", tmp_path / "backup")
    a = opened("a", "home-a")
    write(a, note, "two", "three")
    meet(a, b)
    before = a.device.author
    a.close()
    shutil.rmtree(tmp_path / "a")
    shutil.move(tmp_path / "backup", tmp_path / "a")

    a = opened("a", "home-a")
    assert titles(a, note) == ["one"]
    assert a.device.author != before
    assert a.problem == f"{OLDER_FOLDER} {GOES_ON}"
    write(a, note, "after")
    meet(a, b)
    assert titles(a, note) == titles(b, note) == ["after", "one", "three", "two"]
    assert chains(b) == (4, 4)
    new = a.device.author
    assert {device.key for member in b.members() for device in member.devices} == {
        before, new, b.device.author,
    }  # fmt: skip
    a.close()
    again = opened("a", "home-a")  # and stays that device
    assert (again.device.author, again.problem) == (new, None)
    assert again.link_device.author == before  # until others know the new one
    again.known()
    assert again.link_device.author == new
    again.close()
    assert opened("a", "home-a").link_device.author == new


def test_without_the_marks_the_backup_is_recognised_when_others_tell(pair, opened, note, tmp_path):
    a, b = pair
    a.close()
    shutil.copytree(tmp_path / "a", tmp_path / "backup")
    a = opened("a", "home-a")
    write(a, note, "two")
    meet(a, b)
    before = a.device.author
    a.close()
    shutil.rmtree(tmp_path / "a")
    shutil.move(tmp_path / "backup", tmp_path / "a")
    shutil.rmtree(tmp_path / "home-a" / "marks")

    a = opened("a", "home-a")
    assert (a.device.author, a.problem) == (before, None)  # nothing to tell it by
    meet(a, b)
    assert a.device.author != before
    assert a.problem == f"{COPIED} {GOES_ON}"
    write(a, note, "after")
    meet(a, b)
    assert titles(a, note) == titles(b, note) == ["after", "one", "two"]
    assert chains(b) == (3, 3)


def test_a_cloned_machine_ends_as_another_device(pair, opened, note, tmp_path):
    a, b = pair
    a.close()
    shutil.copytree(tmp_path / "a", tmp_path / "clone")
    shutil.copytree(tmp_path / "home-a", tmp_path / "home-clone")
    a, clone = opened("a", "home-a"), opened("clone", "home-clone")
    before = a.device.author
    assert clone.device.author == before
    write(a, note, "by a")
    meet(a, b)
    meet(b, clone)  # which hears of a commit under its own key
    assert clone.problem == f"{COPIED} {GOES_ON}"
    assert (a.device.author, clone.device.author != before) == (before, True)
    write(clone, note, "by the clone")
    meet(clone, b)
    meet(a, b)
    assert titles(a, note) == titles(b, note) == titles(clone, note)
    assert len(titles(a, note)) == 3
    assert chains(b) == (3, 3)


def test_two_clones_that_both_wrote_keep_both_and_both_are_others_from_then_on(
    pair, opened, note, tmp_path
):
    a, b = pair
    a.close()
    shutil.copytree(tmp_path / "a", tmp_path / "clone")
    shutil.copytree(tmp_path / "home-a", tmp_path / "home-clone")
    a, clone = opened("a", "home-a"), opened("clone", "home-clone")
    before = a.device.author
    write(a, note, "by a")
    write(clone, note, "by the clone")
    for _ in range(2):
        meet(a, b)
        meet(clone, b)
    assert len({a.device.author, clone.device.author, before}) == 3
    write(a, note, "a again")
    write(clone, note, "the clone again")
    for _ in range(2):
        meet(a, b)
        meet(clone, b)
    assert titles(a, note) == titles(b, note) == titles(clone, note)
    assert len(titles(a, note)) == 5
    assert chains(b) == (5, 4)  # the one fork that was there before they met


def test_what_was_typed_when_it_became_another_device_is_signed_by_that(pair, opened, note):
    a, _ = pair
    repository = write(a, note, "two")
    item = next(iter(repository.items(note)))
    before = a.device.author
    item.body.splice(0, 0, "typed")
    a._workspace.device.elsewhere()
    with pytest.raises(Refused, match="written as|writes as this one"):
        repository.create(note, title="not now")
    a._workspace.device.go_on_as_another()
    a.flush_now()
    assert str(item.body) == "typed"
    assert repository.store.last(a.device.author).seq == 1
    assert a.device.author != before


def test_a_folder_that_lost_its_members_can_be_read_until_they_are_back(pair, opened, note):
    a, b = pair
    before = a.device.author
    a.close()
    (a.folder / f"{a.repository_id('/sys/members').hex()}.goat").unlink()
    a = opened("a", "home-a")
    assert a.problem == f"{OLDER_FOLDER} {UNTIL_THEN}"
    assert len(a.members_here.store) == 0  # and founds nothing anew
    meet(a, b)
    assert a.device.author != before
    write(a, note, "after")
    meet(a, b)
    assert titles(b, note) == ["after", "one"]


def test_two_copies_of_a_folder_are_not_written_with_one_key_at_once(opened, note, tmp_path):
    a = opened("a", "home-a")
    write(a, note, "one")
    shutil.copytree(tmp_path / "a", tmp_path / "copy")
    with pytest.raises(InUse, match="a second copy of a workspace that is open"):
        opened("copy", "home-a")
    write(a, note, "two")
    before = a.device.author
    a.close()
    copy = opened("copy", "home-a")
    assert titles(copy, note) == ["one"]  # which is older than what this computer wrote
    assert copy.device.author != before


def test_a_marks_file_that_is_not_ours_is_a_sentence(opened, note, tmp_path):
    a = opened("a", "home-a")
    write(a, note, "one")
    a.close()
    [marks] = (tmp_path / "home-a" / "marks").glob("*.marks")
    marks.write_bytes(b"something else")
    with pytest.raises(NotAGoatFile, match="is not a Goat Notes file"):
        opened("a", "home-a")
    assert marks.read_bytes() == b"something else"


def test_nothing_is_sent_before_it_is_marked(opened, note, disk):
    a = opened("a", "home-a", disk=disk)
    repository = write(a, note, "one")
    count = repository.store.count
    disk.only = ".marks"
    disk.fails = {"write_at": 28, "sync": 28}
    repository.create(note, title="two")
    repository.store.flush_now()
    assert repository.durable  # it is on disk …
    assert repository.store.count == count  # … and is not told of
    disk.fails = {}
    a.flush_now()
    assert repository.store.count == count + 1
