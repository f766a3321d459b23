"""A thought, written down without going anywhere: a small window of its own.

Owns when it becomes a note: at the first pause in typing, so that nothing is lost whatever happens
then. Invariant: the window closes only when all of it is kept; an empty one leaves no note behind.
"""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import QEvent, QObject, Qt, QTimer, Signal
from PySide6.QtGui import QCloseEvent, QKeyEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPlainTextEdit, QVBoxLayout, QWidget

from ui.dialogs.pages import button, label
from ui.models.places import ALL_NOTES, Place
from ui.panels.desk import Desk
from ui.theme.icons import application_icon
from ui.theme.theme import Theme
from ui.window.flow import Flow
from ui.window.shelf import Shelf
from ui.window.verbs import Verbs

SIZE_PX = (460, 280)
PAUSE_MS = 400


class QuickNoteWindow(QWidget):
    """`paused`: somebody typed and rests. `done`: the window wants to close."""

    paused = Signal()
    done = Signal()

    def __init__(self, theme: Theme) -> None:
        super().__init__(None, Qt.WindowType.Window | Qt.WindowType.WindowStaysOnTopHint)
        self.setObjectName("edge")
        self.setWindowTitle(self.tr("Quick note"))
        self.setWindowIcon(application_icon())
        self.resize(*SIZE_PX)
        self._theme = theme
        self.text = QPlainTextEdit(self)
        self.text.setObjectName("quick")
        self.text.setFrameShape(QFrame.Shape.NoFrame)
        self.text.setPlaceholderText(self.tr("What is on your mind?"))
        self.text.setAccessibleName(self.tr("Quick note"))
        self.text.setTabChangesFocus(True)
        self.text.textChanged.connect(self._on_typed)
        self.text.installEventFilter(self)
        self.where = QLabel(self)
        self.where.setObjectName("small")
        self.problem = label("", "failure", self)
        self.problem.hide()
        self.keep = button(self.tr("Keep"), self, main=True)
        self.keep.setToolTip(self.tr("Ctrl+Enter or Escape"))
        self.keep.clicked.connect(self.done)
        self.keep.installEventFilter(self)
        below = QHBoxLayout()
        below.setContentsMargins(16, 10, 12, 12)
        below.addWidget(self.where, 1)
        below.addWidget(self.keep)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(self.text, 1)
        layout.addWidget(self.problem)
        layout.addLayout(below)
        self._pause = QTimer(self)
        self._pause.setSingleShot(True)
        self._pause.setInterval(PAUSE_MS)
        self._pause.timeout.connect(self.paused)
        theme.changed.connect(self._dress)
        theme.zoomed.connect(self._dress)
        self._dress()

    def _on_typed(self) -> None:
        self._pause.start()

    def begin(self, where: str) -> None:
        """Empty, for a note that goes into this notebook."""
        self.text.setPlainText("")
        self._pause.stop()
        self.problem.hide()
        self.where.setText(self.tr("Goes into “{}”").format(where) if where else "")

    def say(self, problem: str) -> None:
        """Why it cannot be kept."""
        self.problem.setText(problem)
        self.problem.setContentsMargins(16, 8, 16, 0)
        self.problem.setVisible(bool(problem))

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if isinstance(event, QKeyEvent):
            enter = event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter)
            held = event.modifiers() & Qt.KeyboardModifier.ControlModifier
            if event.key() == Qt.Key.Key_Escape or (enter and held):
                event.accept()  # no command of another window has these keys here
                if event.type() == QEvent.Type.KeyPress:
                    self.done.emit()
                return True
        return super().eventFilter(watched, event)

    def closeEvent(self, event: QCloseEvent) -> None:
        event.ignore()
        self.done.emit()

    def _dress(self) -> None:
        self.text.setFont(self._theme.type.body)
        self.text.document().setDocumentMargin(16)


class QuickNote(QObject):
    """One at a time. It goes into the chosen notebook, else that of the open note, else the first
    one. `told`: a sentence, what can be done about it, and its words."""

    told = Signal(str, object, str)

    def __init__(
        self,
        theme: Theme,
        shelf: Shelf,
        flow: Flow,
        desk: Desk,
        verbs: Verbs,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._theme = theme
        self._shelf = shelf
        self._flow = flow
        self._desk = desk
        self._verbs = verbs
        self._window: QuickNoteWindow | None = None
        self._place = ALL_NOTES
        self._note: Any | None = None

    @property
    def window(self) -> QuickNoteWindow | None:
        """The window, once there was one."""
        return self._window

    def ask(self) -> None:
        """Shows the window; what stands in it already stays."""
        window = self._window
        if window is None:
            window = self._window = QuickNoteWindow(self._theme)
            window.paused.connect(self.record)
            window.done.connect(self.keep)
        if not window.isVisible():
            self._note = None
            place = self._flow.place
            self._place = place if place.is_notebook and place.writable else ALL_NOTES
            window.begin(self._name_of(self._place))
        window.show()
        window.raise_()
        window.activateWindow()
        window.text.setFocus()

    def record(self) -> bool:
        """Writes what stands there into the note; False: it could not be, and why is said."""
        window = self._window
        if window is None or not window.isVisible():
            return True
        text = window.text.toPlainText()
        problem: list[str] = []
        heard = self._verbs.failed.connect(problem.append)
        if self._note is None and text.strip():
            self._note = self._verbs.quick_note(self._place, self._desk.note, text)
        elif self._note is not None and str(self._note.body) != text:
            self._verbs.rewrite(self._note, text)
        self._verbs.failed.disconnect(heard)
        window.say(problem[0] if problem else "")
        return not problem

    def keep(self) -> None:
        """Keeps it and closes the window; an empty note is taken back."""
        window, empty = self._window, False
        if window is None or not window.isVisible() or not self.record():
            return
        empty = not window.text.toPlainText().strip()
        window.hide()
        note, self._note = self._note, None
        if note is None:
            return
        if empty:
            self._verbs.drop(note)
            return
        place = self._shelf.place_of(note)
        words = self.tr("Kept in “{}”").format(place.name if place is not None else "")
        self.told.emit(words, lambda: self._flow.go_to(note), self.tr("Open"))

    def close(self) -> None:
        """Keeps what stands there; the window is not needed any more."""
        self.keep()
        if self._window is not None:
            self._window.hide()
            self._window.deleteLater()
            self._window = None

    def _name_of(self, place: Place) -> str:
        if place.is_notebook:
            return place.name
        near = self._desk.note
        if near is not None and near.exists and near.repository.writable:
            found = self._shelf.place_of(near)
            return found.name if found is not None else ""
        first = (p for p in self._shelf.places if p.is_notebook and p.writable)
        return next((p.name for p in first), "")
