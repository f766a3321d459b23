"""A strip of tabs, in the dress of the house; not seen while there is only one.

Owns the looks and the order. What a tab stands for is known to who uses it. Must never import
goatcore.
"""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import QPoint, QSignalBlocker, QSize, Qt, Signal
from PySide6.QtGui import QIcon, QKeySequence, QMouseEvent, QShortcut
from PySide6.QtWidgets import QTabBar, QToolButton, QWidget

from ui.theme.theme import Theme

WIDTH_PX = (96, 220)
HEIGHT_PX = 36
CLOSE_PX = 14


class TabStrip(QTabBar):
    """`currentChanged`, by the person alone, and `tabMoved` as Qt tells them; `close_wanted` gives
    a tab's place."""

    close_wanted = Signal(int)
    numbered = Signal(int)  # Ctrl and a number: a place from 0
    menu_wanted = Signal(int, QPoint)  # a tab's place, where on the screen

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self.setObjectName("tabs")
        self.setAccessibleName(self.tr("Open notes"))
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setDrawBase(False)
        self.setExpanding(False)
        self.setMovable(True)
        self.setElideMode(Qt.TextElideMode.ElideRight)
        self.setUsesScrollButtons(True)
        self.setIconSize(QSize(CLOSE_PX, CLOSE_PX))
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self.customContextMenuRequested.connect(self._on_menu)
        for number in range(1, 10):
            keys = QShortcut(QKeySequence(f"Ctrl+{number}"), self.window())
            keys.activated.connect(partial(self.numbered.emit, number - 1))
        theme.changed.connect(self._draw)
        self.hide()

    def add(self, at: int) -> None:
        """One more tab, still without a name."""
        with QSignalBlocker(self):
            self.insertTab(at, "")
        button = QToolButton(self)
        button.setObjectName("close")
        button.setIcon(self._theme.icon("close", ink="faint"))
        button.setIconSize(QSize(CLOSE_PX, CLOSE_PX))
        button.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        button.clicked.connect(partial(self._on_close, button))
        self.setTabButton(at, QTabBar.ButtonPosition.RightSide, button)
        self.setVisible(self.count() > 1)

    def remove(self, at: int) -> None:
        """Takes a tab away."""
        with QSignalBlocker(self):
            self.removeTab(at)
        self.setVisible(self.count() > 1)

    def turn_to(self, at: int) -> None:
        """Brings a tab to the front."""
        with QSignalBlocker(self):
            self.setCurrentIndex(at)

    def name(self, at: int, words: str, *, gone: bool) -> None:
        """What a tab is called; `gone`: there is no such note any more."""
        self.setTabText(at, words.replace("&", "&&"))
        told = self.tr("{} (deleted)").format(words) if gone else words
        self.setTabToolTip(at, told)
        self.setAccessibleTabName(at, told)
        self.setTabData(at, gone)
        button = self.tabButton(at, QTabBar.ButtonPosition.RightSide)
        button.setAccessibleName(self.tr("Close tab “{}”").format(told))
        button.setToolTip(self.tr("Close tab"))
        self._dress(at)

    def _dress(self, at: int) -> None:
        gone = bool(self.tabData(at))
        icon = self._theme.icon("trash", ink="faint")
        self.setTabIcon(at, icon if gone else QIcon())

    def _draw(self) -> None:
        for at in range(self.count()):
            button = self.tabButton(at, QTabBar.ButtonPosition.RightSide)
            assert isinstance(button, QToolButton)
            button.setIcon(self._theme.icon("close", ink="faint"))
            self._dress(at)

    def _on_close(self, button: QToolButton) -> None:
        side = QTabBar.ButtonPosition.RightSide
        self.close_wanted.emit(
            next(at for at in range(self.count()) if self.tabButton(at, side) is button)
        )

    def _on_menu(self, point: QPoint) -> None:
        at = self.tabAt(point)
        if at >= 0:
            self.menu_wanted.emit(at, self.mapToGlobal(point))

    # -- Qt ------------------------------------------------------------------------------------

    def tabSizeHint(self, index: int) -> QSize:
        least, most = WIDTH_PX
        fair = self.parentWidget().width() // max(self.count(), 1)
        return QSize(
            min(max(fair, least), most), max(HEIGHT_PX, super().tabSizeHint(index).height())
        )

    def minimumTabSizeHint(self, index: int) -> QSize:
        return self.tabSizeHint(index)

    def minimumSizeHint(self) -> QSize:
        return QSize(WIDTH_PX[0], super().minimumSizeHint().height())

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        at = self.tabAt(event.position().toPoint())
        if event.button() == Qt.MouseButton.MiddleButton and at >= 0:
            self.close_wanted.emit(at)
            return
        super().mouseReleaseEvent(event)
