"""Blocks of Markdown one below the other: paragraphs, lists in lists, quotes, programs, tables.

Pure. Owns what stands before each line, and where an empty line is needed. Invariant: a block is in
all that was opened and not closed; items of one list stand close together.
Must never import Qt.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

_TICKS: Final = re.compile(r"^ *(`{3,})", re.MULTILINE)


class _Opened:
    """A quote, a list or an item: what stands before its first line, and before the others."""

    __slots__ = ("first", "inner", "is_list", "number", "rest", "used")

    def __init__(self, first: str, rest: str, *, is_list: bool = False) -> None:
        self.first = first
        self.rest = rest
        self.is_list = is_list
        self.number: int | None = None  # of the next item, in a list that counts
        self.inner = ""  # what stands before what belongs to the last item
        self.used = is_list


class Blocks:
    """Takes blocks, gives the text."""

    def __init__(self) -> None:
        self._lines: list[str] = []
        self._open: list[_Opened] = []
        self._lists = 0  # how many lists are open
        self._close = False  # the block before stood in a list that is still open

    @property
    def text(self) -> str:
        """All blocks; no line end at the end."""
        return "\n".join(self._lines)

    @property
    def depth(self) -> int:
        """How much is open."""
        return len(self._open)

    def open_quote(self) -> None:
        """What comes is quoted."""
        self._open.append(_Opened("> ", "> "))

    def open_list(self, start: int | None) -> None:
        """Items come; counted from `start` on, unless that is None. A list right in a list belongs
        to the item before it."""
        outer = self._open[-1] if self._open else None
        indent = outer.inner if outer is not None and outer.is_list else ""
        opened = _Opened(indent, indent, is_list=True)
        opened.number = start
        self._open.append(opened)
        self._lists += 1

    def open_item(self, box: bool | None = None) -> None:
        """An item of the list opened last comes; with a box to check, unless that is None."""
        marker = "- "
        within = self._open[-1] if self._open and self._open[-1].is_list else None
        if within is not None and within.number is not None:
            marker = f"{within.number}. "
            within.number += 1
        indent = " " * len(marker)
        if within is not None:
            within.inner = indent
        if box is not None:
            marker += "[x] " if box else "[ ] "
        self._open.append(_Opened(marker, indent))

    def close(self, depth: int) -> None:
        """Closes all that was opened when so much was open."""
        while len(self._open) > depth:
            self._lists -= self._open.pop().is_list
        self._close = self._close and self._lists > 0

    def paragraph(self, text: str) -> None:
        """A paragraph, a heading, a line across: lines as they are."""
        if text:
            self._put(text.split("\n"))

    def program(self, text: str, language: str) -> None:
        """Lines that are shown as they stand."""
        longest = max((len(run) for run in _TICKS.findall(text)), default=2)
        fence = "`" * (longest + 1)
        self._put([fence + language, *text.split("\n"), fence])

    def table(self, rows: Sequence[Sequence[str]]) -> None:
        """Rows of cells; the first is the head."""
        width = max(len(row) for row in rows)
        head, *others = [[*row, *[""] * (width - len(row))] for row in rows]
        lines = [head, ["---"] * width, *others]
        self._put(["| " + " | ".join(cells) + " |" for cells in lines])

    def _put(self, lines: Sequence[str]) -> None:
        begins_item = bool(self._open) and not self._open[-1].used
        if self._lines and not (self._close and begins_item):
            self._lines.append(self._before(first=False).rstrip())
        for line in lines:
            self._lines.append((self._before(first=True) + line).rstrip(" ") + _break_of(line))
        self._close = self._lists > 0

    def _before(self, *, first: bool) -> str:
        parts = []
        for opened in self._open:
            if opened.used:
                parts.append(opened.rest)
            elif first:
                parts.append(opened.first)
                opened.used = True
        return "".join(parts)


def _break_of(line: str) -> str:
    return "  " if line.endswith("  ") and line.strip() else ""
