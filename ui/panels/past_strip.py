"""The strip below a note's past: who, when and what, a slider over the moments, and the film.

Owns which moment is chosen by its number, and the film that goes on from moment to moment.
Invariant: the film stands still unless somebody watches. Knows nothing of versions.
"""

from __future__ import annotations

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QResizeEvent
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

from ui.language import digits
from ui.theme.theme import Theme

STEP_MS = 700  # of the film
BESIDES_PX = 120  # margins, gaps and the edges of a button
WIDE_PX = 520  # less: shorter words, and no room for two texts


class PastStrip(QFrame):
    """`chosen`: another moment; `shape_changed`: it is to be shown in another way."""

    chosen = Signal(int)
    shape_changed = Signal()

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("past")
        self._theme = theme
        self.film = QTimer(self)
        self.film.setInterval(STEP_MS)
        self.film.timeout.connect(self.next_frame)
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
        self.slider.valueChanged.connect(self.chosen)
        self.slider.sliderPressed.connect(self.film.stop)
        self.play = self._button(self.tr("Play from the beginning"))
        self.play.clicked.connect(self._toggle_film)
        self.search = self._button(self.tr("Find in earlier versions (Ctrl+F)"))
        self.search.setAccessibleName(self.tr("Find in earlier versions"))
        self.close_button = self._button(self.tr("Back to the note (Escape)"))
        self.close_button.setAccessibleName(self.tr("Back to the note"))
        self.changes = self._choice(self.tr("Changes"), self.tr("Show what was added and removed"))
        self.changes.setChecked(True)
        self.beside = self._choice(
            self.tr("Side by side"), self.tr("Show the version before on the left")
        )
        self.graph = self._choice(
            self.tr("Graph"), self.tr("Draw the changes as they were made on top of each other")
        )
        for choice in (self.changes, self.beside):
            choice.toggled.connect(self.shape_changed)
        self.passage = QPushButton(self)
        self.passage.setAccessibleName(self.tr("Bring this back"))
        self.passage.setToolTip(self.tr("Put what is selected back into the note of now"))
        self.passage.setProperty("main", True)
        self.passage.hide()
        self.restore = QPushButton(self)
        self.restore.setAccessibleName(self.tr("Restore this version"))
        self.restore.setProperty("main", True)
        self._build()
        theme.changed.connect(self._draw)
        self._draw()

    @property
    def parts(self) -> tuple[QWidget, ...]:
        """All that takes keys."""
        return (
            *(self.slider, self.play, self.changes, self.beside, self.graph),
            self.search,
            *(self.passage, self.restore, self.close_button),
        )

    def set_moments(self, count: int) -> None:
        """There are so many moments now; who stood at the newest one stands at the newest."""
        at_end = self.slider.value() == self.slider.maximum()
        self.slider.blockSignals(True)
        self.slider.setRange(0, max(count - 1, 0))
        if at_end:
            self.slider.setValue(self.slider.maximum())
        self.slider.blockSignals(False)

    def go_to(self, number: int) -> None:
        """Stands at a moment, and tells nobody."""
        self.slider.blockSignals(True)
        self.slider.setValue(number)
        self.slider.blockSignals(False)

    def say(self, who: str, what: str) -> None:
        """Who made the chosen moment, and what was done."""
        self.who.setText(who)
        self.what.setText(what)
        number, count = self.slider.value() + 1, self.slider.maximum() + 1
        self.count.setText(self.tr("{} of {}").format(digits(number), digits(count)))
        self.slider.setAccessibleDescription(f"{who}, {what}")

    def offer_passage(self, offered: bool) -> None:
        """Something is selected that can be brought back: that is offered in place of all."""
        self.passage.setVisible(offered)
        self.restore.setVisible(not offered)

    def next_frame(self) -> None:
        """One moment on; at the newest the film is over."""
        if self.slider.value() == self.slider.maximum():
            self.film.stop()
        else:
            self.slider.setValue(self.slider.value() + 1)

    def _toggle_film(self) -> None:
        if self.film.isActive():
            self.film.stop()
        else:
            if self.slider.value() == self.slider.maximum():
                self.slider.setValue(0)
            self.film.start()

    def _button(self, words: str) -> QToolButton:
        button = QToolButton(self)
        button.setAccessibleName(words)
        button.setToolTip(words)
        return button

    def _choice(self, words: str, tip: str) -> QToolButton:
        button = QToolButton(self)
        button.setObjectName("wide")
        button.setText(words)
        button.setToolTip(tip)
        button.setCheckable(True)
        return button

    def _build(self) -> None:
        words = QHBoxLayout()
        words.setSpacing(10)
        words.addWidget(self.who)
        words.addWidget(self.what, 1)
        words.addWidget(self.count)
        words.addWidget(self.search)
        words.addWidget(self.close_button)
        line = QHBoxLayout()
        line.setSpacing(10)
        line.addWidget(self.play)
        line.addWidget(self.slider, 1)
        buttons = QHBoxLayout()
        buttons.setSpacing(8)
        buttons.addWidget(self.changes)
        buttons.addWidget(self.beside)
        buttons.addWidget(self.graph)
        buttons.addStretch(1)
        buttons.addWidget(self.passage)
        buttons.addWidget(self.restore)
        inside = QVBoxLayout(self)
        inside.setContentsMargins(24, 12, 24, 14)
        inside.setSpacing(8)
        for row in (words, line, buttons):
            inside.addLayout(row)

    def resizeEvent(self, event: QResizeEvent) -> None:
        whole, short = self.tr("Restore this version"), self.tr("Restore", "short")
        choices = (self.changes, self.beside, self.graph)
        wide = self.width() >= max(self._theme.type.zoom * WIDE_PX, self._needed(whole, choices))
        fits = self.width() >= self._needed(short, (self.changes, self.graph))
        self.restore.setText(whole if wide else short)
        self.graph.setVisible(fits or self.graph.isChecked())
        self.beside.setVisible(wide or self.beside.isChecked())
        self.passage.setText(self.tr("Bring this back") if wide else self.tr("Bring back"))
        super().resizeEvent(event)

    def _needed(self, words: str, choices: tuple[QToolButton, ...]) -> int:
        """How much room these choices need beside a button with these words."""
        letters = self.restore.fontMetrics().horizontalAdvance(words)
        return sum(it.sizeHint().width() for it in choices) + letters + BESIDES_PX

    def _draw(self) -> None:
        self.play.setIcon(self._theme.icon("play"))
        self.search.setIcon(self._theme.icon("search"))
        self.close_button.setIcon(self._theme.icon("close"))
