"""A table of HTML while it is read: its rows, and whether words are in one of its cells. Pure.

Invariant: a table in a table is part of the cell that it is in. Must never import Qt.
"""

from __future__ import annotations

from typing import Final

_CELLS: Final = frozenset({"td", "th"})
_SPAN_MAX: Final = 100
_FOR_LOOKS: Final = frozenset({"presentation", "none"})


class Table:
    """The outermost table that is open, if there is one."""

    def __init__(self) -> None:
        self.in_cell = False
        self._rows: list[list[str]] = []
        self._tables = 0  # how many are open, one in the other
        self._span = 1
        self._laid_out: list[bool] = []  # of each open one, whether it only holds a page together

    def open(self, name: str, attributes: dict[str, str]) -> bool:
        """Takes note of a start tag; True if it is part of the table and not of a cell."""
        if name == "table":
            laid_out = attributes.get("role", "").lower() in _FOR_LOOKS
            self._laid_out.append(laid_out)
            self._tables += not laid_out
            return self._tables == 1 and not laid_out
        if self._tables != 1 or self._laid_out[-1]:
            return False
        if name == "tr":
            self._rows.append([])
        elif name in _CELLS:
            self.in_cell = True
            span = attributes.get("colspan", "")
            self._span = min(int(span), _SPAN_MAX) if span.isdecimal() and len(span) < 4 else 1
        return name == "tr" or name in _CELLS

    def close(self, name: str) -> bool | None:
        """Takes note of an end; None if it is not of this table, True if it ends the table."""
        if name == "table" and self._laid_out:
            laid_out = self._laid_out.pop()
            self._tables -= not laid_out
            return None if laid_out or self._tables else True
        if self._tables == 1 and not self._laid_out[-1] and (name == "tr" or name in _CELLS):
            return False
        return None

    def fill(self, words: str) -> None:
        """The words of the cell that ended."""
        self.in_cell = False
        if not self._rows:
            self._rows.append([])
        cell = " ".join(words.split()).replace("|", "\\|")
        self._rows[-1] += [cell, *[""] * (self._span - 1)]

    def take(self) -> list[list[str]]:
        """The rows of the table that ended; rows without cells are none."""
        rows, self._rows = self._rows, []
        return [row for row in rows if row]
