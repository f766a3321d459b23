"""The keys and clicks that write Markdown: lists and tables go on, Tab indents, boxes click, links
open.

Owns when a key means more than itself. Every change is an edit of the binding: one step of undo,
merged like typing. Must never import goatcore.
"""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, QPoint, Qt, QUrl, Signal
from PySide6.QtGui import QDesktopServices, QKeyEvent, QMouseEvent, QTextBlock, QTextCursor

from ui.bridge.text_binding import TextBinding
from ui.bridge.text_units import units
from ui.editing import line_edits, tables
from ui.editing.line_edits import Edited
from ui.editing.links import NOTE_SCHEME, Target, target_at
from ui.widgets.markdown_spans import PLAIN
from ui.widgets.text_editor import TextEditor

BOLD, SLANTED = "**", "*"
_CTRL = Qt.KeyboardModifier.ControlModifier
_SHIFT = Qt.KeyboardModifier.ShiftModifier
_NONE = Qt.KeyboardModifier.NoModifier


class Habits(QObject):
    """The habits of one editor; `binding` is that of the open note, or None."""

    note_wanted = Signal(str)  # a link to a note of that title was followed
    note_wanted_beside = Signal(str)  # and its note is to be in a tab of its own
    link_wanted = Signal(str)  # a link that names a note for ever
    left = Signal()  # Escape

    def __init__(self, editor: TextEditor) -> None:
        super().__init__(editor)
        self._editor = editor
        self.binding: TextBinding | None = None
        editor.installEventFilter(self)
        editor.viewport().installEventFilter(self)
        editor.viewport().setMouseTracking(True)

    # -- commands ------------------------------------------------------------------------------

    def mark(self, mark: str) -> None:
        """Sets or takes away bold or slanted."""
        if binding := self._writing():
            self._do(line_edits.toggle_mark(binding.text, *binding.selection, mark))

    def check(self) -> None:
        """Checks or unchecks the box of this line; makes one if there is none."""
        if binding := self._writing():
            self._do(line_edits.toggle_box(binding.text, *binding.selection))

    def indent(self, *, outward: bool) -> bool:
        """Moves list items in or out; False if there is nothing to move."""
        binding = self._writing()
        if binding is None:
            return False
        done = line_edits.indent(binding.text, *binding.selection, outward=outward)
        self._do(done)
        return done is not None

    def paste(self, words: str) -> bool:
        """An address pasted over words makes a link; False: paste as usual."""
        binding = self._writing()
        if binding is None or not self._editor.textCursor().hasSelection():
            return False
        done = line_edits.link(binding.text, *binding.selection, words)
        self._do(done)
        return done is not None

    def follow(self) -> None:
        """Opens the link at the caret."""
        cursor = self._editor.textCursor()
        self._open(_target(cursor.block(), cursor.positionInBlock()))

    # -- keys and clicks -----------------------------------------------------------------------

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if self.binding is not None:
            if watched is self._editor:
                if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress:
                    return self._on_key(event)
            elif isinstance(event, QMouseEvent):
                return self._on_mouse(event)
        return super().eventFilter(watched, event)

    def _on_key(self, event: QKeyEvent) -> bool:
        key, modifiers = event.key(), event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier
        if key in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and modifiers == _NONE:
            return self._enter()
        if key == Qt.Key.Key_Tab and modifiers == _NONE:
            return self._cell(backward=False) or self.indent(outward=False)
        if key == Qt.Key.Key_Backtab:
            return self._cell(backward=True) or self.indent(outward=True) or True
        if key == Qt.Key.Key_Escape and modifiers == _NONE:
            self.left.emit()
            return True
        return False

    def _enter(self) -> bool:
        binding = self._writing()
        cursor = self._editor.textCursor()
        if binding is None or cursor.hasSelection() or not is_prose(cursor.block()):
            return False
        text, caret = binding.text, binding.selection[1]
        done = tables.next_row(text, caret, caret) or line_edits.new_line(text, caret)
        self._do(done)
        return done is not None

    def _cell(self, *, backward: bool) -> bool:
        binding = self._writing()
        if binding is None or not is_prose(self._editor.textCursor().block()):
            return False
        done = tables.next_cell(binding.text, *binding.selection, backward=backward)
        self._do(done)
        return done is not None

    def _on_mouse(self, event: QMouseEvent) -> bool:
        place = event.position().toPoint()
        if event.type() == QEvent.Type.MouseMove and not event.buttons():
            self._show_pointer(place, event.modifiers())
            return False
        pressed = event.type() in (
            QEvent.Type.MouseButtonPress,
            QEvent.Type.MouseButtonDblClick,
        )
        if not pressed or event.button() != Qt.MouseButton.LeftButton:
            return False
        if event.modifiers() in (_CTRL, _CTRL | _SHIFT):
            target = self._target_under(place)
            self._open(target, beside=event.modifiers() != _CTRL)
            return target is not None
        box = self._box_under(place) if event.modifiers() == _NONE else None
        binding = self._writable()
        if box is None or binding is None:
            return False
        at = binding.points_at(box)
        anchor, caret = binding.selection
        done = line_edits.toggle_box(binding.text, at, at)
        binding.edit(done.edit, anchor, caret)
        return True

    def _show_pointer(self, place: QPoint, modifiers: Qt.KeyboardModifier) -> None:
        hand = self._box_under(place) is not None and not self._editor.isReadOnly()
        if modifiers in (_CTRL, _CTRL | _SHIFT):
            hand = self._target_under(place) is not None
        shape = Qt.CursorShape.PointingHandCursor if hand else Qt.CursorShape.IBeamCursor
        if self._editor.viewport().cursor().shape() != shape:
            self._editor.viewport().setCursor(shape)

    def _box_under(self, place: QPoint) -> int | None:
        """The place in the document of the check box under the pointer."""
        block = self._editor.cursorForPosition(place).block()
        box = line_edits.box_at(block.text()) if is_prose(block) else None
        if box is None:
            return None
        cursor = QTextCursor(block)
        cursor.setPosition(block.position() + box[0])
        left = self._editor.cursorRect(cursor)
        cursor.setPosition(block.position() + box[1])
        right = self._editor.cursorRect(cursor)
        inside = left.left() <= place.x() <= right.right() and (
            left.top() <= place.y() <= left.bottom()
        )
        return block.position() + box[0] if inside else None

    def _target_under(self, place: QPoint) -> Target | None:
        cursor = self._editor.cursorForPosition(place)
        if not self._editor.cursorRect(cursor).adjusted(-12, 0, 12, 0).contains(place):
            return None
        return _target(cursor.block(), cursor.positionInBlock())

    def _open(self, target: Target | None, *, beside: bool = False) -> None:
        if target is None:
            return
        if target.title:
            (self.note_wanted_beside if beside else self.note_wanted).emit(target.title)
        elif target.address.lower().startswith(NOTE_SCHEME):
            self.link_wanted.emit(target.address)
        else:
            QDesktopServices.openUrl(QUrl(target.address))

    # -- inside --------------------------------------------------------------------------------

    def _writing(self) -> TextBinding | None:
        """The binding, if it is here that the person writes."""
        return self._writable() if self._editor.hasFocus() else None

    def _writable(self) -> TextBinding | None:
        return None if self._editor.isReadOnly() or self._editor.composes else self.binding

    def _do(self, done: Edited | None) -> None:
        if done is not None and self.binding is not None:
            self.binding.edit(done.edit, done.anchor, done.caret)


def is_prose(block: QTextBlock) -> bool:
    """Not in code, not in front matter: the line before left nothing open."""
    return not block.previous().isValid() or block.previous().userState() <= PLAIN


def _target(block: QTextBlock, column: int) -> Target | None:
    text = block.text()
    if not text.isascii():  # Qt counts UTF-16 units
        column = len(text.encode("utf-16-le")[: 2 * column].decode("utf-16-le", "ignore"))
    assert column <= units(text)
    return target_at(text, column) or (target_at(text, column - 1) if column else None)
