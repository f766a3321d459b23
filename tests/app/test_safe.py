"""`goat verify`: what people are told of the state of their notes."""

from __future__ import annotations

import json


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
