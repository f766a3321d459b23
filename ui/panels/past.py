"""The past of the open note: its moments, what each changed, and the way back to it.

Owns which versions are shown. Invariant: what stands here is a version as it was, never the note of
now; nothing here writes, `restore_wanted` and `passage_wanted` ask others to.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from PySide6.QtCore import QEvent, QObject, Qt, QTimer, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QVBoxLayout, QWidget

from goatcore import GoatError
from ui.engine_words import told_by
from ui.models.moments import Moment, Piece, done_words, moments, when_words
from ui.models.note_words import title_words
from ui.models.passages import Reach
from ui.panels.past_strip import PastStrip
from ui.panels.past_texts import PastTexts
from ui.theme.theme import Theme

REFRESH_MS = 200  # after a change that arrives while one looks


class PastPanel(QWidget):
    """Shows the past of one note at a time; `left` wants to go back to the note."""

    restore_wanted = Signal(object, object, str)  # note, version, when it was
    passage_wanted = Signal(object, int, int)  # a version, letters of its text
    left = Signal()
    failed = Signal(str)

    def __init__(
        self, theme: Theme, clock: Callable[[], int], parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
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
        self.texts = PastTexts(theme, self)
        self.strip = strip = PastStrip(theme, self)
        strip.chosen.connect(self._show)
        strip.shape_changed.connect(self._show)
        strip.restore.clicked.connect(self.ask_restore)
        strip.passage.clicked.connect(self.texts.ask_back)
        strip.close_button.clicked.connect(self.left)
        self.texts.selected.connect(lambda: strip.offer_passage(self.texts.has_selection))
        self.texts.wanted_back.connect(self._on_wanted_back)
        for part in (self.texts.before, self.texts.after, *strip.parts):
            part.installEventFilter(self)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(self.texts, 1)
        layout.addWidget(strip)
        theme.changed.connect(self._show)
        theme.zoomed.connect(self._show)

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
        slider = self.strip.slider
        slider.setValue(next(shown, len(self._moments) - 1))
        if version is None:
            slider.setFocus()

    def leave(self) -> None:
        """Lets go of the note."""
        self.strip.film.stop()
        self._soon.stop()
        if self._unsubscribe is not None:
            self._unsubscribe()
            self._unsubscribe = None
        self._note, self._history, self._moments, self._cut = None, (), [], -1

    def ask_restore(self) -> None:
        """Asks to bring the note back to what is shown."""
        if self._moments and self.strip.restore.isEnabled():
            moment = self._moments[self.strip.slider.value()]
            when = when_words(moment.end_ms, self._clock())
            self.restore_wanted.emit(self._note, self._history[moment.last], when)

    def _on_wanted_back(self, reach: Reach) -> None:
        version, before = self._versions(self.strip.slider.value())
        self.passage_wanted.emit(before if reach.before else version, reach.start, reach.stop)

    def _read(self) -> None:
        note = self._note
        if note is None:
            return
        self._history = note.history
        changes = ((version.author, version.time) for version in self._history)
        self._moments = moments(changes, cut=self._cut)
        self.strip.set_moments(len(self._moments))
        self._show()

    def _versions(self, number: int) -> tuple[Any, Any | None]:
        """The version that a moment led to, and the one before it."""
        before = self._history[self._moments[number - 1].last] if number else None
        return self._history[self._moments[number].last], before

    def _show(self) -> None:
        if self._note is None or not self._moments:
            return
        number = self.strip.slider.value()
        try:
            self._show_moment(number)
        except GoatError as error:  # it stands on a change that does not count any more
            self.failed.emit(told_by(error))
            self._show_pieces([], alone=True)
        last = number == len(self._moments) - 1
        writable = bool(self._note.repository.writable)
        self.strip.restore.setEnabled(writable and not last)
        returns = writable and bool(self._note.exists)
        self.texts.let_return(before=returns and number > 0, after=returns and not last)

    def _show_moment(self, number: int) -> None:
        moment = self._moments[number]
        version, before = self._versions(number)
        found = {} if before is None else before.diff(version)
        body = found.get("body")
        pieces = (
            [Piece("equal", version.body)]
            if body is None
            else [Piece(hunk.kind, hunk.text) for hunk in body.hunks]
        )
        self.texts.title.setText(title_words(version.title))
        self.strip.say(
            f"{moment.author} · {when_words(moment.end_ms, self._clock())}",
            done_words(
                body.inserted if body is not None else 0,
                body.deleted if body is not None else 0,
                first=before is None,
                title="title" in found,
                exists=version.exists,
            ),
        )
        self._show_pieces(pieces, alone=before is None)

    def _show_pieces(self, pieces: Sequence[Piece], *, alone: bool) -> None:
        """`alone`: there is nothing before it."""
        changes, beside = self.strip.changes.isChecked(), self.strip.beside.isChecked()
        self.texts.show_pieces(pieces, alone=alone, changes=changes, beside=beside)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if (
            isinstance(event, QKeyEvent)
            and event.type() == QEvent.Type.KeyPress
            and event.key() == Qt.Key.Key_Escape
        ):
            self.left.emit()
            return True
        return super().eventFilter(watched, event)
