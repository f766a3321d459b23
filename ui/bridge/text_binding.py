"""Binds an editor's document to a text: typing becomes exact splices, others' splices appear.

Owns the mirror: the text as the document shows it now. Invariants: shown(mirror) is what the
document holds; mirror with the withheld edits of others is what the field holds; caret, selection,
scroll position and the input method's composition are nobody's but the person's. Qt's own undo is
off, since it would take back others' work; the undo of mine only is here.
Must never import goatcore: a text is anything with the four verbs of `TextPort`.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Protocol

from PySide6.QtCore import QObject, QTimer, Signal
from PySide6.QtGui import QTextCursor, QTextDocument
from PySide6.QtWidgets import QPlainTextEdit

from ui.bridge import edits
from ui.bridge.edits import NOTHING, Edit
from ui.bridge.marks import Marks
from ui.bridge.resting_text import RestingText, Seen
from ui.bridge.sight import look_again, look_at, sight
from ui.bridge.text_units import astral, points_floor, shown, typed, units
from ui.bridge.undo import UndoStack

CHECK_AFTER_MS = 2_000  # the whole text is compared when nothing was typed for so long


class RemoteSplice(Protocol):
    """One splice made elsewhere; counts are code points."""

    @property
    def position(self) -> int: ...
    @property
    def deleted(self) -> int: ...
    @property
    def inserted(self) -> str: ...


Unsubscribe = Callable[[], None]


class TextRefused(Exception):
    """The text did not take an edit; the message is a sentence for the person."""


class TextPort(Protocol):
    """The text a binding shows. `splice` may raise TextRefused. `subscribe` reports what others
    did, never one's own `splice`; None instead of splices means: read it anew."""

    def text(self) -> str: ...
    def splice(self, position: int, deleted: int, inserted: str) -> None: ...
    def subscribe(
        self, callback: Callable[[Sequence[RemoteSplice] | None], None]
    ) -> Unsubscribe: ...


