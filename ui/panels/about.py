"""Beside a note: how long it is, its headings, and which notes link to it.

Owns what is shown; tells where the person wants to go. Counts and headings follow the typing at
its pauses, and only while they are seen. Must never write.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtWidgets import (
    QLabel,
    QListWidget,
    QListWidgetItem,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from ui.bridge.text_binding import TextBinding
from ui.language import counted
from ui.models.note_words import title_words
from ui.operations.links import Mention
from ui.reading.outline import headings, length
from ui.theme.theme import Theme
from ui.widgets.text_editor import TextEditor

WIDTH_PX = 232
PAUSE_MS = 300
_TARGET = int(Qt.ItemDataRole.UserRole)


class AboutPanel(QWidget):
    """`linking` gives the notes that link to the open one."""

    place_wanted = Signal(int)  # a code point of the text
    note_wanted = Signal(object)

    def __init__(self, theme: Theme, editor: TextEditor, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("about")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setFixedWidth(WIDTH_PX)
        self._theme = theme
        self._note: Any | None = None
        self._binding: TextBinding | None = None
        self.linking: Callable[[Any], Sequence[Mention]] = lambda _note: ()
        self.length = QLabel(self)
        self.length.setObjectName("small")
        self.length.setWordWrap(True)
        self.outline = self._list(self.tr("Outline"))
        self.links = self._list(self.tr("Linked from"))
        self._outline_heading = self._heading(self.tr("Outline"))
        self._links_heading = self._heading(self.tr("Linked from"))
        layout = QVBoxLayout(self)
        layout.setContentsMargins(16, 18, 12, 12)
        layout.setSpacing(4)
        layout.addWidget(self.length)
        layout.addSpacing(12)
        layout.addWidget(self._outline_heading)
        layout.addWidget(self.outline)
        layout.addSpacing(12)
        layout.addWidget(self._links_heading)
        layout.addWidget(self.links)
        layout.addStretch(1)
        self.outline.itemActivated.connect(self._on_heading)
        self.outline.itemClicked.connect(self._on_heading)
        self.links.itemActivated.connect(self._on_link)
        self.links.itemClicked.connect(self._on_link)
        self._pause = QTimer(self)
        self._pause.setSingleShot(True)
        self._pause.setInterval(PAUSE_MS)
        self._pause.timeout.connect(self.refresh)
        editor.textChanged.connect(self._on_text)
        self.hide()

    def show_note(self, note: Any | None, binding: TextBinding | None) -> None:
        """Another note is open, or none."""
        self._note, self._binding = note, binding
        self.refresh()

    def refresh(self) -> None:
        """Reads the note anew, if the panel is seen."""
        self._pause.stop()
        if self.isHidden():
            return
        text = "" if self._binding is None else self._binding.text
        long = length(text)
        words = counted("{n} word", "{n} words", long.words)
        time = self.tr("{} min to read").format(long.minutes)
        self.length.setText(f"{words} · {time}")
        self.length.setToolTip(counted("{n} letter", "{n} letters", long.letters))
        found = headings(text)
        top = min((heading.level for heading in found), default=1)
        self._fill(
            self.outline,
            [("   " * (it.level - top) + it.words, it.words, it.place) for it in found],
        )
        self._outline_heading.setVisible(bool(found))
        mentions = self.linking(self._note) if self._note is not None else ()
        self._fill(
            self.links,
            [(title_words(it.note.title), it.words, it.note) for it in mentions],
        )
        self._links_heading.setVisible(bool(mentions))

    def setVisible(self, visible: bool) -> None:
        super().setVisible(visible)
        if visible:
            self.refresh()

    def _fill(self, into: QListWidget, rows: Sequence[tuple[str, str, Any]]) -> None:
        into.clear()
        for words, tip, target in rows:
            item = QListWidgetItem(words)
            item.setToolTip(tip)
            item.setData(_TARGET, target)
            into.addItem(item)
        into.setVisible(bool(rows))
        height = sum(into.sizeHintForRow(row) for row in range(min(len(rows), 14)))
        into.setFixedHeight(height + 4)

    def _list(self, name: str) -> QListWidget:
        made = QListWidget(self)
        made.setObjectName("quiet")
        made.setAccessibleName(name)
        made.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        made.setTextElideMode(Qt.TextElideMode.ElideRight)
        made.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        return made

    def _heading(self, words: str) -> QLabel:
        made = QLabel(words, self)
        made.setObjectName("section")
        return made

    def _on_text(self) -> None:
        if self.isVisible():
            self._pause.start()

    def _on_heading(self, item: QListWidgetItem) -> None:
        self.place_wanted.emit(item.data(_TARGET))

    def _on_link(self, item: QListWidgetItem) -> None:
        self.note_wanted.emit(item.data(_TARGET))
