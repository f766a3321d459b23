"""`goat share` and `goat join`: two processes, two installations, the network of this computer."""

from __future__ import annotations

import contextlib
import json
import shutil
import signal
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from app.terminal import Changes

ROOT = Path(__file__).resolve().parents[2]
USUAL_PORT = 4628
CODE = r"\d+-[a-z]+-[a-z]+"


def wrong(code: str) -> str:
    """The right number with other words."""
    number, *words = code.split("-")
    other = "violin" if words[0] != "violin" else "copper"
    return "-".join([number, other, *words[1:]])


@pytest.fixture
def garden(goat, notes):
    """A notebook to share."""
    assert goat("import", notes).code == 0
    return "garden"


def test_a_notebook_is_shared_by_a_code_and_comes_whole(
    background, goat, garden, home, tmp_path, process
):
    host = background("share", garden, "--loopback")
    code = host.hear(CODE)[0]
    guest = background("join", code, "--loopback", at=tmp_path / "guest")
    host.hear(r"Let .+ on “.+” in\? \[y/N\]")
    guest.hear("Waiting to be let in")
    host.answer("y")
    assert guest.ended() == 0
    assert "“garden” is here, with 2 notes." in guest.said
    assert host.ended() == 0
    assert "Everything has arrived there." in host.said
    shown = process("--home", tmp_path / "guest", "show", "South", "--json")
    assert json.loads(shown.out)["body"] == "# South\n\nBeans.\n"
    assert "garden  (2 notes, shared with" in goat("list").out
    kept = process("--home", tmp_path / "guest", "list", "--json").out
    assert [json.loads(line)["name"] for line in kept.splitlines()] == ["garden", "Welcome"]


def test_no_means_that_nothing_is_given(background, garden, tmp_path, process):
    host = background("share", garden, "--loopback")
    code = host.hear(CODE)[0]
    guest = background("join", code, "--loopback", at=tmp_path / "guest")
    host.hear(r"\[y/N\]")
    host.answer("")
    assert guest.ended() == 1
    assert "The other person declined." in guest.said
    assert host.ended() == 1
    assert process("--home", tmp_path / "guest", "list").out == "Welcome  (7 notes)\n"


def test_a_wrong_code_is_told_on_both_sides_and_the_third_ends_it(
    background, garden, tmp_path, process
):
    host = background("share", garden, "--loopback")
    code = host.hear(CODE)[0]
    for left in ("2 tries are left", "1 tr", "typed wrongly three times"):
        said = process("--home", tmp_path / "guest", "join", wrong(code), "--loopback")
        assert said.code == 1
        assert said.err.strip()
        host.hear(left)
    assert host.ended() == 1


@pytest.mark.parametrize("code", ["7", "copper", "7-nosuchword-violin", "x-y-z"])
def test_what_cannot_be_a_code_is_told_at_once(process, code):
    said = process("join", code, "--loopback")
    assert said.code == 1
    assert said.err.count("\n") == 1


def test_an_address_where_nobody_is_is_told(process):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    said = process("join", "7-copper-violin", "--loopback", "--address", f"127.0.0.1:{port}")
    assert said.code == 1
    assert said.err.strip()


def test_a_port_that_is_taken_is_no_obstacle(background, garden):
    with contextlib.ExitStack() as taken:
        with contextlib.suppress(OSError):  # somebody else has it: just as well
            taken.enter_context(socket.create_server(("127.0.0.1", USUAL_PORT)))
        host = background("share", garden, "--loopback", "--json")
        host.hear(r'"port": \d+')
        assert json.loads(host.said.splitlines()[0])["port"] not in {0, USUAL_PORT}


@pytest.mark.skipif(shutil.which("unshare") is None, reason="cuts a process off with unshare")
def test_without_a_network_both_say_so(home, garden, tmp_path):
    cut_off = ["unshare", "--map-root-user", "--net"]
    if subprocess.run([*cut_off, "true"], capture_output=True, check=False).returncode:
        pytest.skip("this account may not cut a process off the network")
    for words, at in ((["share", garden], home), (["join", "7-copper-violin"], tmp_path / "guest")):
        with subprocess.Popen(
            [*cut_off, sys.executable, "-u", "-m", "app.main", "--home", str(at), *words],
            stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True, cwd=ROOT,
        ) as running:  # fmt: skip
            assert running.stderr is not None
            said = running.stderr.readline()
            running.send_signal(signal.SIGINT)
            rest = running.stderr.read()
        assert "network" in said
        assert "Traceback" not in rest
        assert running.returncode == 130


def test_sharing_what_is_not_there_is_told(process):
    said = process("share", "Nowhere", "--loopback")
    assert (said.code, said.out) == (1, "")
    assert said.err.startswith("There is no notebook “Nowhere”.")


@pytest.mark.skipif(sys.platform == "win32", reason="signals of POSIX")
def test_ctrl_c_closes_the_invitation(background, garden, process):
    host = background("share", garden, "--loopback")
    host.hear(CODE)
    host.signal(signal.SIGINT)
    assert host.ended() == 130
    assert host.said.endswith("Stopped.\n")
    assert process("list").code == 0


def test_changes_are_waited_for_once_each():
    import asyncio

    async def story() -> list[bool]:
        changes = Changes()
        changes()
        changes()
        return [await changes.next(), await changes.next(0)]

    assert asyncio.run(story()) == [True, False]
