"""One Markdown file as a note: its letters, its title, its dates.

Owns what is read out of a file, and what an export writes. Invariant: the body of a note is the
text of its file, front matter included (but that of an export); only the byte order mark and the
kind of line ends are not kept. Pure: bytes in, bytes out.
"""

from __future__ import annotations

import codecs
import json
import re
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Final, NamedTuple

from ui.language import tr

FILE_BYTES_MAX: Final = 8 << 20
FRONT_MATTER_LETTERS_MAX: Final = 64 * 1024
CREATED: Final = ("created", "date")  # the names that front matter commonly has for it
EDITED: Final = ("updated", "modified", "edited")

EXPORTED: Final = "goat"  # in front matter that an export wrote; that is no part of the note

_UTF_16: Final = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
_HEADING: Final = re.compile(r" {0,3}#{1,6}(?:[ \t]+(.*?))?(?:[ \t]+#+)?[ \t]*$")
_UNDERLINE: Final = re.compile(r" {0,3}(?:=+|-+)[ \t]*$")
_FENCE: Final = re.compile(r" {0,3}(`{3,}|~{3,})")
_NO_PARAGRAPH: Final = re.compile(r"\s*([-*+>|<]|\d+[.)])|\s*$")


class NotText(ValueError):
    """A file that is no text; the message says why."""


class MarkdownFile(NamedTuple):
    """What a file says. Dates are milliseconds since 1970; None if the file names none."""

    title: str
    body: str
    created_ms: int | None
    edited_ms: int | None
    key: str = ""  # of a file that was exported: the note's, and the hash of what was exported
    mark: str = ""
    pinned: bool = False


def parse(data: bytes, name: str) -> MarkdownFile:
    """Read a file's bytes; `name` is its name without the ending, for a file that has no title.

    Raises `NotText`.
    """
    body = decode(data)
    matter, rest = front_matter(body)
    key, _, mark = matter.get(EXPORTED, "").partition(" ")
    if key and mark:
        return MarkdownFile(
            matter.get("title", ""), rest.removeprefix("\n"), _date(matter, CREATED),
            _date(matter, EDITED), key, mark, matter.get("pinned") == "true",
        )  # fmt: skip
    title = matter.get("title", "").strip() or first_heading(rest) or name
    return MarkdownFile(
        " ".join(title.split()), body, _date(matter, CREATED), _date(matter, EDITED)
    )


def decode(data: bytes) -> str:
    """The text of a file: UTF-8, or UTF-16 with its mark; lines end with a line feed.

    Raises `NotText`.
    """
    if len(data) > FILE_BYTES_MAX:
        raise NotText(tr("It is larger than 8 MB."))
    try:
        text = data.decode("utf-16" if data.startswith(_UTF_16) else "utf-8-sig")
    except UnicodeDecodeError:
        raise NotText(tr("It is not text in UTF-8; save it in that encoding first.")) from None
    if "\0" in text:
        raise NotText(tr("It is not a text file."))
    return plain_ends(text)


def plain_ends(text: str) -> str:
    """A text whose lines all end with a line feed."""
    return text.replace("\r\n", "\n").replace("\r", "\n")


def front_matter(text: str) -> tuple[Mapping[str, str], str]:
    """The plain values of the YAML block at the start of a text, and what comes after the block.

    Of a block that is no YAML nothing is read; one that names no values is text like any other.
    """
    if not text.startswith("---\n"):
        return {}, text
    end = re.compile(r"^(?:---|\.\.\.)[ \t]*$", re.MULTILINE).search(text, 4)
    if end is None or end.start() > FRONT_MATTER_LETTERS_MAX:
        return {}, text
    import yaml  # few files have front matter

    try:
        found = yaml.load(text[4 : end.start()], Loader=yaml.BaseLoader)  # strings only
    except (yaml.YAMLError, RecursionError):
        return {}, text[end.end() :]
    if not isinstance(found, dict):
        return {}, text
    plain = {
        name.casefold(): value
        for name, value in found.items()
        if isinstance(name, str) and isinstance(value, str)
    }
    return plain, text[end.end() :]


def write(file: MarkdownFile) -> bytes:
    """A note as a file that `parse` reads as the same note: front matter of ours, then the body."""
    lines = ["---", f"title: {json.dumps(file.title, ensure_ascii=False)}"]
    for name, at_ms in (("created", file.created_ms), ("updated", file.edited_ms)):
        moment = None if at_ms is None else _iso(at_ms)
        if moment is not None:
            lines.append(f"{name}: {moment}")
    if file.pinned:
        lines.append("pinned: true")
    lines += [f"{EXPORTED}: {file.key} {file.mark}", "---", file.body]
    return "\n".join(lines).encode("utf-8", "replace")


def _iso(at_ms: int) -> str | None:
    try:
        moment = datetime.fromtimestamp(at_ms // 1000, UTC)
    except (ValueError, OverflowError, OSError):
        return None
    return moment.replace(microsecond=at_ms % 1000 * 1000).isoformat(timespec="milliseconds")


def first_heading(text: str) -> str:
    """The first heading of a text, outside of code; "" if there is none."""
    fence = ""
    before = ""
    for line in text.split("\n"):
        if fence:
            if line.strip().startswith(fence) and not line.strip().strip(fence[0]):
                fence = ""
            continue
        if opened := _FENCE.match(line):
            fence, before = opened[1], ""
            continue
        if (heading := _HEADING.match(line)) and heading[1] and heading[1].strip("# \t"):
            return heading[1].strip()
        if before and _UNDERLINE.match(line):
            return before.strip()
        before = "" if _NO_PARAGRAPH.match(line) or line.startswith(("    ", "\t")) else line
    return ""


def _date(matter: Mapping[str, str], names: tuple[str, ...]) -> int | None:
    for name in names:
        try:
            moment = datetime.fromisoformat(matter.get(name, "").strip())
        except ValueError:
            continue
        if moment.tzinfo is None:
            moment = moment.replace(tzinfo=UTC)
        return round(moment.timestamp() * 1000)
    return None
