"""A note on paper and as a file."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from ui.operations import notebooks, notes
from ui.window.main_window import MainWindow
from ui.window.printing import file_name


@pytest.fixture
def note(workspaces: Any, clock: Any) -> Any:
    repository = notebooks.create(workspaces.databases[0], "Garden")
    body = "Some **bold** <b>words</b>.\n\n| a | b |\n|---|---|\n| 1 | 2 |\n"
    return notes.create(repository, "Plan: a/b", body=body, now_ms=clock.now_ms)


@pytest.mark.parametrize(
    ("title", "name"),
    [
        ("Plan: a/b", "Plan a b.pdf"),
        ("..", "note.pdf"),
        ("山羊 🐐", "山羊.pdf"),
        ("x" * 300, "x" * 80 + ".pdf"),
        ("..\\..\\etc", "etc.pdf"),
    ],
)
def test_names_of_files_are_taken_everywhere(note: Any, title: str, name: str) -> None:
    note.title = title
    assert file_name(note, ".pdf") == name


def test_a_note_is_written_as_a_pdf(note: Any, window: MainWindow, tmp_path: Path) -> None:
    file = tmp_path / "plan.pdf"
    window.printing.write_pdf(note, file)
    written = file.read_bytes()
    assert written.startswith(b"%PDF-")
    assert len(written) > 2_000
    assert window.toast.words == "Saved as plan.pdf"


def test_a_note_is_written_as_a_web_page(note: Any, window: MainWindow, tmp_path: Path) -> None:
    file = tmp_path / "plan.html"
    window.printing.write_web_page(note, file)
    page = file.read_text(encoding="utf-8")
    assert "<h1>Plan: a/b</h1>" in page
    assert "<strong>bold</strong> &lt;b&gt;words" in page
    assert "<td>1</td>" in page


def test_a_folder_that_is_gone_is_said_in_a_sentence(
    note: Any, window: MainWindow, tmp_path: Path
) -> None:
    window.printing.write_pdf(note, tmp_path / "gone" / "plan.pdf")
    assert window.banner.isVisible()
    assert "plan.pdf could not be saved" in window.banner.words
