"""The frame of all commands: help, common options, errors as sentences, exit codes."""

from __future__ import annotations

import json
import subprocess
import sys

import click
import pytest
from click.testing import CliRunner

from app.command_line import Commands, Entry, Failed, Wishes, common_options, pass_wishes
from app.main import goat as goat_group
from goatcore import DiskFailed


def loaded_by(*words: str, **environment: str) -> set[str]:
    """The modules that a run of `goat` has imported when it ends."""
    script = (
        "import sys\nfrom app.main import main\n"
        f"try:\n    main({list(words)!r})\nfinally:\n    print(*sys.modules, file=sys.stderr)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True,
        cwd=str(goat_root()), env={**environment, "PYTHONPATH": str(goat_root())},
    )  # fmt: skip
    return set(done.stderr.split())


def goat_root():
    from pathlib import Path

    return Path(__file__).resolve().parents[2]


@pytest.mark.parametrize("words", [["--help"], ["--version"]])
def test_help_and_version_load_neither_engine_nor_window(words):
    loaded = loaded_by(*words)
    unwanted = {"goatcore.network", "goatcore.database", "cryptography", "asyncio", "PySide6",
                "app.workspaces", "msgspec", "yaml"}  # fmt: skip
    assert not loaded & unwanted


def test_every_listed_command_is_there_and_explains_itself():
    shown = CliRunner().invoke(goat_group, ["--help"])
    for name, entry in goat_group.entries.items():
        assert (name in shown.output) is not entry.hidden or entry.hidden
        help_page = CliRunner().invoke(goat_group, [name, "--help"])
        assert help_page.exit_code == 0, name
        assert "--json" in help_page.output


def test_completion_offers_commands_and_hides_hidden_ones(monkeypatch):
    monkeypatch.setenv("_GOAT_COMPLETE", "bash_complete")
    monkeypatch.setenv("COMP_WORDS", "goat ")
    monkeypatch.setenv("COMP_CWORD", "1")
    said = CliRunner().invoke(goat_group, [], prog_name="goat")
    assert "plain,import" in said.output.splitlines()
    assert "demo-peer" not in said.output


@pytest.mark.parametrize(
    "words", [["frobnicate"], ["list", "--frob"], ["new"], ["import", "/no/where"]]
)
def test_a_command_that_is_not_understood_ends_with_2(goat, words):
    said = goat(*words)
    assert said.code == 2
    assert "Usage" in said.err


def trial(action):
    class Trial(Commands):
        entries = {"do": Entry("unused:unused", "Do it.")}  # noqa: RUF012

        def get_command(self, ctx, cmd_name):
            @click.command("do")
            @common_options
            @pass_wishes
            def do(wishes: Wishes) -> object:
                return action(wishes)

            return do

    return common_options(Trial("goat"))


def raising(error):
    def action(wishes):
        raise error

    return action


@pytest.mark.parametrize(
    ("error", "code", "sentence"),
    [
        (Failed("There is no such note."), 1, "There is no such note."),
        (DiskFailed("The disk is full. Make room, then try again."), 1,
         "The disk is full. Make room, then try again."),
        (PermissionError(13, "Permission denied", "/x"), 1, "/x: Permission denied."),
        (KeyboardInterrupt(), 130, "Stopped."),
        (EOFError(), 1, "There was nobody to answer. Nothing was changed."),
    ],
)  # fmt: skip
def test_errors_are_one_sentence_and_a_code(error, code, sentence):
    said = CliRunner().invoke(trial(raising(error)), ["do"])
    assert said.exit_code == code
    assert said.stderr.strip() == sentence
    assert said.stdout.strip() == ""


def test_a_fault_of_our_own_is_told_without_a_traceback_and_with_one_on_request():
    quiet = CliRunner().invoke(trial(raising(ZeroDivisionError("secret text"))), ["do"])
    assert quiet.exit_code == 1
    assert "ZeroDivisionError" in quiet.stderr
    assert "secret text" not in quiet.stderr
    assert "Traceback" not in quiet.stderr
    loud = CliRunner().invoke(trial(raising(ZeroDivisionError("x"))), ["do", "--debug"])
    assert "Traceback" in loud.stderr


@pytest.mark.parametrize("words", [["--json", "do"], ["do", "--json"]])
def test_common_options_hold_before_and_after_the_command(words):
    said = CliRunner().invoke(trial(lambda wishes: wishes.tell({"a": "ü"}, "plain")), words)
    assert json.loads(said.stdout) == {"a": "ü"}


def test_what_a_command_returns_is_the_exit_code():
    assert CliRunner().invoke(trial(lambda wishes: 7), ["do"]).exit_code == 7
    assert CliRunner().invoke(trial(lambda wishes: None), ["do"]).exit_code == 0
