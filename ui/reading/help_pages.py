"""The help pages that the program ships: Markdown files, in the order of their names.

Owns how a file becomes a page: its heading is the title, the rest the body. A page of the
language that is spoken, in `languages/<code>` under the same name, is shown instead of the English.
Must never import Qt.
"""

from __future__ import annotations

from importlib.resources import files
from typing import NamedTuple

from ui.language import spoken


class Page(NamedTuple):
    """A help page; `body` is Markdown."""

    title: str
    body: str


def help_pages() -> list[Page]:
    """All pages, in their order."""
    folder = files("resources") / "help"
    translated = files("resources") / "languages" / spoken().code
    names = sorted(entry.name for entry in folder.iterdir() if entry.name.endswith(".md"))
    found = [translated / name for name in names]
    found = [page if page.is_file() else folder / page.name for page in found]
    return [_page(page.read_text(encoding="utf-8")) for page in found]


def _page(text: str) -> Page:
    title, _, body = text.partition("\n")
    return Page(title.removeprefix("# ").strip(), body.lstrip("\n"))
