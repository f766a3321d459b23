"""What was typed and is in no commit yet, after the process was killed."""

from __future__ import annotations

import asyncio
import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

CHILD = Path(__file__).with_name("typing_child.py")
ROOT = Path(__file__).parents[2]
pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="SIGKILL")


def _typing(tmp_path, letters):
    return subprocess.Popen(
        [sys.executable, str(CHILD), str(tmp_path), str(letters)],
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )


def _found(opened, note):
    database = opened()
    repository = database.repository("/notes/home")
    repository.register(note)
    body = str(repository.item("note").body)
    assert body == "".join(chr(97 + number % 26) for number in range(len(body)))
    database.close()
    return len(body)


def _size(tmp_path):
    return sum(path.stat().st_size for path in (tmp_path / "w").glob("*.journal"))


def _wait_until_noted(tmp_path):
    """Until the journal was written twice: the first time may have begun before."""
    for _ in range(2):
        before, patience = _size(tmp_path), time.monotonic() + 60
        while _size(tmp_path) == before:
            assert time.monotonic() < patience
            time.sleep(0.01)


def _killed(child):
    child.kill()
    assert child.wait() == -signal.SIGKILL
    child.stdout.close()


@pytest.mark.parametrize("letters", [2, 90])
def test_what_was_noted_while_somebody_typed_on_is_there(tmp_path, opened, note, letters):
    child = _typing(tmp_path, 100_000)
    for _ in range(letters):
        child.stdout.readline()
    _wait_until_noted(tmp_path)
    _killed(child)
    found = _found(opened, note)
    assert found >= letters
    assert _found(opened, note) == found  # and once


@pytest.mark.slow  # what takes how long depends on the machine
def test_letters_are_there_when_the_process_is_killed_a_moment_later(tmp_path, opened, note):
    child = _typing(tmp_path, 7)
    for _ in range(7):
        child.stdout.readline()
    time.sleep(1.2)
    _killed(child)
    assert _found(opened, note) == 7
    assert _found(opened, note) == 7


@pytest.mark.slow
@pytest.mark.parametrize("letters", [3, 20, 60, 90, 130, 170, 240, 300, 350, 400, 450])
def test_a_kill_right_after_a_key_loses_at_most_the_last_second(tmp_path, opened, note, letters):
    child = _typing(tmp_path, 100_000)
    told = [(int(child.stdout.readline()), time.monotonic()) for _ in range(letters)]
    killed = time.monotonic()
    _killed(child)
    older = [number for number, heard in told if killed - heard > 1.0]
    found = _found(opened, note)
    assert found >= max(older, default=0)
    assert _found(opened, note) == found


async def _copied_when_noted(tmp_path):
    """The folders as they are when the power goes after the journal was written."""
    async with asyncio.timeout(60):
        while not _size(tmp_path):
            await asyncio.sleep(0.01)
    for name, copy in (("w", "crashed"), ("home", "home2")):
        shutil.copytree(tmp_path / name, tmp_path / copy)


async def test_a_draft_is_noted_while_typing_goes_on_and_comes_back_once(opened, note, tmp_path):
    database = opened()
    repository = database.repository("/notes/home")
    item = repository.create(note, "note")
    await database.flush()
    item.body.splice(0, 0, "typed on and on")
    await _copied_when_noted(tmp_path)
    [journal] = (tmp_path / "crashed").glob("*.journal")
    assert b"typed" not in journal.read_bytes()
    for _ in range(2):
        after = opened("crashed", "home2")
        repository = after.repository("/notes/home")
        repository.register(note)
        assert str(repository.item("note").body) == "typed on and on"
        assert repository.item("note").history[-1].author == "Ann"
        after.close()
    assert list((tmp_path / "crashed").glob("*.journal")) == []
    database.close()
    assert list((tmp_path / "w").glob("*.journal")) == []


async def test_a_branchs_drafts_come_back_to_the_branch(opened, note, tmp_path):
    database = opened()
    repository = database.repository("/notes/home")
    repository.create(note, "note", body="main")
    branch = repository.branch("aside")
    await database.flush()
    branch.item("note").body.splice(4, 0, " and aside")
    await _copied_when_noted(tmp_path)
    after = opened("crashed", "home2")
    repository = after.repository("/notes/home")
    repository.register(note)
    [branch] = repository.branches()
    assert str(branch.item("note").body) == "main and aside"
    assert str(repository.item("note").body) == "main"


async def test_a_journal_that_cannot_be_read_is_said_and_notes_open(opened, note, tmp_path):
    database = opened()
    repository = database.repository("/notes/home")
    item = repository.create(note, "note")
    await database.flush()
    item.body.splice(0, 0, "x")
    await _copied_when_noted(tmp_path)
    [journal] = database.folder.glob("*.journal")
    (tmp_path / "crashed" / journal.name).write_bytes(b"something else")
    after = opened("crashed", "home2")
    assert "is not a Goat Notes file" in after.problem
    assert str(after.repository("/notes/home").count) == "1"
    assert (tmp_path / "crashed" / journal.name).read_bytes() == b"something else"
