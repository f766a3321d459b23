"""Which link stands at a place of a line, and what it leads to. Pure.

Invariant: only addresses of the web, of mail and of notes are ever given out, and names of notes; a
link to a file or a program is none. Must never import Qt.
"""

from __future__ import annotations

from typing import NamedTuple

from ui.widgets.markdown_spans import ADDRESS, LINK, WIKI

NOTE_SCHEME = "goat://"
SCHEMES = ("http://", "https://", "mailto:", NOTE_SCHEME)


class Target(NamedTuple):
    """An address to open, or the title of a note (the other one is empty)."""

    address: str = ""
    title: str = ""


def target_at(line: str, column: int) -> Target | None:
    """What the link under a letter leads to; None if there is no link."""
    for match in WIKI.finditer(line):
        if match.start() <= column < match.end():
            title = match[2].split("|")[0].split("#")[0].strip()
            return Target(title=title) if title else None
    for match in LINK.finditer(line):
        if match.start() <= column < match.end():
            return _address(match[4].split(' "')[0].strip("<>"))
    for match in ADDRESS.finditer(line):
        if match.start() <= column < match.end():
            return _address(match[0])
    return None


def _address(written: str) -> Target | None:
    return Target(address=written) if written.lower().startswith(SCHEMES) else None
