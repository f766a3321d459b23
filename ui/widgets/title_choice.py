"""A thin strip under the title: several titles were written at the same time; which one stays?"""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QGridLayout, QLabel, QPushButton, QWidget

from ui.language import counted

TITLES_MAX = 4
LETTERS_MAX = 90


class TitleChoice(QFrame):
    """Hidden while there is nothing to choose."""

    chosen = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("choice")
        self._titles: list[str] = []
        self._rows: list[tuple[QLabel, QPushButton]] = []
        self._layout = QGridLayout(self)
        self._layout.setContentsMargins(14, 8, 8, 8)
        self._layout.setVerticalSpacing(4)
        self._layout.setColumnStretch(0, 1)
        self._words = words = QLabel(self)
        words.setObjectName("small")
        words.setWordWrap(True)
        self._layout.addWidget(words, 0, 0, 1, 2)
        for number in range(TITLES_MAX):
            self._rows.append(self._row(number))
        self.hide()

    @property
    def buttons(self) -> list[QPushButton]:
        """One a title."""
        return [button for _, button in self._rows[: len(self._titles)]]

    def show_titles(self, titles: Sequence[str]) -> None:
        """The competing titles, the one that shows now first."""
        different = list(dict.fromkeys(titles))
        self._titles = different[:TITLES_MAX] if len(different) > 1 else []
        said = self.tr("These titles were written at the same time. Which one stays?")
        more = len(different) - len(self._titles) if self._titles else 0
        if more:
            said += " " + counted("{n} more is not shown.", "{n} more are not shown.", more)
        self._words.setText(said)
        told = told_apart(self._titles)
        for number, (label, button) in enumerate(self._rows):
            shown = number < len(self._titles)
            label.setVisible(shown)
            button.setVisible(shown)
            if shown:
                title = told[number] or self.tr("No title")
                label.setText(title)
                button.setAccessibleName(self.tr("Keep the title “{}”").format(title))
        self.setVisible(bool(self._titles))

    def _row(self, number: int) -> tuple[QLabel, QPushButton]:
        label = QLabel(self)
        label.setTextFormat(Qt.TextFormat.PlainText)
        label.setWordWrap(True)
        button = QPushButton(self.tr("Keep this one"), self)
        button.clicked.connect(lambda: self.chosen.emit(self._titles[number]))
        self._layout.addWidget(label, number + 1, 0)
        self._layout.addWidget(button, number + 1, 1)
        return label, button


def told_apart(titles: Sequence[str]) -> list[str]:
    """Titles, shortened where they are long; of one that begins as another one, what is other
    shows."""
    found: list[str] = []
    for title in titles:
        alike = max((_alike(title, other) for other in titles if other != title), default=0)
        start = alike - LETTERS_MAX // 4 if alike > LETTERS_MAX // 2 else 0
        if len(title) <= LETTERS_MAX:
            found.append(title)
        else:
            end = start + LETTERS_MAX
            more = "…" if end < len(title) else ""
            found.append(f"{'…' if start else ''}{title[start:end]}{more}")
    return found


def _alike(one: str, other: str) -> int:
    """How many letters two texts begin with alike."""
    letters = enumerate(zip(one, other, strict=False))
    return next((at for at, (a, b) in letters if a != b), min(len(one), len(other)))
