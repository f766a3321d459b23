"""The search through all notes: a line to type in, what was found below, the place in the text lit.

Owns the keys, the focus, which goes back where it was, and which row is marked. Invariant: after an
answer to something newly typed the first row is marked; while notes change, the marked row stays.
Searches nothing itself: what is typed goes out by `typed`, `show_rows` shows what answers.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QApplication,
    QFrame,
    QHBoxLayout,
    QHeaderView,
    QLabel,
    QLineEdit,
    QTableView,
    QVBoxLayout,
    QWidget,
)

from ui.models.merged_rows import LiveRows
from ui.models.note_words import age_words, title_words
from ui.models.query_model import ROW_ROLE, QueryModel
from ui.operations.notes import shown_title
from ui.panels.hit_delegate import ASIDE_ROLE, SNIPPET_ROLE, TITLE_ROLE, HitDelegate
from ui.theme.theme import Theme
from ui.widgets.search_help import SearchHelp

if TYPE_CHECKING:  # loaded by who searches
    from goatcore import Hit

WIDTH_PX = 720
TOP_PX = 56
BOTTOM_PX = 40
_DISPLAY = int(Qt.ItemDataRole.DisplayRole)
_ACCESSIBLE = int(Qt.ItemDataRole.AccessibleTextRole)

Lit = tuple[str, Sequence[tuple[int, int]]]


class SearchPanel(QFrame):
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
        super().__init__(window)
        self.setObjectName("chooser")
        self._theme = theme
        self._window = window
        self._clock = clock
        self._place_name = place_name
        self._before: QWidget | None = None
        self._new = False  # what was typed is not answered yet
        prompt = self.tr("Search all notes")
        self.setAccessibleName(prompt)
        self.line = QLineEdit(self)
        self.line.setObjectName("wanted")
        self.line.setPlaceholderText(prompt)
        self.line.setAccessibleName(prompt)
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
        self._build()
        self.line.textChanged.connect(self._on_typed)
        self.line.installEventFilter(self)
        self.view.clicked.connect(lambda index: self._choose(index.row()))
        self.view.selectionModel().currentRowChanged.connect(self._describe)
        window.installEventFilter(self)
        theme.changed.connect(self._draw)
        self.hide()

    # -- what is shown -------------------------------------------------------------------------

    def ask(self) -> None:
        """Opens, with what was searched for last."""
        focused = QApplication.focusWidget()
        if focused is not self.line:
            self._before = focused
        self.show()
        self.raise_()
        self.line.setFocus(Qt.FocusReason.PopupFocusReason)
        self.line.selectAll()
        self._fit()

    def leave(self) -> None:
        """Closes; the focus goes back where it was."""
        if self.isHidden():
            return
        had_focus = self.line.hasFocus()
        self.hide()
        before, self._before = self._before, None
        if had_focus and before is not None:
            before.setFocus(Qt.FocusReason.PopupFocusReason)

    @property
    def current(self) -> Hit | None:
        """The hit that Enter opens."""
        index = self.view.currentIndex()
        return index.data(ROW_ROLE) if index.isValid() else None

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
        self._fit()

    def _state_words(self, count: int, more: bool, pending: int) -> str:
        said = []
        if count:
            said.append(
                self.tr("The best {}").format(count)
                if more
                else self.tr("1 note")
                if count == 1
                else self.tr("{} notes").format(count)
            )
        if pending:
            said.append(self.tr("{} notes are still to be read").format(f"{pending:,}"))
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

    def _build(self) -> None:
        layout = QVBoxLayout(self)
        layout.setContentsMargins(8, 8, 8, 8)
        layout.setSpacing(6)
        layout.addWidget(self.line)
        layout.addWidget(self.problems)
        layout.addWidget(self.help)
        layout.addWidget(self.view)
        layout.addWidget(self.nothing)
        foot = QHBoxLayout()
        foot.addWidget(self.state, 1)
        layout.addLayout(foot)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if watched is self.line:
            if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress:
                return self._on_key(event)
            if event.type() == QEvent.Type.FocusOut and self.line.isVisible():
                reason = event.reason()  # type: ignore[attr-defined]
                if reason in (Qt.FocusReason.MouseFocusReason, Qt.FocusReason.TabFocusReason):
                    self._before = None
                    self.hide()
        elif watched is self._window and event.type() == QEvent.Type.Resize:
            self._fit()
        return super().eventFilter(watched, event)

    def _on_key(self, event: QKeyEvent) -> bool:
        page = max(self.view.viewport().height() // self._row_height - 1, 1)
        steps = {
            Qt.Key.Key_Down: 1,
            Qt.Key.Key_Tab: 1,
            Qt.Key.Key_Up: -1,
            Qt.Key.Key_Backtab: -1,
            Qt.Key.Key_PageDown: page,
            Qt.Key.Key_PageUp: -page,
        }
        key = Qt.Key(event.key())
        if key == Qt.Key.Key_Escape:
            self.leave()
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._choose(self.view.currentIndex().row())
        elif key in steps:
            self._step(steps[key])
        else:
            return False
        return True

    def _on_typed(self, words: str) -> None:
        self._new = True
        self._clear.setVisible(bool(words))
        self.typed.emit(words)

    def _take_example(self, words: str) -> None:
        self.line.setText(words)
        self.line.setFocus()

    def _step(self, rows: int) -> None:
        count = len(self.model.rows)
        if count:
            wanted = self.view.currentIndex().row() + rows
            around = abs(rows) == 1
            self._mark(wanted % count if around else min(max(wanted, 0), count - 1))

    def _mark(self, row: int) -> None:
        index = self.model.index(row, 0)
        self.view.setCurrentIndex(index)
        self.view.scrollTo(index)

    def _describe(self) -> None:
        index = self.view.currentIndex()
        if index.isValid():
            self.line.setAccessibleDescription(index.data(_ACCESSIBLE))

    def _choose(self, row: int) -> None:
        if 0 <= row < len(self.model.rows):
            hit = self.model.rows[row]
            self.leave()
            self.chosen.emit(hit)

    def _aside(self, hit: Hit) -> str:
        age = age_words(hit.item.edited or hit.item.edited_ms, self._clock())
        return " · ".join(filter(None, (self._place_name(hit.item), age)))

    def _draw(self) -> None:
        self._clear.setIcon(self._theme.icon("close", ink="faint"))
        self.view.viewport().update()

    def _fit(self) -> None:
        width = min(WIDTH_PX, self._window.width() - 48)
        top = min(TOP_PX, max(self._window.height() // 12, 8))
        self.setFixedWidth(width)
        room = self._window.height() - top - BOTTOM_PX
        others = self.line.sizeHint().height() + 60
        rows = max(min(len(self.model.rows), (room - others) // self._row_height), 1)
        self.view.setFixedHeight(rows * self._row_height)
        self.adjustSize()
        self.move((self._window.width() - width) // 2, top)


def title_of(hit: Hit) -> Lit:
    """What a hit is called, in one line, and what to light in it."""
    title = hit.title
    if not title.text:
        return shown_title(hit.item), ()
    words = title_words(title.text)
    return words, title.ranges if words == title.text else ()
