"""Importing folders: once, again, after changes on either side, and whatever a folder may hold."""

from __future__ import annotations

import os
import shutil
import sys
from collections import Counter
from pathlib import Path

import pytest

from goatcore import Database, Repository
from ui.operations import notebooks
from ui.operations.importing import FILE_BYTES_MAX, import_files, note_key, scan
from ui.operations.schemas import NOTE, NOTEBOOK

posix = pytest.mark.skipif(sys.platform == "win32", reason="links and pipes of POSIX")


def run(notebook: Repository, folder: Path, **options: object) -> Counter[str]:
    return Counter(result.verdict for result in import_files(notebook, scan(folder)))


def note(notebook: Repository, *place: str):
    found = notebook.item(note_key(("garden", *place)))
    assert found is not None
    return found


def test_folders_become_nested_notebooks_and_files_notes(notebook, folder):
    assert run(notebook, folder) == {"new": 3}
    beds = {item.name: item for item in notebook.items(NOTEBOOK)}
    assert set(beds) == {"Garden", "beds", "north"}
    assert beds["beds"].parent == ""
    assert beds["north"].parent == beds["beds"].key
    welcome, south, moss = (
        note(notebook, "index.md"),
        note(notebook, "beds", "south.md"),
        note(notebook, "beds", "north", "moss.markdown"),
    )
    assert (welcome.title, welcome.notebook) == ("Welcome", "")
    assert (south.title, south.notebook) == ("South bed", beds["beds"].key)
    assert (moss.title, moss.notebook) == ("moss", beds["north"].key)
    assert south.body == (folder / "beds/south.md").read_text()
    assert south.created == 1_709_251_200_000
    assert south.source == "garden/beds/south.md"


def test_other_files_are_counted_and_hidden_ones_left_out(folder):
    found = scan(folder)
    assert [file.shown for file in found.files] == [
        "index.md", "beds/south.md", "beds/north/moss.markdown",
    ]  # fmt: skip
    assert (found.attachments, found.links, found.problems) == (1, [], [])


def test_a_notes_content_is_one_commit_and_its_dates_another(notebook, folder):
    before = notebook.count
    (folder / "beds/north/moss.markdown").unlink()
    (folder / "beds/south.md").unlink()
    run(notebook, folder)
    assert notebook.count == before + 2
    welcome = note(notebook, "index.md")
    welcome.edited = welcome.created = None  # as if the import had been stopped in between
    assert run(notebook, folder) == {"unchanged": 1}
    assert welcome.edited == (folder / "index.md").stat().st_mtime_ns // 1_000_000


def test_the_same_folder_again_changes_nothing(notebook, folder):
    run(notebook, folder)
    before = notebook.count
    assert run(notebook, folder) == {"unchanged": 3}
    assert notebook.count == before


def test_a_changed_file_changes_its_note_by_a_text_edit(notebook, folder):
    run(notebook, folder)
    heard = []
    note(notebook, "index.md").subscribe(heard.append)
    (folder / "index.md").write_text("# Welcome\n\nHello again.\n")
    assert run(notebook, folder) == {"unchanged": 2, "updated": 1}
    assert note(notebook, "index.md").body == "# Welcome\n\nHello again.\n"
    (splices,) = [change.splices["body"] for change in heard if "body" in change.splices]
    assert [tuple(splice) for splice in splices] == [(16, 0, " again")]
    assert run(notebook, folder) == {"unchanged": 3}


def test_a_note_edited_here_is_kept_when_its_file_changed_too(notebook, folder):
    run(notebook, folder)
    edited = note(notebook, "index.md")
    edited.body.splice(0, 0, "Mine. ")
    notebook.record_drafts()
    assert run(notebook, folder) == {"unchanged": 3}
    (folder / "index.md").write_text("# Theirs\n")
    assert run(notebook, folder) == {"unchanged": 2, "kept": 1}
    assert str(edited.body).startswith("Mine. # Welcome")
    (folder / "index.md").write_text(str(edited.body))
    edited.title = "Mine"
    assert run(notebook, folder)["kept"] == 1


def test_an_edit_that_came_to_the_same_is_no_conflict(notebook, folder):
    run(notebook, folder)
    edited = note(notebook, "index.md")
    edited.body = "# Welcome\n\nSame.\n"
    (folder / "index.md").write_text("# Welcome\n\nSame.\n")
    assert run(notebook, folder) == {"unchanged": 3}
    (folder / "index.md").write_text("# Welcome\n\nNewer.\n")
    assert run(notebook, folder) == {"unchanged": 2, "updated": 1}


def test_a_deleted_note_stays_deleted(notebook, folder):
    run(notebook, folder)
    note(notebook, "index.md").delete()
    assert run(notebook, folder) == {"unchanged": 2, "deleted": 1}
    assert not note(notebook, "index.md").exists


def test_a_note_moved_to_another_notebook_stays_there(notebook, folder):
    run(notebook, folder)
    moved = note(notebook, "beds", "south.md")
    moved.notebook = ""
    (folder / "beds/south.md").write_text("---\ntitle: South bed\n---\nPeas.\n")
    assert run(notebook, folder) == {"unchanged": 2, "updated": 1}
    assert moved.notebook == ""


def test_a_new_file_in_a_deleted_notebook_brings_the_notebook_back(notebook, folder):
    run(notebook, folder)
    beds = next(item for item in notebook.items(NOTEBOOK) if item.name == "beds")
    beds.delete()
    (folder / "beds/east.md").write_text("East.\n")
    assert run(notebook, folder) == {"unchanged": 3, "new": 1}
    assert beds.exists


