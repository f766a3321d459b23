"""Colours of the programs between fences, while one types in them.

Owns the reading of the block that the keys are in. A block of usual size is read as a whole, so
that a string over several lines is one; of a long one each line is read for itself, and lines far
from its fence stay plain, so that a key costs the same everywhere. Must never import goatcore.

What a line leaves open is a number that Qt keeps with it: 2 bits what is open (as `markdown_spans`
counts), 1 bit whether a string or comment goes on, then the lines since the fence (≤ `LINES_MAX`).
"""

from __future__ import annotations

import re
from typing import Final, NamedTuple

from PySide6.QtGui import QTextBlock

from ui.reading.code_colours import CodeLine, CodeSpan, coloured_lines

LINES_MAX: Final = 250
LETTERS_MAX: Final = 6_000
OPEN_KINDS: Final = 0b11
_GOES_ON: Final = 0b100
_SHIFT: Final = 3
_LANGUAGE: Final = re.compile(r"\s*(?:`{3,}|~{3,})\s*([\w+#.-]+)")


class Coloured(NamedTuple):
    """The spans of a line, and the state it leaves."""

    spans: tuple[CodeSpan, ...]
    state: int


class CodeBlocks:
    """The code of one document."""

    def __init__(self) -> None:
        self._read: tuple[int, int] = (-1, -1)  # revision and first block of what is in `_lines`
        self._lines: tuple[CodeLine, ...] = ()

    def line(self, block: QTextBlock, before: int, kind: int) -> Coloured:
        """A line between fences; `before` is what the line before left, `kind` which fence."""
        back = min((before >> _SHIFT) + 1, LINES_MAX)
        state = kind | back << _SHIFT
        if back >= LINES_MAX:
            return Coloured((), state)
        first = block
        for _ in range(back):
            first = first.previous()
        match = _LANGUAGE.match(first.text())
        if match is None:
            return Coloured((), state)
        lines = self._whole(first, match[1])
        if lines is None:
            return Coloured(coloured_lines(block.text(), match[1])[0][1], state)
        if back > len(lines):
            return Coloured((), state)
        text, spans = lines[back - 1]
        if back < len(lines) and _runs_on(text, spans, lines[back]):
            state |= _GOES_ON
        return Coloured(spans, state)

    def _whole(self, first: QTextBlock, language: str) -> tuple[CodeLine, ...] | None:
        """All lines of the block that begins after `first`; None if it is a long one."""
        document = first.document()
        read = (document.revision(), first.blockNumber())
        if read == self._read:
            return self._lines or None
        texts: list[str] = []
        letters = 0
        block = first.next()
        fence = first.text().strip()[:3]
        while block.isValid() and not block.text().strip().startswith(fence):
            texts.append(block.text())
            letters += len(texts[-1]) + 1
            if len(texts) >= LINES_MAX or letters > LETTERS_MAX:
                texts = []
                break
            block = block.next()
        self._read = read
        self._lines = coloured_lines("\n".join(texts), language) if texts else ()
        return self._lines or None


def _runs_on(text: str, spans: tuple[CodeSpan, ...], after: CodeLine) -> bool:
    """Whether a string or a comment goes on in the next line."""
    following, next_spans = after
    if not following:
        return bool(spans) and spans[-1].kind in ("string", "comment")
    return (
        bool(spans and next_spans)
        and spans[-1].kind in ("string", "comment")
        and spans[-1].stop == len(text)
        and next_spans[0].start == 0
        and next_spans[0].kind == spans[-1].kind
    )
