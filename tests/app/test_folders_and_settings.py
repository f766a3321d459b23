"""Where things are, and the small file of settings."""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path

import pytest

from app.folders import find_folders
from app.settings import Settings, write_whole


def test_a_home_that_is_named_holds_everything(tmp_path):
    named = find_folders(tmp_path / "a", {"GOAT_HOME": str(tmp_path / "b")})
    assert named.workspaces == tmp_path / "a/workspaces"
    assert named.state == tmp_path / "a/state"
    by_variable = find_folders(None, {"GOAT_HOME": str(tmp_path / "b")})
    assert by_variable.own == tmp_path / "b/workspaces/My notes"


def test_without_one_the_operating_system_says_where():
    folders = find_folders(None, {})
    assert folders.workspaces.is_absolute()
    assert "goat-notes" in folders.workspaces.parts
    assert folders.state not in (folders.workspaces, folders.workspaces.parent)


def test_what_is_kept_is_there_at_the_next_start(tmp_path):
    Settings(tmp_path).keep({"member": "Ada", "names_confirmed": True})
    again = Settings(tmp_path)
    assert again.text("member") == "Ada"
    assert again.flag("names_confirmed")
    assert again.text("device") == ""
    assert not again.flag("member")


def test_what_another_version_wrote_is_kept(tmp_path):
    (tmp_path / "settings.json").write_text('{"later": [1, 2], "member": "Ada"}')
    Settings(tmp_path).keep({"member": "Ben"})
    assert json.loads((tmp_path / "settings.json").read_text()) == {
        "later": [1, 2],
        "member": "Ben",
    }


@pytest.mark.parametrize("damaged", [b"{", b"[]", b"\xff\xfe", b"[" * 100_000])
def test_a_damaged_file_is_set_aside(tmp_path, damaged):
    (tmp_path / "settings.json").write_bytes(damaged)
    settings = Settings(tmp_path)
    assert settings.text("member") == ""
    settings.keep({"member": "Ada"})
    assert (tmp_path / "settings.json.damaged").read_bytes() == damaged


def test_a_write_that_fails_leaves_the_old_file_and_nothing_else(tmp_path, monkeypatch):
    Settings(tmp_path).keep({"member": "Ada"})
    before = (tmp_path / "settings.json").read_bytes()

    def fail(*_: object) -> None:
        raise OSError(28, "No space left on device")

    settings = Settings(tmp_path)
    monkeypatch.setattr(os, "replace", fail)
    with pytest.raises(OSError, match="No space"):
        settings.keep({"member": "Ben"})
    assert (tmp_path / "settings.json").read_bytes() == before
    assert settings.text("member") == "Ada"
    assert os.listdir(tmp_path) == ["settings.json"]


def test_a_setting_that_is_the_same_writes_nothing(tmp_path, monkeypatch):
    Settings(tmp_path).keep({"member": "Ada"})
    monkeypatch.setattr(os, "replace", None)
    Settings(tmp_path).keep({"member": "Ada"})


@pytest.mark.skipif(sys.platform == "win32", reason="permissions of POSIX")
def test_only_this_account_can_read_it(tmp_path):
    write_whole(tmp_path / "file", "x")
    assert Path(tmp_path / "file").stat().st_mode & 0o077 == 0
