"""A notebook in a workspace, and folders of files."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from goatcore import Database, Repository
from ui.operations import notebooks


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    with Database.open(
        tmp_path / "workspace", home=tmp_path / "home", clock=lambda: 1_763_700_000_000
    ) as database:
        yield database


@pytest.fixture
def notebook(database: Database) -> Repository:
    return notebooks.create(database, "Garden")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder of Markdown as people have them."""
    files = {
        "index.md": "# Welcome\n\nHello.\n",
        "beds/south.md": "---\ntitle: South bed\ncreated: 2024-03-01\ntags: [sun]\n---\nBeans.\n",
        "beds/north/moss.markdown": "Nothing but moss.\n",
        "beds/plan.png": "not text",
        ".hidden/secret.md": "# No\n",
    }
    for name, text in files.items():
        path = tmp_path / "garden" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return tmp_path / "garden"
