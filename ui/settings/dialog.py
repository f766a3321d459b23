"""The settings: a list of pages, and the chosen one beside it.

Owns which pages there are. Invariant: what is chosen applies at once, so there is nothing to
confirm; Escape closes it. Writes nothing itself.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QDialog,
    QHBoxLayout,
    QListWidget,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from ui.settings.form import SettingsPage
from ui.theme.theme import Theme
from ui.widgets.banner import Banner

SIZE_PX = (780, 580)
LEAST_PX = (560, 360)
LIST_PX = 190


class SettingsDialog(QDialog):
    """Shows the first page. `make` gives the pages."""

    def __init__(
        self,
        theme: Theme,
        make: Callable[[QWidget], Sequence[SettingsPage]],
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setObjectName("edge")
        self.setWindowTitle(self.tr("Settings"))
        self.setModal(False)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.resize(*SIZE_PX)
        self.setMinimumSize(*LEAST_PX)
        self.list = QListWidget(self)
        self.list.setObjectName("quiet")
        self.list.setAccessibleName(self.tr("Pages of the settings"))
        self.list.setFixedWidth(LIST_PX)
        self.banner = Banner(theme, self, alarming=True)
        self.stack = QStackedWidget(self)
        self.pages = list(make(self.stack))
        for page in self.pages:
            self.stack.addWidget(page)
            self.list.addItem(page.title)
            page.failed.connect(self.banner.tell)
        right = QVBoxLayout()
        right.setSpacing(0)
        right.addWidget(self.banner)
        right.addWidget(self.stack, 1)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(12, 0, 0, 0)
        layout.setSpacing(12)
        left = QVBoxLayout()
        left.setContentsMargins(0, 16, 0, 12)
        left.addWidget(self.list)
        layout.addLayout(left)
        layout.addLayout(right, 1)
        self.list.currentRowChanged.connect(self._show)
        self.list.setCurrentRow(0)
        self.list.setFocus()

    def choose(self, kind: type[SettingsPage]) -> None:
        """Shows the page of this kind."""
        for row, page in enumerate(self.pages):
            if isinstance(page, kind):
                self.list.setCurrentRow(row)

    def _show(self, row: int) -> None:
        if row >= 0:
            self.banner.hide()
            self.stack.setCurrentIndex(row)
