"""The welcome notebook of a new installation, made of the help pages."""

from __future__ import annotations

from typing import Final

from goatcore import Database
from ui.language import mark, tr

NAME: Final = mark("Welcome")
PAGE_APART_MS: Final = 60_000  # lists show what was edited last first: the first page is newest


def write_welcome(database: Database, now_ms: int) -> None:
    """Make the notebook."""
    from ui.operations import notebooks, notes
    from ui.reading.help_pages import help_pages

    repository = notebooks.create(database, tr(NAME))
    for number, page in enumerate(help_pages()):
        notes.create(repository, page.title, body=page.body, now_ms=now_ms - number * PAGE_APART_MS)
