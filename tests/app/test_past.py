"""`goat log`, `diff`, `revert`, `export`, `peers` and `completion`."""

from __future__ import annotations

import json
import subprocess

import pytest


def lines(text):
    return [json.loads(line) for line in text.splitlines()]


@pytest.fixture
def edited(goat, tmp_path):
    """A note with three versions."""
    goat("new", "Milk", "--body", "Oat milk\nBread")
    for n, body in enumerate(["Oat milk\nRye bread", "Cow milk\nRye bread"]):
        goat("export", tmp_path / "out", "--in", "Notes")
        path = tmp_path / "out" / "Notes" / "Milk.md"
        head = path.read_text().rpartition("---\n")[0]
        path.write_text(f"{head}---\n{body}")
        assert "1 updated" in goat("import", tmp_path / "out" / "Notes", "--into", "Notes").out, n
    return goat


def test_the_log_shows_what_was_done_the_newest_first(edited):
    told = lines(edited("log", "Milk", "--json").out)
    assert [one["number"] for one in told] == list(range(len(told), 0, -1))
    assert told[-1]["summary"] == "created"
    said = edited("log", "milk", "-n", 1).out
    assert said.startswith(f"{len(told):>4}  20")
    assert said.endswith(f"({told[0]['commit'][:8]})\n")


def test_versions_are_compared_by_number_and_by_commit(edited):
    told = lines(edited("log", "Milk", "--json").out)
    first = told[-1]["commit"]
    said = edited("diff", "Milk", 1)
    assert said.code == 0
    assert said.out.endswith("-Oat milk\n-Bread\n+Cow milk\n+Rye bread\n")
    assert edited("diff", "Milk", first[:8]).out == said.out
    (same,) = lines(edited("diff", "Milk", 1, 1, "--json").out)
    assert (same["fields"], same["body"]) == ({}, [])
    assert edited("diff", "Milk", len(told), len(told)).out == "Nothing is different.\n"


def test_a_note_is_brought_back_as_one_more_version(edited):
    before = len(lines(edited("log", "Milk", "--json").out))
    said = edited("revert", "Milk", 1)
    assert said.code == 0
    assert said.out.startswith("“Milk” is as it was at 20")
    assert edited("show", "Milk").out == "Milk\n\nOat milk\nBread\n"
    assert len(lines(edited("log", "Milk", "--json").out)) == before + 1


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (["log", "Nothing"], "There is no note “Nothing”."),
        (["diff", "Milk", "99"], "There is no version “99”. `goat log` shows all "),
        (["revert", "Milk", "zz"], "There is no version “zz”."),
        (["log", "Milk", "--in", "Nowhere"], "There is no notebook “Nowhere”."),
        (["export", "out", "--in", "Nowhere"], "There is no notebook “Nowhere”."),
    ],
)
def test_what_is_not_there_is_told(goat, words, sentence):
    goat("new", "Milk", "--body", "x")
    said = goat(*words)
    assert (said.code, said.out) == (1, "")
    assert said.err.startswith(sentence)


def test_export_tells_what_it_did(goat, tmp_path):
    goat("new", "Milk", "--body", "x")
    out = tmp_path / "out"
    first, second = goat("export", out).out.splitlines()
    assert first == f"“Notes” in “{out}/Notes”: 1 new."
    assert second.startswith(f"“Welcome” in “{out}/Welcome”: ")
    path = out / "Notes" / "Milk.md"
    path.write_text(path.read_text() + "y")
    said = goat("export", out, "--in", "Notes")
    assert said.code == 0
    assert said.out == f"“Notes” in “{out}/Notes”: 1 left as they were edited there.\n"
    assert said.err == "Notes/Milk.md: It was edited since it was exported; import it first.\n"


def test_peers_of_somebody_alone(goat):
    goat("new", "Milk", "--body", "x")
    said = goat("peers", "--loopback", "--wait", 0)
    assert said.code == 0
    first, last = said.out.splitlines()
    assert first.endswith(": this computer")
    assert last == "Nobody else has joined yet. `goat share NOTEBOOK` lets somebody in."
    (told,) = lines(goat("peers", "--loopback", "--wait", 0, "--json").out)
    assert (told["here"], told["connected"], told["address"]) == (True, False, None)


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_completion_is_a_script_for_each_shell(goat, shell):
    said = goat("completion", shell)
    assert said.code == 0
    assert "_GOAT_COMPLETE" in said.out
    assert shell in said.out
    if shell == "bash":
        checked = subprocess.run(
            ["bash", "-n"], input=said.out, text=True, capture_output=True, check=False
        )
        assert (checked.returncode, checked.stderr) == (0, "")
    assert goat("completion", "cmd").code == 2


def test_an_exported_folder_finds_its_notebook_again(goat, tmp_path):
    goat("new", "Milk", "--body", "x")
    goat("export", tmp_path / "out", "--in", "Notes")
    (tmp_path / "out" / "Notes").rename(tmp_path / "out" / "Whatever")
    said = goat("import", tmp_path / "out" / "Whatever")
    assert said.out == "Importing “Whatever” into “Notes”.\n1 of 1 notes: 1 unchanged.\n"
