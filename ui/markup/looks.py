"""What a tag says of the looks of its text: bold, slanted, struck through, code, a link. Pure.

Owns which of it Markdown can say; colours, sizes and typefaces are no part of a note. Word
processors and web pages say it in a hundred ways: by tags, by styles, by both against each other.
Must never import Qt.
"""

from __future__ import annotations

import re
from typing import Final, NamedTuple
from urllib.parse import parse_qs, urlsplit

from ui.markup.tokens import Tag


class Looks(NamedTuple):
    """How a piece of text looks; `link` is an address or empty."""

    strong: bool = False
    slanted: bool = False
    struck: bool = False
    code: bool = False
    link: str = ""


PLAIN: Final = Looks()
_TAGS: Final = {
    **dict.fromkeys(("b", "strong"), "strong"),
    **dict.fromkeys(("i", "em", "cite", "dfn", "var"), "slanted"),
    **dict.fromkeys(("s", "strike", "del"), "struck"),
    **dict.fromkeys(("code", "tt", "kbd", "samp"), "code"),
}
_WEIGHT: Final = re.compile(r"(?:^|;)\s*font-weight\s*:\s*([a-z0-9]+)", re.IGNORECASE)
_STYLE: Final = re.compile(r"(?:^|;)\s*font-style\s*:\s*([a-z]+)", re.IGNORECASE)
_LINE: Final = re.compile(r"(?:^|;)\s*text-decoration(?:-line)?\s*:\s*([^;]*)", re.IGNORECASE)
_HIDDEN: Final = re.compile(r"(?:^|;)\s*(?:display\s*:\s*none|mso-hide\s*:\s*all)", re.IGNORECASE)
_SCHEMES: Final = frozenset({"http", "https", "mailto", "ftp", "tel", "goat"})
BOLD_FROM: Final = 600


def looks_inside(before: Looks, tag: Tag, attributes: dict[str, str]) -> Looks:
    """How text looks inside of a tag, from how it looks outside."""
    looks = before._replace(**{_TAGS[tag.name]: True}) if tag.name in _TAGS else before
    if tag.name == "a" and (link := address(attributes.get("href", ""))):
        looks = looks._replace(link=link)
    style = attributes.get("style", "")
    if not style:
        return looks
    if found := _WEIGHT.search(style):
        looks = looks._replace(strong=_is_bold(found[1].lower()))
    if found := _STYLE.search(style):
        looks = looks._replace(slanted=found[1].lower() in ("italic", "oblique"))
    if (found := _LINE.search(style)) and "line-through" in found[1].lower():
        looks = looks._replace(struck=True)
    return looks


def is_hidden(attributes: dict[str, str]) -> bool:
    """Whether nobody sees what is inside."""
    return (
        "hidden" in attributes
        or attributes.get("aria-hidden") == "true"
        or bool(_HIDDEN.search(attributes.get("style", "")))
    )


def address(reference: str) -> str:
    """Where a link goes; empty if nobody can follow it from a note. Out of the detour by which a
    well-known office suite sends its readers, the address behind it."""
    cleaned = "".join(reference.split())
    try:
        parts = urlsplit(cleaned)
        if parts.netloc.endswith("google.com") and parts.path == "/url":
            behind = parse_qs(parts.query).get("q", [""])[0]
            if urlsplit(behind).scheme in ("http", "https"):
                return "".join(behind.split())
    except ValueError:
        return ""
    return cleaned if parts.scheme.lower() in _SCHEMES else ""


def _is_bold(weight: str) -> bool:
    return int(weight) >= BOLD_FROM if weight.isdecimal() else weight in ("bold", "bolder")