class TextBinding(QObject):
    """One editor on one text, until `close`. The editor shows the text from the first moment."""

    edited = Signal()  # something was typed (or undone) here
    received = Signal()  # somebody else's edit was shown
    failed = Signal(str)  # the text refused an edit; the document shows the text again

    def __init__(
        self,
        editor: QPlainTextEdit,
        port: TextPort,
        clock: Callable[[], int],
        resting: RestingText | None = None,
    ) -> None:
        super().__init__(editor)
        self._editor = editor
        self._document: QTextDocument = editor.document()
        self._port = port
        self._clock = clock
        self._undo = UndoStack()
        self._withheld = NOTHING  # of others, waiting for the end of a composition
        self._holding = False
        self._busy = False  # the document changes by our own hand
        self.marks = Marks()  # places of `text`, such as where others are
        self._mirror = port.text()
        self._astral = astral(self._mirror)
        self._document.setUndoRedoEnabled(False)
        editor.setPlainText(shown(self._mirror))
        self._check = QTimer(self)
        self._check.setSingleShot(True)
        self._check.setInterval(CHECK_AFTER_MS)
        self._check.timeout.connect(self.verify)
        self._document.contentsChange.connect(self._on_contents_change)
        self._unsubscribe = port.subscribe(self._on_remote)
        self._closed = False
        if resting is not None:
            self._undo, seen = resting.wake()
            look_at(editor, seen, self._unit)

    @property
    def text(self) -> str:
        """The text as the editor shows it."""
        return self._mirror

    @property
    def can_undo(self) -> bool:
        return self._undo.can_undo

    @property
    def can_redo(self) -> bool:
        return self._undo.can_redo

    def close(self) -> None:
        """Lets go of the editor and of the text. What was withheld is in the text already."""
        if self._closed:
            return
        self._closed = True
        self._check.stop()
        self._unsubscribe()
        self._document.contentsChange.disconnect(self._on_contents_change)

    def rest(self) -> RestingText:
        """Closes; another binding of this text can go on where this one was."""
        assert not self._closed
        self.verify()
        view = sight(self._editor, self._points)
        top = self._points(view.top_block.block().position())
        self.close()
        seen = Seen(view.anchor, view.caret, top, view.top_line)
        return RestingText(self._port, self._mirror, self._withheld, self._undo, seen)

    def look(self, seen: Seen) -> None:
        """Goes where one was in this text some time ago, as far as it is still there."""
        anchor, caret, top = (min(place, len(self._mirror)) for place in seen[:3])
        look_at(self._editor, Seen(anchor, caret, top, seen.top_line), self._unit)

    def undo(self) -> None:
        """Takes back the newest step that was made here."""
        self._apply_own(self._undo.undo(self._mirror))

    def redo(self) -> None:
        """Does again what `undo` took back."""
        self._apply_own(self._undo.redo(self._mirror))

    @property
    def selection(self) -> tuple[int, int]:
        """Anchor and caret, in code points of `text`."""
        cursor = self._editor.textCursor()
        return self._points(cursor.anchor()), self._points(cursor.position())

    def select(self, anchor: int, caret: int) -> None:
        """Selects from `anchor` to `caret` and shows the caret."""
        cursor = self._editor.textCursor()
        cursor.setPosition(self._unit(anchor))
        cursor.setPosition(self._unit(caret), QTextCursor.MoveMode.KeepAnchor)
        self._editor.setTextCursor(cursor)
        self._editor.ensureCursorVisible()

    def told(self, *places: int) -> tuple[int, ...]:
        """Places of `text` as places of the text that the field holds, with what is withheld."""
        return tuple([edits.move_position(place, self._withheld) for place in places])

    def shown_place(self, *places: int) -> tuple[int, ...]:
        """The way back of `told`."""
        if not self._withheld:
            return places
        back = edits.invert(self._withheld, self._mirror)
        return tuple([edits.move_position(place, back) for place in places])

    def edit(self, edit: Edit, anchor: int, caret: int) -> None:
        """An edit of one's own, made by a command: one step of undo, and the selection after it."""
        if edit:
            self._undo.step(edits.invert(edit, self._mirror))
            self._write(edit)
            self._send(edit)
            self.edited.emit()
        self.select(anchor, caret)

    def points_at(self, unit: int) -> int:
        """The code point of `text` at a place of the document."""
        return self._points(unit)

    def units_at(self, points: Sequence[int]) -> list[int]:
        """The places in the document of ascending code points of `text`."""
        if not self._astral:
            return list(points)
        found, last, place = [], 0, 0
        for point in points:
            place += units(self._mirror[last:point])
            last = point
            found.append(place)
        return found

    def end_step(self) -> None:
        """What is typed next is undone on its own."""
        self._undo.end_step()

    def hold(self) -> None:
        """An input method composes: others' edits wait."""
        self._holding = True

    def release(self) -> None:
        """The composition ended: show what waited."""
        self._holding = False
        withheld, self._withheld = self._withheld, NOTHING
        self._show(withheld)

    def verify(self) -> bool:
        """Compares everything; mends and returns False if document and text had parted."""
        raw = typed(self._document.toRawText())
        if raw == shown(self._mirror) and not self._fits:
            self._rewrite()
            return False
        if raw != shown(self._mirror):
            self._take_document(raw)
            return False
        if edits.apply(self._withheld, self._mirror) != self._port.text():
            self._take_text()
            return False
        return True

    @property
    def _fits(self) -> bool:
        return self._document.characterCount() - 1 == len(self._mirror) + self._astral

    # -- typed here ----------------------------------------------------------------------------

    def _on_contents_change(self, position: int, removed: int, added: int) -> None:
        """Qt reports UTF-16 units, and often too much: clip, slice, trim, convert."""
        if self._busy:
            return
        old_end = len(self._mirror) + self._astral
        new_end = self._document.characterCount() - 1  # without the implicit last separator
        start = min(position, old_end, new_end)
        old_stop, new_stop = min(position + removed, old_end), min(position + added, new_end)
        tail = min(old_end - old_stop, new_end - new_stop)
        old_stop, new_stop = old_end - tail, new_end - tail
        first, last = self._points(start), self._points(old_stop)
        if self._astral:  # a cut through a pair takes the whole pair
            start = units(self._mirror[:first])
            while (covered := units(self._mirror[:last])) < old_stop:
                last += 1
            new_stop = min(new_stop + max(0, covered - old_stop), new_end)
        old = self._mirror[first:last]
        new = typed(self._slice(start, new_stop))
        change = edits.difference(shown(old), new)
        for at, deleted, inserted in edits.to_splices(change):
            self._type(first + at, deleted, inserted)
        if not self._fits:
            self._take_document(typed(self._document.toRawText()))
            if not self._fits:  # half a surrogate pair, which no text can hold
                QTimer.singleShot(0, self._rewrite)
        self._check.start()

    def _type(self, position: int, deleted: int, inserted: str) -> None:
        """Passes one splice of this editor on to the text."""
        old = self._mirror[position : position + deleted]
        self._undo.mine(position, old, inserted, self._clock())
        self._pass_on(edits.splice_edit(position, deleted, inserted))
        self.edited.emit()

    def _pass_on(self, edit: Edit) -> None:
        """The mirror and the text take `edit`, which the document shows already."""
        self._take(edit)
        self._send(edit)

    def _send(self, edit: Edit) -> None:
        """The text takes `edit`, which document and mirror have."""
        theirs, self._withheld = (
            edits.transform(edit, self._withheld, before=True),
            edits.transform(self._withheld, edit, before=False),
        )
        try:
            for position, deleted, inserted in edits.to_splices(theirs):
                self._port.splice(position, deleted, inserted)
        except TextRefused as refused:  # show what is true again, and say why
            QTimer.singleShot(0, self._take_text)
            self.failed.emit(str(refused))

    def _take(self, edit: Edit) -> None:
        """The mirror takes `edit`; the count of pairs follows by what came and went."""
        position = 0
        for step in edit:
            if isinstance(step, str):
                self._astral += astral(step)
                continue
            if step < 0 and self._astral:
                self._astral -= astral(self._mirror[position : position - step])
            position += abs(step)
        self._mirror = edits.apply(edit, self._mirror)
        self.marks.move(edit)

    def _take_document(self, raw: str) -> None:
        """The document is right: whatever differs was typed here."""
        for splice in edits.to_splices(edits.difference(shown(self._mirror), raw)):
            self._type(*splice)

    def _rewrite(self) -> None:
        """The document shows the mirror anew, from the first letter to the last."""
        if self._closed or self._fits:
            return
        self._busy = True
        cursor = QTextCursor(self._document)
        cursor.select(QTextCursor.SelectionType.Document)
        cursor.insertText(shown(self._mirror))
        self._busy = False

    # -- made elsewhere ------------------------------------------------------------------------

    def _on_remote(self, splices: Sequence[RemoteSplice] | None) -> None:
        if splices is None:
            self._take_text()
            return
        edit = edits.from_splices((s.position, s.deleted, s.inserted) for s in splices)
        self._arrived(edit)

    def _take_text(self) -> None:
        """The text is right: whatever differs was made elsewhere."""
        if self._closed:
            return
        have = edits.apply(self._withheld, self._mirror)
        self._arrived(edits.difference(have, self._port.text()))

    def _arrived(self, edit: Edit) -> None:
        if self._holding:
            self._withheld = edits.compose(self._withheld, edit)
        else:
            self._show(edit)

    def _show(self, edit: Edit) -> None:
        if not edit:
            return
        view = sight(self._editor, self._points)
        self._undo.theirs(edit)
        self._write(edit)
        look_again(self._editor, view, edit, self._unit)
        self.received.emit()

    def _apply_own(self, edit: Edit) -> None:
        if not edit:
            return
        splices = edits.to_splices(edit)
        self._write(edit)
        self._send(edit)
        position, _, inserted = splices[-1]
        cursor = self._editor.textCursor()
        cursor.setPosition(self._unit(position + len(inserted)))
        self._editor.setTextCursor(cursor)
        self._editor.ensureCursorVisible()
        self.edited.emit()

    def _write(self, edit: Edit) -> None:
        """Document and mirror take `edit`, in one pass from front to back."""
        self._busy = True
        cursor = QTextCursor(self._document)
        cursor.beginEditBlock()
        try:
            old = new = 0  # code points of the mirror, UTF-16 units of the document
            for step in edit:
                if isinstance(step, str):
                    cursor.setPosition(new)
                    cursor.insertText(shown(step))
                    new += units(step)
                    continue
                size = abs(step)
                length = size
                if self._astral:
                    length = units(self._mirror[old : old + size])
                if step > 0:
                    new += length
                else:
                    cursor.setPosition(new)
                    cursor.setPosition(new + length, QTextCursor.MoveMode.KeepAnchor)
                    cursor.removeSelectedText()
                old += size
        finally:
            cursor.endEditBlock()
            self._busy = False
        self._take(edit)

    # -- units ---------------------------------------------------------------------------------

    def _points(self, unit: int) -> int:
        return points_floor(self._mirror, unit) if self._astral else unit

    def _unit(self, points: int) -> int:
        return units(self._mirror[:points]) if self._astral else points

    def _slice(self, start: int, stop: int) -> str:
        cursor = QTextCursor(self._document)
        cursor.setPosition(start)
        cursor.setPosition(stop, QTextCursor.MoveMode.KeepAnchor)
        return cursor.selectedText()
