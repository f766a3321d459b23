"""The two names that others see. Asked for once, at the first share or join."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QGridLayout, QLabel, QLineEdit, QWidget

from ui.workspaces import Names

LETTERS_MAX = 60


class NamesForm(QWidget):
    """Two fields, filled in with what the system knows."""

    changed = Signal()

    def __init__(self, names: Names, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.member = QLineEdit(names.member, self)
        self.device = QLineEdit(names.device, self)
        layout = QGridLayout(self)
        layout.setContentsMargins(0, 4, 0, 0)
        layout.setHorizontalSpacing(14)
        layout.setVerticalSpacing(8)
        layout.setColumnStretch(1, 1)
        asked = ((self.tr("Your name"), self.member), (self.tr("This computer"), self.device))
        for row, (words, field) in enumerate(asked):
            field.setMaxLength(LETTERS_MAX)
            field.setAccessibleName(words)
            field.textChanged.connect(self.changed)
            caption = QLabel(words, self)
            caption.setObjectName("soft")
            caption.setBuddy(field)
            layout.addWidget(caption, row, 0)
            layout.addWidget(field, row, 1)

    @property
    def names(self) -> Names:
        """What stands there, without spaces around it."""
        return Names(self.member.text().strip(), self.device.text().strip())

    @property
    def complete(self) -> bool:
        """Whether both are given."""
        return all(self.names)
