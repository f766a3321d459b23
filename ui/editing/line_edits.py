"""What a key does to the lines around the caret, as edits: lists, indentation, boxes, marks. Pure.

Owns the habits of writing Markdown. Every function takes a text and positions in code points and
returns an `Edited`, or None where the key has its ordinary meaning. Must never import Qt.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import NamedTuple

from ui.bridge.edits import Edit, from_ranges

INDENT_PLAIN = 4

_ITEM = re.compile(
    r"(?P<lead>[ \t]*(?:>[ \t]?)*[ \t]*)"
    r"(?P<sign>[-+*]|(?P<number>\d{1,9})(?P<dot>[.)]))(?P<gap>[ \t]+)"
    r"(?P<box>\[[ xX]\](?:[ \t]+|$))?"
)
_QUOTE = re.compile(r"[ \t]*(?:>[ \t]?)+")
_WORD = re.compile(r"\w+(?:['’-]\w+)*")
_ADDRESS = re.compile(r"(?:https?://|mailto:)\S+$")


class Edited(NamedTuple):
    """An edit, and the selection after it."""

    edit: Edit
    anchor: int
    caret: int


def line_start(text: str, position: int) -> int:
    """Where the line of a position begins."""
    return text.rfind("\n", 0, position) + 1


def line_end(text: str, position: int) -> int:
    """Where the line of a position ends, before its line break."""
    end = text.find("\n", position)
    return len(text) if end < 0 else end


def new_line(text: str, caret: int) -> Edited | None:
    """Enter in a list or a quotation: the next item; in an empty one: the end of the list."""
    start, end = line_start(text, caret), line_end(text, caret)
    line = text[start:end]
    item = _ITEM.match(line)
    found = item or _QUOTE.match(line)
    if found is None or caret < start + found.end():
        return None
    if not line[found.end() :].strip():
        keep = len(line) - len(line.lstrip(" \t>")) if item is not None else 0
        return _replaced([(start + keep, end, "")], start + keep)
    mark = found[0]
    if item is not None:
        sign = item["sign"] if item["number"] is None else f"{int(item['number']) + 1}{item['dot']}"
        mark = f"{item['lead']}{sign}{item['gap']}{'[ ] ' if item['box'] else ''}"
    return _replaced([(caret, caret, "\n" + mark)], caret + 1 + len(mark))


def indent(text: str, anchor: int, caret: int, *, outward: bool) -> Edited | None:
    """Tab and Shift+Tab: list items, and all lines that a selection touches, go in or out."""
    starts = _lines(text, anchor, caret)
    items = [_ITEM.match(text, start, line_end(text, start)) for start in starts]
    if len(starts) == 1 and items[0] is None and not outward:
        return None
    first = items[0]
    width = len(first["sign"]) + 1 if first is not None else INDENT_PLAIN
    ranges: list[tuple[int, int, str]] = []
    for start in starts:
        end = line_end(text, start)
        if outward:
            lead = len(text[start:end]) - len(text[start:end].lstrip(" "))
            size = 1 if text[start : start + 1] == "\t" else min(lead, width)
            if size:
                ranges.append((start, start + size, ""))
        elif end > start:
            ranges.append((start, start, " " * width))
    return Edited(from_ranges(ranges), _moved(anchor, ranges), _moved(caret, ranges))


def toggle_box(text: str, anchor: int, caret: int) -> Edited:
    """Checks or unchecks the boxes of the touched lines; lines without one get one."""
    starts = _lines(text, anchor, caret)
    ranges: list[tuple[int, int, str]] = []
    found = [(start, _ITEM.match(text, start, line_end(text, start))) for start in starts]
    boxes = [item for _, item in found if item is not None and item["box"]]
    if len(boxes) == len(starts):
        checks = any(text[item.start("box") + 1] == " " for item in boxes)
        for item in boxes:
            at = item.start("box") + 1
            ranges.append((at, at + 1, "x" if checks else " "))
    else:
        for start, item in found:
            if item is None:
                if len(starts) > 1 and line_end(text, start) == start:
                    continue
                at = (
                    start
                    + len(text[start : line_end(text, start)])
                    - len(text[start : line_end(text, start)].lstrip(" \t"))
                )
                ranges.append((at, at, "- [ ] "))
            elif not item["box"]:
                ranges.append((item.end(), item.end(), "[ ] "))
    return Edited(from_ranges(ranges), _moved(anchor, ranges), _moved(caret, ranges))


def box_at(line: str) -> tuple[int, int] | None:
    """Where the check box of a line is, or None."""
    item = _ITEM.match(line)
    return (item.start("box"), item.start("box") + 3) if item and item["box"] else None


def toggle_mark(text: str, anchor: int, caret: int, mark: str) -> Edited:
    """Bold and slanted: sets `mark` around the selection or the word, or takes it away."""
    spans = _spans(text, anchor, caret)
    if not spans:
        size = len(mark)
        if text[caret - size : caret] == mark == text[caret : caret + size]:
            return _replaced([(caret - size, caret + size, "")], caret - size)
        return _replaced([(caret, caret, mark + mark)], caret + size)
    wrapped = [_wrapped(text, start, stop, mark) for start, stop in spans]
    size = len(mark)
    ranges: list[tuple[int, int, str]] = []
    for (start, stop), inner in zip(spans, wrapped, strict=True):
        if all(wrapped):
            assert inner is not None
            ranges += [(inner[0] - size, inner[0], ""), (inner[1], inner[1] + size, "")]
        elif inner is None:
            ranges += [(start, start, mark), (stop, stop, mark)]
    low, high = min(anchor, caret), max(anchor, caret)
    if low == high:  # the caret stays at its letter of the word
        at = _moved(caret, ranges, after=caret != spans[-1][1])
        return Edited(from_ranges(ranges), at, at)
    low, high = _moved(low, ranges), _moved(high, ranges, after=False)
    ends = (low, high) if anchor <= caret else (high, low)
    return Edited(from_ranges(ranges), *ends)


def link(text: str, anchor: int, caret: int, pasted: str) -> Edited | None:
    """A pasted address over selected words: they become a link to it."""
    low, high = min(anchor, caret), max(anchor, caret)
    words, address = text[low:high], pasted.strip()
    if not words.strip() or "\n" in words or not _ADDRESS.match(address):
        return None
    if _ADDRESS.match(words.strip()):
        return None
    shown = f"<{address}>" if "(" in address or ")" in address else address
    made = f"[{words}]({shown})"
    return _replaced([(low, high, made)], low + len(made))


def _lines(text: str, anchor: int, caret: int) -> list[int]:
    """The starts of the lines that a selection touches; not of one that it only reaches."""
    low, high = min(anchor, caret), max(anchor, caret)
    starts = [line_start(text, low)]
    while (end := line_end(text, starts[-1])) + 1 < high + (low == high):
        if end >= len(text):
            break
        starts.append(end + 1)
    return starts


def _spans(text: str, anchor: int, caret: int) -> list[tuple[int, int]]:
    """What a mark goes around: the selection without blank ends, line by line; or the word."""
    low, high = min(anchor, caret), max(anchor, caret)
    if low == high:
        start, end = line_start(text, low), line_end(text, low)
        for word in _WORD.finditer(text, start, end):
            if word.start() <= low <= word.end():
                return [word.span()]
        return []
    spans = []
    while low < high:
        end = min(line_end(text, low), high)
        part = text[low:end]
        if part.strip():
            lead = len(part) - len(part.lstrip())
            if item := _ITEM.match(part):
                lead = max(lead, item.end())
            spans.append((low + lead, low + len(part.rstrip())))
        low = end + 1
    return [(start, stop) for start, stop in spans if start < stop]


def _wrapped(text: str, start: int, stop: int, mark: str) -> tuple[int, int] | None:
    """What stands between the marks, if there are marks inside or right outside of the span."""
    size, sign = len(mark), mark[0]

    def stars(before: int, after: int) -> bool:
        if size == 2:
            return min(before, after) >= 2
        return before % 2 == 1 and after % 2 == 1

    def run(at: int, step: int) -> int:
        count = 0
        while 0 <= at < len(text) and text[at] == sign:
            count += 1
            at += step
        return count

    if stars(run(start - 1, -1), run(stop, 1)):
        return start, stop
    inside = stars(run(start, 1), run(stop - 1, -1))
    return (start + size, stop - size) if inside and stop - start > 2 * size else None


def _moved(position: int, ranges: Iterable[tuple[int, int, str]], *, after: bool = True) -> int:
    """Where a position is after the replacements; `after` what was inserted exactly there."""
    moved = position
    for start, stop, inserted in ranges:
        if start > position or (start == position and inserted and not after):
            break
        moved += len(inserted) - (min(stop, position) - start)
    return moved


def _replaced(ranges: list[tuple[int, int, str]], caret: int) -> Edited:
    return Edited(from_ranges(ranges), caret, caret)
