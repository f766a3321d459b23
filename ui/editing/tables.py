"""What Tab and Enter do in a table of Markdown: the next cell, the row below, columns in line.

Owns the shape of a table as it is written: lines that begin with `|`, the second one of dashes.
Invariant: what stands in the cells is never changed, only the blanks around it, and the dashes.
Pure; must never import Qt.
"""

from __future__ import annotations

import re
import unicodedata
from typing import Final, NamedTuple

from ui.bridge.edits import from_ranges
from ui.editing.line_edits import Edited, line_end, line_start

ROWS_MAX: Final = 1_000  # a longer table is left as it is

_ROW: Final = re.compile(r" {0,3}\|")
_DASHES: Final = re.compile(r" {0,3}\|(?:[ \t]*:?-+:?[ \t]*(?:\||$))+[ \t]*$")
_CELL: Final = re.compile(r"(?:\\.|[^|\\])*")
_NARROWEST: Final = 3
_DASH_ROW: Final = 1  # below the names of the columns

Range = tuple[int, int, str]


class _Cell(NamedTuple):
    """What stands in a cell from `start` to `stop`; the cell itself is from `left` to `right`."""

    left: int
    right: int
    start: int
    stop: int


class _Row(NamedTuple):
    start: int
    end: int
    cells: tuple[_Cell, ...]
    tail: int  # after the `|` of its last cell; `end` if there is none
    closed: bool  # its last cell ends with a `|`


def next_cell(text: str, anchor: int, caret: int, *, backward: bool) -> Edited | None:
    """Tab and Shift+Tab: puts the columns in line and selects what stands in the cell after or
    before that of the caret; after the last cell, a new row. None outside of a table."""
    found = _found(text, anchor, caret)
    if found is None:
        return None
    rows, row, column = found
    if not backward:
        row, column = (row, column + 1) if column + 1 < len(rows[0].cells) else (row + 1, 0)
        if row == _DASH_ROW:
            row, column = _DASH_ROW + 1, 0
    elif column:
        column -= 1
    elif row:
        row = row - 2 if row == _DASH_ROW + 1 else row - 1
        column = len(rows[max(row, 0)].cells) - 1
    return _tidied(text, rows, row, column)


def next_row(text: str, anchor: int, caret: int) -> Edited | None:
    """Enter: the cell below; below the last row a new one; in an empty last row the end of the
    table. None outside of a table."""
    found = _found(text, anchor, caret)
    if found is None:
        return None
    rows, row, column = found
    last = rows[-1]
    if row == len(rows) - 1 > _DASH_ROW and all(cell.start == cell.stop for cell in last.cells):
        return Edited(from_ranges([(last.start, last.end, "")]), last.start, last.start)
    return _tidied(text, rows, max(row + 1, _DASH_ROW + 1), column)


def _found(text: str, anchor: int, caret: int) -> tuple[list[_Row], int, int] | None:
    """The rows of the table around the caret, and its row and column there."""
    start = line_start(text, caret)
    if not _ROW.match(text, start) or line_start(text, anchor) != start:
        return None
    first = start
    for _ in range(ROWS_MAX):
        above = line_start(text, first - 1) if first else 0
        if not first or not _ROW.match(text, above):
            break
        first = above
    rows: list[_Row] = []
    while len(rows) < ROWS_MAX and _ROW.match(text, first):
        rows.append(_row(text, first))
        if rows[-1].end >= len(text):
            break
        first = rows[-1].end + 1
    if len(rows) <= _DASH_ROW or not _DASHES.fullmatch(text, rows[1].start, rows[1].end):
        return None
    row = next((at for at, it in enumerate(rows) if it.start == start), None)
    if row is None:  # beyond ROWS_MAX
        return None
    lefts = [cell.left for cell in rows[row].cells]
    column = max(sum(left <= caret for left in lefts) - 1, 0)
    return rows, row, column


def _row(text: str, start: int) -> _Row:
    end = line_end(text, start)
    at = text.index("|", start) + 1
    cells: list[_Cell] = []
    tail, closed = end, False
    while at <= end:
        match = _CELL.match(text, at, end)
        assert match is not None
        right = match.end() if match.end() < end and text[match.end()] == "|" else end
        inside = text[at:right]
        if right == end and not inside.strip():
            tail, closed = at, True
            break
        lead = len(inside) - len(inside.lstrip())
        words = inside.strip()
        begin = at + lead if words else at
        cells.append(_Cell(at, right, begin, begin + len(words)))
        at = right + 1
    return _Row(start, end, tuple(cells), tail, closed)


