"""The welcome notebook of a new installation, made of the help pages.

Owns nothing but how a page becomes a note: its heading is the title, the rest the body.
"""

from __future__ import annotations

from importlib.resources import files
from typing import Final, NamedTuple

from goatcore import Database

NAME: Final = "Welcome"
PAGE_APART_MS: Final = 60_000  # lists show what was edited last first: the first page is newest


class Page(NamedTuple):
    """A help page."""

    title: str
    body: str


def help_pages() -> list[Page]:
    """The pages that the program ships, in their order."""
    folder = files("resources") / "help"
    found = sorted((entry for entry in folder.iterdir() if entry.name.endswith(".md")), key=str)
    return [_page(entry.read_text(encoding="utf-8")) for entry in found]


def write_welcome(database: Database, now_ms: int) -> None:
    """Make the notebook."""
    from ui.operations import notebooks, notes

    repository = notebooks.create(database, NAME)
    for number, page in enumerate(help_pages()):
        notes.create(repository, page.title, body=page.body, now_ms=now_ms - number * PAGE_APART_MS)


def _page(text: str) -> Page:
    title, _, body = text.partition("\n")
    return Page(title.removeprefix("# ").strip(), body.lstrip("\n"))
