"""A word about what was just done, with the way back; slides in below and goes by itself."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import (
    QEasingCurve,
    QEvent,
    QObject,
    QPoint,
    QPropertyAnimation,
    Qt,
    QTimer,
)
from PySide6.QtGui import QEnterEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QWidget

SHOWN_MS = 6_000
SLIDE_MS = 160
FROM_EDGE_PX = 24


class Toast(QFrame):
    """One toast a window; a new one replaces the old. Stays while the pointer is on it."""

    def __init__(self, window: QWidget) -> None:
        super().__init__(window)
        self._window = window
        self.setObjectName("toast")
        self._undo: Callable[[], None] | None = None
        self._label = QLabel(self)
        self._label.setTextFormat(Qt.TextFormat.PlainText)
        self.button = QPushButton(self.tr("Undo"), self)
        self.button.clicked.connect(self._take_back)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(18, 8, 10, 8)
        layout.setSpacing(14)
        layout.addWidget(self._label)
        layout.addWidget(self.button)
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(SHOWN_MS)
        self._timer.timeout.connect(self.leave)
        self._slide = QPropertyAnimation(self, b"pos", self)
        self._slide.setDuration(SLIDE_MS)
        self._slide.setEasingCurve(QEasingCurve.Type.OutCubic)
        self._leaving = False
        self._slide.finished.connect(self._on_slid)
        window.installEventFilter(self)
        self.hide()

    @property
    def words(self) -> str:
        return self._label.text()

    def tell(self, words: str, undo: Callable[[], None] | None = None, action: str = "") -> None:
        """Says `words`, with a button that calls `undo`; it says `action` if that is not it."""
        self._undo = undo
        self.button.setText(action or self.tr("Undo"))
        room = max(self._window.width() - 220, 120)
        shown = self._label.fontMetrics().elidedText(words, Qt.TextElideMode.ElideMiddle, room)
        self._label.setText(shown)
        self.setAccessibleName(words)
        self.button.setVisible(undo is not None)
        self.adjustSize()
        self._leaving = False
        self._slide.stop()
        if not self.isVisible():
            self.move(self._place(inside=False))
        self.show()
        self.raise_()
        self._glide(self._place(inside=True))
        self._timer.start()

    def leave(self) -> None:
        """Slides out; what was done stays done."""
        self._undo = None
        self._timer.stop()
        if self.isVisible() and not self._leaving:
            self._leaving = True
            self._glide(self._place(inside=False))

    def enterEvent(self, event: QEnterEvent) -> None:
        self._timer.stop()
        super().enterEvent(event)

    def leaveEvent(self, event: QEvent) -> None:
        if not self._leaving:
            self._timer.start()
        super().leaveEvent(event)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Resize and self.isVisible() and not self._leaving:
            self._slide.stop()
            self.move(self._place(inside=True))
        return super().eventFilter(watched, event)

    def _take_back(self) -> None:
        undo, self._undo = self._undo, None
        self.leave()
        if undo is not None:
            undo()

    def _place(self, *, inside: bool) -> QPoint:
        window = self._window
        left = (window.width() - self.width()) // 2
        lift = self.height() + FROM_EDGE_PX if inside else -4
        return QPoint(left, window.height() - lift)

    def _glide(self, place: QPoint) -> None:
        self._slide.stop()
        self._slide.setStartValue(self.pos())
        self._slide.setEndValue(place)
        self._slide.start()

    def _on_slid(self) -> None:
        if self._leaving:
            self.hide()
            self._leaving = False
