"""`goat verify`, `backup` and `restore`: what people trust their notes with."""

from __future__ import annotations

import json
import shutil


def logs(home):
    return sorted((home / "workspaces" / "My notes").glob("*.goat"))


def test_sound_notes_are_called_so(goat, home):
    goat("new", "Milk", "--body", "Oat milk")
    said = goat("verify")
    assert said.code == 0
    assert said.out.startswith("“My notes”: 3 files, ")
    assert said.out.endswith(" changes. All is well.\n")
    told = json.loads(goat("verify", "--json").out)
    assert (told["sound"], told["findings"], told["locked"]) == (True, [], 0)
    assert told["commits"] == told["signatures"]


def test_a_wrong_byte_is_named_with_the_note_and_the_code_is_1(goat, home):
    goat("new", "Milk", "--body", "Oat milk")
    damaged = []
    for path in logs(home):
        data = bytearray(path.read_bytes())
        data[-60] ^= 0x40
        path.write_bytes(data)
        damaged.append(path.name)
    said = goat("verify")
    assert said.code == 1
    assert all(name in said.out for name in damaged)
    assert "Concerned: “Milk”." in said.out
    assert said.out.endswith("Not all is well.\n")
    told = json.loads(goat("verify", home / "workspaces" / "My notes", "--json").out)
    assert len(told["findings"]) == 3
    assert {"commit", "offset", "seq", "time", "member", "device", "items"} <= told["findings"][
        0
    ].keys()
    assert goat("list").code == 1  # opening puts it right, and says so
    assert goat("verify").code == 0


def test_one_file_and_what_is_not_there(goat, home, tmp_path):
    goat("new", "Milk", "--body", "Oat milk")
    assert "1 file, " in goat("verify", logs(home)[0]).out
    assert goat("verify", tmp_path / "nothing").err == f"There is nothing at {tmp_path}/nothing.\n"
    (tmp_path / "empty").mkdir()
    said = goat("verify", tmp_path / "empty")
    assert (said.code, said.out) == (1, "“empty” has no notebooks of Goat Notes in it.\n")


def test_before_the_first_note_there_is_nothing_to_check(goat, home):
    said = goat("verify")
    assert (said.code, said.err) == (1, "There are no notes here yet.\n")


def test_it_runs_while_the_notes_are_open(goat, home, background):
    goat("new", "Milk", "--body", "Oat milk")
    sharing = background("share", "Notes")
    sharing.hear("code|Code|[0-9]+-[a-z]+-[a-z]+")
    assert goat("verify").code == 0
    sharing.signal(2)
    sharing.ended()


def test_a_backup_is_made_checked_and_put_back(goat, home, tmp_path):
    goat("new", "Milk", "--body", "Oat milk")
    said = goat("backup", tmp_path / "stick")
    target = tmp_path / "stick" / "My notes"
    assert said.code == 0
    assert said.out.startswith(f"“My notes” is in “{target}”: ")
    assert said.out.endswith(" bytes copied now. The copy is sound.\n")
    again = json.loads(goat("backup", tmp_path / "stick", "--json").out)
    assert (again["copied"], again["sound"], again["damaged"]) == (0, True, [])
    assert goat("verify", tmp_path / "stick").code == 0

    refused = goat("restore", tmp_path / "stick")
    assert refused.code == 1
    assert "already; nothing was changed" in refused.err
    shutil.rmtree(home / "workspaces")
    assert goat("restore", target).code == 0
    assert goat("show", "Milk").out == "Milk\n\nOat milk\n"
    assert goat("restore", target, tmp_path / "apart").code == 0
    assert (tmp_path / "apart" / "keys").read_bytes() == (target / "keys").read_bytes()
    assert goat("restore", target, tmp_path / "apart").code == 1


def test_what_is_missing_comes_back_from_a_backup(goat, home, tmp_path):
    goat("new", "Milk", "--body", "Oat milk")
    goat("backup", tmp_path / "stick")
    goat("new", "Later", "--body", "x")
    sizes = {path: path.stat().st_size for path in logs(home)}
    path = max(sizes, key=sizes.get)
    data = bytearray(path.read_bytes())
    data[5000:5100] = bytes(100)
    path.write_bytes(data)
    assert goat("list").code == 1
    said = goat("restore", tmp_path / "stick", "--missing")
    assert (said.code, said.err) == (0, "")
    assert " changes came back into “My notes”." in said.out
    assert goat("verify").code == 0
    assert goat("show", "Later").code == 0
    assert goat("restore", tmp_path / "stick", "--missing").out == (
        "Nothing of “My notes” was missing.\n"
    )


def test_backup_and_restore_say_what_they_cannot_do(goat, home, tmp_path):
    assert goat("backup", tmp_path / "stick").err == "There are no notes here yet.\n"
    goat("new", "Milk", "--body", "Oat milk")
    (tmp_path / "stick").write_text("a file")
    said = goat("backup", tmp_path / "stick")
    assert said.code == 1
    assert said.err.startswith("“My notes” could not be backed up. ")
    (tmp_path / "empty").mkdir()
    said = goat("restore", tmp_path / "empty")
    assert (said.code, said.err) == (1, f"There is no backup in “{tmp_path}/empty”.\n")
    inside = home / "workspaces" / "My notes" / "inside"
    assert "cannot be kept inside" in goat("backup", inside).err
    assert not inside.exists()
