"""The list of notes: a live query, narrowed while one types, with something to do when it is empty.

Owns the model, the choice of notes and the words of the search. Tells what the person wants by
signals; changes no note itself.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from PySide6.QtCore import (
    QItemSelectionModel,
    QModelIndex,
    QPoint,
    Qt,
    QTimer,
    Signal,
)
from PySide6.QtWidgets import (
    QHBoxLayout,
    QLabel,
    QStackedLayout,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from ui.language import digits
from ui.models.merged_rows import LiveRows
from ui.models.note_words import (
    BOX_LETTERS_MAX,
    READ_LETTERS_MAX,
    age_words,
    preview_words,
    progress_words,
    title_words,
)
from ui.models.query_model import ROW_ROLE, QueryModel
from ui.panels.note_delegate import (
    AGE_ROLE,
    AUTHOR_ROLE,
    PINNED_ROLE,
    PLACE_NAME_ROLE,
    PREVIEW_ROLE,
    PROGRESS_ROLE,
    TITLE_ROLE,
    NoteDelegate,
)
from ui.panels.notes_view import NotesView
from ui.theme.theme import Theme
from ui.widgets.empty_state import EmptyState
from ui.widgets.search_field import SearchField

AGE_EVERY_MS = 30_000
_DISPLAY = int(Qt.ItemDataRole.DisplayRole)
_ACCESSIBLE = int(Qt.ItemDataRole.AccessibleTextRole)

Identity = Callable[[Any], Any]


class NoteList(QWidget):
    """Emits `note_chosen` whenever another note is to be shown (None: no note)."""

    note_chosen = Signal(object)
    note_left = Signal()  # the open note is no longer in the list, though nobody chose another
    search_changed = Signal(str)
    new_note_wanted = Signal()
    start_wanted = Signal()  # the action of an empty place
    delete_wanted = Signal()
    open_wanted = Signal()
    aside_wanted = Signal(object)  # a note, in a tab of its own
    menu_wanted = Signal(QPoint)

    def __init__(
        self,
        theme: Theme,
        clock: Callable[[], int],
        identity: Identity,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setObjectName("listing")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._theme = theme
        self._identity = identity
        self._place_names: Callable[[Any], str] = lambda _note: ""
        self._quiet = False
        self._lost = False
        self.model = QueryModel(
            {
                _DISPLAY: lambda note: title_words(note.title),
                _ACCESSIBLE: lambda note: title_words(note.title),
                TITLE_ROLE: lambda note: title_words(note.title),
                PREVIEW_ROLE: lambda note: preview_words(note.body[:READ_LETTERS_MAX]),
                AGE_ROLE: lambda note: age_words(note.edited or note.edited_ms, clock()),
                PROGRESS_ROLE: lambda note: progress_words(note.body[:BOX_LETTERS_MAX]),
                AUTHOR_ROLE: other_author,
                PINNED_ROLE: lambda note: bool(note.pinned),
                PLACE_NAME_ROLE: self._place_name,
            },
            self,
        )
        delegate = NoteDelegate(theme, self)
        self.view = NotesView(delegate.row_height, self)
        self.view.setAccessibleName(self.tr("Notes"))
        self.view.setModel(self.model)
        self.view.setItemDelegate(delegate)
        self.heading = QLabel(self)
        self.heading.setObjectName("place")
        self.heading.setMinimumWidth(40)
        self.count = QLabel(self)
        self.count.setObjectName("soft")
        self.new_button = QToolButton(self)
        self.new_button.setAccessibleName(self.tr("New note"))
        self.new_button.clicked.connect(self.new_note_wanted)
        self.search = SearchField(theme, self.tr("Search these notes"), self)
        self.search.searched.connect(self._on_searched)
        self.search.left.connect(self.view.setFocus)
        self.empty = EmptyState(theme, self)
        self.empty.acted.connect(self._on_empty_action)
        self._build()
        self._told_words = ""
        ages = QTimer(self)
        ages.setInterval(AGE_EVERY_MS)
        ages.timeout.connect(self.model.refresh)
        ages.start()
        self.model.count_changed.connect(self._on_count)
        self.view.selectionModel().currentRowChanged.connect(self._on_current)
        self.view.delete_wanted.connect(self.delete_wanted)
        self.view.open_wanted.connect(self.open_wanted)
        self.view.aside_wanted.connect(lambda index: self.aside_wanted.emit(index.data(ROW_ROLE)))
        self.view.customContextMenuRequested.connect(self._on_menu)
        self.model.rowsRemoved.connect(self._on_removed)
        self.model.modelAboutToBeReset.connect(self._before_reset)
        self.model.modelReset.connect(self._after_reset)
        theme.changed.connect(self._draw)
        self._draw()
        self._on_count(0)

    def _build(self) -> None:
        head = QHBoxLayout()
        head.setContentsMargins(20, 14, 10, 6)
        head.setSpacing(8)
        head.addWidget(self.heading)
        head.addWidget(self.count, 1)
        head.addWidget(self.new_button)
        field = QHBoxLayout()
        field.setContentsMargins(14, 0, 14, 8)
        field.addWidget(self.search)
        self._stack = QStackedLayout()
        self._stack.addWidget(self.view)
        self._stack.addWidget(self.empty)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addLayout(head)
        layout.addLayout(field)
        layout.addLayout(self._stack, 1)

    # -- what is shown -------------------------------------------------------------------------

    @property
    def words(self) -> str:
        """What is searched for, as far as the list shows it."""
        return self._told_words

    @property
    def chosen(self) -> list[Any]:
        """The chosen notes, from the top."""
        rows = self.model.rows  # before the places are asked for: reading them may move rows
        ranges = sorted((it.top(), it.bottom()) for it in self.view.selectionModel().selection())
        return [note for top, bottom in ranges for note in rows[top : bottom + 1]]

    @property
    def current(self) -> Any | None:
        """The note that is open."""
        index = self.view.currentIndex()
        return index.data(ROW_ROLE) if index.isValid() else None

    def show_notes(
        self, name: str, query: LiveRows | None, place_names: Callable[[Any], str]
    ) -> None:
        """Shows the notes of `query` under the heading `name`; the open note stays if it can."""
        self._place_names = place_names
        self.heading.setText(name)
        self.model.show_query(query)

    def choose(self, wanted: Any) -> bool:
        """Opens a note as a click does; False if it is not in the list."""
        identity = self._identity(wanted)
        row = self.model.row_of(lambda note: self._identity(note) == identity)
        if row < 0:
            return False
        self._choose_row(row)
        return True

    def choose_first(self) -> None:
        """Opens the first note, if there is one."""
        if self.model.rows:
            self._choose_row(0)
        else:
            self.note_chosen.emit(None)

    def choose_none(self) -> None:
        """No row is marked as open any more; what is open stays open."""
        self._quiet = True
        self.view.clearSelection()
        self.view.setCurrentIndex(QModelIndex())
        self._quiet = False

    def mark_current(self) -> None:
        """Another row was marked for its menu: the open note is marked again."""
        index = self.view.currentIndex()
        if index.isValid() and not self.view.selectionModel().isSelected(index):
            self.view.mark(index)

    def clear_search(self) -> None:
        """Shows everything again, at once."""
        self.search.clear()
        self.search.tell()

    def flush_search(self) -> None:
        """What stands in the search field counts now."""
        self._told_words = self.search.flush()

    def say_empty(self, icon: str, heading: str, sentence: str, action: str) -> None:
        """What stands there when there is no note (the search has words of its own)."""
        self._when_empty = (icon, heading, sentence, action)
        self._on_count(len(self.model.rows))

    _when_empty = ("all-notes", "", "", "")

    def _place_name(self, note: Any) -> str:
        return self._place_names(note)

    # -- inside --------------------------------------------------------------------------------

    def _choose_row(self, row: int) -> None:
        self.view.selectionModel().setCurrentIndex(
            self.model.index(row, 0),
            QItemSelectionModel.SelectionFlag.ClearAndSelect
            | QItemSelectionModel.SelectionFlag.Rows,
        )

    def _before_reset(self) -> None:
        self._kept = [self._identity(note) for note in self.chosen]
        self._kept_current = self._identity(self.current) if self.current is not None else None
        self._quiet = True

    def _after_reset(self) -> None:
        self._quiet = False
        if self._kept_current is None:
            return
        wanted = set(self._kept)
        selection = self.view.selectionModel()
        for row, note in enumerate(self.model.rows):
            identity = self._identity(note)
            if identity == self._kept_current:
                self._quiet = True  # it is open already
                selection.setCurrentIndex(
                    self.model.index(row, 0), QItemSelectionModel.SelectionFlag.NoUpdate
                )
                self._quiet = False
            if identity in wanted:
                selection.select(
                    self.model.index(row, 0),
                    QItemSelectionModel.SelectionFlag.Select
                    | QItemSelectionModel.SelectionFlag.Rows,
                )
        if not self.view.currentIndex().isValid():
            self.note_left.emit()

    def _on_current(self, current: QModelIndex, _previous: QModelIndex) -> None:
        if self.model.removing:
            self._lost = True
        elif not self._quiet:
            self.note_chosen.emit(current.data(ROW_ROLE) if current.isValid() else None)

    def _on_removed(self) -> None:
        if self._lost:
            self._lost = False
            self.note_left.emit()

    def _on_count(self, count: int) -> None:
        self.count.setText(digits(count) if count else "")
        self._stack.setCurrentIndex(0 if count else 1)
        if count:
            return
        if self._told_words:
            self.empty.say(
                "search",
                self.tr("Nothing found"),
                self.tr("No note here has “{}” in it.").format(self._told_words),
                self.tr("Clear search"),
            )
        else:
            self.empty.say(*self._when_empty)

    def _on_empty_action(self) -> None:
        if self._told_words:
            self.clear_search()
            self.search.setFocus()
        else:
            self.start_wanted.emit()

    def _on_searched(self, words: str) -> None:
        if words != self._told_words:
            self._told_words = words
            self.search_changed.emit(words)

    def _on_menu(self, point: QPoint) -> None:
        if self.view.indexAt(point).isValid():
            self.menu_wanted.emit(self.view.viewport().mapToGlobal(point))

    def _draw(self) -> None:
        self.new_button.setIcon(self._theme.icon("new-note"))
        self.view.viewport().update()


def other_author(note: Any) -> str:
    """Who wrote in a note last, if it was somebody else; the name."""
    repository = note.repository
    me = repository.member_name(repository.author)
    return "" if note.author == me else str(note.author)
