"""The search through all notes: a line to type in, what was found below, the place in the text lit.

Owns what is shown of an answer, and which row is marked. Invariant: after an answer to something
newly typed the first row is marked; while notes change, the marked row stays. Searches nothing
itself: what is typed goes out by `typed`, `show_rows` shows what answers.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QModelIndex, Qt, Signal
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHeaderView,
    QLabel,
    QLineEdit,
    QTableView,
    QWidget,
)

from ui.language import counted, digits
from ui.models.merged_rows import LiveRows
from ui.models.note_words import age_words, title_words
from ui.models.query_model import ROW_ROLE, QueryModel
from ui.operations.notes import shown_title
from ui.panels.hit_delegate import ASIDE_ROLE, SNIPPET_ROLE, TITLE_ROLE, HitDelegate
from ui.theme.theme import Theme
from ui.widgets.overlay import Overlay
from ui.widgets.search_help import SearchHelp

if TYPE_CHECKING:  # loaded by who searches
    from goatcore import Hit

WIDTH_PX = 720
TOP_PX = 56
_DISPLAY = int(Qt.ItemDataRole.DisplayRole)
_ACCESSIBLE = int(Qt.ItemDataRole.AccessibleTextRole)

Lit = tuple[str, Sequence[tuple[int, int]]]


class SearchPanel(Overlay):
    """One a window, over its upper middle. `place_name` says where a note is."""

    typed = Signal(str)
    chosen = Signal(object)  # a hit

    def __init__(
        self,
        theme: Theme,
        window: QWidget,
        clock: Callable[[], int],
        place_name: Callable[[Any], str],
    ) -> None:
        super().__init__(window, WIDTH_PX, TOP_PX)
        self._theme = theme
        self._clock = clock
        self._place_name = place_name
        self._new = False  # what was typed is not answered yet
        prompt = self.tr("Search all notes")
        self.call(prompt)
        self._clear = self.line.addAction(
            theme.icon("close", ink="faint"), QLineEdit.ActionPosition.TrailingPosition
        )
        self._clear.setToolTip(self.tr("Clear search"))
        self._clear.setVisible(False)
        self._clear.triggered.connect(self.line.clear)
        self.model = QueryModel(
            {
                _DISPLAY: lambda hit: title_of(hit)[0],
                _ACCESSIBLE: lambda hit: f"{title_of(hit)[0]}, {hit.snippet.text}",
                TITLE_ROLE: title_of,
                SNIPPET_ROLE: lambda hit: (hit.snippet.text, hit.snippet.ranges),
                ASIDE_ROLE: self._aside,
            },
            self,
        )
        self.view = self._table(HitDelegate(theme, self), prompt)
        self.help = SearchHelp(theme, self)
        self.help.taken.connect(self._take_example)
        self.nothing = self._label("soft", Qt.AlignmentFlag.AlignCenter)
        self.nothing.setContentsMargins(16, 22, 16, 26)
        self.problems = self._label("failure", Qt.AlignmentFlag.AlignLeft)
        self.state = self._label("small", Qt.AlignmentFlag.AlignLeft)
        for part in (self.problems, self.help, self.view, self.nothing, self.state):
            self.below.addWidget(part)
        self.line.textChanged.connect(self._on_typed)
        self.view.clicked.connect(self._choose)
        self.view.selectionModel().currentRowChanged.connect(self._describe)
        theme.changed.connect(self._draw)

    # -- what is shown -------------------------------------------------------------------------

    def ask(self) -> None:
        """Opens, with what was searched for last."""
        self.open_up()
        self.line.selectAll()

    @property
    def current(self) -> Hit | None:
        """The hit that Enter opens."""
        index = self.view.currentIndex()
        return index.data(ROW_ROLE) if index.isValid() else None

    @property
    def page_rows(self) -> int:
        """How far a page goes."""
        return max(self.view.viewport().height() // self._row_height - 1, 1)

    def step(self, rows: int, *, around: bool) -> None:
        """Marks a row further down (or up)."""
        count = len(self.model.rows)
        if count:
            wanted = self.view.currentIndex().row() + rows
            self._mark(wanted % count if around else min(max(wanted, 0), count - 1))

    def take(self) -> None:
        """Opens the marked hit."""
        self._choose(self.view.currentIndex())

    def size_rows(self, room_px: int) -> None:
        """As many rows as there are, or as there is room for."""
        others = self.line.sizeHint().height() + 60
        rows = max(min(len(self.model.rows), (room_px - others) // self._row_height), 1)
        self.view.setFixedHeight(rows * self._row_height)

    def show_rows(self, rows: LiveRows) -> None:
        """Shows what `rows` finds from now on."""
        self.model.show_query(rows)

    def show_answer(
        self, *, asked: bool, busy: bool, more: bool, problems: Sequence[str], pending: int
    ) -> None:
        """How far it is. `asked`: whether what was typed asks for something."""
        count = len(self.model.rows)
        if not busy:
            if (self._new or not self.view.currentIndex().isValid()) and count:
                self._mark(0)
                self.view.scrollToTop()
            self._new = False
        self.help.setVisible(not asked and not problems)
        self.view.setVisible(bool(asked and count))
        self.nothing.setVisible(asked and not count and not busy)
        words = " ".join(self.line.text().split())
        self.nothing.setText(self.tr("No note has “{}”.").format(words))
        self.problems.setText(" ".join(problems))
        self.problems.setVisible(bool(problems))
        self.state.setText(self._state_words(count if asked else 0, more, pending))
        self.state.setVisible(bool(self.state.text()))
        if not count:
            self.line.setAccessibleDescription(self.nothing.text() if asked else "")
        self.fit()

    def _state_words(self, count: int, more: bool, pending: int) -> str:
        said = []
        if count:
            best = self.tr("The best {}").format(digits(count))
            said.append(best if more else counted("{n} note", "{n} notes", count))
        if pending:
            said.append(
                counted("{n} note is still to be read", "{n} notes are still to be read", pending)
            )
        return " · ".join(said)

    # -- inside --------------------------------------------------------------------------------

    def _table(self, delegate: HitDelegate, name: str) -> QTableView:
        view = QTableView(self)
        view.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        view.setAccessibleName(name)
        view.setModel(self.model)
        view.setItemDelegate(delegate)
        view.horizontalHeader().hide()
        view.horizontalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Stretch)
        view.verticalHeader().hide()
        view.verticalHeader().setDefaultSectionSize(delegate.row_height)
        view.verticalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        view.setShowGrid(False)
        view.setMouseTracking(True)
        view.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        view.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._row_height = delegate.row_height
        return view

    def _label(self, name: str, alignment: Qt.AlignmentFlag) -> QLabel:
        label = QLabel(self)
        label.setObjectName(name)
        label.setTextFormat(Qt.TextFormat.PlainText)
        label.setAlignment(alignment)
        label.setWordWrap(True)
        label.setContentsMargins(12, 0, 12, 2)
        return label

    def _on_typed(self, words: str) -> None:
        self._new = True
        self._clear.setVisible(bool(words))
        self.typed.emit(words)

    def _take_example(self, words: str) -> None:
        self.line.setText(words)
        self.line.setFocus()

    def _mark(self, row: int) -> None:
        index = self.model.index(row, 0)
        self.view.setCurrentIndex(index)
        self.view.scrollTo(index)

    def _describe(self) -> None:
        index = self.view.currentIndex()
        if index.isValid():
            self.line.setAccessibleDescription(index.data(_ACCESSIBLE))

    def _choose(self, index: QModelIndex) -> None:
        if index.isValid():
            hit = index.data(ROW_ROLE)
            self.leave()
            self.chosen.emit(hit)

    def _aside(self, hit: Hit) -> str:
        age = age_words(hit.item.edited or hit.item.edited_ms, self._clock())
        return " · ".join(filter(None, (self._place_name(hit.item), age)))

    def _draw(self) -> None:
        self._clear.setIcon(self._theme.icon("close", ink="faint"))
        self.view.viewport().update()


def title_of(hit: Hit) -> Lit:
    """What a hit is called, in one line, and what to light in it."""
    title = hit.title
    if not title.text:
        return shown_title(hit.item), ()
    words = title_words(title.text)
    return words, title.ranges if words == title.text else ()
