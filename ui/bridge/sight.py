"""What a person sees of a text: caret, selection and the line at the top; and how it is kept.

Invariant: after somebody else's edit the caret and the selection are at the same letters, and the
same line is at the top. Must never import goatcore.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from PySide6.QtGui import QTextCursor
from PySide6.QtWidgets import QPlainTextEdit

from ui.bridge.edits import Edit, move_position
from ui.bridge.resting_text import Seen

LOOKS_MAX = 4


class Sight(NamedTuple):
    """Caret and anchor in code points; a cursor at the block on top, and which line of it."""

    caret: int
    anchor: int
    top_block: QTextCursor
    top_line: int


def sight(editor: QPlainTextEdit, points: Callable[[int], int]) -> Sight:
    """What is seen now; `points` turns a place of the document into code points."""
    cursor = editor.textCursor()
    block = editor.firstVisibleBlock()
    line = editor.verticalScrollBar().value() - block.firstLineNumber()
    return Sight(points(cursor.position()), points(cursor.anchor()), QTextCursor(block), line)


def look_again(editor: QPlainTextEdit, seen: Sight, edit: Edit, unit: Callable[[int], int]) -> None:
    """Shows after `edit` what was seen before; `unit` is the way back of `points`."""
    caret = unit(move_position(seen.caret, edit))
    anchor = unit(move_position(seen.anchor, edit))
    cursor = editor.textCursor()
    if cursor.position() != caret or cursor.anchor() != anchor:
        cursor.setPosition(anchor)
        cursor.setPosition(caret, QTextCursor.MoveMode.KeepAnchor)
        editor.setTextCursor(cursor)
    bar = editor.verticalScrollBar()
    block = seen.top_block.block()
    line = min(max(seen.top_line, 0), max(block.lineCount() - 1, 0))
    value = block.firstLineNumber() + line
    if bar.value() != value:
        bar.setValue(value)


def look_at(editor: QPlainTextEdit, seen: Seen, unit: Callable[[int], int]) -> None:
    """Shows a text that was put into the editor anew as it was seen before."""
    cursor = editor.textCursor()
    cursor.setPosition(unit(seen.anchor))
    cursor.setPosition(unit(seen.caret), QTextCursor.MoveMode.KeepAnchor)
    editor.setTextCursor(cursor)
    document = editor.document()
    block = document.findBlock(unit(seen.top))
    bar = editor.verticalScrollBar()
    for _ in range(LOOKS_MAX):  # lines are counted when they are seen, which moves what is below
        document.documentLayout().blockBoundingRect(block)
        line = min(max(seen.top_line, 0), max(block.lineCount() - 1, 0))
        bar.setValue(block.firstLineNumber() + line)
        if editor.firstVisibleBlock() == block:
            break
