"""Export and import go round: the same notes, byte by byte; nobody's edits are lost."""

from __future__ import annotations

from collections import Counter

import pytest

from goatcore import Database
from ui.operations import notebooks, notes
from ui.operations.exporting import export_notes, file_name
from ui.operations.importing import import_files, scan
from ui.operations.schemas import NOTE, NOTEBOOK

NOW = 1_763_700_000_123
TEXTS = [
    ("Milk", "Oat milk"),
    ("milk", "of the same name but for its case"),
    ("", "# A heading of its own\n\ntext\n"),
    ("Ends", "with a line\n"),
    ("Matter", "---\ntitle: of the person\ntags: [a]\n---\nBody.\n"),
    ('A/B: what? "yes" \\ *', "unfit for a name"),
    ("Snow ☃ and “quotes”: # yes", "\n\n  spaces  \n\n"),
    ("con", ""),
    ("", ""),
    ("x" * 300, "long"),
    (".hidden", "not hidden"),
]


def exported(repository, folder):
    return Counter(result.verdict for result in export_notes(repository, folder))


def imported(repository, folder):
    return Counter(result.verdict for result in import_files(repository, scan(folder)))


def content(repository):
    return {
        note.key: (note.title, str(note.body), note.created, note.edited, bool(note.pinned))
        for note in repository.items(NOTE)
    }


def files(folder):
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file()
    }


@pytest.fixture
def full(notebook):
    inner = notebooks.nested(notebook, "Beds/south")
    deep = notebooks.nested(notebook, "Deep", inner.key)
    for n, (title, body) in enumerate(TEXTS):
        note = notes.create(notebook, title, body=body, now_ms=NOW + n)
        note.notebook = ["", inner.key, deep.key][n % 3]
        note.pinned = n % 4 == 0
    return notebook


def test_a_round_trip_gives_the_same_notes_and_the_same_files(full, tmp_path):
    out, again = tmp_path / "out", tmp_path / "again"
    assert exported(full, out) == {"new": len(TEXTS)}
    assert imported(full, out) == {"unchanged": len(TEXTS)}
    with Database.open(tmp_path / "other", home=tmp_path / "other home") as other:
        fresh = notebooks.create(other, "Garden")
        assert imported(fresh, out) == {"new": len(TEXTS)}
        assert content(fresh) == content(full)
        assert exported(fresh, again) == {"new": len(TEXTS)}
    assert files(again) == files(out)


def test_a_further_export_writes_what_changed_and_nothing_else(full, tmp_path):
    out = tmp_path / "out"
    exported(full, out)
    stamps = {path: path.stat().st_mtime_ns for path in out.rglob("*.md")}
    milk = next(note for note in full.items(NOTE) if note.title == "Milk")
    milk.body = "Almond milk"
    assert exported(full, out) == {"updated": 1, "unchanged": len(TEXTS) - 1}
    changed = [path for path, stamp in stamps.items() if path.stat().st_mtime_ns != stamp]
    assert changed == [out / "Milk.md"]
    assert (out / "Milk.md").read_text().endswith("\n---\nAlmond milk")


def test_renamed_moved_and_deleted_notes_leave_no_file_behind(full, tmp_path):
    out = tmp_path / "out"
    exported(full, out)
    by_title = {note.title: note for note in full.items(NOTE)}
    by_title["Milk"].title = "Cream"
    by_title["Ends"].delete()
    matter = by_title["Matter"]
    matter.notebook = ""
    (out / "mine.md").write_text("not exported")
    counts = exported(full, out)
    assert counts == {"new": 2, "removed": 3, "unchanged": len(TEXTS) - 3}
    assert (out / "mine.md").read_text() == "not exported"
    assert (out / "Cream.md").exists()
    assert (out / "Matter.md").exists()
    assert not list(out.rglob("Ends.md"))


def test_files_edited_there_are_kept_and_come_in_by_import(full, tmp_path):
    out = tmp_path / "out"
    exported(full, out)
    path = out / "Milk.md"
    path.write_text(path.read_text() + " and bread")
    milk = next(note for note in full.items(NOTE) if note.title == "Milk")
    assert exported(full, out) == {"kept": 1, "unchanged": len(TEXTS) - 1}
    assert imported(full, out) == {"updated": 1, "unchanged": len(TEXTS) - 1}
    assert str(milk.body) == "Oat milk and bread"
    assert exported(full, out) == {"updated": 1, "unchanged": len(TEXTS) - 1}

    milk.body = "edited here"
    path.write_text(path.read_text() + " and there")
    assert imported(full, out)["kept"] == 1
    assert str(milk.body) == "edited here"


def test_an_edited_file_of_a_deleted_note_stays(full, tmp_path):
    out = tmp_path / "out"
    exported(full, out)
    path = out / "Milk.md"
    path.write_text(path.read_text() + "!")
    next(note for note in full.items(NOTE) if note.title == "Milk").delete()
    assert exported(full, out)["kept"] == 1
    assert path.read_text().endswith("!")
    assert imported(full, out)["deleted"] == 1


def test_somebody_else_s_file_of_that_name_is_not_touched(notebook, tmp_path):
    notes.create(notebook, "Milk", body="Oat", now_ms=NOW)
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "Milk.md").write_text("mine")
    assert exported(notebook, tmp_path / "out") == {"kept": 1}
    assert (tmp_path / "out" / "Milk.md").read_text() == "mine"


def test_notebooks_in_a_circle_are_left_out_and_their_notes_are_not(notebook, tmp_path):
    notebook.register(NOTEBOOK)
    one = notebooks.nested(notebook, "one")
    two = notebooks.nested(notebook, "two", one.key)
    one.parent = two.key
    notes.create(notebook, "Milk", notebook=two.key, body="Oat", now_ms=NOW)
    assert exported(notebook, tmp_path / "out") == {"new": 1}
    assert list(files(tmp_path / "out")) == ["Milk.md"]


def test_names_are_fit_for_every_file_system():
    assert [file_name(title) for title in ["a/b", "...", "CON", "con.txt", "a.", ""]] == [
        "a-b", "note", "_CON", "_con.txt", "a", "note",
    ]  # fmt: skip
    assert len(file_name("ü" * 300).encode()) <= 120
