"""The help pages that the program ships: Markdown files, in the order of their names.

Owns how a file becomes a page: its heading is the title, the rest the body. Must never import Qt.
"""

from __future__ import annotations

from importlib.resources import files
from typing import NamedTuple


class Page(NamedTuple):
    """A help page; `body` is Markdown."""

    title: str
    body: str


def help_pages() -> list[Page]:
    """All pages, in their order."""
    folder = files("resources") / "help"
    found = sorted((entry for entry in folder.iterdir() if entry.name.endswith(".md")), key=str)
    return [_page(entry.read_text(encoding="utf-8")) for entry in found]


def _page(text: str) -> Page:
    title, _, body = text.partition("\n")
    return Page(title.removeprefix("# ").strip(), body.lstrip("\n"))
