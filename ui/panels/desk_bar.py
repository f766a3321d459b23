"""The line over a note: where it is, how far its changes have come, sharing, and more."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QToolButton, QWidget

from ui.theme.theme import Theme
from ui.widgets.elided_label import ElidedLabel
from ui.widgets.people_row import PeopleRow
from ui.widgets.sync_light import SyncLight


class DeskBar(QWidget):
    """Shows what it is given."""

    share_wanted = Signal()

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self.crumb = ElidedLabel("", "crumb", self)
        self.people = PeopleRow(theme, self)
        self.light = SyncLight(theme, self)
        self.share_button = QToolButton(self)
        self.share_button.setObjectName("wide")
        self.share_button.setText(self.tr("Share"))
        self.share_button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self.share_button.clicked.connect(self.share_wanted)
        self.more_button = QToolButton(self)
        self.more_button.setToolTip(self.tr("More"))
        self.more_button.setAccessibleName(self.tr("More about this note"))
        self.more_button.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(28, 10, 12, 8)
        layout.setSpacing(10)
        layout.addWidget(self.crumb, 1)
        layout.addWidget(self.people)
        layout.addWidget(self.light)
        layout.addSpacing(6)
        layout.addWidget(self.share_button)
        layout.addWidget(self.more_button)
        theme.changed.connect(self._draw)
        self._draw()

    def _draw(self) -> None:
        self.share_button.setIcon(self._theme.icon("share"))
        self.more_button.setIcon(self._theme.icon("more"))
