"""A notebook at a date: a slider over the days on which it changed, and its notes as they were.

Owns which day is shown. Invariant: its rows are versions, all of one moment, and nothing here
writes; they are read a few at a time, so that the window stays awake.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence
from datetime import datetime
from time import perf_counter
from typing import Any

from PySide6.QtCore import QEvent, QModelIndex, QObject, Qt, QTimer, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QFrame,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QSlider,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from ui.language import digits
from ui.models.dates import long_day_words
from ui.models.merged_rows import FixedRows
from ui.models.note_words import age_words
from ui.models.notes_then import NoteThen, day_ends, order_then, then_of
from ui.models.query_model import ROW_ROLE, QueryModel
from ui.panels.note_delegate import (
    AGE_ROLE,
    PINNED_ROLE,
    PREVIEW_ROLE,
    PROGRESS_ROLE,
    TITLE_ROLE,
    NoteDelegate,
)
from ui.panels.notes_view import NotesView
from ui.theme.theme import Theme

SLICE_S = 0.012  # of reading at a time


class PastNotes(QWidget):
    """Shows one notebook at a time; `leave` lets go of it."""

    chosen = Signal(object)  # a version, or None when nothing was there
    restore_wanted = Signal()  # all that is shown, as it was
    left = Signal()  # back to now

    def __init__(
        self, theme: Theme, clock: Callable[[], int], parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.setObjectName("listing")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._theme = theme
        self._notes: Sequence[Any] = ()
        self.keys: Collection[str] = ()  # of nested notebooks; none: the whole one
        self._days: list[int] = []
        self._wanted = ""  # the key of the note that is open
        self._reading: Iterator[None] | None = None
        self._slices = QTimer(self)
        self._slices.setInterval(0)
        self._slices.timeout.connect(self._read_some)
        self.heading = QLabel(self)
        self.heading.setObjectName("place")
        self.heading.setMinimumWidth(40)
        self.heading.setTextFormat(Qt.TextFormat.PlainText)
        self.count = QLabel(self)
        self.count.setObjectName("soft")
        self.day = QLabel(self)
        self.day.setObjectName("strong")
        self.slider = QSlider(Qt.Orientation.Horizontal, self)
        self.slider.setAccessibleName(self.tr("Days of this notebook, the oldest first"))
        self.slider.setPageStep(7)
        self.slider.valueChanged.connect(self._show_day)
        self.back = QToolButton(self)
        self.back.setAccessibleName(self.tr("Back to now"))
        self.back.setToolTip(self.tr("Back to now (Escape)"))
        self.back.clicked.connect(self.left)
        self.restore = QPushButton(self.tr("Bring all of them back"), self)
        self.restore.setToolTip(
            self.tr("Every note of this day as it was; notes that were written later stay")
        )
        self.restore.setEnabled(False)
        self.restore.clicked.connect(self.restore_wanted)
        self.model = QueryModel(
            {
                int(Qt.ItemDataRole.DisplayRole): lambda row: row.title,
                int(Qt.ItemDataRole.AccessibleTextRole): lambda row: row.title,
                TITLE_ROLE: lambda row: row.title,
                PREVIEW_ROLE: lambda row: row.preview,
                AGE_ROLE: lambda row: age_words(row.edited_ms, clock()),
                PROGRESS_ROLE: lambda row: row.progress,
                PINNED_ROLE: lambda row: row.pinned,
            },
            self,
        )
        delegate = NoteDelegate(theme, self)
        self.view = NotesView(delegate.row_height, self)
        self.view.setAccessibleName(self.tr("Notes as they were"))
        self.view.setModel(self.model)
        self.view.setItemDelegate(delegate)
        self.view.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.view.setDragEnabled(False)
        self.view.selectionModel().currentRowChanged.connect(self._on_current)
        self._build()
        for part in (self.slider, self.view, self.back, self.restore):
            part.installEventFilter(self)
        theme.changed.connect(self._draw)
        self._draw()
        self.hide()

    def _build(self) -> None:
        head = QHBoxLayout()
        head.setContentsMargins(20, 14, 10, 6)
        head.setSpacing(8)
        head.addWidget(self.heading)
        head.addWidget(self.count, 1)
        head.addWidget(self.back)
        strip = QFrame(self)
        strip.setObjectName("past")
        inside = QVBoxLayout(strip)
        inside.setContentsMargins(20, 8, 20, 10)
        inside.setSpacing(6)
        inside.addWidget(self.day)
        inside.addWidget(self.slider)
        inside.addWidget(self.restore)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addLayout(head)
        layout.addWidget(strip)
        layout.addWidget(self.view, 1)

    # -- what is shown -------------------------------------------------------------------------

    @property
    def rows(self) -> Sequence[NoteThen]:
        """The notes of the day, from the top."""
        return self.model.rows

    @property
    def time_ms(self) -> int:
        """The last moment of the day that is shown."""
        return self._days[self.slider.value()]

    @property
    def reads(self) -> bool:
        """Whether it is not done with reading yet."""
        return self._reading is not None

    def look(self, name: str, notes: Sequence[Any], keys: Collection[str], wanted: str) -> None:
        """Shows a notebook of that name: all the notes that it ever had, of them those in the
        nested notebooks `keys`, if there are some; the note with the key `wanted` is open."""
        self.leave()
        self._notes, self.keys, self._wanted = notes, keys, wanted
        self.heading.setText(name)
        self.day.setText(self.tr("Looking through the past…"))
        self.slider.setEnabled(False)
        self._begin(self._find_days())

    def leave(self) -> None:
        """Lets go of the notes."""
        self._begin(None)
        self._notes, self.keys, self._days = (), (), []
        self.restore.setEnabled(False)
        self.model.show_query(None)
        self.count.setText("")

    def work(self, steps: Iterator[Any], count: int, done: Callable[[Any], None]) -> None:
        """Goes through `count` steps, a few at a time, and tells how far it is; then shows the day
        again and calls `done` with what the last step gave. Another day, or to leave, ends it."""
        self._begin(self._working(steps, count, done))

    def _working(
        self, steps: Iterator[Any], count: int, done: Callable[[Any], None]
    ) -> Iterator[None]:
        self.restore.setEnabled(False)
        words, given = self.tr("Looking for what is other now: {} of {}"), None
        for number, found in enumerate(steps, 1):
            given = found
            self.day.setText(words.format(digits(number), digits(count)))
            yield
        self.day.setText(day_words(self.time_ms))
        self.restore.setEnabled(True)
        done(given)

    def _find_days(self) -> Iterator[None]:
        found: set[int] = set()
        for ends in day_ends(self._notes):
            found = ends
            yield
        self._days = sorted(found)
        self.slider.blockSignals(True)
        self.slider.setRange(0, max(len(self._days) - 1, 0))
        self.slider.setValue(self.slider.maximum())
        self.slider.blockSignals(False)
        self.slider.setEnabled(True)
        self.slider.setFocus()
        self._show_day()

    def _show_day(self) -> None:
        if self._days:
            end_ms = self._days[self.slider.value()]
            self.day.setText(day_words(end_ms))
            self.slider.setAccessibleDescription(self.day.text())
            self.restore.setEnabled(False)
            self._begin(self._find_notes(end_ms))
        else:
            self._begin(None)
            self.day.setText(self.tr("Nothing was written yet"))
            self.chosen.emit(None)

    def _find_notes(self, end_ms: int) -> Iterator[None]:
        found: list[NoteThen] = []
        for note in self._notes:
            row = then_of(note, end_ms, self.keys)
            if row is not None:
                found.append(row)
            yield
        self.view.selectionModel().blockSignals(True)
        self.model.show_query(FixedRows(sorted(found, key=order_then)))
        self.view.selectionModel().blockSignals(False)
        self.count.setText(digits(len(found)) if found else "")
        self.restore.setEnabled(any(row.version.item.repository.writable for row in found[:1]))
        if found:
            row = self.model.row_of(lambda it: it.version.key == self._wanted)
            self.view.selectRow(max(row, 0))
        else:
            self.chosen.emit(None)

    def _begin(self, reading: Iterator[None] | None) -> None:
        self._reading = reading
        if reading is None:
            self._slices.stop()
        else:
            self._slices.start()

    def _read_some(self) -> None:
        reading = self._reading
        until = perf_counter() + SLICE_S
        while reading is not None and reading is self._reading and perf_counter() < until:
            if next(reading, self) is self and reading is self._reading:
                self._begin(None)

    def _on_current(self, current: QModelIndex, _previous: QModelIndex) -> None:
        if current.isValid():
            version = current.data(ROW_ROLE).version
            self._wanted = version.key
            self.chosen.emit(version)

    # -- keys and looks ------------------------------------------------------------------------

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if (
            isinstance(event, QKeyEvent)
            and event.type() == QEvent.Type.KeyPress
            and event.key() == Qt.Key.Key_Escape
        ):
            self.left.emit()
            return True
        return super().eventFilter(watched, event)

    def _draw(self) -> None:
        self.back.setIcon(self._theme.icon("close"))
        self.view.viewport().update()


def day_words(time_ms: int) -> str:
    """Such as `Friday, 21 November 2025`."""
    try:
        day = datetime.fromtimestamp(time_ms / 1000)
    except (ValueError, OverflowError, OSError):
        return ""
    return long_day_words(day)
