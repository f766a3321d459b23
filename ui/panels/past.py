"""The past of the open note: a slider over its moments, what each changed, and the way back to it.

Owns which moment is shown. Invariant: what stands here is a version as it was, never the note of
now; nothing here writes, `restore_wanted` asks others to.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from PySide6.QtCore import QEvent, QObject, Qt, QTimer, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QSizePolicy,
    QSlider,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from goatcore import GoatError
from ui.engine_words import told_by
from ui.models.moments import Moment, Piece, done_words, moments, when_words
from ui.models.note_words import title_words
from ui.theme.theme import Theme
from ui.widgets.difference_view import AFTER, ALL_KINDS, BEFORE, DifferenceView
from ui.widgets.scrolled_together import ScrolledTogether

STEP_MS = 700  # of the film
REFRESH_MS = 200  # after a change that arrives while one looks


class PastPanel(QWidget):
    """Shows the past of one note at a time; `leave` wants to go back to the note."""

    restore_wanted = Signal(object, object, str)  # note, version, when it was
    left = Signal()
    failed = Signal(str)

    def __init__(
        self, theme: Theme, clock: Callable[[], int], parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._theme = theme
        self._clock = clock
        self._note: Any | None = None
        self._history: Sequence[Any] = ()
        self._moments: list[Moment] = []
        self._cut = -1  # the version that was asked for ends a moment
        self._unsubscribe: Callable[[], None] | None = None
        self._soon = QTimer(self)
        self._soon.setSingleShot(True)
        self._soon.setInterval(REFRESH_MS)
        self._soon.timeout.connect(self._read)
        self._film = QTimer(self)
        self._film.setInterval(STEP_MS)
        self._film.timeout.connect(self._next_frame)
        self.title = QLabel(self)
        self.title.setObjectName("pasttitle")
        self.title.setTextFormat(Qt.TextFormat.PlainText)
        self.title.setWordWrap(True)
        self.text = DifferenceView(theme, self)
        self.text.setAccessibleName(self.tr("The note as it was"))
        self.before = DifferenceView(theme, self)
        self.before.setAccessibleName(self.tr("The note before that"))
        self.before.hide()
        self._together = ScrolledTogether(self.before, self.text)
        self.who = QLabel(self)
        self.who.setObjectName("strong")
        self.who.setTextFormat(Qt.TextFormat.PlainText)
        self.what = QLabel(self)
        self.what.setObjectName("soft")
        self.what.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self.count = QLabel(self)
        self.count.setObjectName("small")
        self.slider = QSlider(Qt.Orientation.Horizontal, self)
        self.slider.setAccessibleName(self.tr("Moments of this note, the oldest first"))
        self.slider.setPageStep(5)
        self.slider.valueChanged.connect(self._show)
        self.slider.sliderPressed.connect(self._film.stop)
        self.play = QToolButton(self)
        self.play.setAccessibleName(self.tr("Play from the beginning"))
        self.play.setToolTip(self.tr("Play from the beginning"))
        self.play.clicked.connect(self._toggle_film)
        self.changes = QToolButton(self)
        self.changes.setObjectName("wide")
        self.changes.setText(self.tr("Changes"))
        self.changes.setToolTip(self.tr("Show what was added and removed"))
        self.changes.setCheckable(True)
        self.changes.setChecked(True)
        self.changes.toggled.connect(lambda _on: self._show())
        self.beside = QToolButton(self)
        self.beside.setObjectName("wide")
        self.beside.setText(self.tr("Side by side"))
        self.beside.setToolTip(self.tr("Show the version before on the left"))
        self.beside.setCheckable(True)
        self.beside.toggled.connect(self._on_beside)
        self.restore = QPushButton(self.tr("Restore this version"), self)
        self.restore.setProperty("main", True)
        self.restore.clicked.connect(self.ask_restore)
        self._close = QToolButton(self)
        self._close.setAccessibleName(self.tr("Back to the note"))
        self._close.setToolTip(self.tr("Back to the note (Escape)"))
        self._close.clicked.connect(self.left)
        self._build()
        for part in (
            self.before,
            self.text,
            self.slider,
            self.play,
            self.changes,
            self.beside,
            self.restore,
            self._close,
        ):
            part.installEventFilter(self)
        theme.changed.connect(self._draw)
        theme.zoomed.connect(self._draw)
        self.text.margin_changed.connect(self._on_margin)
        self._draw()

    def _build(self) -> None:
        self._title_row = QHBoxLayout()
        self._title_row.setContentsMargins(28, 14, 28, 10)
        self._title_row.addWidget(self.title)
        words = QHBoxLayout()
        words.setSpacing(10)
        words.addWidget(self.who)
        words.addWidget(self.what, 1)
        words.addWidget(self.count)
        words.addWidget(self._close)
        line = QHBoxLayout()
        line.setSpacing(10)
        line.addWidget(self.play)
        line.addWidget(self.slider, 1)
        buttons = QHBoxLayout()
        buttons.setSpacing(8)
        buttons.addWidget(self.changes)
        buttons.addWidget(self.beside)
        buttons.addStretch(1)
        buttons.addWidget(self.restore)
        strip = QFrame(self)
        strip.setObjectName("past")
        inside = QVBoxLayout(strip)
        inside.setContentsMargins(24, 12, 24, 14)
        inside.setSpacing(8)
        for row in (words, line, buttons):
            inside.addLayout(row)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addLayout(self._title_row)
        texts = QHBoxLayout()
        texts.setSpacing(0)
        texts.addWidget(self.before, 1)
        texts.addWidget(self.text, 1)
        layout.addLayout(texts, 1)
        layout.addWidget(strip)

    # -- what is shown -------------------------------------------------------------------------

    @property
    def moments(self) -> Sequence[Moment]:
        """The moments of the note, the oldest first."""
        return self._moments

    def look(self, note: Any, version: Any | None = None) -> None:
        """Shows the past of a note, from its newest moment on, or exactly at a version; then it
        leaves the keys where they are."""
        self.leave()
        self._note = note
        self._unsubscribe = note.subscribe(lambda _change: self._soon.start())
        if version is not None:
            commits = [entry.commit for entry in note.history.timeline.entries]
            self._cut = commits.index(version.commit)
        self._read()
        shown = (at for at, moment in enumerate(self._moments) if moment.last == self._cut)
        self.slider.setValue(next(shown, len(self._moments) - 1))
        if version is None:
            self.slider.setFocus()

    def leave(self) -> None:
        """Lets go of the note."""
        self._film.stop()
        self._soon.stop()
        if self._unsubscribe is not None:
            self._unsubscribe()
            self._unsubscribe = None
        self._note, self._history, self._moments, self._cut = None, (), [], -1

    def ask_restore(self) -> None:
        """Asks to bring the note back to what is shown."""
        if self._moments and self.restore.isEnabled():
            moment = self._moments[self.slider.value()]
            when = when_words(moment.end_ms, self._clock())
            self.restore_wanted.emit(self._note, self._history[moment.last], when)

    def _read(self) -> None:
        note = self._note
        if note is None:
            return
        at_end = self.slider.value() == self.slider.maximum()
        self._history = note.history
        changes = ((version.author, version.time) for version in self._history)
        self._moments = moments(changes, cut=self._cut)
        self.slider.blockSignals(True)
        self.slider.setRange(0, max(len(self._moments) - 1, 0))
        if at_end:
            self.slider.setValue(self.slider.maximum())
        self.slider.blockSignals(False)
        self._show()

    def _show(self) -> None:
        if self._note is None or not self._moments:
            return
        number = self.slider.value()
        moment = self._moments[number]
        version = self._history[moment.last]
        before = self._history[self._moments[number - 1].last] if number else None
        try:
            self._show_version(version, before, moment)
        except GoatError as error:  # it stands on a change that does not count any more
            self.failed.emit(told_by(error))
            self._show_pieces([], alone=True)
        last = number == len(self._moments) - 1
        self.count.setText(self.tr("{} of {}").format(f"{number + 1:,}", f"{len(self._moments):,}"))
        self.restore.setEnabled(bool(self._note.repository.writable) and not last)
        self.slider.setAccessibleDescription(f"{self.who.text()}, {self.what.text()}")

    def _show_version(self, version: Any, before: Any | None, moment: Moment) -> None:
        if before is None:
            found: dict[str, Any] = {}
            pieces = [Piece("equal", version.body)]
        else:
            found = before.diff(version)
            body = found.get("body")
            pieces = (
                [Piece(hunk.kind, hunk.text) for hunk in body.hunks]
                if body is not None
                else [Piece("equal", version.body)]
            )
        body = found.get("body")
        self.title.setText(title_words(version.title))
        self.who.setText(f"{moment.author} · {when_words(moment.end_ms, self._clock())}")
        self.what.setText(
            done_words(
                body.inserted if body is not None else 0,
                body.deleted if body is not None else 0,
                first=before is None,
                title="title" in found,
                exists=version.exists,
            )
        )
        self._show_pieces(pieces, alone=before is None)

    def _show_pieces(self, pieces: Sequence[Piece], *, alone: bool) -> None:
        """`alone`: there is nothing before it."""
        changes = self.changes.isChecked()
        self._together.hold(())  # while each gets its text
        if self.beside.isChecked():
            self.before.show_pieces([] if alone else pieces, changes=changes, kinds=BEFORE)
            self.text.show_pieces(pieces, changes=changes, kinds=AFTER)
            self._together.hold(() if alone else pieces)
        else:
            self.text.show_pieces(pieces, changes=changes, kinds=ALL_KINDS if changes else AFTER)

    def _on_beside(self, wanted: bool) -> None:
        self.before.setVisible(wanted)
        self._show()

    # -- the film and the keys -----------------------------------------------------------------

    def _toggle_film(self) -> None:
        if self._film.isActive():
            self._film.stop()
        else:
            if self.slider.value() == self.slider.maximum():
                self.slider.setValue(0)
            self._film.start()

    def _next_frame(self) -> None:
        if self.slider.value() == self.slider.maximum():
            self._film.stop()
        else:
            self.slider.setValue(self.slider.value() + 1)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if (
            isinstance(event, QKeyEvent)
            and event.type() == QEvent.Type.KeyPress
            and event.key() == Qt.Key.Key_Escape
        ):
            self.left.emit()
            return True
        return super().eventFilter(watched, event)

    # -- looks ---------------------------------------------------------------------------------

    def _on_margin(self, margin: int) -> None:
        self._title_row.setContentsMargins(margin, 14, 28, 10)

    def _draw(self) -> None:
        self.title.setFont(self._theme.type.title)
        self.play.setIcon(self._theme.icon("play"))
        self._close.setIcon(self._theme.icon("close"))
        self._show()
