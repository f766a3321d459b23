"""What `/` offers at the beginning of a line: headings, lists, tables, dates. Data only.

Must never import Qt.
"""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple

from ui.language import mark, tr


class Block(NamedTuple):
    """Something to write: its words, other words it is found by, the text, and how many letters
    before its end the caret goes."""

    words: str
    also: str
    text: str
    back: int = 0


TABLE = "|   |   |\n| --- | --- |\n|   |   |\n"
_CODE = "```\n\n```\n"

FIXED: tuple[Block, ...] = (
    Block(mark("Heading"), "title h1 large", "# "),
    Block(mark("Smaller heading"), "title h2", "## "),
    Block(mark("Smallest heading"), "title h3", "### "),
    Block(mark("Check box"), "todo task", "- [ ] "),
    Block(mark("List"), "bullet points", "- "),
    Block(mark("Numbered list"), "1 one order", "1. "),
    Block(mark("Quotation"), "quote cite", "> "),
    Block(mark("Program"), "code fence", _CODE, 5),
    Block(mark("Table"), "columns rows", TABLE, len(TABLE) - 2),
    Block(mark("Line across"), "rule divider", "---\n"),
    Block(mark("Link to a note"), "wiki", "[["),
    Block(mark("Show a note here"), "embed", "![["),
)


def blocks_at(now_ms: int) -> tuple[Block, ...]:
    """All blocks; dates are those of now, here."""
    now = datetime.fromtimestamp(now_ms / 1000)
    return (
        *FIXED,
        Block(mark("Today’s date"), "day now", f"{now:%Y-%m-%d} "),
        Block(mark("Date and time"), "now clock", f"{now:%Y-%m-%d %H:%M} "),
    )


def matching(words: str, now_ms: int) -> list[Block]:
    """The blocks that have a word beginning so; those whose first word does come first."""
    wanted = words.casefold()
    found: list[tuple[int, Block]] = []
    for marked in blocks_at(now_ms):
        block = marked._replace(words=tr(marked.words))
        names = block.words.casefold().split()
        if names[0].startswith(wanted):
            found.append((0, block))
        elif any(
            name.startswith(wanted)
            for name in (*names[1:], *marked.words.casefold().split(), *block.also.split())
        ):
            found.append((1, block))
    return [block for _, block in sorted(found, key=lambda entry: entry[0])]
