"""What dialogs are built of: pages of one width, with a heading, sentences and a row of buttons."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QDialog,
    QHBoxLayout,
    QLabel,
    QLayout,
    QPushButton,
    QSizePolicy,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

WIDTH_PX = 440
MARGIN_PX = 28


def label(words: str, style: str, parent: QWidget) -> QLabel:
    """A wrapped line of words in one of the styles of the style sheet."""
    made = QLabel(words, parent)
    made.setObjectName(style)
    made.setTextFormat(Qt.TextFormat.PlainText)  # names of others stand in it
    made.setWordWrap(True)
    made.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Minimum)
    return made


def button(words: str, parent: QWidget, *, main: bool = False, link: bool = False) -> QPushButton:
    """A button; `main` is the one thing to do on its page."""
    made = QPushButton(words, parent)
    made.setProperty("main", main)
    made.setProperty("link", link)
    made.setAutoDefault(main)
    return made


class Page(QWidget):
    """A heading, whatever is in `body`, and buttons below, the last one rightmost."""

    def __init__(self, heading: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.heading = label(heading, "heading", self)
        self.body = QVBoxLayout()
        self.body.setSpacing(10)
        self._buttons = QHBoxLayout()
        self._buttons.setSpacing(10)
        self._buttons.addStretch(1)
        self.rows = layout = QVBoxLayout(self)
        layout.setContentsMargins(MARGIN_PX, MARGIN_PX - 4, MARGIN_PX, MARGIN_PX - 6)
        layout.setSpacing(0)
        layout.addWidget(self.heading)
        layout.addSpacing(8)
        layout.addLayout(self.body)
        layout.addStretch(1)
        layout.addSpacing(22)
        layout.addLayout(self._buttons)

    def add_buttons(self, *buttons: QPushButton) -> None:
        """Puts buttons into the row below."""
        for each in buttons:
            self._buttons.addWidget(each)

    def add(self, *parts: QWidget | QLayout) -> None:
        """Puts parts into the body, one below the other."""
        for part in parts:
            if isinstance(part, QWidget):
                self.body.addWidget(part)
            else:
                self.body.addLayout(part)


class PagedDialog(QDialog):
    """A dialog that shows one page at a time and is as high as that page."""

    def __init__(self, title: str, parent: QWidget | None) -> None:
        super().__init__(parent)
        self.setWindowTitle(title)
        self.setWindowModality(Qt.WindowModality.WindowModal)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._pages = QStackedWidget(self)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self._pages)
        self.setFixedWidth(WIDTH_PX)

    @property
    def page(self) -> Page:
        """The page that is shown."""
        page = self._pages.currentWidget()
        assert isinstance(page, Page)
        return page

    def new_page(self, heading: str) -> Page:
        """A page of this dialog, not shown yet."""
        page = Page(heading, self._pages)
        self._pages.addWidget(page)
        return page

    def show_page(self, page: Page) -> None:
        """Shows `page`, and makes the dialog fit it."""
        for other in self._pages.findChildren(Page):
            policy = QSizePolicy.Policy.Preferred if other is page else QSizePolicy.Policy.Ignored
            other.setSizePolicy(QSizePolicy.Policy.Preferred, policy)
        self._pages.setCurrentWidget(page)
        self.fit()

    def fit(self) -> None:
        """As high as the page needs to be at the dialog's width."""
        page = self.page
        for part in (self, page, *page.findChildren(QWidget)):
            part.ensurePolished()  # sizes follow from the style, also before the first show
        layout = page.rows
        layout.invalidate()
        layout.activate()
        self.setFixedHeight(layout.totalHeightForWidth(WIDTH_PX))
