"""Rows to choose one from, with one of them marked: what choosers and completions show.

Owns which row is marked. Has no focus of its own: whoever is typed into passes the keys on.
Must never import goatcore.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

from PySide6.QtCore import (
    QAbstractTableModel,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    Qt,
    Signal,
)
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QTableView, QWidget

from ui.theme.theme import Theme
from ui.widgets.choice_delegate import CHOICE_ROLE, ChoiceDelegate

Index = QModelIndex | QPersistentModelIndex
_DISPLAY = int(Qt.ItemDataRole.DisplayRole)
_ACCESSIBLE = int(Qt.ItemDataRole.AccessibleTextRole)


class Choice(NamedTuple):
    """One row: words, quieter ones beside them, keys or a place at the right end."""

    words: str
    target: Any
    detail: str = ""
    aside: str = ""
    icon: str = ""
    enabled: bool = True


class _Choices(QAbstractTableModel):
    """The rows; replaced as a whole."""

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self.choices: Sequence[Choice] = ()

    def show(self, choices: Sequence[Choice]) -> None:
        self.beginResetModel()
        self.choices = choices
        self.endResetModel()

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        return 0 if parent.isValid() else len(self.choices)

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        return 0 if parent.isValid() else 1

    def data(self, index: Index, role: int = 0) -> Any:
        if not index.isValid():
            return None
        choice = self.choices[index.row()]
        if role == CHOICE_ROLE:
            return choice
        if role == _DISPLAY:
            return choice.words
        if role == _ACCESSIBLE:
            return ", ".join(part for part in (choice.words, choice.detail, choice.aside) if part)
        return None

    def flags(self, index: Index) -> Qt.ItemFlag:
        flags = super().flags(index)
        if index.isValid() and not self.choices[index.row()].enabled:
            flags &= ~Qt.ItemFlag.ItemIsEnabled
        return flags


class ChoiceList(QTableView):
    """Shows rows, all of one height; at most `rows_max` without scrolling."""

    taken = Signal(object)  # the target of a row that was clicked, or chosen by a key

    def __init__(self, theme: Theme, rows_max: int, parent: QWidget) -> None:
        super().__init__(parent)
        self._rows_max = rows_max
        self._model = _Choices(self)
        self._delegate = ChoiceDelegate(theme, self)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setModel(self._model)
        self.setItemDelegate(self._delegate)
        self.horizontalHeader().hide()
        self.horizontalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Stretch)
        self.verticalHeader().hide()
        self.verticalHeader().setDefaultSectionSize(self._delegate.row_height)
        self.verticalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        self.setShowGrid(False)
        self.setMouseTracking(True)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.clicked.connect(lambda index: self.take(index.row()))
        theme.changed.connect(self.viewport().update)

    @property
    def choices(self) -> Sequence[Choice]:
        """What is shown."""
        return self._model.choices

    @property
    def current(self) -> Choice | None:
        """The marked row."""
        row = self.currentIndex().row()
        return self.choices[row] if 0 <= row < len(self.choices) else None

    @property
    def accessible_words(self) -> str:
        """What a screen reader says of the marked row."""
        return str(self.currentIndex().data(_ACCESSIBLE) or "")

    def show_choices(self, choices: Sequence[Choice]) -> None:
        """Other rows; the first that can be chosen is marked."""
        self._model.show(choices)
        if choices:
            first = (at for at, choice in enumerate(choices) if choice.enabled)
            self._mark(next(first, 0))
        rows = min(len(choices), self._rows_max)
        self.setFixedHeight(max(rows, 1) * self._delegate.row_height)

    def step(self, rows: int, *, around: bool = True) -> None:
        """Marks a row further down (or up)."""
        count = len(self.choices)
        if count:
            wanted = self.currentIndex().row() + rows
            self._mark(wanted % count if around else min(max(wanted, 0), count - 1))

    def take(self, row: int = -1) -> None:
        """Chooses a row; the marked one if none is named."""
        row = self.currentIndex().row() if row < 0 else row
        if 0 <= row < len(self.choices) and self.choices[row].enabled:
            self.taken.emit(self.choices[row].target)

    def _mark(self, row: int) -> None:
        index = self._model.index(row, 0)
        self.setCurrentIndex(index)
        self.scrollTo(index)
