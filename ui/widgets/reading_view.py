"""A page to read: a note's Markdown set as a book would, with links that lead on.

Owns the styles of the page and where a reader stands in it. Never fetches anything. Must never
import goatcore.
"""

from __future__ import annotations

from urllib.parse import unquote

from PySide6.QtCore import Qt, QUrl, Signal
from PySide6.QtGui import QDesktopServices, QResizeEvent, QTextDocument
from PySide6.QtWidgets import QApplication, QFrame, QTextBrowser, QWidget

from ui.editing.links import NOTE_SCHEME, SCHEMES
from ui.reading.code_colours import KINDS as CODE_KINDS
from ui.theme.shades import Shades
from ui.theme.theme import Theme
from ui.theme.type_scale import TypeScale
from ui.widgets.text_editor import COLUMN_PX_MAX, MARGIN_PX_MIN


class ReadingView(QTextBrowser):
    """Shows pages made by `ui.reading`; tells where their links lead."""

    note_wanted = Signal(str)  # its title
    note_wanted_beside = Signal(str)  # in a tab of its own
    tag_wanted = Signal(str)
    link_wanted = Signal(str)  # a link that names a note for ever
    box_clicked = Signal(int)  # the line of the box in the note's text, from 0

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._html = ""
        self.setObjectName("paper")
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setAccessibleName(self.tr("The note, to be read"))
        self.setOpenLinks(False)
        self.document().setDocumentMargin(0)
        self.anchorClicked.connect(self._on_link)
        theme.changed.connect(self._draw)
        theme.zoomed.connect(self._draw)

    def show_page(self, html: str, *, top: bool) -> None:
        """Shows a page; `top`: from its first line, else where the reader stands now."""
        self._html = html
        bar = self.verticalScrollBar()
        share = 0.0 if top or not bar.maximum() else bar.value() / bar.maximum()
        place = bar.value()
        longest = bar.maximum()
        self._draw()
        bar.setValue(
            0 if top else place if bar.maximum() == longest else round(share * bar.maximum())
        )

    def _draw(self) -> None:
        self.document().setDefaultFont(self._theme.type.body)
        self.document().setDefaultStyleSheet(page_styles(self._theme.shades, self._theme.type))
        self.setHtml(set_for_qt(self._html, self._theme.shades))
        self._fit_column()

    def resizeEvent(self, event: QResizeEvent) -> None:
        self._fit_column()
        super().resizeEvent(event)

    def _fit_column(self) -> None:
        column = round(COLUMN_PX_MAX * self._theme.type.zoom)
        margin = max(MARGIN_PX_MIN, (self.width() - column) // 2)
        if self.viewportMargins().left() != margin:
            self.setViewportMargins(margin, 6, margin, 0)

    def _on_link(self, url: QUrl) -> None:
        scheme, _, rest = url.toString(QUrl.ComponentFormattingOption.FullyEncoded).partition(":")
        words = unquote(rest)
        if scheme == "note":
            ctrl = QApplication.keyboardModifiers() & Qt.KeyboardModifier.ControlModifier
            (self.note_wanted_beside if ctrl else self.note_wanted).emit(words)
        elif scheme == "tag":
            self.tag_wanted.emit(words)
        elif scheme == "box":
            self.box_clicked.emit(int(words))
        elif scheme.lower() + "://" == NOTE_SCHEME:
            self.link_wanted.emit(f"{NOTE_SCHEME}{rest.removeprefix('//')}")
        elif url.toString().lower().startswith(SCHEMES):
            QDesktopServices.openUrl(url)


def set_for_qt(html: str, shades: Shades) -> str:
    """The page with what a QTextDocument has no style for: grounds with room around code, bars
    beside quotations, borders of tables."""
    ground = f'<td class="code" bgcolor="{shades.code}">'
    code = f'<table width="100%" cellspacing="0"><tr>{ground}'
    quote = (
        f'<table cellspacing="0" width="100%"><tr><td width="3" bgcolor="{shades.line}"></td>'
        '<td class="quote">'
    )
    html = html.replace("<pre>", f"{code}<pre>").replace("</pre>", "</pre></td></tr></table>")
    html = html.replace("<blockquote>", quote).replace('<blockquote class="embed">', quote)
    html = html.replace("</blockquote>", "</td></tr></table>").replace("<p></p>", "")
    for side in ("left", "center", "right"):
        html = html.replace(f'style="text-align:{side}"', f'class="cell" align="{side}"')
    html = html.replace("<th>", '<th class="cell" align="left">')
    return html.replace("<td>", '<td class="cell">')


def page_styles(shades: Shades, scale: TypeScale) -> str:
    """The styles of a page, as a QTextDocument understands them."""
    headings = "".join(
        f"h{level} {{ font-size: {scale.heading_px(level)}px; font-weight: 700;"
        f" margin-top: {26 - 2 * level}px; margin-bottom: 8px; }}"
        for level in range(1, 7)
    )
    code = "".join(
        f".{kind} {{ color: {getattr(shades, f'code_{kind}')}; }}" for kind in CODE_KINDS
    )
    mono = f"font-family: '{scale.code_family}'; font-size: {scale.code_px}px;"
    return (
        f"p, li, td, th {{ color: {shades.ink}; line-height: 112%; }}"
        f"p {{ margin-top: 0px; margin-bottom: 11px; }} {headings}"
        f"ul, ol {{ margin-top: 0px; margin-bottom: 10px; margin-left: -14px; }}"
        f"li ul, li ol {{ margin-top: 0px; margin-bottom: 0px; }}"
        f"a {{ color: {shades.accent}; text-decoration: none; }}"
        f".quote, .quote p, .quote li {{ color: {shades.soft}; }}"
        f"td.quote {{ padding-left: 14px; }} td.code {{ padding: 10px 12px; }}"
        f"code {{ {mono} background-color: {shades.code}; }}"
        f"pre {{ {mono} line-height: 118%; margin: 0px; white-space: pre-wrap; }}"
        f"table {{ border-collapse: collapse; margin-top: 2px; margin-bottom: 14px; }}"
        f".cell {{ border: 1px solid {shades.line}; padding: 5px 10px; }}"
        f"th {{ background-color: {shades.code}; font-weight: 700; }}"
        f"s, li.done {{ color: {shades.faint}; text-decoration: line-through; }}"
        f"hr {{ background-color: {shades.line}; }} {code}"
    )


def document_of(html: str, shades: Shades, scale: TypeScale) -> QTextDocument:
    """The page as a document of its own, for paper."""
    document = QTextDocument()
    document.setDefaultFont(scale.body)
    document.setDefaultStyleSheet(page_styles(shades, scale))
    document.setHtml(set_for_qt(html, shades))
    return document
