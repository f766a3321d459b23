"""What a list says about a note: its title, its first words, its age. Pure.

Must never import Qt or goatcore.
"""

from __future__ import annotations

import re
from datetime import datetime

from ui.language import mark, tr
from ui.models.dates import short_day_words, weekday_words
from ui.operations.one_line import seen_line

TITLE_LETTERS_MAX = 200
PREVIEW_LETTERS_MAX = 240
BOX_LETTERS_MAX = 20_000  # of a body, to count its check boxes
READ_LETTERS_MAX = 1_200  # of a body, to find the first words

UNTITLED = mark("Untitled")

_MINUTE_MS, _HOUR_MS, _DAY_MS = 60_000, 3_600_000, 86_400_000
_LEADING = re.compile(r"^\s*(?:#{1,6}\s+|>\s?|[-+*]\s+(?:\[[ xX]\]\s+)?|\d+[.)]\s+)+")
_BOX = re.compile(r"^[ \t>]*(?:[-+*]|\d{1,9}[.)])[ \t]+\[([ xX])\](?=[ \t]|$)", re.MULTILINE)
_PICTURE = re.compile(r"!\[([^\]]*)\]\([^)]*\)")
_LINK = re.compile(r"\[([^\]]*)\]\([^)]*\)")
_WIKI = re.compile(r"!?\[\[([^\]|]*)(?:\|[^\]]*)?\]\]")
_SIGNS = re.compile(r"\*\*|__|~~|`+|(?<!\w)[*_](?=\S)|(?<=\S)[*_](?!\w)")
_RULE = re.compile(r"^\s*(?:[-*_=]\s*){3,}$|^\s*(?:```|~~~)|^\s*\|[ |:-]*$")
_BARS = re.compile(r"\s*(?<!\\)\|\s*")


def title_words(title: str) -> str:
    """The title in one line, `Untitled` if there is none."""
    return seen_line(title, TITLE_LETTERS_MAX) or tr(UNTITLED)


def preview_words(beginning: str) -> str:
    """The first words of a body without the signs of Markdown, in one line. `beginning` are its
    first READ_LETTERS_MAX letters or fewer."""
    found: list[str] = []
    room = PREVIEW_LETTERS_MAX
    lines = beginning.split("\n")
    if lines and lines[0].rstrip() == "---" and "---" in (line.rstrip() for line in lines[1:]):
        lines = lines[[line.rstrip() for line in lines].index("---", 1) + 1 :]
    for line in lines:
        if _RULE.match(line):
            continue
        words = _LEADING.sub("", line)
        if words.lstrip().startswith("|"):
            words = ", ".join(filter(None, _BARS.split(words)))
        words = _PICTURE.sub(r"\1", words)
        words = _LINK.sub(r"\1", words)
        words = _WIKI.sub(r"\1", words)
        words = " ".join(_SIGNS.sub("", words).split())
        if words:
            found.append(words)
            room -= len(words) + 3
            if room <= 0:
                break
    return " · ".join(found)[:PREVIEW_LETTERS_MAX]


def progress_words(beginning: str) -> str:
    """How many of the check boxes are checked, `2 of 4 done`; "" if there are none. `beginning`
    are the first BOX_LETTERS_MAX letters or fewer."""
    if "[" not in beginning:
        return ""
    boxes = _BOX.findall(beginning)
    if not boxes:
        return ""
    return tr("{} of {} done").format(len(boxes) - boxes.count(" "), len(boxes))


def age_words(then_ms: int, now_ms: int) -> str:
    """How long ago, as short as it can be: `Now`, `5 min`, `3 h`, `Yesterday`, `Monday`, `12 Mar`,
    `12 Mar 2023`. A time in the future (a wrong clock) is said as a date, or `Now` if near."""
    passed = now_ms - then_ms
    if -_HOUR_MS < passed < _MINUTE_MS:
        return tr("Now")
    if 0 < passed < _HOUR_MS:
        return tr("{} min").format(passed // _MINUTE_MS)
    try:
        then, now = datetime.fromtimestamp(then_ms / 1000), datetime.fromtimestamp(now_ms / 1000)
    except (ValueError, OverflowError, OSError):
        return ""
    days = (now.date() - then.date()).days
    if days == 0 and passed > 0:
        return tr("{} h").format(passed // _HOUR_MS)
    if days == 1:
        return tr("Yesterday")
    if 1 < days < 7:
        return weekday_words(then)
    return short_day_words(then, now)
