"""The help pages, in a window of their own beside the one that one works in.

Owns which page is shown. Nothing here writes.
"""

from __future__ import annotations

from html import escape

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDialog, QHBoxLayout, QListWidget, QWidget

from ui.reading.help_pages import help_pages
from ui.reading.markdown_page import page
from ui.theme.theme import Theme
from ui.widgets.reading_view import ReadingView

SIZE_PX = (920, 680)
LIST_PX = 260


class HelpDialog(QDialog):
    """Shows the first page; Escape closes it."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("edge")
        self.setWindowTitle(self.tr("Goat Notes: help"))
        self.setModal(False)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.resize(*SIZE_PX)
        self._pages = help_pages()
        self.list = QListWidget(self)
        self.list.setObjectName("quiet")
        self.list.setAccessibleName(self.tr("Help pages"))
        self.list.setFixedWidth(LIST_PX)
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.list.addItems([it.title for it in self._pages])
        self.view = ReadingView(theme, self)
        self.view.setAccessibleName(self.tr("Help page"))
        layout = QHBoxLayout(self)
        layout.setContentsMargins(12, 16, 0, 0)
        layout.setSpacing(12)
        layout.addWidget(self.list)
        layout.addWidget(self.view, 1)
        self.view.note_wanted.connect(self._on_link)
        self.list.currentRowChanged.connect(self._show)
        self.list.setCurrentRow(0)

    def _show(self, row: int) -> None:
        if row >= 0:
            one = self._pages[row]
            self.view.show_page(f"<h1>{escape(one.title)}</h1>{page(one.body)}", top=True)

    def _on_link(self, title: str) -> None:
        titles = [it.title for it in self._pages]
        if title in titles:
            self.list.setCurrentRow(titles.index(title))
