"""HTML as the clipboard has it, cut into tags and text. Pure.

Invariant: every letter is read once and the next token is always found, whatever is wrong with the
markup: a `<` that begins no tag is text. What is never text on a page (comments, scripts, styles,
the conditions that word processors write) gives no token. Nothing is run, nothing is fetched.
Must never import Qt.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from html import unescape
from typing import Final, NamedTuple

# Possessive throughout: a tag that does not end is given up at once, not tried in other ways.
_TOKEN: Final = re.compile(
    r"([^<]++)"
    r"|<(/?)([a-zA-Z][^\s/>]*+)((?:[^<>\"'=]++|=\s*+(?:\"[^\"]*+\"|'[^']*+')|[=\"'])*+)>"
    r"|<!--(?:>|->|(?s:.*?)--!?>|(?s:.*))"
    r"|<[!?][^>]*+>?"
    r"|</[^>]*+>"
    r"|(<)"
)
_ATTRIBUTE: Final = re.compile(
    r"([^\s\"'<>/=]++)(?:\s*+=\s*+(?:\"([^\"]*+)\"|'([^']*+)'|([^\s\"'>]++)))?+"
)
_FRAGMENT: Final = re.compile(r"<!--\s*StartFragment\s*-->(.*?)<!--\s*EndFragment\s*-->", re.DOTALL)
_NOT_MARKUP: Final = frozenset({"script", "style", "title", "textarea", "xmp", "noframes"})


class Tag(NamedTuple):
    """A tag; its name is in small letters."""

    name: str
    ends: bool
    raw: str  # its attributes as they are written

    def attributes(self) -> dict[str, str]:
        """The attributes by name; of two with one name the first counts."""
        found: dict[str, str] = {}
        for name, double, single, bare in _ATTRIBUTE.findall(self.raw):
            found.setdefault(name.lower(), unescape(double or single or bare))
        return found


def tokens(html: str) -> Iterator[Tag | str]:
    """Tags, and the text between them with its entities resolved."""
    fragment = _FRAGMENT.search(html) if "StartFragment" in html else None
    at, end = fragment.span(1) if fragment else (0, len(html))
    match = _TOKEN.match
    while at < end:
        found = match(html, at, end)
        assert found is not None, "the last way to match takes any letter"
        at = found.end()
        words, slash, name, raw, stray = found.groups()
        if words:
            yield unescape(words) if "&" in words else words
        elif name:
            name = name.lower()
            yield Tag(name, bool(slash), raw)
            if name in _NOT_MARKUP and not slash:
                at = _end_of(html, name, at, end)
        elif stray:
            yield stray


def _end_of(html: str, name: str, at: int, end: int) -> int:
    """Where the end tag begins of an element whose content is not markup."""
    found = re.compile(rf"</{name}(?=[\s/>])", re.IGNORECASE).search(html, at, end)
    return found.start() if found else end