def _tidied(text: str, rows: list[_Row], row: int, column: int) -> Edited:
    """The table with its columns in line, and what stands in one cell selected; rows and cells
    that are missing are added."""
    count = max(len(rows[0].cells), 1)
    widths = [_NARROWEST] * max(len(it.cells) for it in rows)
    for number, it in enumerate(rows):
        for place, cell in enumerate(it.cells):
            if number != _DASH_ROW:
                widths[place] = max(widths[place], _columns(text[cell.start : cell.stop]))
    ranges: list[Range] = []
    chosen = None
    for number, it in enumerate(rows):
        for place, cell in enumerate(it.cells):
            if (number, place) == (row, column):
                chosen = cell
            ranges += _cell_ranges(text, cell, widths[place], dashes=number == _DASH_ROW)
        missing = "" if it.closed else "|"
        for place in range(len(it.cells), count):
            fill = "-" if number == _DASH_ROW else " "
            missing += f" {fill * widths[place]} |"
        if missing or it.tail < it.end:
            ranges.append((it.tail, it.end, missing))
    if row >= len(rows):
        below = "\n|" + "".join(f" {' ' * width} |" for width in widths[:count])
        ranges = _joined([*ranges, (rows[-1].end, rows[-1].end, below)])
        first = len("\n| ") + sum(width + 3 for width in widths[:column])
        place = _after(rows[-1].end, ranges) - len(below) + first
        return Edited(from_ranges(ranges), place, place)
    ranges = _joined(ranges)
    if chosen is None:  # a cell that was missing
        before = "".join(f" {' ' * width} |" for width in widths[column:count])
        place = _after(rows[row].end, ranges) - len(before) + 1
        return Edited(from_ranges(ranges), place, place)
    if chosen.start == chosen.stop:
        place = chosen.left + _grown(ranges, chosen.left) + 1
        return Edited(from_ranges(ranges), place, place)
    place = _after(chosen.start, ranges)
    return Edited(from_ranges(ranges), place, place + chosen.stop - chosen.start)


def _cell_ranges(text: str, cell: _Cell, width: int, *, dashes: bool) -> list[Range]:
    """What makes the cell `width` columns wide, with a blank on both sides."""
    words = text[cell.start : cell.stop]
    if dashes:
        ends = len(words) - len(words.strip(":"))
        lead, tail = words.startswith(":"), words.endswith(":") and ends
        full = f" {':' if lead else ''}{'-' * (width - ends)}{':' if tail else ''} "
        return [(cell.left, cell.right, full)] if text[cell.left : cell.right] != full else []
    if not words:
        blank = " " * (width + 2)
        return [(cell.left, cell.right, blank)] if cell.right - cell.left != width + 2 else []
    ranges: list[Range] = []
    if text[cell.left : cell.start] != " ":
        ranges.append((cell.left, cell.start, " "))
    tail_blank = " " * (width - _columns(words) + 1)
    if text[cell.stop : cell.right] != tail_blank:
        ranges.append((cell.stop, cell.right, tail_blank))
    return ranges


def _columns(words: str) -> int:
    """How many columns words take in letters of one width: two for a wide one, none for a mark
    over another."""
    if words.isascii():
        return len(words)
    return sum(
        0 if unicodedata.combining(it) else 2 if unicodedata.east_asian_width(it) in "WF" else 1
        for it in words
    )


def _joined(ranges: list[Range]) -> list[Range]:
    """Neighbours at one place as one range."""
    done: list[Range] = []
    for start, stop, words in ranges:
        if done and done[-1][1] == start and (start == stop or done[-1][0] == done[-1][1]):
            done[-1] = (done[-1][0], stop, done[-1][2] + words)
        else:
            done.append((start, stop, words))
    return done


def _grown(ranges: list[Range], place: int) -> int:
    """How much longer the text before `place` becomes."""
    return sum(
        len(words) - (stop - start) for start, stop, words in ranges if stop <= place > start
    )


def _after(place: int, ranges: list[Range]) -> int:
    """Where `place` is after the ranges, behind what is put there."""
    return place + sum(
        len(words) - (stop - start) for start, stop, words in ranges if stop <= place
    )
