"""Names on the grounds that stand for them, in one line.

Must never import goatcore.
"""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QWidget

from ui.theme.theme import Theme


class Legend(QLabel):
    """Hidden while there is nobody to name."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._names: Sequence[tuple[str, int]] = ()
        self.setObjectName("legend")
        self.setTextFormat(Qt.TextFormat.RichText)
        self.setWordWrap(True)
        self.setContentsMargins(28, 8, 28, 10)
        theme.changed.connect(self._draw)
        self.hide()

    def show_names(self, names: Sequence[tuple[str, int]]) -> None:
        """Names with the numbers of their grounds, 1 to 6."""
        self._names = names
        self.setVisible(bool(names))
        self._draw()

    def _draw(self) -> None:
        shades = self._theme.shades
        self.setText(
            " &nbsp; ".join(
                f'<span style="background-color:{getattr(shades, f"author_{tint}")};">'
                f"&nbsp;{escape(name)}&nbsp;</span>"
                for name, tint in self._names
            )
        )
