"""`goat list`, `show`, `new` and `import`, and what people are told when things are wrong."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from app.commands import importing
from app.folders import find_folders
from app.workspaces import OpenWorkspaces

ROOT = Path(__file__).resolve().parents[2]


def lines(text: str) -> list[dict]:
    return [json.loads(line) for line in text.splitlines()]


def test_a_new_note_is_listed_and_shown(goat):
    assert goat("new", "Milk", "--body", "Oat milk.\n").out == "“Milk” is in “Notes”.\n"
    assert goat("list").out == "Notes  (1 note)\nWelcome  (7 notes)\n"
    assert goat("list", "notes").out == "Milk\n"
    assert goat("show", "mil").out == "Milk\n\nOat milk.\n"
    (shown,) = lines(goat("show", "Milk", "--json").out)
    assert (shown["title"], shown["body"]) == ("Milk", "Oat milk.\n")
    (listed,) = lines(goat("list", "Notes", "--json").out)
    assert listed["key"] == shown["key"]
    assert goat("show", listed["key"]).code == 0


def test_the_text_of_a_new_note_can_come_by_a_pipe(process):
    assert process("new", "Piped", "--in", "Welcome", stdin="One\ntwo\n").code == 0
    assert process("show", "Piped").out == "Piped\n\nOne\ntwo\n"


def test_a_pipe_without_text_is_told_and_makes_no_note(home, process):
    done = subprocess.run(
        [sys.executable, "-m", "app.main", "--home", str(home), "new", "Picture"],
        input=b"\x89PNG\0", capture_output=True, check=False, cwd=ROOT,
    )  # fmt: skip
    assert done.returncode == 1
    assert done.stderr.startswith(b"The text of the note cannot be taken. It is not text")
    assert process("list").out == "Welcome  (7 notes)\n"


def test_a_terminal_without_all_letters_shows_what_it_can(process):
    said = process("new", "Milk", "--body", "", PYTHONIOENCODING="latin-1")
    assert said.code == 0
    assert said.out == "?Milk? is in ?Notes?.\n"


def test_a_name_that_several_have_is_a_question(goat):
    keys = {lines(goat("new", "Twin", "--json", "--body", "x").out)[0]["key"] for _ in range(2)}
    said = goat("show", "twin")
    assert said.code == 1
    assert all(key in said.err for key in keys)


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (["show", "Nothing"], "There is no note “Nothing”."),
        (["show", "x", "--in", "Nowhere"], "There is no notebook “Nowhere”."),
        (["list", "Nowhere"], "There is no notebook “Nowhere”."),
        (["new", "x", "--body", "", "--in", "Nowhere"], "There is no notebook “Nowhere”."),
    ],
)
def test_what_is_not_there_is_told(goat, words, sentence):
    said = goat(*words)
    assert (said.code, said.out) == (1, "")
    assert said.err.startswith(sentence)


def test_import_tells_what_it_did_and_does_it_once(goat, notes):
    said = goat("import", notes)
    assert said.code == 0
    assert said.out == (
        "Importing “garden” into “garden”.\n"
        "2 of 2 notes: 2 new.\n"
        "1 other file (pictures and the like) stayed there.\n"
    )
    again = lines(goat("import", notes, "--json").out)[0]
    assert (again["new"], again["unchanged"], again["attachments"]) == (0, 2, 1)
    assert "garden  (2 notes)" in goat("list").out


def test_import_goes_on_with_the_notebook_that_has_the_folder_whatever_it_is_called(goat, notes):
    goat("import", notes, "--into", "My garden")
    assert "into “My garden”" in goat("import", notes).out
    assert "garden  (2 notes)\n" in goat("list").out
    assert goat("list").out.count("(2 notes)") == 1


def test_a_file_that_fails_is_named_the_others_come_and_the_code_is_1(process, notes):
    (notes / "latin.md").write_bytes(b"caf\xe9")
    said = process("import", notes)
    assert said.code == 1
    assert "Not imported: latin.md: It is not text in UTF-8" in said.err
    assert "3 of 3 notes: 2 new, 1 failed." in said.out


@pytest.mark.skipif(
    sys.platform == "win32" or os.getuid() == 0, reason="the administrator may read everything"
)
def test_a_file_that_may_not_be_read_is_named(process, notes):
    (notes / "index.md").chmod(0)
    said = process("import", notes)
    assert said.code == 1
    assert "This account may not read it." in said.err


def test_text_files_are_taken_on_request(goat, notes):
    (notes / "plain.txt").write_text("Plain.\n")
    assert lines(goat("import", notes, "--json").out)[0]["files"] == 2
    assert lines(goat("import", notes, "--json", "--text").out)[0]["new"] == 1


def test_a_folder_without_notes_is_told(goat, tmp_path):
    (tmp_path / "empty").mkdir()
    said = goat("import", tmp_path / "empty")
    assert (said.code, said.err) == (1, "There are no Markdown files in “empty”.\n")


@pytest.mark.skipif(sys.platform == "win32", reason="signals of POSIX")
def test_ctrl_c_stops_between_two_files_and_tells(goat, notes, monkeypatch):
    from ui.operations import importing as operations

    import_files = operations.import_files

    def interrupted(repository, found):
        for result in import_files(repository, found):
            os.kill(os.getpid(), signal.SIGINT)
            yield result

    monkeypatch.setattr(operations, "import_files", interrupted)
    said = goat("import", notes)
    assert said.code == importing.INTERRUPTED == 130
    assert "1 of 2 notes: 1 new." in said.out
    assert "What was imported stays" in said.err
    monkeypatch.undo()
    assert "2 of 2 notes: 1 new, 1 unchanged." in goat("import", notes).out


def test_a_second_program_on_the_same_folder_is_told(process, home):
    with OpenWorkspaces.open(find_folders(home, {})):
        said = process("list")
    assert said.code == 1
    assert said.err.startswith("“My notes” is already open in another window or program")


def test_a_foreign_file_in_the_place_of_a_notebook_is_told_and_left_as_it_is(process, home):
    process("new", "Milk", "--body", "x")
    log = max((home / "workspaces/My notes").glob("*.goat"), key=lambda path: path.stat().st_mtime)
    log.write_bytes(b"GIF89a, and nothing of ours" * 100)
    said = process("list")
    assert said.code == 1
    assert said.err.count("\n") == 1
    assert log.read_bytes().startswith(b"GIF89a")


def test_a_damaged_notebook_loses_what_is_damaged_only_and_nothing_breaks(process, home):
    for number in range(5):
        process("new", f"Note {number}", "--body", "x" * 300)
    with OpenWorkspaces.open(find_folders(home, {})) as workspaces:
        own = workspaces.databases[0]
        repository = own.repository(
            next(i.path for i in own.repositories() if _is_notes(own.repository(i.path)))
        )
        log = home / "workspaces/My notes" / f"{repository.id.hex()}.goat"
    data = bytearray(log.read_bytes())
    data[-20] ^= 0xFF
    log.write_bytes(bytes(data))
    said = process("list", "Notes")
    assert said.code == 1
    assert said.err.count("\n") == 1
    assert "Note 0" in said.out
    assert "Note 3" in said.out
    again = process("list", "Notes")
    assert (again.code, again.err, again.out) == (0, "", said.out)


def _is_notes(repository) -> bool:
    from ui.operations import notebooks

    return notebooks.name_of(repository) == "Notes"


def test_a_folder_that_cannot_be_written_to_is_told(process, home):
    home.write_text("a file where the folder should be")
    said = process("list")
    assert said.code in {1, 2}
    assert said.err


def test_importing_while_a_window_is_open_changes_nothing(process, home, notes):
    with OpenWorkspaces.open(find_folders(home, {})):
        assert process("import", notes).code == 1
    assert "garden" not in process("list").out


def test_a_pipe_that_is_closed_early_is_no_fault(home):
    command = f"{sys.executable} -m app.main --home {home} list | head -c 0"
    if sys.platform == "win32":
        pytest.skip("a shell of POSIX")
    done = subprocess.run(["sh", "-c", command], capture_output=True, text=True, check=False)
    assert "Traceback" not in done.stderr
