"""HTML as browsers and word processors copy it, as the Markdown that a person would have typed.

Pure. Owns what each element becomes. Invariants: the words of the page come out in their order,
each once; nothing is run and nothing is fetched; any nesting, also a wrong one, ends. Tables are
`tables`' part. Must never import Qt.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final, NamedTuple

from ui.markup.blocks import Blocks
from ui.markup.elements import (
    CELLS,
    CLOSES_P,
    COUNTED,
    ENDED_BY,
    HEADINGS,
    HOLDERS,
    LISTS,
    OFFICE_ITEM,
    OFFICE_MARK,
    PARAGRAPH,
    PROGRAM,
    ROWS,
    UNSEEN,
    VOID,
    box_of,
    language_of,
)
from ui.markup.lines import BREAK, MADE, Piece, image, line_of
from ui.markup.looks import PLAIN, Looks, address, is_hidden, looks_inside
from ui.markup.tables import Table
from ui.markup.tokens import Tag, tokens

TOKENS_A_LOOK = 500  # after so many the time is looked at; and after a wrong one, which took long

_ODD: Final = {ord(BREAK): None, ord(MADE): None, 0: "\ufffd", ord("\u200b"): None}


class TooLong(Exception):
    """There was no time to read it to its end."""


class Converted(NamedTuple):
    """The Markdown, and whether it says something that the words alone do not say. The coloured
    program that an editor copies, for one, says no more than its words."""

    text: str
    says: bool


def markdown_of(html: str, expired: Callable[[], bool] = lambda: False) -> Converted:
    """The page as Markdown. Raises `TooLong` when `expired` says that it took too long."""
    page = _Page()
    for count, token in enumerate(tokens(html), 1):
        if (token == "<" or count % TOKENS_A_LOOK == 0) and expired():
            raise TooLong
        page.take(token)
    return page.end()


class _Element:
    """An open element, and what was before it and comes again after it."""

    __slots__ = ("depth", "language", "level", "looks", "name", "pre", "unseen")

    def __init__(self, name: str, page: _Page) -> None:
        self.name = name
        self.looks = page.looks
        self.pre = page.pre
        self.unseen = page.unseen
        self.depth = page.blocks.depth
        self.language = ""  # of a program
        self.level = 0  # of an item of a word processor's list


class _Page:
    """The page as far as it was read."""

    def __init__(self) -> None:
        self.blocks = Blocks()
        self.looks: Looks = PLAIN
        self.pre = False  # lines are shown as they stand
        self.unseen = False
        self._stack: list[_Element] = []
        self._count: dict[str, int] = {}
        self._pieces: list[Piece] = []
        self._heading = 0
        self._table = Table()
        self._levels: list[int] = []  # of a word processor's list, how much was open before each
        self._mark: list[str] | None = None  # what such a list shows before an item
        self._marker = ""
        self._says = False
        self._programs = self._others = 0  # how many blocks there are of either kind

    def take(self, token: Tag | str) -> None:
        """Reads on."""
        if isinstance(token, str):
            self._take_words(token)
        elif not token.ends:
            self._take_start(token)
        elif token.name == "br":  # as browsers read it
            self._take_void("br", {})
        else:
            self._take_end(token.name)

    def end(self) -> Converted:
        """The whole."""
        while self._stack:
            self._close_top()
        self._flush()
        says = self._says or (self._programs > 0 and self._programs + self._others > 1)
        return Converted(self.blocks.text, says)

    # -- words ---------------------------------------------------------------------------------

    def _take_words(self, words: str) -> None:
        if self.unseen:
            return
        words = words.translate(_ODD)
        if self._mark is not None:
            self._mark.append(words)
        elif self.pre:
            self._pieces.append((words.replace("\r\n", "\n"), PLAIN))
        else:
            self._pieces.append((words, self.looks))

    def _line(self) -> str:
        pieces, self._pieces = self._pieces, []
        if not pieces:
            return ""
        words = line_of(pieces, heading=bool(self._heading))
        if words and not self._says:
            self._says = any(looks != PLAIN and text.strip() for text, looks in pieces)
        return words

    def _flush(self) -> None:
        """What was read until now is a paragraph, or a heading."""
        if self._table.in_cell:  # where all is one line
            self._pieces.append((" ", PLAIN))
            return
        words = self._line()
        if words:
            self._end_levels()
            self._others += 1
            if self._heading:
                words = "#" * self._heading + " " + " ".join(words.split())
            self.blocks.paragraph(words)

    # -- tags ----------------------------------------------------------------------------------

    def _take_start(self, tag: Tag) -> None:
        name = tag.name
        if name in ENDED_BY:
            self._end_implied(*ENDED_BY[name])
        elif name in CLOSES_P and self._count.get("p"):
            self._end_implied(PARAGRAPH, HOLDERS)
        if name == "body":
            while self._stack and self.unseen:
                self._close_top()
        attributes = tag.attributes() if tag.raw and not tag.raw.isspace() else {}
        if name in VOID:
            self._take_void(name, attributes)
            return
        element = _Element(name, self)
        self._stack.append(element)
        self._count[name] = self._count.get(name, 0) + 1
        if self.unseen or name in UNSEEN or is_hidden(attributes):
            self.unseen = True
            return
        self.looks = looks_inside(self.looks, tag, attributes)
        self._open(element, attributes)

    def _take_end(self, name: str) -> None:
        if not self._count.get(name):
            return
        if name not in CLOSES_P and name not in HOLDERS and name not in ROWS:
            for element in reversed(self._stack):  # letters' looks do not end what holds them
                if element.name == name:
                    break
                if element.name in HOLDERS:
                    return
        while self._close_top() != name:
            pass

    def _end_implied(self, ended: frozenset[str], holders: frozenset[str]) -> None:
        """Closes all of `ended` that is inside of the innermost of `holders`."""
        for at in range(len(self._stack) - 1, -1, -1):
            name = self._stack[at].name
            if name in ended:
                while len(self._stack) > at:
                    self._close_top()
            elif name in holders:
                return

    def _close_top(self) -> str:
        element = self._stack.pop()
        self._count[element.name] -= 1
        if not self.unseen:
            self._close(element)
        self.looks, self.pre, self.unseen = element.looks, element.pre, element.unseen
        return element.name

    # -- elements ------------------------------------------------------------------------------

    def _open(self, element: _Element, attributes: dict[str, str]) -> None:
        name, style = element.name, attributes.get("style", "")
        if self.pre:
            if name == "code":
                self._stack[-2].language = self._stack[-2].language or language_of(attributes)
            elif name in CLOSES_P or name in HOLDERS or name in ROWS:
                self._end_program_line()
        elif self._table.open(name, attributes):
            self._flush()
            self._end_levels()
        elif name == "span" and style and OFFICE_MARK.search(style):
            self._mark = []
        elif name not in CLOSES_P and name not in HOLDERS:
            return
        elif self._table.in_cell:
            self._flush()
        else:
            self._flush()
            self._open_block(element, attributes, style)

    def _open_block(self, element: _Element, attributes: dict[str, str], style: str) -> None:
        name = element.name
        if name in LISTS or name == "blockquote":
            self._end_levels()
            self._says = True
        if name in HEADINGS:
            self._heading, self._says = HEADINGS[name], True
        elif name in LISTS:
            start = attributes.get("start", "")
            first = int(start) if start.isdecimal() and len(start) < 10 else 1
            self.blocks.open_list(first if name == "ol" else None)
        elif name == "li":
            self.blocks.open_item(box_of(attributes))
        elif name == "blockquote":
            self.blocks.open_quote()
        elif name == "pre" or (PROGRAM.search(style) and "monospace" in style.lower()):
            self.pre = True
            element.language = language_of(attributes)
        elif found := OFFICE_ITEM.search(style):
            element.level = int(found[1])

    def _close(self, element: _Element) -> None:
        name = element.name
        if self.pre and not element.pre:
            self._end_program(element)
        elif self.pre:
            if name in CLOSES_P or name in HOLDERS or name in ROWS:
                self._end_program_line()
        elif (closed := self._table.close(name)) is not None:
            if name in CELLS:
                self._table.fill(self._line())
            elif closed:
                self._end_table()
        elif name == "span" and self._mark is not None:
            self._marker, self._mark = "".join(self._mark).strip(), None
        elif element.level:
            self._end_office_item(element.level)
        elif name in CLOSES_P or name in HOLDERS:
            self._flush()
            if name in HEADINGS:
                self._heading = 0
            elif name in HOLDERS and not self._table.in_cell:
                self._end_levels()
                self.blocks.close(element.depth)

    def _take_void(self, name: str, attributes: dict[str, str]) -> None:
        if self.unseen:
            return
        if name == "br":
            broken = "\n" if self.pre else " " if self._table.in_cell else BREAK
            self._pieces.append((broken, PLAIN))
        elif name == "hr" and not self._table.in_cell and not self.pre:
            self._flush()
            self._end_levels()
            self.blocks.paragraph("---")
            self._says = True
        elif name == "img" and not self.pre:
            self._take_image(attributes)
        elif name == "input" and self._count.get("li") and attributes.get("type") == "checkbox":
            box = "[x]" if "checked" in attributes else "[ ]"
            self._pieces += [(MADE + box + MADE, PLAIN), (" ", PLAIN)]

    def _take_image(self, attributes: dict[str, str]) -> None:
        alt = attributes.get("alt", "").translate(_ODD)
        source = address(attributes.get("src", ""))
        if source.startswith(("http://", "https://")):
            self._pieces.append((image(alt, source), self.looks._replace(code=False)))
            self._says = True
        elif alt:
            self._pieces.append((alt, self.looks))

    def _end_program_line(self) -> None:
        if self._pieces and not self._pieces[-1][0].endswith("\n"):
            self._pieces.append(("\n", PLAIN))

    def _end_program(self, element: _Element) -> None:
        pieces, self._pieces = self._pieces, []
        lines = "".join(text for text, _ in pieces).replace("\u00a0", " ").strip("\n")
        lines = lines.replace(BREAK, "\n").replace(MADE, "")
        if lines.strip():
            self._end_levels()
            self._programs += 1
            self.blocks.program(lines, element.language)

    def _end_table(self) -> None:
        self._flush()  # what stood between its cells
        rows = self._table.take()
        if rows and max(map(len, rows)) > 1:
            self._says = True
            self.blocks.table(rows)
        else:  # a column that only holds the page together
            for row in rows:
                self.blocks.paragraph(row[0])
                self._others += 1

    # -- the lists of word processors ----------------------------------------------------------

    def _end_office_item(self, level: int) -> None:
        """A paragraph that looks like an item: its level is in its style, its mark in its text."""
        words, marker, self._marker = self._line(), self._marker, ""
        if not words:
            return
        self._says = True
        if len(self._levels) >= level:
            depth = self._levels[level - 1] + 1  # of the list itself
            del self._levels[level:]
            self.blocks.close(depth)
        while len(self._levels) < level:
            self._levels.append(self.blocks.depth)
            self.blocks.open_list(1 if COUNTED.fullmatch(marker) else None)
        self.blocks.open_item()
        self.blocks.paragraph(words)

    def _end_levels(self) -> None:
        if self._levels:
            self.blocks.close(self._levels[0])
            self._levels.clear()
