"""What pages of the settings are built of: headings, choices with their words, and a way to fail.

Owns how a choice that could not be kept is told. Must never import goatcore.
"""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QLabel,
    QLayout,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from ui.dialogs.pages import label

MARGIN_PX = 28
COLUMN_PX_MAX = 520
SECTION_GAP_PX = 22


class SettingsPage(QScrollArea):
    """One page: sections below each other, scrolled if the window is low."""

    failed = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.title = ""
        self.setObjectName("settings")
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.sheet = QWidget(self)
        self.sheet.setObjectName("paper")
        self.body = QVBoxLayout(self.sheet)
        self.body.setContentsMargins(MARGIN_PX, MARGIN_PX - 6, MARGIN_PX, MARGIN_PX)
        self.body.setSpacing(8)
        self.setWidget(self.sheet)

    def entitle(self, title: str) -> None:
        """The name of the page."""
        self.title = title
        self.setAccessibleName(title)
        self.body.addWidget(label(title, "heading", self.sheet))

    def section(self, words: str) -> None:
        """A heading over what follows."""
        self.body.addSpacing(SECTION_GAP_PX - self.body.spacing())
        heading = QLabel(words, self.sheet)
        heading.setObjectName("strong")
        self.body.addWidget(heading)

    def say(self, words: str) -> QLabel:
        """A sentence below what went before."""
        said = label(words, "soft", self.sheet)
        said.setMaximumWidth(COLUMN_PX_MAX)
        policy = said.sizePolicy()
        policy.setHeightForWidth(True)  # else it is as high as in a narrow column
        said.setSizePolicy(policy)
        self.body.addWidget(said)
        return said

    def add(self, *parts: QWidget | QLayout) -> None:
        """Parts below each other."""
        for part in parts:
            if isinstance(part, QWidget):
                self.body.addWidget(part)
            else:
                self.body.addLayout(part)

    def side_by_side(self, *parts: QWidget) -> None:
        """Parts in a row, no wider than they need to be."""
        row = QHBoxLayout()
        row.setSpacing(10)
        for part in parts:
            row.addWidget(part)
        row.addStretch(1)
        self.body.addLayout(row)

    def attempt(self, act: Callable[[], object]) -> bool:
        """Does what writes to the disk of this computer; False: it failed and was told."""
        try:
            act()
        except OSError as error:
            words = self.tr("This could not be kept: {}. Make some room, and choose it again.")
            self.failed.emit(words.format(error.strerror or str(error)))
            return False
        return True
