"""`goat compact`: shorter files with the same notes in them."""

from __future__ import annotations

import json
import re


def logs(home):
    return sorted((home / "workspaces" / "My notes").glob("*.goat"))


def test_the_files_become_shorter_and_the_notes_stay(goat, home):
    for n in range(5):
        goat("new", f"Note {n}", "--body", f"text {n}")
    before = {path: path.stat().st_size for path in logs(home)}
    listed = goat("list", "Notes").out
    said = goat("compact")
    assert said.code == 0
    assert re.fullmatch(
        r"“My notes”: 2 notebooks, \d+ changes, [\d.]+ kB before, [\d.]+ kB now\.\n", said.out
    )
    assert sum(path.stat().st_size for path in logs(home)) < sum(before.values())
    assert goat("list", "Notes").out == listed
    assert goat("show", "Note 3").out == "Note 3\n\ntext 3\n"
    assert goat("verify").code == 0
    assert not list((home / "workspaces" / "My notes").glob("*.repacked"))


def test_for_programs_and_for_one_file(goat, home):
    goat("new", "Milk", "--body", "Oat milk")
    told = json.loads(goat("compact", "--json").out)
    assert (told["notebooks"], told["folder"]) == (2, str(home / "workspaces" / "My notes"))
    assert told["after"] < told["before"]
    sizes = {}
    for path in logs(home):
        one = json.loads(goat("compact", path, "--json").out)
        assert one["notebooks"] in {0, 1}  # none is the file of the members
        assert one["before"] == one["after"]  # it is as short as it can be
        sizes[path] = one["after"]
    assert sum(size > 0 for size in sizes.values()) == 2
    assert sum(sizes.values()) == told["after"]


def test_what_is_in_use_or_not_there_is_said_in_a_sentence(goat, home):
    assert goat("compact").err == "There are no notes here yet.\n"
    goat("new", "Milk", "--body", "Oat milk")
    said = goat("compact", home / "nowhere")
    assert (said.code, said.out) == (1, "")
    assert said.err == f"There is nothing at {home / 'nowhere'}.\n"
    from goatcore.storage.file_disk import FileDisk
    from goatcore.storage.lock import FolderLock

    folder = home / "workspaces" / "My notes"
    lock = FolderLock.acquire(folder, FileDisk())
    before = [path.read_bytes() for path in logs(home)]
    said = goat("compact")
    lock.release()
    assert said.code == 1
    assert said.err.startswith("“My notes” was not compacted. ")
    assert [path.read_bytes() for path in logs(home)] == before