def test_two_folders_with_files_of_one_name_do_not_mix(notebook, folder, tmp_path):
    run(notebook, folder)
    other = tmp_path / "kitchen"
    other.mkdir()
    (other / "index.md").write_text("# Recipes\n")
    assert run(notebook, other) == {"new": 1}
    assert note(notebook, "index.md").title == "Welcome"


def test_two_computers_that_import_before_they_meet_end_with_each_text_once(
    database, notebook, folder, tmp_path
):
    database.flush_now()
    shutil.copytree(database.folder, tmp_path / "second")
    with Database.open(tmp_path / "second", home=tmp_path / "second-home") as second:
        there = second.repository(notebook.path)
        run(notebook, folder)
        for file in folder.rglob("*.m*"):
            os.utime(file, (1_600_000_000, 1_600_000_000))  # copies have dates of their own
        run(there, folder)
        database.members_here.admit(list(second.members_here.store.commits()))
        notebook.admit(list(there.store.commits()))
        there.admit(list(notebook.store.commits()))
        assert notebook.digest == there.digest
        for one in (notebook, there):
            assert str(note(one, "index.md").body) == "# Welcome\n\nHello.\n"
            assert len(list(one.items(NOTE))) == 3
        assert run(notebook, folder) == {"unchanged": 3}


def test_a_long_text_that_two_computers_imported_is_mended_by_the_next_import(notebook, folder):
    run(notebook, folder)
    south = note(notebook, "beds", "south.md")
    text = str(south.body)
    south.body.splice(len(text), 0, text)  # what merging two such imports gives
    assert run(notebook, folder) == {"unchanged": 2, "updated": 1}
    assert south.body == text


def test_a_long_note_comes_whole_and_an_import_that_was_stopped_in_it_is_finished(notebook, folder):
    text = "".join(f"Line {number} of a long one.\n" for number in range(20_000))
    (folder / "long.md").write_text(text)
    assert run(notebook, folder) == {"new": 4}
    assert note(notebook, "long.md").body == text
    stopped = note(notebook, "long.md")
    stopped.imported = ""
    stopped.body = text[:200_000]
    notebook.record_drafts()
    assert run(notebook, folder) == {"unchanged": 3, "updated": 1}
    assert stopped.body == text
    (folder / "long.md").write_text(text + "One more.\n")
    assert run(notebook, folder) == {"unchanged": 3, "updated": 1}
    assert stopped.body == text + "One more.\n"


def test_what_cannot_be_read_is_told_and_the_others_go_on(notebook, folder):
    (folder / "latin.md").write_bytes(b"caf\xe9")
    (folder / "huge.md").write_bytes(b"x" * (FILE_BYTES_MAX + 1))
    found = {result.path: result for result in import_files(notebook, scan(folder))}
    assert found["latin.md"].verdict == "failed"
    assert "UTF-8" in found["latin.md"].reason
    assert "8 MB" in found["huge.md"].reason
    assert sum(result.verdict == "new" for result in found.values()) == 3


def test_a_file_that_the_account_may_not_read_is_told(notebook, folder):
    def read(path: Path) -> bytes:
        if path.name == "index.md":
            raise PermissionError(13, "Permission denied")
        return path.read_bytes()

    found = {r.path: r for r in import_files(notebook, scan(folder), read=read)}
    assert found["index.md"].verdict == "failed"
    assert found["index.md"].reason == "This account may not read it."


@posix
def test_links_to_folders_are_not_followed_so_loops_end(notebook, folder):
    (folder / "beds/again").symlink_to(folder, target_is_directory=True)
    (folder / "linked.md").symlink_to(folder / "index.md")
    (folder / "nowhere.md").symlink_to(folder / "missing.md")
    found = scan(folder)
    assert found.links == ["beds/again"]
    results = {result.path: result.verdict for result in import_files(notebook, found)}
    assert results["linked.md"] == "new"
    assert results["nowhere.md"] == "failed"
    assert len(results) == 5


@posix
def test_a_pipe_is_not_waited_for(notebook, folder):
    os.mkfifo(folder / "pipe.md")
    results = {result.path: result for result in import_files(notebook, scan(folder))}
    assert results["pipe.md"].reason == "It is not a file with text in it."


@pytest.mark.skipif(sys.platform != "linux", reason="file names of any bytes")
def test_a_name_that_is_no_utf_8_is_shown_as_well_as_can_be(notebook, folder):
    with open(os.fsencode(folder) + b"/caf\xe9.md", "wb") as file:
        file.write(b"No heading.\n")
    assert run(notebook, folder) == {"new": 4}
    assert any(item.title == "caf\ufffd" for item in notebook.items(NOTE))
    assert run(notebook, folder) == {"unchanged": 4}


def test_stopping_keeps_what_was_done_and_the_next_import_goes_on(notebook, folder):
    results = import_files(notebook, scan(folder))
    assert next(results).verdict == "new"
    results.close()
    assert len(list(notebook.items(NOTE))) == 1
    assert run(notebook, folder) == {"new": 2, "unchanged": 1}


def test_two_computers_give_the_same_keys(database, folder, tmp_path):
    copy = tmp_path / "elsewhere" / "garden"
    copy.parent.mkdir()
    folder.rename(copy)
    with Database.open(tmp_path / "other", home=tmp_path / "other home") as other:
        there = notebooks.create(other, "Garden")
        run(there, copy)
        here = notebooks.create(database, "Garden")
        run(here, copy)
        assert {item.key for item in here.items()} == {item.key for item in there.items()}
