"""The start script for real, in a small checkout, with no network."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

SETTING_UP = "Setting up Goat Notes"
NO_DISPLAY = "There is no usable display, so here is the demo of two peers in the terminal."
NO_NETWORK = (
    "Goat Notes needs the network while it sets itself up, and could not reach the place its "
    "packages come from. Connect and start again; later starts work offline."
)

# Loaded at the start of every Python in that environment; the first to open a network connection
# or to start another program ends with 77. Becoming another program is allowed.
NOTHING_ELSE = """
import os, sys
def refuse(event, arguments):
    if event.startswith(("socket.", "subprocess.", "os.fork", "os.posix_spawn")):
        print("refused:", event, arguments, file=sys.stderr, flush=True)
        os._exit(77)
sys.addaudithook(refuse)
"""


@pytest.fixture(scope="module")
def two_at_once(tmp_path_factory: pytest.TempPathFactory, new_checkout: Any) -> Any:
    """A checkout in which two starts began together, and what each of them said."""
    checkout = new_checkout(tmp_path_factory.mktemp("two") / "a checkout")
    (checkout.folder / "hold").touch()
    starts = [checkout.start("list", "--all"), checkout.start("list", "--all")]
    wait_for(checkout.folder / "half-way", starts)
    (checkout.folder / "hold").unlink()
    said = [started.communicate(timeout=100) for started in starts]
    return checkout, [started.returncode for started in starts], said


def wait_for(path: Path, starts: list[subprocess.Popen[str]]) -> None:
    while not path.exists():
        assert any(started.poll() is None for started in starts), "ended before it got there"


def test_of_two_starts_at_once_one_sets_up_and_both_go_on(two_at_once: Any) -> None:
    _, codes, said = two_at_once
    assert codes == [0, 0], said
    assert [output for output, _ in said] == ["goat list --all\n"] * 2
    assert sorted(errors.count(SETTING_UP) for _, errors in said) == [0, 1]
    assert sum("Another start is setting up" in errors for _, errors in said) == 1


def test_a_second_start_changes_nothing_and_asks_nobody(two_at_once: Any, tmp_path: Path) -> None:
    checkout, _, _ = two_at_once
    (tmp_path / "sitecustomize.py").write_text(NOTHING_ELSE)
    before = checkout.state()
    assert checkout.run("show", "Milk", PYTHONPATH=str(tmp_path)) == (0, "goat show Milk\n", "")
    assert checkout.state() == before


def test_no_display_means_one_sentence_and_the_demo(two_at_once: Any) -> None:
    checkout, _, _ = two_at_once
    code, output, errors = checkout.run()
    assert (code, output) == (0, "goat demo\n")
    assert errors.splitlines() == [NO_DISPLAY]


def test_a_folder_named_app_where_the_person_stands_is_not_run(two_at_once: Any) -> None:
    checkout, _, _ = two_at_once
    foreign = checkout.folder.parent / "app"
    foreign.mkdir(exist_ok=True)
    (foreign / "__init__.py").write_text("raise SystemExit('foreign')")
    assert checkout.run("list") == (0, "goat list\n", "")


def test_the_scripts_work_in_the_place_they_were_renamed_to(two_at_once: Any) -> None:
    checkout, _, _ = two_at_once
    goat = checkout.folder / ".venv" / "bin" / "goat"
    ran = subprocess.run([goat, "list"], capture_output=True, text=True, check=True)
    assert ran.stdout == "goat list\n"
    naming_the_old = [
        path.name
        for path in goat.parent.iterdir()
        if not path.is_symlink() and b".venv.new" in path.read_bytes()
    ]
    assert naming_the_old == []


@pytest.mark.slow
def test_a_moved_folder_is_set_up_anew(checkout: Any) -> None:
    assert checkout.run("list")[0] == 0
    elsewhere = checkout.folder.with_name("elsewhere")
    checkout.folder.rename(elsewhere)
    checkout.folder = elsewhere
    code, output, errors = checkout.run("list")
    assert (code, output, errors.count(SETTING_UP)) == (0, "goat list\n", 1)


@pytest.mark.slow
def test_ctrl_c_half_way_leaves_nothing_and_the_next_start_succeeds(checkout: Any) -> None:
    (checkout.folder / "hold").touch()
    started = checkout.start("list")
    wait_for(checkout.folder / "half-way", [started])
    os.killpg(started.pid, signal.SIGINT)
    _, errors = started.communicate(timeout=100)
    assert started.returncode == 130
    assert errors.endswith(
        "\nStopped. Nothing half-made was kept; the next start begins where this one did.\n"
    )
    assert [path.name for path in checkout.folder.glob(".venv*")] == []
    (checkout.folder / "hold").unlink()
    assert checkout.run("list")[:2] == (0, "goat list\n")


@pytest.mark.slow
def test_a_first_start_without_a_network_says_so(checkout: Any) -> None:
    (checkout.folder / "needs.txt").write_text("goat-notes-of-nobody")
    nowhere = {"PIP_NO_INDEX": "0", "PIP_INDEX_URL": "http://127.0.0.1:9/simple"}
    code, output, errors = checkout.run("list", **nowhere)
    assert (code, output) == (1, "")
    assert errors.splitlines()[1:] == [NO_NETWORK]
    assert [path.name for path in checkout.folder.glob(".venv*")] == []


@pytest.mark.slow
def test_an_update_that_cannot_be_fetched_leaves_the_application_usable(checkout: Any) -> None:
    assert checkout.run("list")[0] == 0
    (checkout.folder / "needs.txt").write_text("goat-notes-of-nobody")
    project = checkout.folder / "pyproject.toml"
    project.write_text(project.read_text().replace("dependencies = []", 'dependencies = ["x"]', 1))
    nowhere = {"PIP_NO_INDEX": "0", "PIP_INDEX_URL": "http://127.0.0.1:9/simple"}
    code, output, errors = checkout.run("list", **nowhere)
    assert (code, output) == (0, "goat list\n")
    assert errors.endswith("Going on with what was installed before.\n")


@pytest.mark.slow
def test_a_foreign_environment_is_kept_aside(checkout: Any) -> None:
    foreign = checkout.folder / ".venv" / "precious"
    foreign.parent.mkdir()
    foreign.write_text("not ours")
    code, output, errors = checkout.run("list")
    assert (code, output) == (0, "goat list\n")
    assert (checkout.folder / ".venv.old" / "precious").read_text() == "not ours"
    assert "it is kept as" in errors


@pytest.mark.slow
def test_an_environment_whose_interpreter_is_gone_is_made_anew(checkout: Any) -> None:
    assert checkout.run("list")[0] == 0
    python = checkout.folder / ".venv" / "bin" / "python"
    python.unlink()
    python.symlink_to("/nowhere/python3")
    assert checkout.run("list")[:2] == (0, "goat list\n")
    assert not (checkout.folder / ".venv.old").exists()


def test_without_its_project_file_it_says_what_is_missing(checkout: Any) -> None:
    (checkout.folder / "pyproject.toml").unlink()
    code, output, errors = checkout.run("list")
    assert (code, output) == (1, "")
    assert errors == f"There is no pyproject.toml in {checkout.folder}: get Goat Notes whole.\n"


HOLDER = """
import importlib.util, pathlib, sys
spec = importlib.util.spec_from_file_location("start", sys.argv[1])
start = importlib.util.module_from_spec(spec)
spec.loader.exec_module(start)
with start.only_one(pathlib.Path(sys.argv[2])):
    print("held", flush=True)
    sys.stdin.readline()
"""


def test_a_lock_ends_with_the_process_that_held_it(start: ModuleType, tmp_path: Path) -> None:
    lock = tmp_path / "lock"
    command = [sys.executable, "-c", HOLDER, start.__file__, lock]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as one:
        assert one.stdout is not None
        assert one.stdout.readline() == "held\n"
        with open(lock, "a+b") as file:
            assert start.try_lock(file.fileno()) is False
        one.kill()
        one.wait()
        with open(lock, "a+b") as file:
            assert start.try_lock(file.fileno()) is True


def test_the_stamp_says_what_was_installed(two_at_once: Any, start: ModuleType) -> None:
    checkout, _, _ = two_at_once
    stamp = json.loads((checkout.folder / ".venv" / start.STAMP).read_text())
    assert sorted(stamp) == ["extras", "place", "project"]
    assert stamp["extras"] == ["desktop"]
