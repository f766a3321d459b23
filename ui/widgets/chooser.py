"""A line to type in and what answers to it below: the palette, the switcher, a choice of notebook.

Owns what is listed: what answers is a function given from outside. Must never import goatcore.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QLabel, QWidget

from ui.theme.theme import Theme
from ui.widgets.choice_list import Choice, ChoiceList
from ui.widgets.overlay import Overlay

WIDTH_PX = 560
ROWS_MAX = 9
TOP_PX = 72

Find = Callable[[str], Sequence[Choice]]


class Chooser(Overlay):
    """One a window, over its upper middle. `chosen` gives the target of a row."""

    chosen = Signal(object)

    def __init__(self, theme: Theme, window: QWidget) -> None:
        super().__init__(window, WIDTH_PX, TOP_PX)
        self._find: Find = lambda _words: ()
        self._nothing = ""
        self.view = ChoiceList(theme, ROWS_MAX, self)
        self.empty = QLabel(self)
        self.empty.setObjectName("soft")
        self.empty.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.empty.setContentsMargins(16, 14, 16, 20)
        self.empty.setWordWrap(True)
        self.below.addWidget(self.view)
        self.below.addWidget(self.empty)
        self.line.textChanged.connect(self._on_typed)
        self.view.taken.connect(self._choose)

    @property
    def choices(self) -> Sequence[Choice]:
        """What is shown."""
        return self.view.choices

    @property
    def current(self) -> Choice | None:
        """The row that Enter chooses."""
        return self.view.current

    @property
    def page_rows(self) -> int:
        """How far a page goes."""
        return ROWS_MAX - 1

    def ask(self, prompt: str, find: Find, nothing: str) -> None:
        """Opens empty; `find` says what answers to what is typed, `nothing` is said if none."""
        self._find = find
        self._nothing = nothing
        self.call(prompt)
        self.view.setAccessibleName(prompt)
        self.line.blockSignals(True)
        self.line.clear()
        self.line.blockSignals(False)
        self._on_typed("")
        self.open_up()

    def step(self, rows: int, *, around: bool) -> None:
        """Marks a row further down (or up)."""
        self.view.step(rows, around=around)
        self._describe()

    def take(self) -> None:
        """Chooses the marked row."""
        self.view.take()

    def _on_typed(self, words: str) -> None:
        self.view.show_choices(self._find(words))
        self._describe()
        self.empty.setText(self._nothing)
        self.empty.setVisible(not self.choices)
        self.view.setVisible(bool(self.choices))
        self.fit()

    def _describe(self) -> None:
        words = self.view.accessible_words if self.choices else self._nothing
        self.line.setAccessibleDescription(words)

    def _choose(self, target: Any) -> None:
        self.leave()
        self.chosen.emit(target)
