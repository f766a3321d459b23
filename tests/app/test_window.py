"""`goat` without a command: no display, a second start, being asked to stop."""

from __future__ import annotations

import importlib.util
import os
import signal
import socket
import sys
from pathlib import Path

import pytest

from app.display import NO_DISPLAY, NO_QT, obstacle
from app.log import LOGGER, note_failure, start_log, stop_log
from app.single_instance import knock

posix = pytest.mark.skipif(sys.platform == "win32", reason="displays and signals of POSIX")


def test_without_a_display_a_sentence_says_so(process):
    said = process()
    assert (said.code, said.err) == (1, NO_DISPLAY + "\n")


@posix
def test_a_display_that_is_dead_is_told_before_qt_ends_the_process(process):
    said = process(DISPLAY=":4711")
    assert said.code == 1
    assert "(:4711) does not answer" in said.err


@posix
def test_a_display_that_answers_is_no_obstacle(tmp_path):
    with socket.socket(socket.AF_UNIX) as server:
        server.bind(str(tmp_path / "wayland-7"))
        server.listen()
        named = {"WAYLAND_DISPLAY": "wayland-7", "XDG_RUNTIME_DIR": str(tmp_path)}
        assert obstacle(named, "linux") is None
    assert "wayland-7" in (obstacle(named, "linux") or "")


def test_other_systems_always_have_one():
    assert obstacle({}, "darwin") is None
    assert obstacle({}, "win32") is None
    assert obstacle({"QT_QPA_PLATFORM": "offscreen"}, "linux") is None


def test_without_qt_a_sentence_says_how_to_get_it(monkeypatch):
    monkeypatch.setattr("app.display.find_spec", lambda name: None)
    assert importlib.util.find_spec("PySide6") is not None
    assert obstacle({}, "linux") == NO_QT


@posix
def test_a_second_start_and_commands_are_handed_over_and_a_signal_ends_it_cleanly(
    background, process, home
):
    window = background(QT_QPA_PLATFORM="offscreen")
    window.wait_until(lambda: knock(home / "state"))
    second = process(QT_QPA_PLATFORM="offscreen")
    assert second.code == 0
    assert "its window comes to the front" in second.out
    linked = process("goat://open/rubbish", QT_QPA_PLATFORM="offscreen")
    assert (linked.code, linked.out) == (second.code, second.out)
    made = process("new", "Milk", "--in", "Welcome", stdin="Oats.")
    assert (made.code, made.out, made.err) == (0, "“Milk” is in “Welcome”.\n", "")
    assert process("list").out == "Welcome  (8 notes)\n"
    assert process("show", "milk").out == "Milk\n\nOats.\n"
    assert process("search", "oats", "--json").out.startswith('{"key"')
    missing = process("show", "Hay")
    assert (missing.code, missing.out) == (1, "")
    assert missing.err.startswith("There is no note “Hay”.")
    long = process("peers")
    assert long.code == 1
    assert "is already open in another window" in long.err
    noted = process("quick", QT_QPA_PLATFORM="offscreen")
    assert (noted.code, noted.err) == (0, "")
    window.signal(signal.SIGTERM)
    assert window.ended() == 0
    assert process("show", "milk").out == "Milk\n\nOats.\n"


@posix
def test_a_window_that_was_killed_is_no_obstacle_to_the_next_start(background, process, home):
    window = background(QT_QPA_PLATFORM="offscreen")
    window.wait_until(lambda: knock(home / "state"))
    window.signal(signal.SIGKILL)
    assert window.ended() == -signal.SIGKILL
    assert (home / "state/window.json").exists()
    assert process("list").out == "Welcome  (7 notes)\n"
    again = background(QT_QPA_PLATFORM="offscreen")
    again.wait_until(lambda: knock(home / "state"))
    again.signal(signal.SIGINT)
    assert again.ended() == 0


@posix
def test_an_own_workspace_that_cannot_be_opened_is_told(process, home):
    assert process("list").code == 0
    (home / "workspaces/My notes/keys").write_bytes(b"something else")
    said = process(QT_QPA_PLATFORM="offscreen")
    assert said.code == 1
    assert said.err.strip()


def test_the_log_says_where_and_never_what(tmp_path: Path):
    start_log(tmp_path)
    try:
        raise ValueError("Dear diary")
    except ValueError as error:
        note_failure("in a test", error)
    finally:
        stop_log()
    text = (tmp_path / "goat.log").read_text()
    assert "in a test" in text
    assert "ValueError in test_the_log_says_where_and_never_what (test_window.py:" in text
    assert "diary" not in text
    assert LOGGER.handlers == []


def test_a_log_that_cannot_be_written_is_done_without(tmp_path: Path):
    (tmp_path / "file").write_text("")
    start_log(tmp_path / "file")
    stop_log()
    assert os.listdir(tmp_path) == ["file"]
