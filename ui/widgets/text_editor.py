"""The paper one writes on: a plain text editor with a calm column and its own undo keys.

Owns margins, the column's width, the keys of undo and redo, the context menu, and telling when an
input method composes. What undo means is the binding's. Must never import goatcore.
"""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QMimeData, Qt, Signal
from PySide6.QtGui import (
    QAction,
    QContextMenuEvent,
    QFocusEvent,
    QInputMethodEvent,
    QKeyEvent,
    QKeySequence,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPalette,
    QResizeEvent,
    QTextDocument,
)
from PySide6.QtWidgets import QFrame, QPlainTextEdit, QTextEdit, QWidget

from ui.theme.theme import Theme
from ui.theme.type_scale import LINE_FACTOR
from ui.widgets.airy_layout import AiryLayout
from ui.widgets.direction import each_its_own, hold_sideways
from ui.widgets.markdown_highlighter import MarkdownHighlighter

COLUMN_PX_MAX = 720  # a line much longer than 80 letters is hard to read
MARGIN_PX_MIN = 28
LAYERS = ("authors", "people", "changes", "others", "found")  # what is coloured, from below


class TextEditor(QPlainTextEdit):
    """Shows plain text with live Markdown styling."""

    undo_wanted = Signal()
    redo_wanted = Signal()
    step_ended = Signal()  # the caret was set elsewhere: typing goes on as a new step
    composing = Signal(bool)
    left_upwards = Signal()  # the up key in the first line

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._lights: dict[str, list[QTextEdit.ExtraSelection]] = {}
        self.can_undo = self.can_redo = False
        self.composes = False  # an input method is at work
        self.paste_taken: Callable[[QMimeData], bool] = lambda _source: False
        self.painted_over: list[Callable[[QPainter], None]] = []  # each draws over the text
        self.setObjectName("paper")
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setAccessibleName(self.tr("Text of the note"))
        self.setLineWrapMode(QPlainTextEdit.LineWrapMode.WidgetWidth)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setTabChangesFocus(False)
        document = QTextDocument(self)
        document.setDocumentMargin(0)
        document.setUndoRedoEnabled(False)
        document.setDefaultTextOption(each_its_own(document.defaultTextOption()))
        self._air = AiryLayout(document, theme.type.body, LINE_FACTOR)
        document.setDocumentLayout(self._air)
        self.setDocument(document)
        hold_sideways(self)
        self.setCursorWidth(2)
        self._highlighter = MarkdownHighlighter(document, theme)
        theme.changed.connect(self._on_theme)
        theme.zoomed.connect(self._on_zoom)
        self._on_theme()
        self._on_zoom()

    @property
    def side_margin(self) -> int:
        """The room left and right of the column."""
        return self._margin

    def light(self, layer: str, selections: list[QTextEdit.ExtraSelection]) -> None:
        """Colours places of the text; each layer is for itself, later ones lie above."""
        if selections or self._lights.get(layer):
            self._lights[layer] = selections
            self.setExtraSelections([one for name in LAYERS for one in self._lights.get(name, [])])

    def _on_theme(self) -> None:
        colours = self.palette()
        shades = self._theme
        colours.setColor(QPalette.ColorRole.Highlight, shades.colour("selected"))
        colours.setColor(QPalette.ColorRole.HighlightedText, shades.colour("ink"))
        colours.setColor(QPalette.ColorRole.Text, shades.colour("ink"))
        colours.setColor(QPalette.ColorRole.Base, shades.colour("paper"))
        self.setPalette(colours)

    def _on_zoom(self) -> None:
        font = self._theme.type.body
        self.setFont(font)
        self.document().setDefaultFont(font)
        self._air.use(font)
        self._highlighter.dress_anew()
        self.setTabStopDistance(4 * self.fontMetrics().horizontalAdvance(" "))
        self._fit_column()

    # -- shape ---------------------------------------------------------------------------------

    margin_changed = Signal(int)
    _margin = MARGIN_PX_MIN

    def resizeEvent(self, event: QResizeEvent) -> None:
        self._fit_column()
        super().resizeEvent(event)

    def _fit_column(self) -> None:
        column = round(COLUMN_PX_MAX * self._theme.type.zoom)
        margin = max(MARGIN_PX_MIN, (self.width() - column) // 2)
        if margin != self._margin or self.viewportMargins().left() != margin:
            self._margin = margin
            self.setViewportMargins(margin, 6, margin, 0)
            self.margin_changed.emit(margin)

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        if self.painted_over:
            painter = QPainter(self.viewport())
            for paint in self.painted_over:
                paint(painter)
            painter.end()

    # -- keys ----------------------------------------------------------------------------------

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.matches(QKeySequence.StandardKey.Undo):
            self.undo_wanted.emit()
        elif event.matches(QKeySequence.StandardKey.Redo):
            self.redo_wanted.emit()
        elif (
            event.key() == Qt.Key.Key_Up
            and event.modifiers() == Qt.KeyboardModifier.NoModifier
            and self._in_first_line()
        ):
            self.left_upwards.emit()
        else:
            if event.key() in _MOVING:
                self.step_ended.emit()
            super().keyPressEvent(event)
            return
        event.accept()

    def _in_first_line(self) -> bool:
        cursor = self.textCursor()
        if cursor.blockNumber():
            return False
        line = cursor.block().layout().lineForTextPosition(cursor.position())
        return not line.isValid() or line.lineNumber() == 0

    def mousePressEvent(self, event: QMouseEvent) -> None:
        self.step_ended.emit()
        super().mousePressEvent(event)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        self.step_ended.emit()
        super().focusOutEvent(event)

    def inputMethodEvent(self, event: QInputMethodEvent) -> None:
        self.composes = composes = bool(event.preeditString())
        if composes:
            self.composing.emit(True)
        super().inputMethodEvent(event)
        if not composes:
            self.composing.emit(False)

    def canInsertFromMimeData(self, source: QMimeData) -> bool:
        return source.hasHtml() or super().canInsertFromMimeData(source)

    def insertFromMimeData(self, source: QMimeData) -> None:
        """What is pasted or dropped; somebody else may know better what to do with it."""
        if not self.paste_taken(source):
            super().insertFromMimeData(source)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        menu = self.createStandardContextMenu(event.pos())
        for action in menu.actions():  # Qt's own undo is off; ours takes its place
            if action.objectName() in ("edit-undo", "edit-redo"):
                menu.removeAction(action)
        first = menu.actions()[0] if menu.actions() else None
        undo, redo = QAction(self.tr("Undo"), menu), QAction(self.tr("Redo"), menu)
        undo.setShortcut(QKeySequence.StandardKey.Undo)
        redo.setShortcut(QKeySequence.StandardKey.Redo)
        undo.setEnabled(self.can_undo)
        redo.setEnabled(self.can_redo)
        undo.triggered.connect(self.undo_wanted)
        redo.triggered.connect(self.redo_wanted)
        menu.insertActions(first, [undo, redo])  # type: ignore[arg-type]
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.popup(event.globalPos())


_MOVING = frozenset(
    {
        Qt.Key.Key_Left,
        Qt.Key.Key_Right,
        Qt.Key.Key_Up,
        Qt.Key.Key_Down,
        Qt.Key.Key_Home,
        Qt.Key.Key_End,
        Qt.Key.Key_PageUp,
        Qt.Key.Key_PageDown,
    }
)
