"""The workspaces of an installation: made at the first start, kept, and each on its own."""

from __future__ import annotations

import shutil

import pytest

from app.folders import Folders, find_folders
from app.workspaces import OpenWorkspaces
from goatcore import Database, InUse, NotAGoatFile
from ui.operations import notebooks, notes
from ui.operations.schemas import NOTE
from ui.workspaces import Names


@pytest.fixture
def folders(home) -> Folders:
    return find_folders(home, {})


def join_another(folders: Folders, name: str) -> str:
    """A workspace of somebody else in this installation, as joining leaves it."""
    with Database.open(folders.workspaces / name, home=folders.state) as database:
        return notebooks.create(database, name).path


def test_the_first_start_makes_a_welcome_of_the_help_pages(folders):
    with OpenWorkspaces.open(folders) as workspaces:
        (listed,) = notebooks.listing(workspaces.databases[0])
        assert listed.name == "Welcome"
        found = sorted(listed.repository.items(NOTE), key=lambda note: -note.edited)
        assert [note.title for note in found][:3] == [
            "Getting started", "Writing", "Sharing and joining",
        ]  # fmt: skip
        assert not str(found[0].body).startswith("#")


def test_the_next_start_makes_none_also_when_it_was_deleted_to_the_last_note(folders):
    with OpenWorkspaces.open(folders) as workspaces:
        repository = notebooks.listing(workspaces.databases[0])[0].repository
        notes.delete(list(repository.items(NOTE)))
    with OpenWorkspaces.open(folders) as workspaces:
        (listed,) = notebooks.listing(workspaces.databases[0])
        assert list(listed.repository.items(NOTE)) == []


def test_joined_workspaces_come_after_ones_own_and_are_there_at_the_next_start(folders):
    path = join_another(folders, "Joined notes")
    with OpenWorkspaces.open(folders) as workspaces:
        assert [db.folder.name for db in workspaces.databases] == ["My notes", "Joined notes"]
        assert workspaces.databases[1].repositories()[0].path == path


def test_a_new_folder_is_nobodys(folders):
    with OpenWorkspaces.open(folders) as workspaces:
        first, second = workspaces.new_folder(), workspaces.new_folder()
        assert first != second
        assert not first.exists()
        joined = Database.open(first, home=folders.state)
        heard = []
        workspaces.subscribe(lambda: heard.append(len(workspaces.databases)))
        workspaces.add(joined)
        workspaces.add(joined)
        assert heard == [2]
        assert workspaces.new_folder() not in (first, second)


def test_one_that_cannot_be_opened_is_told_and_hides_no_other(folders):
    join_another(folders, "Joined notes")
    join_another(folders, "Joined notes 2")
    (folders.workspaces / "Joined notes" / "keys").write_bytes(b"not ours at all")
    with OpenWorkspaces.open(folders) as workspaces:
        assert [db.folder.name for db in workspaces.databases] == ["My notes", "Joined notes 2"]
        (problem,) = workspaces.problems
        assert problem.startswith("“Joined notes” could not be opened.")


def test_a_copy_of_a_workspace_beside_it_is_not_opened_twice(folders):
    join_another(folders, "Joined notes")
    shutil.copytree(folders.workspaces / "Joined notes", folders.workspaces / "Joined notes copy")
    with OpenWorkspaces.open(folders) as workspaces:
        assert len(workspaces.databases) == 2
        assert (
            "“Joined notes copy” could not be opened. It is a second copy" in workspaces.problems[0]
        )


def test_a_folder_that_is_no_workspace_is_left_alone(folders):
    (folders.workspaces / "Holiday").mkdir(parents=True)
    (folders.workspaces / "Holiday" / "photo.jpg").write_bytes(b"")
    with OpenWorkspaces.open(folders) as workspaces:
        assert len(workspaces.databases) == 1
        assert workspaces.problems == []


def test_a_second_opener_is_refused_and_the_first_goes_on(folders):
    with OpenWorkspaces.open(folders) as workspaces:
        with pytest.raises(InUse, match="“My notes” is already open"):
            OpenWorkspaces.open(folders)
        notebooks.create(workspaces.databases[0], "Still mine")


def test_ones_own_that_lost_its_keys_is_refused_in_words(folders):
    OpenWorkspaces.open(folders).close()
    (folders.own / "keys").unlink()
    with pytest.raises(NotAGoatFile, match="Put the file back"):
        OpenWorkspaces.open(folders)


def test_confirmed_names_are_told_to_every_workspace(folders):
    with OpenWorkspaces.open(folders, welcome=False) as workspaces:
        workspaces.confirm_names(Names("Gardener", "shed computer"))
        (me,) = workspaces.databases[0].members()
        assert (me.name, me.devices[0].name) == ("Gardener", "shed computer")
        records = len(workspaces.databases[0].members_here.store)
        workspaces.confirm_names(Names("Gardener", "shed computer"))
        assert len(workspaces.databases[0].members_here.store) == records


def test_names_come_from_the_system_until_they_are_confirmed(folders):
    with OpenWorkspaces.open(folders) as workspaces:
        assert workspaces.names.member
        assert workspaces.names.device
        assert not workspaces.names_confirmed
        workspaces.confirm_names(Names("Ada", "desk"))
    with OpenWorkspaces.open(folders) as workspaces:
        assert workspaces.names == ("Ada", "desk")
        assert workspaces.names_confirmed
