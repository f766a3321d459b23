"""The past of the open note: its moments, what each changed, and the way back to it.

Owns which versions are shown: those of a moment on the slider, or those of a knot in the graph.
Invariant: what stands here is a version as it was, never the note of now; nothing here writes,
`restore_wanted` and `passage_wanted` ask others to.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Sequence
from typing import Any

from PySide6.QtCore import QEvent, QObject, Qt, QTimer, Signal
from PySide6.QtGui import QKeyEvent, QResizeEvent
from PySide6.QtWidgets import QSplitter, QVBoxLayout, QWidget

from goatcore import GoatError
from ui.editing.find_bar import FindBar
from ui.engine_words import told_by
from ui.models.commit_graph import Knot
from ui.models.moments import Moment, Piece, done_words, moments, when_words
from ui.models.note_words import title_words
from ui.models.passages import Reach
from ui.panels.past_graph import PastGraph
from ui.panels.past_search import PastSearch
from ui.panels.past_strip import PastStrip
from ui.panels.past_texts import PastTexts
from ui.theme.theme import Theme

REFRESH_MS = 200  # after a change that arrives while one looks
BESIDE_PX = 560  # narrower, the graph is above the text


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
        self._theme = theme
        self._clock = clock
        self._note: Any | None = None
        self._history: Sequence[Any] = ()
        self._moments: list[Moment] = []
        self._cut = -1  # the version that was asked for ends a moment
        self._knot: Knot | None = None  # chosen in the graph
        self._unsubscribe: Callable[[], None] | None = None
        self._soon = QTimer(self)
        self._soon.setSingleShot(True)
        self._soon.setInterval(REFRESH_MS)
        self._soon.timeout.connect(self._read)
        self.texts = PastTexts(theme, self)
        self.strip = strip = PastStrip(theme, self)
        strip.chosen.connect(self._on_moment)
        strip.shape_changed.connect(self._show)
        strip.restore.clicked.connect(self.ask_restore)
        strip.passage.clicked.connect(self.texts.ask_back)
        strip.close_button.clicked.connect(self.left)
        self.texts.selected.connect(lambda: strip.offer_passage(self.texts.has_selection))
        self.texts.wanted_back.connect(self._on_wanted_back)
        self.graph = PastGraph(theme, clock, self)
        self.graph.hide()
        self.graph.chosen.connect(self._on_knot)
        self.graph.entered.connect(self.texts.after.setFocus)
        strip.graph.toggled.connect(self._on_graph)
        for part in (self.texts.before, self.texts.after, self.graph, *strip.parts):
            part.installEventFilter(self)
        self.find_bar = FindBar(theme, self, prompt=self.tr("Find in earlier versions"))
        self.search = PastSearch(self.find_bar, self)
        self.search.shown.connect(strip.slider.setValue)
        self.search.words_changed.connect(self.texts.light_words)
        self.search.left.connect(strip.slider.setFocus)
        strip.search.clicked.connect(self.search.ask)
        self._parts = QSplitter(self)
        self._parts.setChildrenCollapsible(False)
        self._parts.setHandleWidth(1)
        self._parts.addWidget(self.graph)
        self._parts.addWidget(self.texts)
        self._parts.setStretchFactor(1, 1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(self.find_bar)
        layout.addWidget(self._parts, 1)
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
        self._knot = None
        self.search.end()
        self.graph.leave()

    def show_graph(self) -> None:
        """Shows the graph of the changes, and the keys go there."""
        self.strip.graph.setChecked(True)
        self.graph.setFocus()

    def ask_restore(self) -> None:
        """Asks to bring the note back to what is shown."""
        if self._moments and self.strip.restore.isEnabled():
            when = when_words(self._made[1], self._clock())
            self.restore_wanted.emit(self._note, self._versions[0], when)

    def _on_wanted_back(self, reach: Reach) -> None:
        version, before = self._versions
        self.passage_wanted.emit(before if reach.before else version, reach.start, reach.stop)

    def _read(self) -> None:
        note = self._note
        if note is None:
            return
        commit = None if self._knot is None else self.graph.commit(self._knot)
        self._history = note.history
        marks = self._history.marks()
        changes = [(mark.author, mark.time) for mark in marks]
        self._moments = moments(changes, cut=self._cut)
        self.strip.set_moments(len(self._moments))
        self.search.look_through(len(self._moments), self._text_after)
        if not self.graph.isHidden():
            self.graph.show_history(note, self._history, marks)
            self._knot = None if commit is None else self.graph.choose_commit(commit)
            if self._knot is None:
                self.graph.choose(self._moments[self.strip.slider.value()].last)
        self._show()

    def _text_after(self, number: int) -> str:
        version = self._history[self._moments[number].last]
        return f"{version.title}\n{version.body}"

    def _on_moment(self, number: int) -> None:
        self._knot = None
        if self._moments and not self.graph.isHidden():
            self.graph.choose(self._moments[number].last)
        self._show()

    def _on_knot(self, knot: Knot) -> None:
        self.strip.film.stop()
        self._knot = knot
        number = bisect_right(self._moments, knot.last, key=lambda moment: moment.first) - 1
        self.strip.go_to(number)
        self._show()

    def _on_graph(self, wanted: bool) -> None:
        self._knot = None
        self.graph.setVisible(wanted)
        self._lay_out()
        if wanted:
            self._read()
        else:
            self.graph.leave()
            self._show()

    @property
    def _versions(self) -> tuple[Any, Any | None]:
        """The version that is shown, and the one before it."""
        if self._knot is not None:
            return self.graph.versions(self._knot)
        number = self.strip.slider.value()
        before = self._history[self._moments[number - 1].last] if number else None
        return self._history[self._moments[number].last], before

    @property
    def _made(self) -> tuple[str, int]:
        """Who made it, and when."""
        one = self._knot or self._moments[self.strip.slider.value()]
        return one.author, one.end_ms

    def _show(self) -> None:
        if self._note is None or not self._moments:
            return
        version, before = self._versions
        try:
            self._show_version(version, before)
        except GoatError as error:  # it stands on a change that does not count any more
            self.failed.emit(told_by(error))
            self._show_pieces([], alone=True)
        now = version == self._history[-1]
        writable = bool(self._note.repository.writable) and version.item is self._note
        self.strip.restore.setEnabled(writable and not now)
        returns = writable and bool(self._note.exists)
        self.texts.let_return(before=returns and before is not None, after=returns and not now)

    def _show_version(self, version: Any, before: Any | None) -> None:
        found = {} if before is None else before.diff(version)
        body = found.get("body")
        pieces = (
            [Piece("equal", version.body)]
            if body is None
            else [Piece(hunk.kind, hunk.text) for hunk in body.hunks]
        )
        self.texts.title.setText(title_words(version.title))
        what = done_words(
            body.inserted if body is not None else 0,
            body.deleted if body is not None else 0,
            first=before is None,
            title="title" in found,
            exists=version.exists,
        )
        if self._knot is not None and len(self._knot.parents) > 1 and not found:
            what = self.tr("brought together")
        author, end_ms = self._made
        self.strip.say(f"{author} · {when_words(end_ms, self._clock())}", what)
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

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._lay_out()

    def _lay_out(self) -> None:
        """The graph is beside the text, or above it where there is no room."""
        beside = self.width() >= BESIDE_PX * self._theme.type.zoom
        way = Qt.Orientation.Horizontal if beside else Qt.Orientation.Vertical
        if way != self._parts.orientation() or not all(self._parts.sizes()):
            self._parts.setOrientation(way)
            size = self.width() if beside else self.height()
            self._parts.setSizes([size * 2 // 5, size * 3 // 5])
