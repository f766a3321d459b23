"""A note as it was, with what a moment changed in colour; the version before beside it, if wanted.

Owns what of the two versions is shown and which letters of them one means. Must never read a
history, and writes nothing: it tells which letters are wanted back.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from functools import partial

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QVBoxLayout, QWidget

from ui.models.moments import Piece
from ui.models.passages import Reach, reaches
from ui.theme.theme import Theme
from ui.widgets.difference_view import AFTER, ALL_KINDS, BEFORE, DifferenceView, Offer
from ui.widgets.scrolled_together import ScrolledTogether


class PastTexts(QWidget):
    """Shows the pieces of one change at a time."""

    wanted_back = Signal(object)  # a `Reach`
    selected = Signal()  # something else is selected, or nothing any more

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._pieces: Sequence[Piece] = ()
        self._returns = (False, False)
        self._words = ("", False)
        self.title = QLabel(self)
        self.title.setObjectName("pasttitle")
        self.title.setTextFormat(Qt.TextFormat.PlainText)
        self.title.setWordWrap(True)
        self.after = DifferenceView(theme, self)
        self.after.setAccessibleName(self.tr("The note as it was"))
        self.before = DifferenceView(theme, self)
        self.before.setAccessibleName(self.tr("The note before that"))
        self.before.hide()
        self._together = ScrolledTogether(self.before, self.after)
        self._kinds: dict[DifferenceView, Collection[str]] = {}
        for view in (self.before, self.after):
            view.offers = partial(self._offers, view)
            view.selectionChanged.connect(self.selected)
        self._title_row = QHBoxLayout()
        self._title_row.setContentsMargins(28, 14, 28, 10)
        self._title_row.addWidget(self.title)
        texts = QHBoxLayout()
        texts.setSpacing(0)
        texts.addWidget(self.before, 1)
        texts.addWidget(self.after, 1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addLayout(self._title_row)
        layout.addLayout(texts, 1)
        self.after.margin_changed.connect(self._on_margin)
        theme.changed.connect(self._draw)
        theme.zoomed.connect(self._draw)
        self._draw()

    def show_pieces(
        self, pieces: Sequence[Piece], *, alone: bool, changes: bool, beside: bool
    ) -> None:
        """Shows a version with the change that led there. `alone`: there is nothing before it;
        `changes`: in colour; `beside`: the version before on the left."""
        self._pieces = pieces
        self.before.setVisible(beside)
        self._together.hold(())  # while each gets its text
        self._kinds = {self.before: BEFORE, self.after: AFTER}
        if beside:
            before = [] if alone else pieces
            self.before.show_pieces(before, changes=changes, kinds=BEFORE)
            self.after.show_pieces(pieces, changes=changes, kinds=AFTER)
            self._together.hold(before)
        else:
            self._kinds[self.after] = ALL_KINDS if changes else AFTER
            self.after.show_pieces(pieces, changes=changes, kinds=self._kinds[self.after])
        self.light_words(*self._words)

    def light_words(self, words: str, exact_case: bool) -> None:
        """Lights words wherever they are, from now on; none: nothing."""
        self._words = words, exact_case
        for view in (self.before, self.after):
            view.light_words(*self._words)

    def let_return(self, *, before: bool, after: bool) -> None:
        """Whether letters of each of the two versions can be brought back."""
        self._returns = before, after
        self.selected.emit()

    @property
    def can_return(self) -> bool:
        """Whether what one means, a selection or else a line, can be brought back."""
        return bool(self._meant(self._in_use()))

    @property
    def has_selection(self) -> bool:
        """Whether something is selected that can be brought back."""
        return self._in_use().textCursor().hasSelection() and self.can_return

    def ask_back(self) -> None:
        """Tells that one wants back what one means."""
        meant = self._meant(self._in_use())
        if meant:
            self.wanted_back.emit(meant[-1])

    def _in_use(self) -> DifferenceView:
        if self.before.isVisible() and (
            self.before.hasFocus()
            or (self.before.textCursor().hasSelection() and not self.after.hasFocus())
        ):
            return self.before
        return self.after

    def _meant(self, view: DifferenceView) -> list[Reach]:
        return self._reaches(view, *view.meant())

    def _reaches(self, view: DifferenceView, start: int, stop: int) -> list[Reach]:
        found = reaches(self._pieces, self._kinds.get(view, AFTER), start, stop)
        return [one for one in found if self._returns[not one.before]]

    def _offers(self, view: DifferenceView, start: int, stop: int) -> list[Offer]:
        found = self._reaches(view, start, stop)
        words = [self.tr("Bring this back")]
        if len(found) > 1:
            words = [self.tr("Bring back what stood here before"), *words]
        return [
            Offer(said, partial(self.wanted_back.emit, reach))
            for said, reach in zip(words, found, strict=False)
        ]

    def _on_margin(self, margin: int) -> None:
        self._title_row.setContentsMargins(margin, 14, 28, 10)

    def _draw(self) -> None:
        self.title.setFont(self._theme.type.title)
