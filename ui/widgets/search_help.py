"""What can be typed into a search, by example: shown while nothing is typed."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QCursor
from PySide6.QtWidgets import QGridLayout, QLabel, QWidget

from ui.language import mark
from ui.theme.theme import Theme

EXAMPLES = (
    ("oat milk", mark("both words, or words that begin so")),
    ('"oat milk"', mark("exactly these words, one behind the other")),
    ("milk OR cream", mark("one of them, or both")),
    ("milk -oat", mark("the one without the other")),
    ("title:plan", mark("in the title")),
    ("tag:garden", mark("with this tag")),
    ("notebook:work", mark("in this notebook, and those nested in it")),
    ("author:ann", mark("last written in by Ann")),
    ("has:todo", mark("with open check boxes; also done, link, image, table, code, tag")),
    ("is:pinned", mark("pinned")),
    ("after:2026-05", mark("edited in May 2026 or since")),
    ("before:2026", mark("last edited before 2026")),
)


class SearchHelp(QWidget):
    """Examples and what they find. `taken`: one was clicked."""

    taken = Signal(str)

    def __init__(self, theme: Theme, parent: QWidget) -> None:
        super().__init__(parent)
        layout = QGridLayout(self)
        layout.setContentsMargins(12, 6, 12, 12)
        layout.setHorizontalSpacing(22)
        layout.setVerticalSpacing(5)
        layout.setColumnStretch(1, 1)
        self._theme = theme
        self._examples: list[QLabel] = []
        for row, (typed, means) in enumerate(EXAMPLES):
            example = QLabel(typed, self)
            example.setTextFormat(Qt.TextFormat.PlainText)
            example.setObjectName("example")
            example.setCursor(QCursor(Qt.CursorShape.PointingHandCursor))
            example.installEventFilter(self)
            meaning = QLabel(self.tr(means), self)
            meaning.setObjectName("small")
            meaning.setWordWrap(True)
            layout.addWidget(example, row, 0, Qt.AlignmentFlag.AlignTop)
            layout.addWidget(meaning, row, 1)
            self._examples.append(example)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.MouseButtonRelease and watched in self._examples:
            assert isinstance(watched, QLabel)
            self.taken.emit(watched.text())
            return True
        return super().eventFilter(watched, event)
