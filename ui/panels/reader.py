"""The open note to write, to read, or both side by side.

Owns which of the two is seen, and when the page is set anew: at a pause of typing, and only while
it is seen. Writes nothing but checks of boxes, through the binding. Must never import goatcore.
"""

from __future__ import annotations

from time import perf_counter

from PySide6.QtCore import QObject, QTimer, Signal
from PySide6.QtWidgets import QSplitter

from ui.bridge.text_binding import TextBinding
from ui.editing import line_edits
from ui.reading.embedded import Find
from ui.theme.theme import Theme
from ui.widgets.reading_view import ReadingView
from ui.widgets.text_editor import TextEditor

WRITE, READ, BOTH = "write", "read", "both"
MODES = (WRITE, READ, BOTH)
PAUSE_MS = 200
REST = 8  # a long page is set anew after so many times what that takes: typing goes on meanwhile


class Reader(QObject):
    """`find` gives the text of a note by its title, for notes shown in notes."""

    note_wanted = Signal(str)
    note_wanted_beside = Signal(str)
    tag_wanted = Signal(str)
    mode_changed = Signal(str)

    def __init__(self, theme: Theme, editor: TextEditor) -> None:
        super().__init__(editor)
        self._editor = editor
        self._binding: TextBinding | None = None
        self._mode = WRITE
        self.find: Find = lambda _title: None
        self.view = ReadingView(theme)
        self.view.note_wanted.connect(self.note_wanted)
        self.view.note_wanted_beside.connect(self.note_wanted_beside)
        self.view.tag_wanted.connect(self.tag_wanted)
        self.view.box_clicked.connect(self._on_box)
        self.parts = QSplitter()
        self.parts.setChildrenCollapsible(False)
        self.parts.setHandleWidth(1)
        self.parts.addWidget(editor)
        self.parts.addWidget(self.view)
        self.parts.setSizes([500, 500])
        self._pause = QTimer(self)
        self._pause.setSingleShot(True)
        self._pause.setInterval(PAUSE_MS)
        self._pause.timeout.connect(self._show)
        editor.textChanged.connect(self._on_text)
        self._arrange()

    @property
    def mode(self) -> str:
        """`write`, `read` or `both`."""
        return self._mode

    def set_mode(self, mode: str) -> None:
        """Shows the text, the page, or both. What one reads keeps the keys."""
        assert mode in MODES
        if mode == self._mode:
            return
        held = self._editor.hasFocus() or self.view.hasFocus()
        self._mode = mode
        self._arrange()
        self._show(top=True)
        if held:
            (self.view if mode == READ else self._editor).setFocus()
        self.mode_changed.emit(mode)

    def toggle(self, mode: str) -> None:
        """To this mode, or back to writing."""
        self.set_mode(WRITE if self._mode == mode else mode)

    def show_text(self, binding: TextBinding | None) -> None:
        """Another note is open, or none."""
        self._binding = binding
        self._pause.stop()
        self._show(top=True)

    def html(self) -> str:
        """The page of the open note as it is now; empty without one."""
        if self._binding is None:
            return ""
        from ui.reading.markdown_page import page  # loaded by who reads

        return page(self._binding.text, self.find)

    def _arrange(self) -> None:
        self._editor.setHidden(self._mode == READ)
        self.view.setHidden(self._mode == WRITE)

    def _on_text(self) -> None:
        if self._mode != WRITE and not self._pause.isActive():
            self._pause.start()

    def _show(self, *, top: bool = False) -> None:
        if self._mode != WRITE:
            began = perf_counter()
            self.view.show_page(self.html(), top=top)
            took_ms = (perf_counter() - began) * 1000
            self._pause.setInterval(max(PAUSE_MS, round(REST * took_ms)))

    def _on_box(self, line: int) -> None:
        binding = self._binding
        if binding is None or self._editor.isReadOnly():
            return
        lines = binding.text.split("\n")
        if line >= len(lines):
            return
        at = sum(len(before) + 1 for before in lines[:line])
        if line_edits.box_at(lines[line]) is not None:
            anchor, caret = binding.selection
            binding.edit(line_edits.toggle_box(binding.text, at, at).edit, anchor, caret)
            self._pause.stop()
            self._show()
