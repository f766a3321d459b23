"""The note of a day, and notes that begin as others."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path
from typing import Any

from goatcore import Database
from ui.operations import daily, notebooks, notes

NOW_MS = 1_763_700_000_000
DAY = date(2026, 5, 4)


def test_the_note_of_a_day_is_made_once(notebook: Any) -> None:
    note = daily.note_of(notebook, DAY)
    assert (note.title, str(note.body)) == ("2026-05-04", "")
    note.body = "Rain."
    assert daily.note_of(notebook, DAY) is note
    assert daily.note_of(notebook, date(2026, 5, 5)) is not note


def test_a_deleted_note_of_a_day_comes_back(notebook: Any) -> None:
    note = daily.note_of(notebook, DAY)
    note.body = "Rain."
    note.delete()
    assert str(daily.note_of(notebook, DAY).body) == "Rain."
    assert note.exists


def test_its_first_change_is_equal_wherever_it_is_made(tmp_path: Path) -> None:
    operations = []
    for name, now_ms in (("a", NOW_MS), ("b", NOW_MS + 5_000)):
        with Database.open(
            tmp_path / name, home=tmp_path / f"home {name}", clock=lambda now=now_ms: now
        ) as database:
            repository = notebooks.create(database, "Garden")
            note = daily.note_of(repository, DAY)
            changes = repository.body(repository.store.find(note.history[0].commit)).changes
            operations.append([(it.key, it.schema, it.parents, it.operations) for it in changes])
    assert operations[0] == operations[1]


def test_a_note_begins_as_a_template(notebook: Any) -> None:
    template = notes.create(
        notebook, "Meeting {date}", body="#template\n# At {time}\n#templates #work", now_ms=NOW_MS
    )
    assert daily.is_template(template)
    note = daily.from_template(template, notebook, now_ms=NOW_MS)
    now = datetime.fromtimestamp(NOW_MS / 1000)
    assert note.title == f"Meeting {now:%Y-%m-%d}"
    assert str(note.body) == f"# At {now:%H:%M}\n#templates #work"
    assert not daily.is_template(note)
